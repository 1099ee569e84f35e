// Looks for jobs whose runner is gone and sees to them: adopt what lives, settle what ended, start what never began.
// Level-triggered: every pass looks at everything anew, and trouble with one job never keeps another waiting.
import { isGone, type Verdict } from '../core/liveness.ts'
import type { Claimed, RunnerRecord } from '../store/store.ts'
import { adoptAttempt, executeAttempt, type Followed, lookAt, startAttempt } from './execute-attempt.ts'
import { type House, isInReach } from './house.ts'
import { isInline } from './perform-inline.ts'
import { treeOf } from './perform-process.ts'
import { canValidate } from './validate-output.ts'

export interface Orphan {
  claimed: Claimed
  verdict: Verdict
}

/** In what way somebody now looks after it again. `ended`: only its end is left to be written down. */
export type Taken = 'adopted' | 'started' | 'ended'

/** Jobs that nobody looks after. `mine`: jobs this runner is executing. */
export async function findOrphans(house: House, mine: ReadonlySet<number>): Promise<Orphan[]> {
  // What cannot be seen is not judged.
  const unsettled = (await house.store.jobs.unsettled({ except: mine })).filter(({ attempt }) => isInReach(house, attempt.hostId))
  if (unsettled.length === 0) return []
  const runners = new Map((await house.store.runners.list()).map((runner) => [runner.runnerId, runner]))
  return unsettled
    .filter((claimed) => claimed.job.runnerId === house.place.runnerId || isLeft(house, claimed, runners) || waitsForUs(house, claimed))
    .flatMap((claimed) => tryToLook(house, claimed) ?? [])
}

// Its runner lives and does not have the function that is to look at its output.
function waitsForUs(house: House, claimed: Claimed): boolean {
  return claimed.job.flags.includes('unchecked') && canValidate(house, claimed)
}

// A folder that cannot be looked at is told with its number and left alone; the others are seen to.
function tryToLook(house: House, claimed: Claimed): Orphan | null {
  try {
    return { claimed, verdict: lookAt(house, claimed) }
  } catch (error) {
    house.logger.error(`job ${claimed.job.id} cannot be looked at: ${error}`)
    return null
  }
}

/** Takes an orphan over and sees it through to its end. */
export async function rescue(house: House, { claimed, verdict }: Orphan, told: (taken: Taken) => void = () => {}): Promise<Followed> {
  const taken = await takeOver(house, claimed, verdict === 'running')
  if (taken === null) return 'let go'
  const isBegun = !isToBeStarted(taken, verdict)
  told(isBegun ? takenAs(verdict) : 'started')
  return isBegun ? adoptAttempt(house, taken) : executeAttempt(house, taken)
}

function takenAs(verdict: Verdict): Taken {
  return verdict === 'running' || verdict === 'ended with leftovers' ? 'adopted' : 'ended'
}

/**
 * What a one-shot command does: settles what has ended, starts commands of `holdfast run` that never began, and leaves alone what lives.
 * What an app defined is started by the app: it may need the app's own variables and flags.
 */
export async function settleOrphan(house: House, { claimed, verdict }: Orphan): Promise<Followed> {
  const isOfAnApp = claimed.job.spec.environmentFile === null
  const hasEnded = verdict === 'ended' || verdict === 'ended with leftovers'
  // It would wait for the app.
  if (hasEnded && !canValidate(house, claimed) && claimed.job.state === 'running') return 'let go'
  if (verdict === 'running' || (isOfAnApp && isToBeStarted(claimed, verdict)) || (await hasGoodLeftovers(house, claimed))) return 'let go'
  const taken = await takeOver(house, claimed, false)
  if (taken === null) return 'let go'
  return isToBeStarted(taken, verdict) ? startAttempt(house, taken) : adoptAttempt(house, taken)
}

// Its command has ended, but what it left behind may live on, and is waited for.
async function hasGoodLeftovers(house: House, claimed: Claimed): Promise<boolean> {
  const { pid, processStartedAt: startedAt, bootId } = claimed.attempt
  if (claimed.job.spec.leftovers === 'kill' || bootId !== house.place.bootId) return false
  return (await house.launcher.left(treeOf(house, claimed, pid === null ? null : { pid, startedAt }))) > 0
}

// What was cancelled before it began is not begun for that.
function isToBeStarted({ job }: Claimed, verdict: Verdict): boolean {
  return verdict === 'never began' && job.state === 'running'
}

async function takeOver(house: House, { job, attempt }: Claimed, adopting: boolean): Promise<Claimed | null> {
  const fence = { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }
  const taken = await house.store.claims.takeOver({ fence, place: house.place, adopting, now: house.clock.now() })
  return taken === 'lease lost' ? null : taken
}

function isLeft(house: House, claimed: Claimed, runners: ReadonlyMap<string, RunnerRecord>): boolean {
  const { runnerId } = claimed.job
  const runner = runnerId === null ? undefined : runners.get(runnerId)
  const isSignedOn = runner !== undefined && runner.bootId === house.place.bootId
  const holds = isSignedOn && house.launcher.runners.isHeld(runner.runnerId)
  return isGone({ isSignedOn, holds, leaseIsOver: isSignedOn && runner.leaseUntil < house.clock.now() }, isInline(claimed))
}
