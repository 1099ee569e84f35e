// Which part of a log is kept when it is too long: the beginning and the end. Pure; knows blocks as numbers, no files.
import { limits } from './limits.ts'

/** A stretch of numbered lines, or what stands for lines that were taken out before. */
export interface MeasuredBlock {
  lineCount: number
  /** Bytes in the files of the job; none for lines of ours. */
  bytes: { stdout: number; stderr: number }
}

/** Bytes of a log that may pile up beyond its bound before some of it is taken out. */
export function dropStepBytes(logBytes: number): number {
  return Math.max(limits.punchBytesLeast, Math.min(limits.punchBytes, logBytes / 16))
}

/** How many of the blocks, from the first on, have to go so that at most `keepBytes` of `keptBytes` are left. */
export function blocksToDrop(blocks: readonly MeasuredBlock[], isDropped: (index: number) => boolean, excessBytes: number): number {
  let left = excessBytes
  let count = 0
  for (const [index, { bytes }] of blocks.entries()) {
    if (left <= 0) break
    // What stands for lines that are out holds no bytes any more.
    if (!isDropped(index)) left -= bytes.stdout + bytes.stderr
    count = index + 1
  }
  return count
}

/** Index of the first block that is not of the beginning of the log any more; null when all of them are. */
export function firstOfMiddle(bytes: readonly number[], keptBytes: number, headBytes: number): number | null {
  let kept = keptBytes
  for (const [index, length] of bytes.entries()) {
    kept += length
    if (kept >= headBytes) return index + 1
  }
  return null
}

/** The line that stands for lines that were taken out. */
export function droppedWords(dropped: MeasuredBlock, logBytes: number): string {
  const { stdout, stderr } = dropped.bytes
  return `${count(dropped.lineCount)} lines, ${count(stdout)} bytes of stdout and ${count(stderr)} bytes of stderr dropped here: the log is longer than ${sizeWords(logBytes)}`
}

/** "256 MiB"; exact bytes where it is not a whole number of them. */
export function sizeWords(bytes: number): string {
  const mebibytes = bytes / 1_048_576
  return Number.isInteger(mebibytes) ? `${count(mebibytes)} MiB` : `${count(bytes)} bytes`
}

// The same everywhere, whatever language the machine speaks: it is written down once.
function count(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
