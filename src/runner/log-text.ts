// The log of a job as one text: what it wrote, byte for byte, and lines of ours between. Where each byte stands follows from the store's
// blocks alone, so that any part can be read by itself; text is read block by block, never decoded.
import { join } from 'node:path'
import type { Stream } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import type { LogFiles, StoredBlock } from '../store/store.ts'
import { bytesOfBlocks, goneText, inTurns, LogChangedError, type LogPlace } from './block-lines.ts'
import { maskedBytes } from './masked-text.ts'

export interface LogText {
  bytes: number
  /** From a byte on, to before another one. */
  read(from: number, to: number): AsyncGenerator<Uint8Array>
}

export interface TextQuery {
  jobId: number
  /** Where something may have been taken out. */
  middle: number | null
  /** The last line that belongs to it. */
  lastSeq: number
  streams?: readonly Stream[]
}

/** As of now: what comes later is not in it, and what is taken out later is told in its place. */
export async function openLogText(place: LogPlace, query: TextQuery): Promise<LogText> {
  const { files } = await place.store.jobs.detail({ id: query.jobId, events: 0 })
  const log: Log = { place, query, files: new Map(files.map((one) => [one.attempt, one])), dropped: await droppedLines(place, query) }
  const sections = await sectionsOf(log)
  async function* read(from: number, to: number): AsyncGenerator<Uint8Array> {
    let start = 0
    for (const section of sections) {
      const end = start + section.bytes
      if (start >= to) return
      if (end > from) yield* sectionText(log, section, { from: from - start, to: to - start })
      start = end
    }
  }
  const mask = place.masks?.now()
  return { bytes: sections.reduce((sum, { bytes }) => sum + bytes, 0), read: mask ? maskedBytes(mask, read) : read }
}

interface Log {
  place: LogPlace
  query: TextQuery
  files: ReadonlyMap<number, LogFiles>
  /** Lines that were taken out. */
  dropped: number
}

async function droppedLines({ store }: LogPlace, { jobId, middle }: TextQuery): Promise<number> {
  if (middle === null) return 0
  const [block] = await store.logs.blocks({ jobId, after: middle - 1, limit: 1 })
  return block?.dropped ? block.lineCount : 0
}

/** So many blocks after a line, to another one. What they come to stays, whatever becomes of them. */
interface Section {
  after: number
  last: number
  bytes: number
}

const blocksInSection = 512

/** A block with what stands behind it, where the text would run into the next line. */
interface Part {
  block: StoredBlock
  bytes: number
  needsNewline: boolean
}

// A log grows at its end: what was measured once is remembered.
async function sectionsOf(log: Log): Promise<Section[]> {
  const measured = measuredOf(log)
  const sections = measured.filter(({ last }) => last <= log.query.lastSeq)
  for (let after = sections.at(-1)?.last ?? 0; ; ) {
    const { parts, next } = await partsAfter(log, after)
    const section = { after, last: next ?? log.query.lastSeq, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) }
    sections.push(section)
    if (next === null) return sections
    if ((measured.at(-1)?.last ?? 0) === after) measured.push(section)
    after = next
    // A long log has many; others get their turns in between.
    await log.place.clock.sleep(0)
  }
}

const measuredLogs = new WeakMap<LogPlace['store'], Map<string, Section[]>>()

function measuredOf({ place: { store }, query: { jobId, streams }, files, dropped }: Log): Section[] {
  const logs = measuredLogs.get(store) ?? new Map<string, Section[]>()
  measuredLogs.set(store, logs)
  const lives = [...files.values()].map(({ stdout, stderr }) => [stdout.fileNumber, stderr.fileNumber])
  const key = JSON.stringify([jobId, streams, dropped, lives])
  const sections = logs.get(key) ?? []
  logs.delete(key)
  logs.set(key, sections)
  const [oldest] = logs.keys()
  if (logs.size > limits.measuredLogs && oldest !== undefined) logs.delete(oldest)
  return sections
}

async function partsAfter({ place, query, files }: Log, after: number): Promise<{ parts: Part[]; next: number | null }> {
  const { jobId, lastSeq, streams } = query
  const found = await place.store.logs.blocks({ jobId, after, ...(streams && { streams }), limit: blocksInSection + 1 })
  const blocks = found.filter(({ firstSeq }) => firstSeq > after && firstSeq <= lastSeq)
  const parts = blocks.slice(0, blocksInSection).map((block, index): Part => {
    const needsNewline = isOpen(block, files) && !goesOn(block, blocks[index + 1]) && !endsWithNewline(place, block)
    return { block, bytes: lengthOf(block) + (needsNewline ? 1 : 0), needsNewline }
  })
  const beyond = blocks[blocksInSection]
  return { parts, next: beyond ? beyond.firstSeq - 1 : null }
}

function lengthOf(block: StoredBlock): number {
  if (block.body !== null) return Buffer.byteLength(block.body) + 1
  return block.isGone ? block.lineCount * goneLine.length : block.byteLength
}

const goneLine = Buffer.concat([goneText, Buffer.from('\n')])

// Its last line may have no newline: a line that was too long goes on in the next one, and what is written last need not end.
function isOpen(
  { attempt, stream, fileNumber, byteOffset, byteLength, lineCount, body, isGone }: StoredBlock,
  files: Log['files'],
): boolean {
  if (body !== null || isGone || stream === 'system') return false
  if (lineCount === 1 && byteLength === limits.logLineBytes) return true
  const file = files.get(attempt)?.[stream]
  return file === undefined || (file.fileNumber === fileNumber && byteOffset + byteLength >= file.bytes - file.hole.bytes)
}

function goesOn(block: StoredBlock, next: StoredBlock | undefined): boolean {
  return (
    next !== undefined &&
    next.body === null &&
    next.stream === block.stream &&
    next.attempt === block.attempt &&
    next.fileNumber === block.fileNumber &&
    next.byteOffset === block.byteOffset + block.byteLength
  )
}

function endsWithNewline({ launcher, folder }: LogPlace, { folder: name, stream, byteOffset, byteLength, sealed }: StoredBlock): boolean {
  const range = { byteOffset: byteOffset + byteLength - 1, byteLength: 1, sealed }
  const last = launcher.readBack(join(folder.attempts, name), stream === 'stderr' ? 'stderr' : 'stdout', range)
  // Nothing is there: what is said instead ends with one.
  return last === null || last.length === 0 || last[0] === newline
}

const newline = 10

// Exactly as long as it was found to be at first.
async function* sectionText(log: Log, { after, bytes }: Section, range: { from: number; to: number }): AsyncGenerator<Uint8Array> {
  const end = Math.min(range.to, bytes)
  let at = Math.max(0, range.from)
  try {
    const wanted = placed((await partsAfter(log, after)).parts).filter(({ start, part }) => start < end && start + part.bytes > at)
    const places = new Map(wanted.map((place) => [place.part.block, place]))
    for (const blocks of inTurns([...places.keys()])) {
      const texts = await bytesOfBlocks(log.place, log.query.jobId, blocks)
      for (const block of blocks) {
        const place = places.get(block)
        if (!place) continue
        const text = textOf(place.part, texts.get(block)).subarray(at - place.start, end - place.start)
        at += text.length
        yield text
      }
      await log.place.clock.sleep(0)
    }
  } catch (error) {
    if (!(error instanceof LogChangedError)) throw error
  }
  // Taken out meanwhile.
  if (at < end) yield gone(end - at)
}

function placed(parts: readonly Part[]): { part: Part; start: number }[] {
  let start = 0
  return parts.map((part) => {
    const place = { part, start }
    start += part.bytes
    return place
  })
}

function textOf({ block, bytes, needsNewline }: Part, text: Uint8Array | null | undefined): Uint8Array {
  if (block.body !== null) return Buffer.from(`${block.body}\n`)
  if (!text || text.length !== block.byteLength) return gone(bytes)
  return needsNewline ? Buffer.concat([text, Buffer.from('\n')]) : text
}

function gone(bytes: number): Uint8Array {
  const text = Buffer.alloc(bytes, goneLine)
  if (bytes > 0) text[bytes - 1] = newline
  return text
}
