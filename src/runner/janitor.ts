// Removes what nobody needs any more: what runners that are gone left behind, environments without a job, snapshots past their keep.
import { readdirSync, rmSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { snapshotsToRemove } from '../core/artifact.ts'
import { isHeld } from '../launch/fifo.ts'
import { runnerFifo } from './data-folder.ts'
import type { House } from './house.ts'
import { linkCurrent } from './publisher.ts'

/** One pass: at the runner's start, after a job that published, and every hour. Trouble is told and left for the next one. */
export async function sweep(house: House): Promise<void> {
  try {
    await sweepRunners(house)
    await sweepEnvironments(house)
    await sweepSnapshots(house)
    for (const name of await house.store.artifacts.names()) await linkCurrent(house, name)
  } catch (error) {
    house.logger.warn(`could not tidy up: ${error}`)
  }
}

// A row goes only when no job names the runner, so that an orphan is always recognised as one.
async function sweepRunners(house: House): Promise<void> {
  const needed = new Set((await house.store.jobs.unsettled()).map(({ job }) => job.runnerId))
  const known = new Map((await house.store.runners.list()).map((runner) => [runner.runnerId, runner]))
  for (const runnerId of known.keys()) {
    const isGone = !isHeld(runnerFifo(house.folder, runnerId))
    if (!isGone || needed.has(runnerId) || runnerId === house.place.runnerId) continue
    rmSync(join(house.folder.runners, runnerId), { recursive: true, force: true })
    await house.store.runners.remove({ runnerId })
  }
  for (const runnerId of readdirSync(house.folder.runners)) {
    const folder = join(house.folder.runners, runnerId)
    if (known.has(runnerId) || isHeld(runnerFifo(house.folder, runnerId)) || isYoung(house, folder)) continue
    rmSync(folder, { recursive: true, force: true })
  }
}

// An environment may hold secrets. One whose job was never recorded, because its submitter was killed, has nobody else to remove it.
async function sweepEnvironments(house: House): Promise<void> {
  const needed = new Set((await house.store.jobs.unsettled()).map(({ job }) => job.spec.environmentFile))
  for (const name of readdirSync(house.folder.environments)) {
    const file = join(house.folder.environments, name)
    if (!needed.has(name) && !isYoung(house, file)) rmSync(file, { force: true })
  }
}

// A runner that is just starting has a folder before it has anything else, and a one-shot command has only a folder.
function isYoung(house: House, path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && Math.abs(house.clock.now() - stat.mtimeMs) < youngMs
}

const youngMs = 600_000

async function sweepSnapshots(house: House): Promise<void> {
  for (const name of await house.store.artifacts.names()) {
    for (const snapshot of snapshotsToRemove(await house.store.artifacts.list({ name }), house.clock.now())) {
      await house.store.artifacts.forget({ name, number: snapshot.number })
      await rm(join(house.folder.snapshots, name, snapshot.folder), { recursive: true, force: true })
    }
  }
}
