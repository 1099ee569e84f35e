// Reads a growing file from an offset. Never truncates, renames or locks it: it belongs to its writer.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export interface FollowedFile {
  /** Bytes it has now; 0 when it is not there. */
  size(): number
  /** Bytes from `offset`, at most `length`; fewer when the file has no more yet. */
  readAt(offset: number, length: number): Uint8Array
  close(): void
}

/** A file that is not there reads as empty. */
export function followFile(path: string): FollowedFile {
  let descriptor: number | null = null
  return {
    size() {
      descriptor ??= tryOpen(path)
      return descriptor === null ? 0 : fstatSync(descriptor).size
    },
    readAt(offset, length) {
      descriptor ??= tryOpen(path)
      if (descriptor === null) return new Uint8Array()
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, fstatSync(descriptor).size - offset)))
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset))
    },
    close() {
      if (descriptor !== null) closeSync(descriptor)
      descriptor = null
    },
  }
}

function tryOpen(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}
