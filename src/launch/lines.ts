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
  let start = 0
  while (start < bytes.length && blocks.length < limits.logBlocksPerBatch) {
    const block = nextBlock(bytes, start, isComplete)
    if (block.length === 0) break
    blocks.push({ byteOffset: offset + start, byteLength: block.length, lineCount: block.lines })
    start += block.length
  }
  return blocks
}

function nextBlock(bytes: Uint8Array, start: number, isComplete: boolean): { length: number; lines: number } {
  let end = start
  let lines = 0
  while (end < bytes.length) {
    const lineEnd = endOfLine(bytes, end, isComplete)
    if (lineEnd === -1 || (lines > 0 && lineEnd - start > limits.logBlockBytes)) break
    end = lineEnd
    lines++
  }
  return { length: end - start, lines }
}

// Index behind the line that begins at `start`, or -1 when its end has not come yet.
function endOfLine(bytes: Uint8Array, start: number, isComplete: boolean): number {
  const limit = start + limits.logLineBytes
  const found = bytes.subarray(start, limit).indexOf(newline)
  if (found !== -1) return start + found + 1
  if (bytes.length >= limit) return limit
  return isComplete ? bytes.length : -1
}

/** The lines of a block, as bytes without their newline. */
export function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let start = 0
  while (start < bytes.length) {
    const end = endOfLine(bytes, start, true)
    lines.push(bytes.subarray(start, bytes[end - 1] === newline ? end - 1 : end))
    start = end
  }
  return lines
}
