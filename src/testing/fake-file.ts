// A file in memory that one writes and others read while it grows.
import type { GrowingFile } from '../launch/launcher.ts'

export interface FakeFile extends GrowingFile {
  append(text: string): void
  /** It reads as zeros from then on. */
  punch(from: number, to: number): void
  text(): string
}

// A clock that tells any two writes apart.
let writes = 0

export function fakeFile(): FakeFile {
  let bytes = Buffer.alloc(0)
  let writtenAt = 0
  return {
    size: () => bytes.length,
    writtenAt: () => writtenAt,
    readAt: (offset, length) => new Uint8Array(bytes.subarray(offset, offset + length)),
    append(text) {
      bytes = Buffer.concat([bytes, Buffer.from(text)])
      writtenAt = ++writes
    },
    punch: (from, to) => void bytes.fill(0, from, to),
    text: () => bytes.toString(),
  }
}
