// From staging to snapshot: look at what was written, make it durable, move it whole. The pointer moves in the batch that settles the job.
import { existsSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { lstat, mkdir, open, readdir, rename } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { limits } from '../core/limits.ts'
import { attemptFiles } from '../launch/attempt-files.ts'
import type { Claimed, NewSnapshot } from '../store/store.ts'
import type { DataFolder } from './data-folder.ts'
import type { House } from './house.ts'

export type Prepared = { snapshots: NewSnapshot[] } | { refused: string }

/** Moves every artifact of the job to its snapshot folder. Doing it again after a crash finds what was moved. */
export async function prepareSnapshots(folder: DataFolder, claimed: Claimed): Promise<Prepared> {
  for (;;) {
    const movedBefore = countMoved(folder, claimed)
    const prepared = await tryToPrepare(folder, claimed)
    // A runner that has lost the job and does not know it yet may be at the same work, and take away under our hands what we look at. What was moved
    // stays moved, so this ends.
    if ('snapshots' in prepared || countMoved(folder, claimed) === movedBefore) return prepared
  }
}

function countMoved(folder: DataFolder, { job, attempt }: Claimed): number {
  return job.spec.artifacts.filter((artifact) => existsSync(join(folder.snapshots, artifact, attempt.folder))).length
}

async function tryToPrepare(folder: DataFolder, claimed: Claimed): Promise<Prepared> {
  try {
    return await scanAndMove(folder, claimed)
  } catch (error) {
    // What a job left in its staging folder may be anything, also something that cannot be read. Trouble of the disk is not the job's.
    if (error instanceof Error && 'code' in error && troubleOfOurs.has(String(error.code))) throw error
    return { refused: error instanceof Error ? error.message : String(error) }
  }
}

const troubleOfOurs: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE'])

async function scanAndMove(folder: DataFolder, { job, attempt }: Claimed): Promise<Prepared> {
  const staging = join(folder.attempts, attempt.folder, attemptFiles.staging)
  const name = attempt.folder
  const snapshots: NewSnapshot[] = []
  for (const artifact of job.spec.artifacts) {
    const target = join(folder.snapshots, artifact, name)
    const found = await scan(existsSync(target) ? target : join(staging, artifact))
    if ('refused' in found) return { refused: `${artifact}: ${found.refused}` }
    snapshots.push({ artifact, folder: name, fingerprint: job.fingerprint, ...found })
  }
  for (const { artifact } of snapshots) await moveWhole(join(staging, artifact), join(folder.snapshots, artifact), name)
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
async function scan(root: string): Promise<Content | { refused: string }> {
  if (!(await lstat(root).catch(() => null))?.isDirectory()) return { refused: 'its folder was removed or replaced' }
  const content: Content = { files: 0, bytes: 0 }
  let refused: string | null = null
  const paths = (await readdir(root, { recursive: true })).map((entry) => join(root, entry))
  if (paths.length > limits.artifactEntries) return { refused: `more than ${limits.artifactEntries} files` }
  await someAtOnce(paths, async (path) => {
    const stat = await lstat(path)
    if (!stat.isDirectory() && !stat.isFile()) refused ??= `${relative(root, path)} is not a plain file`
    else if (stat.isFile() && stat.nlink > 1) refused ??= `${relative(root, path)} is a hard link`
    else if (stat.isFile()) {
      content.files++
      content.bytes += stat.size
    }
  })
  if (refused !== null) return { refused }
  return content.files === 0 ? { refused: 'nothing was written' } : content
}

async function moveWhole(source: string, into: string, name: string): Promise<void> {
  const target = join(into, name)
  if (existsSync(target)) return
  const paths = await readdir(source, { recursive: true })
  await someAtOnce([source, ...paths.map((path) => join(source, path))], syncPath)
  await mkdir(into, { recursive: true, mode: 0o700 })
  await rename(source, target)
  await syncPath(into)
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function someAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: limits.filesAtOnce }, worker))
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
