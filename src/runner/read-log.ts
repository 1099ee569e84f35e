// Lines of a job's log by number: which lines, from the store's blocks; their text, from the files the job wrote.
import { join } from 'node:path'
import type { LogLine, Stream } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { linesOf } from '../launch/lines.ts'
import type { StoredBlock } from '../store/store.ts'
import type { House } from './house.ts'

/** What holds a log: the store knows its blocks, the launcher reads their text. */
export type LogPlace = Pick<House, 'store' | 'launcher' | 'folder'>

export interface LogQuery {
  jobId: number
  after?: number
  before?: number
  limit: number
  streams?: readonly Stream[]
  /** Whole lines instead of the first `limits.logLineServed` characters. */
  full?: boolean
}

/** Lines in order of their number. With `before`: the last ones before it. Reads no more blocks than it needs. */
export async function readLog(place: LogPlace, query: LogQuery): Promise<LogLine[]> {
  return query.before === undefined ? readForward(place, query) : readBackward(place, query, query.before)
}

async function readForward(place: LogPlace, query: LogQuery): Promise<LogLine[]> {
  const { after = 0, limit } = query
  const lines: LogLine[] = []
  let edge = after
  for (;;) {
    const blocks = await place.store.logs.blocks({ ...blocksWanted(query), after: edge })
    for (const block of blocks) {
      if (lines.length >= limit) break
      lines.push(...linesOfBlock(place, block, query, { after, most: limit - lines.length }))
      edge = block.firstSeq + block.lineCount - 1
    }
    if (lines.length >= limit || blocks.length < blocksPerRead) return lines.slice(0, limit)
  }
}

async function readBackward(place: LogPlace, query: LogQuery, before: number): Promise<LogLine[]> {
  const { limit } = query
  const bundles: LogLine[][] = []
  let found = 0
  let edge = before
  for (;;) {
    const blocks = await place.store.logs.blocks({ ...blocksWanted(query), before: edge })
    for (const block of blocks.toReversed()) {
      if (found >= limit) break
      const lines = linesOfBlock(place, block, query, { before, most: limit - found })
      bundles.push(lines)
      found += lines.length
      edge = block.firstSeq
    }
    if (found >= limit || blocks.length < blocksPerRead) return bundles.toReversed().flat().slice(-limit)
  }
}

function blocksWanted({ jobId, streams }: LogQuery) {
  return { jobId, ...(streams ? { streams } : {}), limit: blocksPerRead }
}

const blocksPerRead = 64

interface Wanted {
  /** The first `most` lines after a number … */
  after?: number
  /** … or the last `most` before one. */
  before?: number
  most: number
}

// Only the wanted lines are decoded: a block may hold tens of thousands.
function linesOfBlock(place: LogPlace, block: StoredBlock, { full }: LogQuery, wanted: Wanted): LogLine[] {
  const { firstSeq, lineCount, attempt, stream, at } = block
  const common = { attempt, stream, at }
  const from = Math.max(0, (wanted.after ?? 0) + 1 - firstSeq)
  const to = Math.min(lineCount, (wanted.before ?? Number.POSITIVE_INFINITY) - firstSeq)
  const [start, end] = wanted.before === undefined ? [from, Math.min(to, from + wanted.most)] : [Math.max(from, to - wanted.most), to]
  const number = (index: number) => firstSeq + start + index
  if (block.body !== null)
    return bodyLines(block)
      .slice(start, end)
      .map((text, index) => ({ seq: number(index), ...common, ...served(text, full ?? false) }))
  const folder = join(place.folder.attempts, block.folder)
  const bytes = block.isGone ? null : place.launcher.readBack(folder, stream === 'stderr' ? 'stderr' : 'stdout', block)
  const lines = bytes === null ? new Array<Uint8Array>(lineCount).fill(goneText) : linesOf(bytes)
  return lines.slice(start, end).map((line, index) => ({ seq: number(index), ...common, ...served(line, full ?? false) }))
}

// A line of ours is one, whatever it says. What a function of a runner logged was cut into lines when it was stored.
function bodyLines({ body, stream, lineCount }: StoredBlock): Uint8Array[] {
  const lines = body === null ? [] : stream === 'system' || lineCount === 1 ? [body] : body.split('\n')
  return lines.map((line) => new TextEncoder().encode(line))
}

const goneText = new TextEncoder().encode('(gone from the log file)')

// Invalid UTF-8 becomes U+FFFD in the view; the file keeps the bytes.
function served(line: Uint8Array, full: boolean): { text: string; cutFromBytes?: number } {
  const text = decoder.decode(line)
  if (full || text.length <= limits.logLineServed) return { text }
  return { text: text.slice(0, limits.logLineServed), cutFromBytes: line.length }
}

// A byte order mark is what the job wrote, wherever it stands.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
