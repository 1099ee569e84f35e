// One attempt from start to finish, whichever way its job is run. If a fence refuses, the attempt is no longer ours and we let go in silence.
import { join } from 'node:path'
import { type Verdict, verdict } from '../core/liveness.ts'
import type { Claimed, JobRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { learnFrom } from './masks.ts'
import { isInline, performInline, settleLost } from './perform-inline.ts'
import { findBegun, followProcess, launchProcess, recordBegun } from './perform-process.ts'

/** What became of an attempt for this runner. */
export type Followed = JobRecord | 'let go'

/** Starts the attempt and sees it through. */
export async function executeAttempt(house: House, claimed: Claimed): Promise<Followed> {
  return unlessLost(house, claimed, async () => {
    if (isInline(claimed)) return performInline(house, claimed)
    const launched = await launchProcess(house, claimed)
    return launched.settled ?? (await followProcess(house, claimed, launched))
  })
}

/** Starts the attempt and leaves it to whoever comes next; for `holdfast run -d`. */
export async function startAttempt(house: House, claimed: Claimed): Promise<Followed> {
  return unlessLost(house, claimed, async () => {
    const { settled, begun } = await launchProcess(house, claimed)
    if (begun) await recordBegun(house, claimed, begun)
    return settled ?? 'let go'
  })
}

/** Attaches to an attempt that an earlier runner started, in whatever state it is found. */
export async function adoptAttempt(house: House, claimed: Claimed): Promise<Followed> {
  if (isInline(claimed)) return unlessLost(house, claimed, () => settleLost(house, claimed))
  const { pid, processStartedAt: startedAt } = claimed.attempt
  return unlessLost(house, claimed, async () =>
    followProcess(house, claimed, { process: pid === null ? await findBegun(house, claimed) : { pid, startedAt } }),
  )
}

/** What an attempt whose runner is gone looks like from here. */
export function lookAt(house: House, claimed: Claimed): Verdict {
  const { attempt } = claimed
  // Nothing of it is anywhere but in its runner's process, and whether it had begun nobody can tell.
  if (isInline(claimed)) return 'vanished'
  if (attempt.bootId !== house.place.bootId) return 'ended'
  const seen = house.launcher.look(join(house.folder.attempts, attempt.folder))
  // A folder that is gone does not mean that nothing was ever started in it.
  return verdict({ ...seen, began: seen.began || attempt.state !== 'starting' })
}

async function unlessLost(house: House, { job }: Claimed, work: () => Promise<Followed>): Promise<Followed> {
  // Whatever is stored of it from here on is without the secrets that it gets.
  learnFrom(house, job)
  try {
    return await work()
  } catch (error) {
    if (error instanceof LeaseLostError) return 'let go'
    throw error
  }
}
