// Reads small files whose size nobody knows before, such as those of /proc, without a new buffer for each: a look at all processes reads hundreds.
import { closeSync, openSync, readSync } from 'node:fs'

/** @throws Error when it cannot be read */
export function readSmall(path: string, encoding: 'latin1' | 'utf8'): string {
  const descriptor = openSync(path, 'r')
  try {
    let length = 0
    for (;;) {
      const read = readSync(descriptor, room, length, room.length - length, null)
      length += read
      if (read === 0) return room.toString(encoding, 0, length)
      if (length === room.length) room = Buffer.concat([room], 2 * length)
    }
  } finally {
    closeSync(descriptor)
  }
}

// Grows to the longest that was ever read. A kernel's environment or list of processes has its own bounds.
let room = Buffer.allocUnsafeSlow(16_384)
