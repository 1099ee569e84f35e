// Lines of a job's log that hold a text: so much of the log in one call, and how far it came.
import type { LogLine } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import type { StoredBlock } from '../store/store.ts'
import { bytesOfBlocks, inTurns, type LogPlace, linesOfBytes, whileItChanges } from './block-lines.ts'
import { decoder, type LogQuery, lineOf, lineOfOurs, type ServedAs, served, servedAs, textOf, walkBlocks } from './read-log.ts'

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
  const looked: Looked = { query, wanted, as: servedAs(place, query) }
  const done = (searched: number | null): Found => ({ lines: isBack ? lines.reverse() : lines, searched })
  let [bytes, blocks] = [0, 0]
  for await (const bundle of walkBlocks(place, query)) {
    for (const some of inTurns(bundle)) {
      const texts = await bytesOfBlocks(place, query.jobId, isBack ? some.toReversed() : some)
      for (const block of some) {
        for (const line of matches(block, texts.get(block) ?? null, looked)) {
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

function edgeOf(block: StoredBlock, isBack: boolean): number {
  return isBack ? block.firstSeq : block.firstSeq + block.lineCount - 1
}

interface Looked {
  query: LogQuery
  wanted: string
  as: ServedAs
}

// In the order of the walk.
function* matches(block: StoredBlock, bytes: Uint8Array | null, { query, wanted, as }: Looked): Generator<LogLine> {
  const { after = 0, before = Number.POSITIVE_INFINITY } = query
  const isWanted = (seq: number) => seq > after && seq < before
  // Most blocks hold nothing: they are looked at as a whole, and not even cut into lines.
  if (block.body === null && bytes?.length === block.byteLength && !decoder.decode(bytes).toLowerCase().includes(wanted)) return
  const texts = linesOfBytes(block, bytes)
  if (texts === null) {
    const line = lineOfOurs(block, as.mask)
    if (isWanted(line.seq) && line.text.toLowerCase().includes(wanted)) yield line
    return
  }
  for (let step = 0; step < texts.length; step++) {
    const index = query.before === undefined ? step : texts.length - 1 - step
    const line = texts[index]
    const seq = block.firstSeq + index
    // In what is shown: else one could ask for a secret letter by letter.
    if (line && isWanted(seq) && textOf(line, as.mask, index).toLowerCase().includes(wanted))
      yield lineOf(block, seq, served(line, as, index))
  }
}
