// The real launcher: a shim in a session of its own, writing to files, so that it needs nobody to live on.
import { closeSync, openSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { attemptFiles, writingOf } from './attempt-files.ts'
import { cgroupOfFolder } from './attempt-record.ts'
import { removeCgroup } from './cgroup.ts'
import { ended, look } from './ended.ts'
import { exitRecordAt } from './exit-record.ts'
import { findFacilities, findMeans, findPerl, type Means } from './facilities.ts'
import { openFolderPool } from './folder-pool.ts'
import { followAttempt, readBack, tailOf } from './follow.ts'
import { identify, isSameProcess, numbering } from './identity.ts'
import type { Facilities, KillTier, Launcher } from './launcher.ts'
import { clear, layOut } from './lay-out.ts'
import { outOfMemory } from './memory.ts'
import { processTable, usualSource } from './process-table.ts'
import { provesEnd } from './proof.ts'
import { openPuncher } from './punch.ts'
import { removeOtherWritings, rewriteLog } from './rewrite.ts'
import { foldersOf, runnerFolders } from './runner-folders.ts'
import { startCommand } from './start.ts'
import { openStarter } from './starter.ts'
import { look as lookAtTree, stopTree } from './stop.ts'
import { syncFolder, syncTree } from './sync-tree.ts'
import { findLeader, type Sight } from './tree.ts'
import { treeMeter } from './tree-meter.ts'

export interface DetachedOptions {
  /** Folder of the attempts' folders. */
  attempts: string
  /** Folder of the runners' folders. */
  runners: string
  /** Folder of this runner alone, on the same disk. */
  pool: string
  /** How many folders to keep ready. */
  ready: number
  /** Instead of the best that is found; for tests. */
  killTier?: KillTier
  /** Program and arguments of a POSIX shell, instead of /bin/sh; for tests. */
  shell?: readonly string[]
  /** False: this process always forks itself; for tests. Default true, where there is Perl. */
  usesStarter?: boolean
}

export function detachedLauncher({
  attempts,
  runners,
  pool,
  ready,
  killTier,
  shell = ['/bin/sh'],
  usesStarter = true,
}: DetachedOptions): Launcher {
  const folders = openFolderPool(pool, ready)
  const sight: Sight = killTier === 'group' ? bySource.ps : bySource[usualSource]
  // Found when first needed, once.
  let means: Promise<Means> | null = null
  let facilities: Promise<Facilities> | null = null
  const foundMeans = () => {
    means ??= findMeans(killTier)
    return means
  }
  const puncher = openPuncher()
  const starter = openStarter(process.platform === 'linux' && usesStarter ? findPerl() : null)
  return {
    async prepare(folderName) {
      const folder = join(attempts, folderName)
      await folders.take(folder)
      return folder
    },
    layOut,
    start: async (command) => startCommand(command, { means: await foundMeans(), starter, shell }),
    bar,
    find: async (folder, mark) => findLeader(await processTable(), { folder, mark, leader: null }),
    look,
    ended,
    measure: treeMeter(),
    exitedAt: exitRecordAt,
    outOfMemory,
    follow: followAttempt,
    readBack,
    tail: tailOf,
    punch: ({ folder, file, sealed }, stretch) =>
      puncher.punch(join(folder, file === 'events' ? attemptFiles.events : writingOf(file, sealed)), stretch),
    rewriteLog,
    removeOtherWritings,
    clear,
    syncTree,
    syncFolder,
    self: () => ({ ...(identify(process.pid) ?? { pid: process.pid, startedAt: null }), numbering: numbering() }),
    lives: isSameProcess,
    left: async ({ folder, mark, process }) => (await lookAtTree({ folder, mark, leader: process, sight })).length,
    stop: (plan) => stopTree(plan, sight),
    provesEnd,
    facilities() {
      facilities ??= foundMeans().then((found) => findFacilities(found, attempts))
      return facilities
    },
    list: () => foldersOf(attempts),
    strip: (folderName) => strip(join(attempts, folderName)),
    remove: (folderName) => remove(join(attempts, folderName)),
    runners: runnerFolders(runners),
    async close() {
      await Promise.all([folders.idle(), puncher.idle(), starter.close()])
    },
  }
}

/** By which signs members of a tree are told from everybody else. */
const bySource: Record<typeof usualSource, Sight> = { proc: { source: 'proc', carried: true }, ps: { source: 'ps', carried: false } }

async function strip(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  if (names.length === 0) return
  bar(folder)
  forgetCgroup(folder)
  for (const name of names) if (name !== attemptFiles.latch) await rm(join(folder, name), { recursive: true, force: true })
}

async function remove(folder: string): Promise<void> {
  forgetCgroup(folder)
  await rm(folder, { recursive: true, force: true })
}

// Removed at the attempt's end already, unless nobody saw that to its end. One with processes in it stays.
function forgetCgroup(folder: string): void {
  const cgroup = cgroupOfFolder(folder)
  if (cgroup !== null) removeCgroup(cgroup)
}

function bar(folder: string): boolean {
  try {
    closeSync(openSync(join(folder, attemptFiles.latch), 'wx', 0o600))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
