// Log files of ended attempts written anew without what was taken out of them: a file with holes has the size it would have without, for every copy and archive.
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { attemptFiles, writingOf } from './attempt-files.ts'
import type { Rewriting } from './launcher.ts'

/** Whole or not at all, on the disk when it resolves; doing it again is harmless. False when there is nothing to write it from. */
export async function rewriteLog(folder: string, stream: 'stdout' | 'stderr', { after, leaveOut, bytes }: Rewriting): Promise<boolean> {
  const source = await open(join(folder, writingOf(stream, after)), 'r').catch(() => null)
  if (!source) return false
  const draft = join(folder, `${draftPrefix}${randomUUID()}`)
  const target = await open(draft, 'wx', 0o600)
  try {
    await copy(source, target, { from: 0, to: leaveOut.from })
    await copy(source, target, { from: leaveOut.to, to: bytes })
    await target.sync()
    await rename(draft, join(folder, writingOf(stream, after + 1)))
  } finally {
    await Promise.all([source.close(), target.close()])
    await rm(draft, { force: true })
  }
  await syncFolder(folder)
  return true
}

/** Removes all writings of its log files but one. */
export async function removeOtherWritings(folder: string, kept: number): Promise<void> {
  const keep = new Set([writingOf('stdout', kept), writingOf('stderr', kept)])
  for (const name of await readdir(folder).catch(() => [])) {
    if (isWriting(name) && !keep.has(name)) await rm(join(folder, name), { force: true })
  }
}

const draftPrefix = 'draft-'

function isWriting(name: string): boolean {
  return (
    name === attemptFiles.stdout ||
    name === attemptFiles.stderr ||
    /^(stdout|stderr)\.sealed-\d+\.log$/.test(name) ||
    name.startsWith(draftPrefix)
  )
}

async function copy(source: FileHandle, target: FileHandle, { from, to }: { from: number; to: number }): Promise<void> {
  const buffer = Buffer.allocUnsafe(copyBytes)
  for (let at = from; at < to; ) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(copyBytes, to - at), at)
    if (bytesRead === 0) throw new Error('a log file is shorter than what was read of it')
    for (let written = 0; written < bytesRead; ) written += (await target.write(buffer, written, bytesRead - written)).bytesWritten
    at += bytesRead
  }
}

const copyBytes = 1_048_576

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().catch(() => undefined)
  await folder.close()
}
