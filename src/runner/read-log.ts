// Lines of a job's log by number: pages before, after and around one, and what is not a line yet.
import { join } from 'node:path'
import type { LogLine, Stream, UnfinishedLine } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import type { Mask } from '../core/masking.ts'
import { afterReturns } from '../core/one-line.ts'
import type { JobRecord, StoredBlock } from '../store/store.ts'
import { type LogPlace, linesOfBlocks, whileItChanges } from './block-lines.ts'

export type { LogPlace } from './block-lines.ts'

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
  return whileItChanges(() => (query.before === undefined ? readForward(place, query) : readBackward(place, query, query.before)))
}

/** The line with a number in the middle, as far as there are lines before and after it. */
export async function readAround(place: LogPlace, { after: _, before: __, ...query }: LogQuery, seq: number): Promise<LogLine[]> {
  const later = await readLog(place, { ...query, after: seq - 1, limit: Math.ceil(query.limit / 2) })
  const room = query.limit - later.length
  const earlier = room === 0 ? [] : await readLog(place, { ...query, before: seq, limit: room })
  return [...earlier, ...later]
}

/** What the job has begun to write and not ended. */
export async function unfinishedLines({ store, launcher, folder, masks }: LogPlace, job: JobRecord): Promise<UnfinishedLine[]> {
  if (job.state !== 'running' && job.state !== 'stopping') return []
  const files = (await store.jobs.detail({ id: job.id, events: 0 })).files.at(-1)
  if (!files) return []
  return (['stdout', 'stderr'] as const).flatMap((stream) => {
    const bytes = launcher.tail(join(folder.attempts, files.folder), stream, files[stream].bytes)
    const written = afterReturns(decoder.decode(bytes))
    // A secret may be half written yet.
    const text = (masks?.now()?.text(written, { before: true, after: true }) ?? written).slice(0, limits.logLineServed)
    return text === '' ? [] : [{ stream, text }]
  })
}

/** Blocks in the order they are walked, in bundles that grow: few lines need few blocks, many of one line each need many. */
export async function* walkBlocks(
  place: LogPlace,
  { jobId, after, before, streams }: Omit<LogQuery, 'limit'>,
): AsyncGenerator<StoredBlock[]> {
  const asked = { jobId, ...(streams ? { streams } : {}) }
  let edge = before ?? after ?? 0
  for (let limit = fewestBlocks; ; limit = Math.min(limit * 2, mostBlocks)) {
    const blocks = await place.store.logs.blocks({ ...asked, ...(before === undefined ? { after: edge } : { before: edge }), limit })
    const [first, last] = [blocks[0], blocks.at(-1)]
    if (!first || !last) return
    yield before === undefined ? blocks : blocks.toReversed()
    if (blocks.length < limit) return
    edge = before === undefined ? lastSeqOf(last) : first.firstSeq
  }
}

const fewestBlocks = 16
const mostBlocks = 512

async function readForward(place: LogPlace, query: LogQuery): Promise<LogLine[]> {
  const { after = 0, limit } = query
  const lines: LogLine[] = []
  for await (const blocks of walkBlocks(place, query)) {
    const needed = blocksFor(blocks, limit - lines.length, (block) => lastSeqOf(block) - Math.max(after, block.firstSeq - 1))
    const texts = await linesOfBlocks(place, query.jobId, needed)
    for (const [index, block] of needed.entries()) {
      lines.push(...linesOfBlock(block, texts[index] ?? null, { ...servedAs(place, query), after, most: limit - lines.length }))
    }
    if (lines.length >= limit) break
  }
  return lines
}

async function readBackward(place: LogPlace, query: LogQuery, before: number): Promise<LogLine[]> {
  const { limit } = query
  const bundles: LogLine[][] = []
  let found = 0
  for await (const blocks of walkBlocks(place, query)) {
    const needed = blocksFor(blocks, limit - found, (block) => Math.min(before - 1, lastSeqOf(block)) - block.firstSeq + 1)
    // In the order of the file, so that what lies side by side is read in one go.
    const texts = (await linesOfBlocks(place, query.jobId, needed.toReversed())).reverse()
    for (const [index, block] of needed.entries()) {
      const lines = linesOfBlock(block, texts[index] ?? null, { ...servedAs(place, query), before, most: limit - found })
      bundles.push(lines)
      found += lines.length
    }
    if (found >= limit) break
  }
  return bundles.reverse().flat()
}

function lastSeqOf(block: StoredBlock): number {
  return block.firstSeq + block.lineCount - 1
}

// As many of the blocks as it takes; what stands for many lines is one.
function blocksFor(blocks: readonly StoredBlock[], wanted: number, linesIn: (block: StoredBlock) => number): StoredBlock[] {
  let missing = wanted
  const end = blocks.findIndex((block) => {
    if (missing <= 0) return true
    missing -= block.dropped ? 1 : linesIn(block)
    return false
  })
  return end === -1 ? [...blocks] : blocks.slice(0, end)
}

/** How lines are served: cut or whole, and with what taken out of them. */
export interface ServedAs {
  full: boolean
  mask: Mask | null
}

export function servedAs({ masks }: LogPlace, { full = false }: Pick<LogQuery, 'full'>): ServedAs {
  return { full, mask: masks?.now() ?? null }
}

interface Wanted extends ServedAs {
  /** The first `most` lines after a number … */
  after?: number
  /** … or the last `most` before one. */
  before?: number
  most: number
}

/** Only the wanted lines are decoded: a block may hold tens of thousands. */
export function linesOfBlock(block: StoredBlock, texts: Uint8Array[] | null, { after, before, most, ...as }: Wanted): LogLine[] {
  const { firstSeq, lineCount } = block
  if (texts === null) {
    const line = lineOfOurs(block, as.mask)
    return most > 0 && line.seq > (after ?? 0) && line.seq < (before ?? Number.POSITIVE_INFINITY) ? [line] : []
  }
  const from = Math.max(0, (after ?? 0) + 1 - firstSeq)
  const to = Math.min(lineCount, (before ?? Number.POSITIVE_INFINITY) - firstSeq)
  const [start, end] = before === undefined ? [from, Math.min(to, from + most)] : [Math.max(from, to - most), to]
  return texts.slice(start, end).map((line, index) => lineOf(block, firstSeq + start + index, served(line, as, start + index)))
}

/** Of text that is in no file. What stands for lines that were taken out has the last of their numbers, so that whoever goes on after it misses and repeats nothing. */
export function lineOfOurs(block: StoredBlock, mask: Mask | null): LogLine {
  const text = block.body ?? ''
  const line = lineOf(block, lastSeqOf(block), { text: mask ? mask.text(text) : text })
  return block.dropped ? { ...line, lines: block.lineCount } : line
}

export function lineOf({ attempt, stream, at }: StoredBlock, seq: number, text: { text: string; cutFromBytes?: number }): LogLine {
  return { seq, attempt, stream, at, ...text }
}

/** Invalid UTF-8 becomes U+FFFD in the view; the file keeps the bytes. `index`: which line of its block. */
export function served(line: Uint8Array, { full, mask }: ServedAs, index: number): { text: string; cutFromBytes?: number } {
  const text = textOf(line, mask, index)
  if (full || text.length <= limits.logLineServed) return { text }
  return { text: text.slice(0, limits.logLineServed), cutFromBytes: line.length }
}

/** With secrets taken out. A line that is too long goes on in the next block. */
export function textOf(line: Uint8Array, mask: Mask | null, index: number): string {
  const text = decoder.decode(line)
  return mask ? mask.text(text, { before: index === 0, after: line.length >= limits.logLineBytes }) : text
}

// A byte order mark is what the job wrote, wherever it stands.
export const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
