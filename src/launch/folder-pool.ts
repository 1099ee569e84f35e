// Attempt folders made ready ahead: FIFO, exit record and log files exist, so that a start is one rename and one spawn.
// Node cannot make a FIFO; one `mkfifo` makes many.
import { execFile } from 'node:child_process'
import { existsSync, renameSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { attemptFiles, noExitYet } from './attempt-files.ts'

const run = promisify(execFile)

export interface FolderPool {
  /** Moves a ready folder to `target`, unless an earlier runner has already put one there. */
  take(target: string): Promise<void>
  /** Resolves when no folder is being made. */
  idle(): Promise<void>
}

/** `root` is a folder of this runner alone, on the same disk as the targets. */
export function openFolderPool(root: string, readyCount: number): FolderPool {
  const ready: string[] = []
  let made = 0
  let making: Promise<void> | null = null

  async function make(count: number): Promise<void> {
    const folders = Array.from({ length: count }, () => join(root, String(made++)))
    try {
      await allOver(folders.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })))
      await makeFifos(folders.map((folder) => join(folder, attemptFiles.alive)))
      await allOver(folders.map(fill))
    } catch (error) {
      // On a full disk this is tried again every second: nothing half made may stay.
      await Promise.allSettled(folders.map((folder) => rm(folder, { recursive: true, force: true })))
      throw error
    }
    ready.push(...folders)
  }

  function refill(): Promise<void> {
    making ??= make(readyCount).finally(() => {
      making = null
    })
    return making
  }

  return {
    async take(target) {
      if (existsSync(target)) return
      while (ready.length === 0) await refill()
      const folder = ready.pop()
      if (folder) moveInto(folder, target, ready)
      if (ready.length <= readyCount / 2 && readyCount > 1) refill().catch(() => undefined)
    },
    idle: async () => (await making?.catch(() => undefined)) ?? undefined,
  }
}

export async function makeFifos(paths: string[]): Promise<void> {
  await run('mkfifo', ['-m', '600', ...paths])
}

// Another runner may have been faster; then its folder is the one, and ours stays ready.
function moveInto(folder: string, target: string, ready: string[]): void {
  try {
    renameSync(folder, target)
  } catch (error) {
    if (!existsSync(target)) throw error
    ready.push(folder)
  }
}

// When one fails the others are still at work: they are waited for too.
async function allOver(works: Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(works)
  await Promise.all(works)
}

async function fill(folder: string): Promise<void> {
  for (const name of [attemptFiles.stdout, attemptFiles.stderr, attemptFiles.events])
    await (await open(join(folder, name), 'ax', 0o600)).close()
  const exit = await open(join(folder, attemptFiles.exit), 'wx', 0o600)
  try {
    await exit.write(noExitYet)
    // Its block exists from now on, so that overwriting it works on a full disk.
    await exit.sync()
  } finally {
    await exit.close()
  }
}
