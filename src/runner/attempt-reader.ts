// Reads what a running attempt writes: its two log files and its events file, each from where the store says it stopped.
// Knows files and bytes; what they mean is core's, where they go is the log writer's.
import { join } from 'node:path'
import type { Stream } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { type JobSays, parseEvent } from '../core/progress.ts'
import { type FollowedFile, followFile } from '../launch/follow.ts'
import { blocksOf } from '../launch/lines.ts'
import { attemptFiles } from '../launch/shim.ts'
import type { LogBlock } from '../store/store.ts'

export interface ReadPosition {
  stdout: number
  stderr: number
  events: number
}

export interface Bundle {
  blocks: LogBlock[]
  says: JobSays[]
  /** Where reading goes on, once the bundle is stored. */
  next: ReadPosition
  isEmpty: boolean
}

export interface AttemptReader {
  /** What has come since `from`. With `isComplete` a last line without newline counts too. */
  read(from: ReadPosition, options: { isComplete: boolean; now: number }): Bundle
  close(): void
}

export function openAttemptReader(folder: string): AttemptReader {
  const files = {
    stdout: followFile(join(folder, attemptFiles.stdout)),
    stderr: followFile(join(folder, attemptFiles.stderr)),
    events: followFile(join(folder, attemptFiles.events)),
  }
  return {
    read(from, { isComplete, now }) {
      const stdout = readBlocks(files.stdout, { stream: 'stdout', from: from.stdout, isComplete, now })
      const stderr = readBlocks(files.stderr, { stream: 'stderr', from: from.stderr, isComplete, now })
      const events = readEvents(files.events, from.events, isComplete)
      const next = { stdout: stdout.next, stderr: stderr.next, events: events.next }
      const isEmpty = next.stdout === from.stdout && next.stderr === from.stderr && next.events === from.events
      return { blocks: [...stderr.blocks, ...stdout.blocks], says: events.says, next, isEmpty }
    },
    close() {
      for (const file of Object.values(files)) file.close()
    },
  }
}

interface StreamRead {
  stream: Stream
  from: number
  isComplete: boolean
  now: number
}

function readBlocks(file: FollowedFile, { stream, from, isComplete, now }: StreamRead): { blocks: LogBlock[]; next: number } {
  const wanted = (limits.logBlockBytes * limits.logBlocksPerBatch) / 4
  const bytes = file.readAt(from, wanted)
  // A full read has more behind it, so its last line may go on.
  const blocks = blocksOf(bytes, from, isComplete && bytes.length < wanted).map((block) => ({ ...block, stream, at: now }))
  const last = blocks.at(-1)
  return { blocks, next: last ? last.byteOffset + last.byteLength : from }
}

function readEvents(file: FollowedFile, from: number, isComplete: boolean): { says: JobSays[]; next: number } {
  const bytes = file.readAt(from, limits.eventsReadBytes)
  const isFull = bytes.length === limits.eventsReadBytes
  const end = isComplete && !isFull ? bytes.length : bytes.lastIndexOf(10) + 1
  // A line longer than what is read in one go is no event of ours: step over it, or it would stop all that come after.
  if (end === 0 && isFull) return { says: [], next: from + bytes.length }
  const lines = new TextDecoder().decode(bytes.subarray(0, end)).split('\n')
  return { says: lines.flatMap((line) => parseEvent(line) ?? []), next: from + end }
}
