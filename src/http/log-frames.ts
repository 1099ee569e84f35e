// Lines of a job's log as frames of an event stream: put together once, for as many followers as take them. Knows no follower.
import type { Holdfast, LogLine } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'
import { formatEvent } from './event-stream.ts'

/** Lines that came together, about a write's worth: of numbers above `after` and to `last`. */
export interface Piece {
  after: number
  last: number
  /** The number of each line, and where its frame begins. */
  starts: { seq: number; at: number }[]
  frames: Uint8Array
}

/** Lines above a number, oldest first. */
export function piecesOf(lines: readonly LogLine[], above: number): Piece[] {
  const pieces: Piece[] = []
  let [after, starts, text, bytes] = [above, [] as Piece['starts'], '', 0]
  for (const line of lines) {
    const frame = formatEvent({ event: line.stream, id: line.seq, data: line })
    starts.push({ seq: line.seq, at: bytes })
    text += frame
    bytes += Buffer.byteLength(frame)
    if (bytes < httpBounds.streamWriteChars && line !== lines.at(-1)) continue
    pieces.push({ after, last: line.seq, starts, frames: Buffer.from(text) })
    ;[after, starts, text, bytes] = [line.seq, [], '', 0]
  }
  return pieces
}

export function framesAfter({ starts, frames }: Piece, after: number): Uint8Array {
  const from = starts.find(({ seq }) => seq > after)?.at ?? frames.length
  return from === 0 ? frames : frames.subarray(from)
}

export function sizeOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { frames }) => sum + frames.length, 0)
}

/** Pages of a log as frames. Those that were read last are kept, because many may come at once, from the same place. */
export interface FramePages {
  /** Lines after a number; none: there are no more. */
  after(number: number): Promise<Piece[]>
}

export function framePages(holdfast: Holdfast, id: number): FramePages {
  const kept = new Map<number, Promise<Piece[]>>()
  let bytes = 0

  async function read(after: number): Promise<Piece[]> {
    const { lines } = await holdfast.log(id, { after, limit: httpBounds.followLines })
    const pieces = piecesOf(lines, after)
    bytes += sizeOf(pieces)
    return pieces
  }

  async function forgetOldest(): Promise<void> {
    for (const [after, page] of kept) {
      if (bytes <= httpBounds.tailBytes || kept.size === 1) return
      kept.delete(after)
      bytes -= sizeOf(await page.catch(() => []))
    }
  }

  return {
    async after(number) {
      const there = kept.get(number)
      if (there) return there
      const page = read(number)
      kept.set(number, page)
      // One that ends the log is longer the next time, and one that could not be read may be then.
      const isWhole = await page.then(
        (pieces) => pieces.length > 0,
        () => false,
      )
      if (!isWhole) kept.delete(number)
      await forgetOldest()
      return page
    },
  }
}
