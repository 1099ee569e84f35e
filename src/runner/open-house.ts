// Puts a runner's surroundings together: who it is, where it lives, its launcher. The one file of runner/ that names a real launcher.
import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { limits } from '../core/limits.ts'
import { detachedLauncher } from '../launch/detached.ts'
import { findFacilities, findMeans } from '../launch/facilities.ts'
import { bootId, hostId } from '../launch/identity.ts'
import { containerInit, openFilesLimit, serviceOf } from '../launch/surroundings.ts'
import type { Store } from '../store/store.ts'
import type { DataFolder } from './data-folder.ts'
import type { House, Logger } from './house.ts'
import { openMasks } from './masks.ts'

export interface HouseOptions {
  store: Store
  folder: DataFolder
  clock: Clock
  logger: Logger
  closing: AbortSignal
  /** Attempt folders to keep ready. */
  foldersReady: number
  /** Runners with other data folders, or on other machines, may have jobs in the same database. */
  sharesDatabase: boolean
}

/** A house with a new runner id: never a host name, never one that was there before. */
export function makeHouse({ store, folder, clock, logger, closing, foldersReady, sharesDatabase }: HouseOptions): House {
  const place = { runnerId: randomUUID(), hostId: sharesDatabase ? `${hostId()}/${statSync(folder.root).ino}` : hostId(), bootId: bootId() }
  const { attempts, runners } = folder
  const launcher = detachedLauncher({ attempts, runners, pool: join(runners, place.runnerId, 'ready'), ready: foldersReady })
  return { store, launcher, clock, folder, place, sharesDatabase, logger, closing, masks: openMasks(), random: Math.random }
}

export interface SignedOn {
  /** It claims these kinds from now on. */
  change(kinds: readonly string[]): Promise<void>
  /** `running`: functions in it that have not settled. As long as they go on, others must take it for alive: what they work on is theirs. */
  off(running?: readonly Promise<unknown>[]): Promise<void>
}

/** Makes the runner known, with the proof that it lives. */
export async function register(house: House, kinds: readonly string[] = []): Promise<SignedOn> {
  const { runnerId } = house.place
  const letGo = await house.launcher.runners.hold(runnerId)
  const startedAt = house.clock.now()
  const change = (kinds: readonly string[]) =>
    house.store.runners.register({
      runner: { ...house.place, pid: process.pid, startedAt, leaseUntil: house.clock.now() + limits.leaseMs, kinds: [...kinds] },
    })
  await change(kinds)
  return {
    change,
    async off(running = []) {
      if (running.length > 0) return void Promise.allSettled(running).then(letGo)
      // Let go first: whatever becomes of the row, others must not take us for alive.
      letGo()
      await house.store.runners.remove({ runnerId, now: house.clock.now() })
    },
  }
}

/** Removes what a house left on the disk that never registered. */
export async function leaveHouse(house: House): Promise<void> {
  await house.launcher.close()
  house.launcher.runners.remove(house.place.runnerId)
}

/** What a doctor asks of the machine, where there may be no house yet. */
export const surroundings = {
  containerInit,
  openFilesLimit,
  serviceOf,
  /** `folder` is on the disk in question. */
  facilitiesOf: async (folder: string) => findFacilities(await findMeans(), folder),
}
