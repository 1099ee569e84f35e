// What becomes of a job when an attempt has ended: settled, or queued for another one. Pure; the one place where policy meets the state table.
import { cancelledFailure } from './failure.ts'
import type { Failure, JobSpec, JobState, SaidNext, StopReason } from './job.ts'
import { limits } from './limits.ts'
import { oneLine } from './one-line.ts'
import { countedAttempts, mostAttempts, retryDelayMs } from './retry.ts'
import { type Happening, nextState } from './transitions.ts'

/** How an attempt ended, as its runner saw it. */
export interface EndedAttempt {
  end: 'well' | 'well, output refused' | 'badly' | 'unseen'
  failure: Failure | null
  exitCode: number | null
  /** Nobody of its processes is seen any more, and that is no proof that nobody is left. */
  unproven?: boolean
  /** What the job said of its next attempt. */
  saidNext: SaidNext | null
}

export interface EndingJob {
  state: JobState
  stopReason: StopReason | null
  /** What made its runner stop it, as the end of a sentence. */
  stopWhy: string | null
  stopAskedBy: string | null
  attempts: number
  attemptsExcused: number
  /** How often its outcome was not seen. */
  interruptions: number
  spec: Pick<JobSpec, 'retry' | 'safeToRepeat'> & Partial<Pick<JobSpec, 'stall'>>
}

export interface Ending {
  state: JobState
  failure: Failure | null
  /** When the next attempt may start; null when the job is settled. */
  availableAt: number | null
  /** The attempt does not count for the retry policy. */
  excused: boolean
  interruptions: number
  /** The next attempt starts from the checkpoint. */
  fromCheckpoint: boolean
}

export interface EndingCircumstances {
  /** A newer job with its unique key that is queued: there is no place for another attempt of this one. */
  newerQueued: number | null
  /** From 0 to 1. */
  random: number
  now: number
}

/** Null when the job is not running: a lost race. */
export function endingOf(job: EndingJob, ended: EndedAttempt, around: EndingCircumstances): Ending | null {
  const interruptions = job.interruptions + (isUnseen(job, ended) ? 1 : 0)
  const happening = happeningOf({ ...job, interruptions }, ended)
  const state = nextState(job, happening)
  if (state === null) return null
  const failure = withDoubt(failureOfEnding(job, ended, state), isUnproven(job, ended))
  const settled: Ending = {
    state,
    failure: happening === oneTooMany && state === 'failed' ? poisonFailure(failure, interruptions) : failure,
    availableAt: null,
    excused: false,
    interruptions,
    fromCheckpoint: false,
  }
  if (state !== 'queued') return settled
  if (around.newerQueued !== null) {
    const superseded = nextState(job, ended.end === 'well' ? 'snoozed, superseded' : 'superseded')
    return superseded && { ...settled, state: superseded, failure: supersededFailure(failure, around.newerQueued) }
  }
  const goesOn = job.stopReason === 'resume' || job.stopReason === 'shutdown'
  const excused = happening === 'snoozed' || goesOn
  // Who snoozes says himself that he goes on; a try after a failure begins anew, unless the policy says otherwise.
  const fromCheckpoint = excused || job.spec.retry?.resume === true
  return { ...settled, availableAt: nextAttemptAt(job, ended, around), excused, fromCheckpoint }
}

/** It was stopped, and may live on all the same. */
export function isUnproven({ state }: Pick<EndingJob, 'state'>, { unproven = false }: Pick<EndedAttempt, 'unproven'>): boolean {
  return state === 'stopping' && unproven
}

export const unprovenWords = 'nothing of it is seen any more; on this machine that is no proof, see holdfast doctor'

function withDoubt(failure: Failure | null, isDoubtful: boolean): Failure | null {
  if (failure === null || failure.hint !== undefined || !isDoubtful) return failure
  return { ...failure, hint: 'Nothing of it is seen any more. On this machine that is no proof: see `holdfast doctor`.' }
}

const oneTooMany: Happening = 'process gone without an exit record, once too often'

// Whoever is killed because he was stopped writes no exit record: that is how it should end, not an end that nobody saw.
function isUnseen({ stopReason }: EndingJob, { end }: EndedAttempt): boolean {
  return end === 'unseen' && !(stopReason !== null && endsByKilling.has(stopReason))
}

const endsByKilling: ReadonlySet<StopReason> = new Set(['timeout', 'stall', 'limit', 'resume'])

function happeningOf(job: EndingJob, ended: EndedAttempt): Happening {
  const { end, saidNext } = ended
  if (isUnseen(job, ended)) {
    if (!job.spec.safeToRepeat || saidNext?.next === 'never') return 'process gone without an exit record'
    return job.interruptions < limits.interruptions ? 'process gone without an exit record, safe to repeat' : oneTooMany
  }
  if (end === 'well') return saidNext?.next === 'snooze' ? 'snoozed' : 'ended well'
  if (end === 'well, output refused') return 'ended well, output refused'
  if (job.stopReason === 'resume' || job.stopReason === 'shutdown') return 'ended badly'
  // Who declares that silence ends it means that it ends.
  if (job.stopReason === 'stall' && job.spec.stall?.onStall === 'cancel') return 'ended badly'
  const triesLeft = saidNext?.next !== 'never' && countedAttempts(job) < mostAttempts(job.spec.retry)
  return triesLeft ? 'ended badly, tries left' : 'ended badly'
}

function nextAttemptAt(job: EndingJob, ended: EndedAttempt, { random, now }: EndingCircumstances): number {
  const { saidNext } = ended
  if (job.stopReason === 'resume' || job.stopReason === 'shutdown') return now
  if (saidNext?.next === 'snooze' || saidNext?.next === 'later') return now + saidNext.ms
  if (!job.spec.retry) return now
  if (isUnseen(job, ended)) return now
  return now + retryDelayMs(job.spec.retry, Math.max(1, countedAttempts(job)), random)
}

// Known for certain only here: the stop may have been asked for while the end was being written up.
function failureOfEnding(job: EndingJob, { failure, exitCode, end }: EndedAttempt, state: JobState): Failure | null {
  if (state === 'cancelled') return { ...cancelledFailure(job.stopAskedBy), ...(exitCode === null ? {} : { exitCode }) }
  if (end === 'well' || failure === null) return end === 'well' ? null : failure
  const kind = end === 'well, output refused' ? null : stopKind(job.stopReason)
  return kind ? stoppedFailure(failure, kind, job.stopWhy) : failure
}

// The signal that ended it says nothing that the reason does not say better.
function stoppedFailure({ hint: _hint, ...failure }: Failure, kind: Failure['kind'], why: string | null): Failure {
  return { ...failure, kind, message: why === null ? failure.message : oneLine(`${why.charAt(0).toUpperCase()}${why.slice(1)}`) }
}

function stopKind(reason: StopReason | null): 'timeout' | 'stall' | 'limit' | null {
  return reason === 'timeout' || reason === 'stall' || reason === 'limit' ? reason : null
}

function poisonFailure(failure: Failure | null, interruptions: number): Failure {
  return {
    lastLines: [],
    logSeq: null,
    ...failure,
    kind: 'poison',
    message: oneLine(`Given up: its processes disappeared ${interruptions} times without an exit code`),
    hint: 'Look at the log and at the memory of the machine before you retry it.',
  }
}

// A snoozed attempt had no failure; it makes way like a queued job.
function supersededFailure(failure: Failure | null, by: number): Failure {
  if (failure === null) return replacedFailure(by)
  return { ...failure, hint: `Not tried again: superseded by #${by}, which is newer.` }
}

/** The failure of a queued job whose place a newer one has taken. */
export function replacedFailure(by: number | null): Failure {
  return { kind: 'replaced', message: by === null ? 'Replaced by a newer one' : `Replaced by #${by}`, lastLines: [], logSeq: null }
}

/** The failure of a queued job that waited for one that did not succeed. */
export function dependencyFailure(needed: number, state: JobState): Failure {
  const hint = `Retry #${needed} first, then this one.`
  return {
    kind: 'dependency',
    message: `Not started: #${needed}, which must succeed first, ${state === 'failed' ? 'failed' : `was ${state}`}`,
    hint,
    lastLines: [],
    logSeq: null,
  }
}

/** The failure of a queued job that did not begin in time. */
export function expiredFailure(): Failure {
  return { kind: 'expired', message: 'Not started in time: it waited longer than expireAfterMs allows', lastLines: [], logSeq: null }
}
