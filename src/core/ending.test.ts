// What becomes of a job when an attempt has ended: every combination against DESIGN §4 as told here in other words.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  dependencyFailure,
  type EndedAttempt,
  type Ending,
  type EndingCircumstances,
  type EndingJob,
  endingOf,
  expiredFailure,
  replacedFailure,
} from './ending.ts'
import { type Failure, type JobState, jobStates, type RetryPolicy, type SaidNext, type StopReason } from './job.ts'
import { limits } from './limits.ts'
import { retryDelayMs } from './retry.ts'
import { isSettled } from './transitions.ts'

const now = 1_700_000_000_000
const retry: RetryPolicy = { attempts: 3, delayMs: 1_000, backoff: 'exponential', maxDelayMs: 60_000 }
const reasons: (StopReason | null)[] = [null, 'cancel', 'timeout', 'stall', 'limit', 'resume', 'shutdown', 'lease', 'replaced']
const ends = ['well', 'well, output refused', 'badly', 'unseen'] as const
const says: (SaidNext | null)[] = [null, { next: 'never' }, { next: 'later', ms: 777 }, { next: 'snooze', ms: 555 }]
const kindOf = { well: null, 'well, output refused': 'publish', badly: 'exit', unseen: 'interrupted' } as const
const calm: EndingCircumstances = { newerQueued: null, random: 0.5, now }
const endOfPatience = limits.interruptions - 1

interface Case {
  job: EndingJob
  ended: EndedAttempt
  around: EndingCircumstances
}

describe('ending', () => {
  test('a job that is not running has no end: a lost race (I5)', () => {
    for (const state of jobStates.filter((one) => one !== 'running' && one !== 'stopping'))
      for (const end of ends) assert.equal(endingOf(jobIn({ state }), ended(end), calm), null, `${state}, ${end}`)
  })

  test('every combination ends in the state that DESIGN says', () => {
    const seen = new Set<JobState>()
    for (const one of everyCase()) {
      const state = end(one).state
      assert.equal(state, stateByDesign(one), words(one))
      seen.add(state)
    }
    assert.deepEqual([...seen].toSorted(), ['cancelled', 'failed', 'interrupted', 'queued', 'succeeded'])
  })

  test('every combination fails with the reason that DESIGN says', () => {
    for (const one of everyCase()) assert.equal(end(one).failure?.kind ?? null, failureByDesign(one, end(one).state), words(one))
  })

  test('a settled job has no next attempt, a queued one has, and never before now', () => {
    for (const one of everyCase()) {
      const ending = end(one)
      assert.ok(
        ending.state === 'queued' ? ending.availableAt !== null && ending.availableAt >= now : ending.availableAt === null,
        words(one),
      )
      assert.ok(ending.state === 'queued' || (!ending.excused && !ending.fromCheckpoint), words(one))
      assert.ok(ending.state !== 'succeeded' || ending.failure === null, words(one))
      assert.ok(['succeeded', 'queued'].includes(ending.state) || ending.failure !== null, words(one))
    }
  })

  test('when: after its back-off, when the job said, at once after a crash or a stop that was to go on', () => {
    for (const one of everyCase()) {
      const { job, ended: how } = one
      const { saidNext } = how
      const ending = end(one)
      if (ending.availableAt === null) continue
      if (job.stopReason === 'resume' || job.stopReason === 'shutdown') {
        assert.equal(ending.availableAt, now, words(one))
        continue
      }
      const asSaid = saidNext?.next === 'later' || saidNext?.next === 'snooze' ? saidNext.ms : null
      const byPolicy = isBad(one) ? retryDelayMs(job.spec.retry ?? assert.fail(), job.attempts - job.attemptsExcused, one.around.random) : 0
      assert.equal(ending.availableAt - now, asSaid ?? byPolicy, words(one))
    }
  })

  test('what does not count: snoozed, stopped in order to go on, stopped because its program closes; those go on from the checkpoint, a retry does not', () => {
    for (const one of everyCase()) {
      const {
        job,
        ended: { end: how, saidNext },
      } = one
      const ending = end(one)
      if (ending.state !== 'queued') continue
      const isSnoozed = how === 'well' && saidNext?.next === 'snooze'
      const goesOn = isSnoozed || job.stopReason === 'resume' || job.stopReason === 'shutdown'
      assert.deepEqual([ending.excused, ending.fromCheckpoint], [goesOn, goesOn], words(one))
    }
  })

  test('cancel always wins over a retry, a snooze, a crash: it is cancelled and says by whom', () => {
    for (const one of everyCase().filter(({ job }) => job.stopReason === 'cancel')) {
      const { state, failure } = end(one)
      assert.ok(isSettled(state), words(one))
      if (one.ended.end !== 'badly' && one.ended.end !== 'unseen') continue
      assert.equal(state, 'cancelled', words(one))
      assert.equal(failure?.message, 'Cancelled by Ada')
    }
  })

  test('a newer one of its unique key takes the place of its next attempt: superseded, never queued beside it (I2)', () => {
    for (const one of everyCase()) {
      const alone = end(one)
      const behind = end({ ...one, around: { ...one.around, newerQueued: 43 } })
      if (alone.state !== 'queued') {
        assert.deepEqual(behind, alone, 'it settles as it would have anyway')
        continue
      }
      assert.equal(behind.state, one.ended.end === 'well' ? 'cancelled' : 'failed', words(one))
      assert.match(`${behind.failure?.message} ${behind.failure?.hint}`, /#43/, words(one))
      assert.equal(behind.failure?.kind, alone.failure?.kind ?? 'replaced', words(one))
      assert.deepEqual([behind.availableAt, behind.excused, behind.fromCheckpoint], [null, false, false])
    }
  })

  for (const stopReason of ['timeout', 'stall', 'limit'] as const)
    test(`stopped for ${stopReason} by force, without an exit record: failed or tried again for that reason, and no interruption`, () => {
      const stopped = { state: 'stopping', stopReason, interruptions: endOfPatience } as const
      for (const safeToRepeat of [false, true]) {
        const last = endingOf(jobIn({ ...stopped, safeToRepeat }), ended('unseen'), calm)
        assert.deepEqual([last?.state, last?.failure?.kind, last?.interruptions], ['failed', stopReason, endOfPatience])
        const again = endingOf(jobIn({ ...stopped, safeToRepeat, retry }), ended('unseen'), calm)
        assert.deepEqual([again?.state, again?.failure?.kind, again?.interruptions], ['queued', stopReason, endOfPatience])
        assert.equal(again?.availableAt, now + retryDelayMs(retry, 1, calm.random))
      }
    })

  test('stopped by force in order to go on: queued from its checkpoint, and no interruption', () => {
    for (const safeToRepeat of [false, true]) {
      const job = jobIn({ state: 'stopping', stopReason: 'resume', interruptions: endOfPatience, safeToRepeat })
      const ending = endingOf(job, ended('unseen'), calm)
      assert.deepEqual([ending?.state, ending?.fromCheckpoint, ending?.interruptions], ['queued', true, endOfPatience])
    }
  })

  test('finished before a stop for timeout took hold, but its output was refused: that is why it failed', () => {
    for (const stopReason of ['timeout', 'stall', 'limit'] as const)
      assert.equal(endingOf(jobIn({ state: 'stopping', stopReason }), ended('well, output refused'), calm)?.failure?.kind, 'publish')
  })

  test('poison: processes that disappear are tried again so often and no more, and the failure says what happened', () => {
    let job = jobIn({ safeToRepeat: true, retry: { ...retry, attempts: limits.attempts } })
    for (let times = 1; times < limits.interruptions; times++) {
      const ending = endingOf(job, ended('unseen'), calm)
      assert.deepEqual([ending?.state, ending?.interruptions, ending?.failure?.kind], ['queued', times, 'interrupted'])
      job = { ...job, attempts: job.attempts + 1, interruptions: times }
    }
    const { state, failure, interruptions } = endingOf(job, ended('unseen'), calm) ?? assert.fail()
    assert.deepEqual([state, failure?.kind, interruptions], ['failed', 'poison', limits.interruptions])
    assert.match(failure?.message ?? '', new RegExp(`disappeared ${limits.interruptions} times`))
    assert.deepEqual([failure?.lastLines, failure?.logSeq], [['the last line'], 7], 'and still shows the log')
  })

  test('not declared safe to repeat: interrupted, at the first time and however many tries are left', () => {
    assert.equal(endingOf(jobIn({ retry }), ended('unseen'), calm)?.state, 'interrupted')
  })

  test('an interruption that is tried again counts as an attempt of the policy (I4)', () => {
    const job = jobIn({ retry: { ...retry, attempts: 2 }, safeToRepeat: true })
    assert.equal(endingOf(job, ended('unseen'), calm)?.excused, false)
    assert.equal(endingOf({ ...job, attempts: 2, interruptions: 1 }, ended('badly'), calm)?.state, 'failed')
  })
})

describe('failures of jobs that never began', () => {
  test('one line each, with what to do about it', () => {
    assert.equal(replacedFailure(43).message, 'Replaced by #43')
    assert.equal(replacedFailure(null).kind, 'replaced')
    assert.equal(dependencyFailure(7, 'failed').message, 'Not started: #7, which must succeed first, failed')
    assert.equal(dependencyFailure(7, 'cancelled').message, 'Not started: #7, which must succeed first, was cancelled')
    assert.match(dependencyFailure(7, 'expired').hint ?? '', /#7/)
    assert.equal(dependencyFailure(7, 'interrupted').kind, 'dependency')
    assert.equal(expiredFailure().kind, 'expired')
  })
})

interface Wanted extends Partial<Omit<EndingJob, 'spec'>> {
  retry?: RetryPolicy | null
  safeToRepeat?: boolean
}

function jobIn({ retry: policy = null, safeToRepeat = false, ...wanted }: Wanted): EndingJob {
  const started = {
    state: 'running',
    stopReason: null,
    stopWhy: null,
    stopAskedBy: 'Ada',
    attempts: 1,
    attemptsExcused: 0,
    interruptions: 0,
  } as const
  return { ...started, ...wanted, spec: { retry: policy, safeToRepeat } }
}

function ended(how: EndedAttempt['end'], saidNext: SaidNext | null = null): EndedAttempt {
  const kind = kindOf[how]
  const failure: Failure | null = kind && { kind, message: 'it went wrong', lastLines: ['the last line'], logSeq: 7 }
  return { end: how, failure, exitCode: how === 'unseen' ? null : how === 'badly' ? 1 : 0, saidNext }
}

function everyCase(): Case[] {
  const jobs: EndingJob[] = []
  for (const stopReason of reasons)
    for (const state of stopReason === null ? (['running'] as const) : (['stopping'] as const))
      for (const policy of [null, retry, { ...retry, backoff: 'fixed' as const }])
        for (const safeToRepeat of [false, true])
          for (const interruptions of [0, endOfPatience])
            for (const [attempts, attemptsExcused] of [
              [1, 0],
              [2, 0],
              [3, 0],
              [3, 2],
              [5, 2],
            ] as const)
              jobs.push(jobIn({ state, stopReason, retry: policy, safeToRepeat, interruptions, attempts, attemptsExcused }))
  const every = jobs.flatMap((job) => ends.flatMap((how) => says.map((said) => ({ job, ended: ended(how, said), around: calm }))))
  assert.ok(every.length > 8_000)
  return every
}

function end({ job, ended: how, around }: Case): Ending {
  return endingOf(job, how, around) ?? assert.fail('a running job has an end')
}

function words(one: Case): string {
  return JSON.stringify(one)
}

const byForce: readonly (StopReason | null)[] = ['timeout', 'stall', 'limit']

/** Its own fault, or that of a stop which had to kill it: nothing about its end is unknown. */
function isBad({ job, ended: { end: how } }: Case): boolean {
  return how === 'badly' || (how === 'unseen' && byForce.includes(job.stopReason))
}

function stateByDesign(one: Case): JobState {
  const {
    job,
    ended: { end: how, saidNext },
  } = one
  if (how === 'well' && saidNext?.next !== 'snooze') return 'succeeded'
  if (how === 'well, output refused') return 'failed'
  if (job.stopReason === 'cancel') return 'cancelled'
  if (how === 'well' || job.stopReason === 'resume') return 'queued'
  if (how === 'badly' && job.stopReason === 'shutdown') return 'queued'
  if (isBad(one))
    return saidNext?.next !== 'never' && job.attempts - job.attemptsExcused < (job.spec.retry?.attempts ?? 1) ? 'queued' : 'failed'
  if (!job.spec.safeToRepeat || saidNext?.next === 'never') return 'interrupted'
  return job.interruptions === endOfPatience ? 'failed' : 'queued'
}

function failureByDesign(one: Case, state: JobState): Failure['kind'] | null {
  const {
    job,
    ended: { end: how },
  } = one
  if (state === 'cancelled') return 'cancelled'
  if (isBad(one) && byForce.includes(job.stopReason)) return job.stopReason as Failure['kind']
  return how === 'unseen' && state === 'failed' ? 'poison' : kindOf[how]
}

test('I10: who declares that silence ends a job means it; who declares a retry is tried again, from the checkpoint if the policy says so', () => {
  const stall = { stallAfterMs: 1, firstHeartbeatWithinMs: null, heartbeats: 'any', stallLimitMs: 5 } as const
  const silent = (onStall: 'cancel' | 'retry', resume: boolean) => {
    const job = jobIn({ state: 'stopping', stopReason: 'stall', retry: { ...retry, resume } })
    const { state, failure, fromCheckpoint } = end({
      job: { ...job, spec: { ...job.spec, stall: { ...stall, onStall } } },
      ended: ended('badly'),
      around: calm,
    })
    return [state, failure?.kind, fromCheckpoint]
  }
  assert.deepEqual(silent('cancel', true), ['failed', 'stall', false])
  assert.deepEqual(silent('retry', false), ['queued', 'stall', false])
  assert.deepEqual(silent('retry', true), ['queued', 'stall', true])
})
