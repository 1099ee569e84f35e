// How often and when a failed job is tried again: bounds, growth, spread; and whole lives at random (I4).
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type EndedAttempt, type EndingJob, endingOf } from './ending.ts'
import type { RetryPolicy, SaidNext, StopReason } from './job.ts'
import { limits } from './limits.ts'
import { countedAttempts, mostAttempts, retryDelayMs } from './retry.ts'
import { isSettled } from './transitions.ts'

const delay = fc.integer({ min: 0, max: limits.retryDelayMs })
const attempts = fc.integer({ min: 1, max: limits.attempts })
const exponential = fc.record({ attempts, delayMs: delay, backoff: fc.constant('exponential' as const), maxDelayMs: delay })
const failed = fc.integer({ min: 1, max: 5_000 })
const random = fc.double({ min: 0, max: 1, noNaN: true })

const policy: RetryPolicy = { attempts: 9, delayMs: 1_000, backoff: 'exponential', maxDelayMs: 60_000 }

describe('retry', () => {
  test('without a policy there is one attempt; snoozed and asked-for ones are not counted', () => {
    assert.equal(mostAttempts(null), 1)
    assert.equal(mostAttempts(policy), 9)
    assert.equal(countedAttempts({ attempts: 5, attemptsExcused: 2 }), 3)
  })

  test('fixed: the same delay every time, whatever the dice say', () => {
    fc.assert(
      fc.property(delay, failed, random, (delayMs, times, dice) => {
        assert.equal(retryDelayMs({ ...policy, backoff: 'fixed', delayMs, maxDelayMs: 0 }, times, dice), delayMs)
      }),
    )
  })

  test('exponential: 1 s, 2 s, 4 s … up to the longest, when nothing is taken off', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 100, 5_000].map((times) => retryDelayMs(policy, times, 1))
    assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000])
    assert.equal(retryDelayMs(policy, 3, 0), 2_000, 'at least half of it')
    assert.equal(retryDelayMs(policy, 3, 0.5), 3_000)
  })

  test('exponential: never shorter after more failures with the same dice, never longer than the longest', () => {
    fc.assert(
      fc.property(exponential, failed, failed, random, (any, a, b, dice) => {
        const [fewer, more] = [Math.min(a, b), Math.max(a, b)]
        assert.ok(retryDelayMs(any, fewer, dice) <= retryDelayMs(any, more, dice))
        assert.ok(retryDelayMs(any, more, dice) <= any.maxDelayMs)
      }),
    )
  })

  test('exponential: the dice move it within the later half, all of it, in their own direction', () => {
    fc.assert(
      fc.property(exponential, failed, random, random, (any, times, a, b) => {
        const [full, half] = [retryDelayMs(any, times, 1), retryDelayMs(any, times, 0)]
        const delayMs = retryDelayMs(any, times, a)
        assert.ok(Number.isSafeInteger(delayMs) && delayMs >= 0)
        assert.ok(delayMs >= half && delayMs <= full)
        assert.ok(half >= Math.floor(full / 2) && half <= Math.ceil(full / 2))
        assert.ok(a > b || delayMs <= retryDelayMs(any, times, b))
      }),
    )
  })
})

describe('I4: attempts of a whole life', () => {
  test('no more than the policy, what was excused, and the interruptions it was safe to repeat after', () => {
    const lived = { settled: 0, excused: 0, poisoned: 0, long: 0, resumedUnseen: 0 }
    fc.assert(
      fc.property(life, ({ spec, events }) => {
        const { job, counted, badly, resumedUnseen } = live(spec, events)
        const most = mostAttempts(spec.retry)
        assert.ok(badly <= most, 'bad ends that were seen are the policy’s alone')
        const repeated = Math.min(job.interruptions, limits.interruptions - 1)
        assert.ok(counted <= most + (spec.safeToRepeat ? repeated : 0), `${counted} counted of ${most}, ${job.interruptions} interruptions`)
        assert.ok(job.interruptions <= (spec.safeToRepeat ? limits.interruptions : 1), `${job.interruptions} interruptions`)
        if (isSettled(job.state)) lived.settled++
        if (job.attemptsExcused > 0) lived.excused++
        if (job.interruptions === limits.interruptions) lived.poisoned++
        if (job.attempts > 5) lived.long++
        if (resumedUnseen > 1) lived.resumedUnseen++
      }),
      { numRuns: 2_000, seed: 4 },
    )
    for (const [what, times] of Object.entries(lived)) assert.ok(times > 10, `the walk has seen it: ${what}, ${times}`)
  })
})

interface Event {
  stopReason: StopReason | null
  end: EndedAttempt['end']
  saidNext: SaidNext | null
}

// Often such that it goes on: a life that settles at once shows little.
const happened = fc.record<Event>({
  stopReason: fc.constantFrom(null, null, null, 'resume', 'resume', 'shutdown', 'timeout', 'stall', 'limit', 'lease', 'cancel'),
  end: fc.constantFrom('badly', 'badly', 'unseen', 'unseen', 'well', 'well, output refused'),
  saidNext: fc.constantFrom(null, null, { next: 'snooze', ms: 5 }, { next: 'snooze', ms: 5 }, { next: 'later', ms: 5 }, { next: 'never' }),
})
const life = fc.record({
  spec: fc.record({
    retry: fc.option(exponential.map((any) => ({ ...any, attempts: 1 + (any.attempts % 4) }))),
    safeToRepeat: fc.boolean(),
  }),
  events: fc.array(happened, { minLength: 5, maxLength: 40 }),
})

/** Claims it, ends it as the events say, and claims it again, until it is settled. */
function live(spec: EndingJob['spec'], events: Event[]) {
  let job: EndingJob = {
    state: 'running',
    stopReason: null,
    stopWhy: null,
    stopAskedBy: null,
    attempts: 1,
    attemptsExcused: 0,
    interruptions: 0,
    spec,
  }
  let [badly, resumedUnseen] = [0, 0]
  for (const { stopReason, end, saidNext } of events) {
    const failure = end === 'well' ? null : { kind: 'exit' as const, message: 'no', lastLines: [], logSeq: null }
    const running: EndingJob = { ...job, state: stopReason === null ? 'running' : 'stopping', stopReason }
    const ending = endingOf(running, { end, failure, exitCode: null, saidNext }, { newerQueued: null, random: 1, now: 0 }) ?? assert.fail()
    if (end === 'badly' && !ending.excused) badly++
    if (end === 'unseen' && stopReason === 'resume') resumedUnseen++
    const attemptsExcused = job.attemptsExcused + (ending.excused ? 1 : 0)
    job = { ...job, state: ending.state, interruptions: ending.interruptions, attemptsExcused }
    if (ending.state !== 'queued') break
    job = { ...job, state: 'running', attempts: job.attempts + 1 }
  }
  return { job, counted: countedAttempts(job), badly, resumedUnseen }
}
