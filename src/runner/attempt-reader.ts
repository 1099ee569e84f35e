// Reads what a running attempt writes: its two log files and its events file, each from where the store says it stopped.
// Knows files and bytes; what they mean is core's, where they go is the log writer's.
import { limits } from '../core/limits.ts'
import { parseEvent, type Said } from '../core/progress.ts'
import type { GrowingFile, WrittenFiles } from '../launch/launcher.ts'
import { blocksOf } from '../launch/lines.ts'
import type { FilePosition, LogBlock } from '../store/store.ts'

export interface ReadPosition {
  stdout: FilePosition
  stderr: FilePosition
  /** Bytes. */
  events: number
}

export interface Bundle {
  blocks: LogBlock[]
  says: Said[]
  /** What is to be told in the log beside what the job wrote. */
  notes: string[]
  /** Where reading goes on, once the bundle is stored. */
  next: ReadPosition
  isEmpty: boolean
  /** There is more than was read in one go. */
  isBehind: boolean
  /** Bytes that its log files have now: more than before although nothing came is a line that grows. */
  size: number
}

/** What has come since `from`. With `isComplete` a last line without newline counts too. */
export function readWritten(files: WrittenFiles, from: ReadPosition, { isComplete, now }: { isComplete: boolean; now: number }): Bundle {
  // First stderr: what is written meanwhile is then stdout before an error, and not an error before the stdout that led to it.
  const stderr = readBlocks(files.stderr, { stream: 'stderr', from: from.stderr, isComplete, now })
  const stdout = readBlocks(files.stdout, { stream: 'stdout', from: from.stdout, isComplete, now })
  const events = readEvents(files.events, from.events, isComplete)
  const read = inOrder({ stdout, stderr }, files, { from, isComplete })
  const isBehind = stdout.isFull || stderr.isFull || events.isFull
  const next = { stdout: read.stdout.next, stderr: read.stderr.next, events: events.next }
  const isEmpty = read.blocks.length === 0 && read.notes.length === 0 && events.next === from.events
  return { blocks: read.blocks, notes: read.notes, says: events.says, next, isEmpty, isBehind, size: stdout.size + stderr.size }
}

type BothRead = Record<'stdout' | 'stderr', ReadBlocks>

// Of what came in one go nobody knows how the two were mixed. What was written last stands last; within a tick of the clock, as when a short job
// fails, that is more often the error. (Holes that we punch into a log over its bound count as writing: there it is a guess.)
function inOrder(read: BothRead, files: WrittenFiles, { from, isComplete }: { from: ReadPosition; isComplete: boolean }) {
  const isMixed = read.stdout.blocks.length > 0 && read.stderr.blocks.length > 0
  const isReversed = isMixed && files.stdout.writtenAt() > files.stderr.writtenAt()
  const [first, last] = isReversed ? (['stderr', 'stdout'] as const) : (['stdout', 'stderr'] as const)
  // Of a job that has ended, what the other did not get into this go is to come before it as well.
  const isHeld = isComplete && read[first].isFull
  const both = isHeld ? { ...read, [last]: { ...read[last], blocks: [], notes: [], next: from[last] } } : read
  return { ...both, blocks: [...both[first].blocks, ...both[last].blocks], notes: [...both[first].notes, ...both[last].notes] }
}

interface StreamRead {
  stream: 'stdout' | 'stderr'
  from: FilePosition
  isComplete: boolean
  now: number
}

interface ReadBlocks {
  blocks: LogBlock[]
  notes: string[]
  next: FilePosition
  isFull: boolean
  size: number
}

function readBlocks(file: GrowingFile, { stream, from, isComplete, now }: StreamRead): ReadBlocks {
  const size = file.size()
  const isCutOff = size < from.bytes
  // `> /dev/stderr` opens the log anew and empties it. What was numbered keeps its numbers; the file begins a new life.
  const start = isCutOff ? { fileNumber: from.fileNumber + 1, bytes: 0 } : { fileNumber: from.fileNumber, bytes: from.bytes }
  const notes = isCutOff ? [`the job emptied its own ${stream}: ${from.bytes} bytes that it wrote before are gone`] : []
  const bytes = file.readAt(start.bytes, limits.logReadBytes)
  // A full read has more behind it, so its last line may go on.
  const isFull = bytes.length === limits.logReadBytes
  const found = blocksOf(bytes, start.bytes, isComplete && !isFull)
  const blocks = found.map((block) => ({ ...block, stream, fileNumber: start.fileNumber, at: now }))
  const last = blocks.at(-1)
  return { blocks, notes, next: { ...start, bytes: last ? last.byteOffset + last.byteLength : start.bytes }, isFull, size }
}

function readEvents(file: GrowingFile, from: number, isComplete: boolean): { says: Said[]; next: number; isFull: boolean } {
  // Written with > instead of >>: the file begins anew with each event, and so do we.
  const start = file.size() < from ? 0 : from
  // Few at a time, unless one alone is longer: each is parsed.
  const some = file.readAt(start, limits.eventsTurnBytes)
  const most = some.includes(10) ? limits.eventsTurnBytes : limits.eventsReadBytes
  const bytes = most === limits.eventsTurnBytes ? some : file.readAt(start, most)
  const isFull = bytes.length === most
  const end = isComplete && !isFull ? bytes.length : bytes.lastIndexOf(10) + 1
  // A line longer than what is read in one go is no event of ours: step over it, or it would stop all that come after.
  if (end === 0 && isFull) return { says: [], next: start + bytes.length, isFull }
  const lines = new TextDecoder().decode(bytes.subarray(0, end)).split('\n')
  return { says: lines.flatMap((line) => parseEvent(line) ?? []), next: start + end, isFull }
}
