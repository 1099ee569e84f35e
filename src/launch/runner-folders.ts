// Runners prove to each other that they live as attempts do: by a FIFO that is held. No pid is involved.
import { closeSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { holdFifo, isHeld } from './fifo.ts'
import { makeFifos } from './folder-pool.ts'
import type { RunnerFolders } from './launcher.ts'

export function runnerFolders(root: string): RunnerFolders {
  const folderOf = (runnerId: string) => join(root, runnerId)
  const fifoOf = (runnerId: string) => join(root, runnerId, 'alive')
  const remove = (runnerId: string) => rmSync(folderOf(runnerId), { recursive: true, force: true })
  return {
    async hold(runnerId) {
      mkdirSync(folderOf(runnerId), { recursive: true, mode: 0o700 })
      await makeFifos([fifoOf(runnerId)])
      const held = holdFifo(fifoOf(runnerId))
      return () => {
        closeSync(held)
        remove(runnerId)
      }
    },
    isHeld: (runnerId) => isHeld(fifoOf(runnerId)),
    list: () => foldersOf(root).map(({ folderName, changedAt }) => ({ runnerId: folderName, changedAt })),
    remove,
  }
}

/** What is in a folder, with when it last changed. What goes away meanwhile is left out. */
export function foldersOf(root: string): { folderName: string; changedAt: number }[] {
  return readdirSync(root).flatMap((folderName) => {
    const stat = statSync(join(root, folderName), { throwIfNoEntry: false })
    return stat ? [{ folderName, changedAt: stat.mtimeMs }] : []
  })
}
