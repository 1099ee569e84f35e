// How an attempt's process ended: waits for the end, and for the end of everybody it left behind. Nothing is settled while somebody of the tree lives (I3).
import type { JobSpec } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import type { Sighting } from '../core/liveness.ts'
import type { AttemptTree } from '../launch/launcher.ts'
import type { Claimed } from '../store/store.ts'
import type { AttemptFlags } from './attempt-flags.ts'
import type { House } from './house.ts'
import type { SeenEnd } from './settle.ts'
import { untilGone } from './until-gone.ts'

export interface Following {
  tree: AttemptTree
  flags: AttemptFlags
  /** Aborted when the attempt is over for this runner. */
  signal: AbortSignal
}

/** @throws the signal's reason when aborted */
export async function endOfProcess(house: House, { job, attempt }: Claimed, following: Following): Promise<SeenEnd> {
  const { launcher } = house
  const { tree } = following
  if (attempt.bootId !== house.place.bootId) return endBeforeRestart(house, tree.folder)
  const { began, exitCode } = await endedForGood(house, attempt.folder, following)
  // Also where no exit code can come any more.
  const leftovers = await endOfLeftovers(house, following, exitCode === null ? 'kill' : job.spec.leftovers)
  // Of what never began nobody can be left.
  const unproven = began && !launcher.provesEnd(tree)
  if (exitCode === null) return { end: 'vanished', message: 'its processes disappeared without an exit code', unproven }
  return { end: 'exit', exitCode, exitedAt: leftovers === 'waited for' ? null : launcher.exitedAt(tree.folder), leftovers, unproven }
}

// One that never began must not begin after it was settled: a runner that was frozen on the way to its start finds the latch taken.
async function endedForGood(house: House, name: string, { tree, signal }: Following): Promise<Sighting> {
  for (;;) {
    const sighting = await house.launcher.ended(tree.folder, signal)
    if (sighting.began || sighting.exitCode !== null) return sighting
    await house.launcher.prepare(name)
    if (house.launcher.bar(tree.folder)) return sighting
  }
}

async function endOfLeftovers(house: House, following: Following, policy: JobSpec['leftovers']): Promise<'none' | 'killed' | 'waited for'> {
  const { tree, signal } = following
  const waited = policy === 'allow' && (await waitForLeftovers(house, following))
  const stop = () => house.launcher.stop({ ...tree, graceMs: leftoverGraceMs, signal })
  const { found } = await untilGone(house, { ...following, stop })
  if (waited) return 'waited for'
  return found ? 'killed' : 'none'
}

// The command has ended and they go on: so does the job, with its keys, until they are gone or somebody stops them.
async function waitForLeftovers(house: House, { tree, flags, signal }: Following): Promise<boolean> {
  let waited = false
  for (;;) {
    const left = await house.launcher.left(tree)
    if (left === 0) break
    const still = left === 1 ? '1 process that it left behind still runs' : `${left} processes that it left behind still run`
    await flags.set('leftovers', `exit ${house.launcher.look(tree.folder).exitCode}; ${still}`)
    waited = true
    await house.clock.sleep(limits.pollMs, signal)
  }
  return waited
}

/** How long processes that a job left behind get between the polite request and the kill. */
const leftoverGraceMs = 1_000

// Nothing of before a restart lives, whatever the folder looks like. A record that was written in time counts.
function endBeforeRestart(house: House, folder: string): SeenEnd {
  const { exitCode } = house.launcher.look(folder)
  return exitCode === null
    ? { end: 'vanished', message: 'the machine was restarted while it ran' }
    : { end: 'exit', exitCode, exitedAt: house.launcher.exitedAt(folder), leftovers: 'none' }
}
