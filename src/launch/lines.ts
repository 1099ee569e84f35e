// Bytes → blocks of whole lines, with exact offsets. Text is not decoded here: the log is what the job wrote.
import { limits } from '../core/limits.ts'

/** A stretch of whole lines; the last byte is a newline, or the line was too long, or the file has ended. */
export interface LineBlock {
  byteOffset: number
  byteLength: number
  lineCount: number
}

const newline = 10

/**
 * Cuts bytes that begin at `offset` of a file into blocks. What is behind the last newline is left for the next time, unless the file `isComplete`.
 * A line longer than `limits.logLineBytes` goes on in the next numbered line.
 */
export function blocksOf(bytes: Uint8Array, offset: number, isComplete: boolean): LineBlock[] {
  const blocks: LineBlock[] = []
  const ends = lineEnds(bytes, isComplete)
  let start = 0
  let end = 0
  let lines = 0
  const close = () => {
    if (lines > 0) blocks.push({ byteOffset: offset + start, byteLength: end - start, lineCount: lines })
    start = end
    lines = 0
  }
  for (let next = ends(end); next !== -1; next = ends(end)) {
    if (lines > 0 && next - start > limits.logBlockBytes) close()
    if (blocks.length === limits.logBlocksPerBatch) return blocks
    end = next
    lines++
  }
  close()
  return blocks
}

/** The lines of a block, as bytes without their newline. */
export function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  const ends = lineEnds(bytes, true)
  let start = 0
  for (let end = ends(start); end !== -1; end = ends(start)) {
    lines.push(bytes.subarray(start, bytes[end - 1] === newline ? end - 1 : end))
    start = end
  }
  return lines
}

// From the beginning of a line to the index behind it; -1 when its end has not come yet, or there is nothing.
// A newline far ahead is looked for once, not once for each piece of its long line.
function lineEnds(bytes: Uint8Array, isComplete: boolean): (start: number) => number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let newlineAt = -1
  return (start) => {
    if (start >= buffer.length) return -1
    if (newlineAt < start) {
      const found = buffer.indexOf(newline, start)
      newlineAt = found === -1 ? Number.POSITIVE_INFINITY : found
    }
    const limit = start + limits.logLineBytes
    if (newlineAt < limit) return newlineAt + 1
    if (buffer.length >= limit) return limit
    return isComplete ? buffer.length : -1
  }
}
