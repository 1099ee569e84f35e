// Puts a runner's surroundings together: who it is, where it lives, its launcher.
import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { limits } from '../core/limits.ts'
import { detachedLauncher } from '../launch/detached.ts'
import { holdFifo } from '../launch/fifo.ts'
import { makeFifos } from '../launch/folder-pool.ts'
import { bootId, hostId } from '../launch/identity.ts'
import type { Store } from '../store/store.ts'
import { type DataFolder, runnerFifo } from './data-folder.ts'
import type { House, Logger } from './house.ts'

export interface HouseOptions {
  store: Store
  folder: DataFolder
  clock: Clock
  logger: Logger
  closing: AbortSignal
  /** Attempt folders to keep ready. */
  foldersReady: number
}

/** A house with a new runner id: never a host name, never one that was there before. */
export function makeHouse({ store, folder, clock, logger, closing, foldersReady }: HouseOptions): House {
  const place = { runnerId: randomUUID(), hostId: hostId(), bootId: bootId() }
  const launcher = detachedLauncher({ attempts: folder.attempts, pool: join(folder.runners, place.runnerId, 'ready'), ready: foldersReady })
  return { store, launcher, clock, folder, place, logger, closing }
}

/** Makes the runner known, with its FIFO as the proof that it lives. Returns the way to sign off. */
export async function register(house: House): Promise<() => Promise<void>> {
  const { runnerId } = house.place
  const own = join(house.folder.runners, runnerId)
  const fifo = runnerFifo(house.folder, runnerId)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  await makeFifos([fifo])
  const held = holdFifo(fifo)
  const now = house.clock.now()
  await house.store.runners.register({ runner: { ...house.place, pid: process.pid, startedAt: now, leaseUntil: now + limits.leaseMs } })
  return async () => {
    // Let go first: whatever becomes of the row, others must not take us for alive.
    closeSync(held)
    rmSync(own, { recursive: true, force: true })
    await house.store.runners.remove({ runnerId })
  }
}

/** Removes what a house left on the disk that never registered. */
export async function leaveHouse(house: House): Promise<void> {
  await house.launcher.close()
  rmSync(join(house.folder.runners, house.place.runnerId), { recursive: true, force: true })
}
