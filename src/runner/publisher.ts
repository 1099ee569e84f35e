// From staging to snapshot: look at what was written, make it durable, move it whole. The pointer moves in the batch that settles the job.
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { snapshotFolder } from '../core/artifact.ts'
import { limits } from '../core/limits.ts'
import { attemptFiles } from '../launch/shim.ts'
import type { Claimed, NewSnapshot } from '../store/store.ts'
import type { DataFolder } from './data-folder.ts'
import type { House } from './house.ts'

export type Prepared = { snapshots: NewSnapshot[] } | { refused: string }

/** Moves every artifact of the job to its snapshot folder. Doing it again after a crash finds what was moved. */
export function prepareSnapshots(folder: DataFolder, claimed: Claimed): Prepared {
  try {
    return scanAndMove(folder, claimed)
  } catch (error) {
    // What a job left in its staging folder may be anything, also something that cannot be read. Trouble of the disk is not the job's.
    if (error instanceof Error && 'code' in error && troubleOfOurs.has(String(error.code))) throw error
    return { refused: error instanceof Error ? error.message : String(error) }
  }
}

const troubleOfOurs: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE'])

function scanAndMove(folder: DataFolder, { job, attempt }: Claimed): Prepared {
  const staging = join(folder.attempts, attempt.folder, attemptFiles.staging)
  const name = snapshotFolder(job.id, attempt.attempt)
  const snapshots: NewSnapshot[] = []
  for (const artifact of job.spec.artifacts) {
    const source = join(staging, artifact)
    const target = join(folder.snapshots, artifact, name)
    const found = scan(existsSync(target) ? target : source)
    if ('refused' in found) return { refused: `${artifact}: ${found.refused}` }
    snapshots.push({ artifact, folder: name, fingerprint: job.fingerprint, ...found })
  }
  for (const { artifact } of snapshots) moveWhole(join(staging, artifact), join(folder.snapshots, artifact), name)
  return { snapshots }
}

/** Makes `current/<artifact>` follow the store's pointer, whoever moved it: read, link, read again until equal. */
export async function linkCurrent(house: House, artifact: string): Promise<void> {
  const link = join(house.folder.current, artifact)
  for (let tries = 0; tries < 10; tries++) {
    const current = await house.store.artifacts.current({ name: artifact })
    if (!current) return
    const target = relative(house.folder.current, join(house.folder.snapshots, artifact, current.folder))
    if (readLink(link) === target) return
    const fresh = `${link}.${house.place.runnerId}`
    rmSync(fresh, { force: true })
    symlinkSync(target, fresh)
    renameSync(fresh, link)
  }
}

interface Content {
  files: number
  bytes: number
}

// Only plain files and folders may be published: a link could lead out, a device or FIFO would hang a reader.
function scan(root: string): Content | { refused: string } {
  if (!lstatSync(root, { throwIfNoEntry: false })?.isDirectory()) return { refused: 'its folder was removed or replaced' }
  const content: Content = { files: 0, bytes: 0 }
  const folders = [root]
  let entries = 0
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(folder)) {
      const path = join(folder, entry)
      const stat = lstatSync(path)
      if (++entries > limits.artifactEntries) return { refused: `more than ${limits.artifactEntries} files` }
      if (stat.isDirectory()) folders.push(path)
      else if (!stat.isFile()) return { refused: `${relative(root, path)} is not a plain file` }
      else if (stat.nlink > 1) return { refused: `${relative(root, path)} is a hard link` }
      content.files += stat.isFile() ? 1 : 0
      content.bytes += stat.isFile() ? stat.size : 0
    }
  }
  return content.files === 0 ? { refused: 'nothing was written' } : content
}

function moveWhole(source: string, into: string, name: string): void {
  const target = join(into, name)
  if (existsSync(target)) return
  syncTree(source)
  mkdirSync(into, { recursive: true, mode: 0o700 })
  renameSync(source, target)
  syncPath(into)
}

function syncTree(root: string): void {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) syncPath(join(entry.parentPath, entry.name))
  }
  syncPath(root)
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
