// Lines of a job's log that hold a text: so much of the log in one call, and how far it came.
import type { LogLine } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import type { StoredBlock } from '../store/store.ts'
import { inTurns, type LogPlace, linesOfBlocks, whileItChanges } from './block-lines.ts'
import { decoder, type LogQuery, lineOf, lineOfOurs, served, walkBlocks } from './read-log.ts'

export interface Found {
  /** Oldest first. */
  lines: LogLine[]
  /** Go on after this number, or before it; null: there is no more. */
  searched: number | null
}

/** Looks for a plain text, in whatever case; from a number on, or back from one. */
export function searchLog(place: LogPlace, query: LogQuery, text: string): Promise<Found> {
  return whileItChanges(() => search(place, query, text.toLowerCase()))
}

async function search(place: LogPlace, query: LogQuery, wanted: string): Promise<Found> {
  const { limit, before } = query
  const isBack = before !== undefined
  const lines: LogLine[] = []
  const done = (searched: number | null): Found => ({ lines: isBack ? lines.reverse() : lines, searched })
  let [bytes, blocks] = [0, 0]
  for await (const bundle of walkBlocks(place, query)) {
    for (const some of inTurns(bundle)) {
      const texts = await textsOf(place, query, isBack ? some.toReversed() : some)
      for (const block of some) {
        for (const line of matches(block, texts.get(block) ?? null, { query, wanted })) {
          lines.push(line)
          if (lines.length === limit) return done(line.seq)
        }
        bytes += block.byteLength
        if (bytes >= limits.searchBytes || ++blocks >= limits.searchBlocks) return done(edgeOf(block, isBack))
      }
      // Others get their turns in between.
      await place.clock.sleep(0)
    }
  }
  return done(null)
}

async function textsOf(place: LogPlace, { jobId }: LogQuery, blocks: StoredBlock[]): Promise<Map<StoredBlock, Uint8Array[] | null>> {
  const texts = await linesOfBlocks(place, jobId, blocks)
  return new Map(blocks.map((block, index) => [block, texts[index] ?? null]))
}

function edgeOf(block: StoredBlock, isBack: boolean): number {
  return isBack ? block.firstSeq : block.firstSeq + block.lineCount - 1
}

interface Looked {
  query: LogQuery
  wanted: string
}

// In the order of the walk.
function* matches(block: StoredBlock, texts: Uint8Array[] | null, { query, wanted }: Looked): Generator<LogLine> {
  const { after = 0, before = Number.POSITIVE_INFINITY, full = false } = query
  const isWanted = (seq: number) => seq > after && seq < before
  if (texts === null) {
    const line = lineOfOurs(block)
    if (isWanted(line.seq) && line.text.toLowerCase().includes(wanted)) yield line
    return
  }
  // Most blocks hold nothing: they are looked at as a whole.
  if (!decoder.decode(wholeOf(texts)).toLowerCase().includes(wanted)) return
  for (let step = 0; step < texts.length; step++) {
    const index = query.before === undefined ? step : texts.length - 1 - step
    const line = texts[index]
    const seq = block.firstSeq + index
    if (line && isWanted(seq) && decoder.decode(line).toLowerCase().includes(wanted)) yield lineOf(block, seq, served(line, full))
  }
}

function wholeOf(lines: readonly Uint8Array[]): Uint8Array {
  const [first, last] = [lines[0], lines.at(-1)]
  if (!first || !last) return new Uint8Array()
  if (first.buffer !== last.buffer) return Buffer.concat(lines)
  return new Uint8Array(first.buffer, first.byteOffset, last.byteOffset + last.byteLength - first.byteOffset)
}
