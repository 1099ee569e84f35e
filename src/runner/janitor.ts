// Removes what nobody needs any more: what runners that are gone left behind, environments without a job, snapshots past their keep.
import { lstatSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import { type Keep, type Retention, removedBefore, type SettledState, settledJobStates } from '../core/retention.ts'
import { defaultSnapshotKeep, type SnapshotKeep } from '../core/snapshots.ts'
import { type House, isInReach } from './house.ts'
import { linkCurrent } from './link-current.ts'
import { foldersOf, sweepSnapshots } from './snapshot-sweep.ts'

/** One pass: at the runner's start, after a job that published, and every hour. Trouble is told and left for the next one. */
export async function sweep(house: House, keep: SnapshotKeep = defaultSnapshotKeep): Promise<void> {
  try {
    await sweepRunners(house)
    await sweepEnvironments(house)
    await sweepAttempts(house)
    await sweepSnapshots(house, keep)
    await sweepDrafts(house)
    for (const name of foldersOf(house.folder.snapshots)) await linkCurrent(house, name)
  } catch (error) {
    house.logger.warn(`could not tidy up: ${error}`)
  }
}

/** Every minute: forgets runners that are gone, and removes settled jobs that are kept no longer, in one small batch after the other. */
export async function prune(house: House, retention: Retention | null): Promise<void> {
  try {
    await sweepRunners(house)
    if (retention) for (const state of settledJobStates) await pruneState(house, state, retention[state])
  } catch (error) {
    if (!house.closing.aborted) house.logger.warn(`could not remove old jobs: ${error}`)
  }
}

async function pruneState(house: House, state: SettledState, keep: Keep): Promise<void> {
  while (!house.closing.aborted) {
    const now = house.clock.now()
    const removed = await house.store.jobs.prune({
      state,
      before: removedBefore(keep, now),
      keep: keep.count,
      limit: limits.prunedPerBatch,
    })
    if (removed.length === 0) return
    // What is left bars a start that a frozen runner may still be about to make; a sweep removes it when nobody can be that slow.
    for (const folder of removed.flatMap(({ folders }) => folders)) await house.launcher.strip(folder)
    await house.clock.sleep(0)
  }
}

// Folders of no job: what pruning left, or all of it, when the runner was killed between removing the job and its folders.
async function sweepAttempts(house: House): Promise<void> {
  const old = house.launcher.list().filter(({ changedAt }) => house.clock.now() - changedAt > limits.latchKeepMs)
  const folders = Map.groupBy(old, ({ folderName }) => Number(/^(\d+)-\d+/.exec(folderName)?.[1] ?? 0))
  const ids = [...folders.keys()].filter((id) => id > 0)
  for (let at = 0; at < ids.length; at += limits.listPage) {
    const some = ids.slice(at, at + limits.listPage)
    const there = new Set((await house.store.jobs.list({ ids: some, limit: some.length })).map((job) => job.id))
    const orphans = some.filter((id) => !there.has(id)).flatMap((id) => folders.get(id) ?? [])
    for (const { folderName } of orphans) await house.launcher.remove(folderName)
  }
}

// A row goes only when no job names the runner, so that an orphan is always recognised as one.
async function sweepRunners(house: House): Promise<void> {
  const { runners } = house.launcher
  const needed = new Set((await house.store.jobs.unsettled()).map(({ job }) => job.runnerId))
  const known = new Map((await house.store.runners.list()).map((runner) => [runner.runnerId, runner]))
  for (const [runnerId, { hostId }] of known) {
    const isGone = isInReach(house, hostId) && !runners.isHeld(runnerId)
    if (!isGone || needed.has(runnerId) || runnerId === house.place.runnerId) continue
    runners.remove(runnerId)
    await house.store.runners.remove({ runnerId, now: house.clock.now() })
  }
  for (const { runnerId, changedAt } of runners.list()) {
    if (!known.has(runnerId) && !runners.isHeld(runnerId) && !isYoung(house, changedAt)) runners.remove(runnerId)
  }
}

// An environment may hold secrets. One whose job was never recorded, because its submitter was killed, has nobody else to remove it.
async function sweepEnvironments(house: House): Promise<void> {
  const needed = new Set((await house.store.jobs.unsettled()).map(({ job }) => job.spec.environmentFile))
  for (const name of readdirSync(house.folder.environments)) {
    const file = join(house.folder.environments, name)
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat && !needed.has(name) && !isYoung(house, stat.mtimeMs)) rmSync(file, { force: true })
  }
}

// A runner that is just starting has a folder before it has anything else, and a one-shot command has only a folder.
function isYoung(house: House, changedAt: number): boolean {
  return Math.abs(house.clock.now() - changedAt) < youngMs
}

const youngMs = 600_000

// Whoever is killed between making a link, or the note of the folder's database, and moving it into its place leaves it.
async function sweepDrafts(house: House): Promise<void> {
  const { root, current } = house.folder
  const artifacts = new Set((await house.store.artifacts.list()).map(({ name }) => name))
  // Not every name that the list does not hold: it has an end.
  const isDraft = (name: string) => /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name) && !artifacts.has(name)
  const drafts = [
    ...readdirSync(root)
      .filter((name) => /^database\.json\.\d+$/.test(name))
      .map((name) => join(root, name)),
    ...readdirSync(current)
      .filter(isDraft)
      .map((name) => join(current, name)),
  ]
  for (const draft of drafts) {
    const stat = lstatSync(draft, { throwIfNoEntry: false })
    if (stat && !isYoung(house, stat.mtimeMs)) rmSync(draft, { force: true })
  }
}
