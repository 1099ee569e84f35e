// Any part of a text that is read in pieces, with secrets taken out: each byte of one is a star, so that every other one stays in its place. Knows no log.
import type { Mask } from '../core/masking.ts'

export type ReadBytes = (from: number, to: number) => AsyncGenerator<Uint8Array>

/** What stands on both sides of a part decides what it begins and ends with: that is read as well. */
export function maskedBytes(mask: Mask, read: ReadBytes): ReadBytes {
  return async function* (from, to) {
    let at = Math.max(0, from - mask.reach)
    for await (const piece of masked(mask, read(at, to + mask.reach))) {
      const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at))
      if (part.length > 0) yield part
      at += piece.length
      if (at >= to) return
    }
  }
}

async function* masked(mask: Mask, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = mask.bytes()
  for await (const piece of pieces) yield bytes.push(piece)
  yield bytes.end()
}
