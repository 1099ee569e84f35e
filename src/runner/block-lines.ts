// From the store's blocks to their lines: text is in the files the job wrote, or in the block itself. Knows that files are written anew and get holes meanwhile.
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import { linesOf } from '../launch/lines.ts'
import type { StoredBlock } from '../store/store.ts'
import type { House } from './house.ts'

/** What holds a log: the store knows its blocks, the launcher reads their text; secrets that are known are taken out of it. */
export type LogPlace = Pick<House, 'store' | 'launcher' | 'folder' | 'clock' | 'masks'>

/** Thrown when a file did not hold any more what the store said of it: look again. */
export class LogChangedError extends Error {}

/** The bytes of each block's lines; null for one that is a line of ours. @throws LogChangedError */
export async function linesOfBlocks(place: LogPlace, jobId: number, blocks: readonly StoredBlock[]): Promise<(Uint8Array[] | null)[]> {
  const texts = await bytesOfBlocks(place, jobId, blocks)
  return blocks.map((block) => linesOfBytes(block, texts.get(block)))
}

/** The lines of a block of which the bytes are known; null for one that is a line of ours. */
export function linesOfBytes(block: StoredBlock, text: Uint8Array | null | undefined): Uint8Array[] | null {
  return block.body === null ? wholeLines(block, text) : bodyLines(block, block.body)
}

/** What the files hold of each block, where its text is in one. @throws LogChangedError */
export async function bytesOfBlocks(
  place: LogPlace,
  jobId: number,
  blocks: readonly StoredBlock[],
): Promise<Map<StoredBlock, Uint8Array | null>> {
  const texts = readSpans(place, blocks)
  await checkStill(
    place,
    jobId,
    blocks.filter((block) => isDoubtful(block, texts.get(block))),
  )
  return texts
}

/** So many blocks at a time as are read in one turn. */
export function* inTurns(blocks: readonly StoredBlock[]): Generator<StoredBlock[]> {
  let turn: StoredBlock[] = []
  let bytes = 0
  for (const block of blocks) {
    turn.push(block)
    bytes += block.byteLength
    if (bytes < limits.readBackBytes) continue
    yield turn
    turn = []
    bytes = 0
  }
  if (turn.length > 0) yield turn
}

/** Does it again when the log changed meanwhile; what changes all the time is read as it is in the end. */
export async function whileItChanges<R>(read: () => Promise<R>): Promise<R> {
  for (let tries = 0; ; tries++) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof LogChangedError) || tries >= mostTries) throw error
    }
  }
}

/** Each try is a page; what is taken out comes in steps of megabytes. */
const mostTries = 100

// Blocks that lie side by side in a file are read in one go: a job that writes a line now and then has a block for each.
function readSpans(place: LogPlace, blocks: readonly StoredBlock[]): Map<StoredBlock, Uint8Array | null> {
  const texts = new Map<StoredBlock, Uint8Array | null>()
  const open = new Map<string, StoredBlock[]>()
  const read = (span: StoredBlock[]) => {
    const bytes = readSpan(place, span)
    const start = span[0]?.byteOffset ?? 0
    for (const block of span) {
      const from = block.byteOffset - start
      texts.set(block, bytes === null ? null : bytes.subarray(from, from + block.byteLength))
    }
  }
  for (const block of blocks) {
    if (block.body !== null || block.isGone) continue
    const file = `${block.folder}/${block.stream}/${block.sealed}`
    const span = open.get(file)
    if (span && goesOn(span, block)) span.push(block)
    else {
      if (span) read(span)
      open.set(file, [block])
    }
  }
  for (const span of open.values()) read(span)
  return texts
}

function goesOn(span: readonly StoredBlock[], block: StoredBlock): boolean {
  const [first, last] = [span[0], span.at(-1)]
  if (!first || !last || last.byteOffset + last.byteLength !== block.byteOffset) return false
  return block.byteOffset + block.byteLength - first.byteOffset <= limits.readBackBytes
}

function readSpan({ launcher, folder }: LogPlace, span: readonly StoredBlock[]): Uint8Array | null {
  const first = span[0]
  if (!first) return null
  const range = { byteOffset: first.byteOffset, byteLength: span.reduce((sum, block) => sum + block.byteLength, 0), sealed: first.sealed }
  return launcher.readBack(join(folder.attempts, first.folder), first.stream === 'stderr' ? 'stderr' : 'stdout', range)
}

// A hole reads as zeros, a file that was written anew is gone, one that its job has cut off is short. A job can write zeros as well.
function isDoubtful(block: StoredBlock, text: Uint8Array | null | undefined): boolean {
  if (block.body !== null || block.isGone) return false
  return !text || text.length < block.byteLength || text.includes(0)
}

// What the store still says, after the text was read, was true while it was read.
async function checkStill({ store }: LogPlace, jobId: number, doubtful: readonly StoredBlock[]): Promise<void> {
  for (const block of doubtful) {
    const [now] = await store.logs.blocks({ jobId, after: block.firstSeq - 1, limit: 1 })
    const isSame =
      now?.firstSeq === block.firstSeq &&
      now.sealed === block.sealed &&
      now.dropped === null &&
      now.isGone === block.isGone &&
      now.byteOffset === block.byteOffset
    if (!isSame) throw new LogChangedError()
  }
}

function wholeLines(block: StoredBlock, text: Uint8Array | null | undefined): Uint8Array[] {
  const lines = text && text.length === block.byteLength ? linesOf(text) : []
  return lines.length === block.lineCount ? lines : new Array<Uint8Array>(block.lineCount).fill(goneText)
}

// A line of ours is one, whatever it says. What a function of a runner logged was cut into lines when it was stored.
function bodyLines({ stream, lineCount }: StoredBlock, body: string): Uint8Array[] | null {
  if (stream === 'system') return null
  return (lineCount === 1 ? [body] : body.split('\n')).map((line) => new TextEncoder().encode(line))
}

export const goneText = new TextEncoder().encode('(gone from the log file)')
