// Reads growing files from an offset. Never truncates, renames or locks them: they belong to their writer.
import { closeSync, type FSWatcher, fstatSync, openSync, readSync, watch } from 'node:fs'
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import { attemptFiles, writingOf } from './attempt-files.ts'
import type { FileRange, GrowingFile, WrittenFiles } from './launcher.ts'

/** The files that an attempt writes. `onGrowth` is a hint that one of them may have grown. */
export function followAttempt(folder: string, onGrowth: () => void): WrittenFiles {
  const stdout = followFile(join(folder, attemptFiles.stdout))
  const stderr = followFile(join(folder, attemptFiles.stderr))
  const events = followFile(join(folder, attemptFiles.events))
  const watcher = tryWatch(folder, onGrowth)
  return {
    stdout,
    stderr,
    events,
    close() {
      watcher?.close()
      for (const file of [stdout, stderr, events]) file.close()
    },
  }
}

/** A stretch of one of its log files; null when the file is gone. */
export function readBack(folder: string, stream: 'stdout' | 'stderr', { byteOffset, byteLength, sealed }: FileRange): Uint8Array | null {
  return reading(join(folder, writingOf(stream, sealed)), (descriptor) => {
    const bytes = Buffer.allocUnsafe(byteLength)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, byteLength, byteOffset))
  })
}

/** What stands behind the last newline, and not before `from`. */
export function tailOf(folder: string, stream: 'stdout' | 'stderr', from: number): Uint8Array {
  const tail = reading(join(folder, attemptFiles[stream]), (descriptor) => {
    const { size } = fstatSync(descriptor)
    const start = Math.max(from, size - limits.logLineBytes)
    const bytes = Buffer.alloc(Math.max(0, size - start))
    const read = bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start))
    return read.subarray(read.lastIndexOf(10) + 1)
  })
  return tail ?? new Uint8Array()
}

function reading(path: string, read: (descriptor: number) => Uint8Array): Uint8Array | null {
  const descriptor = tryOpen(path)
  if (descriptor === null) return null
  try {
    return read(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

interface FollowedFile extends GrowingFile {
  close(): void
}

function followFile(path: string): FollowedFile {
  let descriptor: number | null = null
  const look = () => {
    descriptor ??= tryOpen(path)
    return descriptor === null ? null : fstatSync(descriptor)
  }
  return {
    size: () => look()?.size ?? 0,
    writtenAt: () => look()?.mtimeMs ?? 0,
    readAt(offset, length) {
      descriptor ??= tryOpen(path)
      if (descriptor === null) return new Uint8Array()
      const wanted = Math.max(0, Math.min(length, fstatSync(descriptor).size - offset))
      const bytes = roomFor(wanted)
      return bytes.subarray(0, readSync(descriptor, bytes, 0, wanted, offset))
    },
    close() {
      if (descriptor !== null) closeSync(descriptor)
      descriptor = null
    },
  }
}

// One for all files: a hundred jobs that write must not hold a hundred of them, and a flood must not make garbage of its own size.
let room = Buffer.alloc(0)

function roomFor(bytes: number): Buffer {
  if (room.length < bytes) room = Buffer.allocUnsafeSlow(Math.max(bytes, leastRoomBytes))
  return room
}

const leastRoomBytes = 65_536

function tryOpen(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}

function tryWatch(folder: string, listener: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, listener)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    // No watches left on this machine: whoever follows polls besides.
    return null
  }
}
