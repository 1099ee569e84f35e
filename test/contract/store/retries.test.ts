// The contract of a store, about attempts that follow one another: by policy, by what the job says, by a person; what is kept of those before.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Failure, RetryPolicy } from '../../../src/core/job.ts'
import { ask, claimIds, claimOnly, end, get, promoteAll, stateOf } from './acts.ts'
import { checkpointOf, otherPlace, stores, withStore } from './stores.ts'

const fixed: RetryPolicy = { attempts: 3, delayMs: 100, backoff: 'fixed', maxDelayMs: 100 }
const exponential: RetryPolicy = { attempts: 4, delayMs: 100, backoff: 'exponential', maxDelayMs: 350 }
const failure = (message: string): Failure => ({ kind: 'exit', message, lastLines: ['a'], logSeq: 1, exitCode: 1 })

for (const adapter of stores) {
  describe(`retries, ${adapter.name}`, () => {
    test('without a policy there is one attempt', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store)
        await claimOnly(store, id)
        assert.equal((await end(store, id, 'badly')).state, 'failed')
      }))

    test('I4: fixed: so many attempts, each after its delay, then failed; all are kept', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { retry: fixed })
        for (const [attempt, now] of [
          [1, 10],
          [2, 110],
        ] as const) {
          const { job } = await claimOnly(store, id, { now })
          assert.deepEqual([job.attempts, job.leaseToken, job.failure, job.exitCode], [attempt, attempt, null, null])
          const queued = await end(store, id, 'badly', {
            now,
            exitCode: attempt,
            failure: failure(`exit ${attempt}`),
            line: `exit ${attempt}`,
          })
          assert.deepEqual(
            [queued.state, queued.hold, queued.availableAt, queued.finishedAt, queued.runnerId, queued.failure?.message],
            ['queued', 'time', now + 100, null, null, `exit ${attempt}`],
          )
          assert.deepEqual(await claimIds(store, { now }), [])
          assert.equal(await promoteAll(store, now + 99), now + 100)
          assert.equal(await promoteAll(store, now + 100), null)
        }
        await claimOnly(store, id, { now: 210 })
        const failed = await end(store, id, 'badly', { now: 210, exitCode: 3, failure: failure('exit 3') })
        assert.deepEqual([failed.state, failed.finishedAt, failed.attempts, failed.mostAttempts], ['failed', 210, 3, 3])
        const { history, events } = await store.jobs.detail({ id, events: 99 })
        assert.deepEqual(
          history.map(({ attempt, state, exitCode, failure: why, finishedAt }) => [attempt, state, exitCode, why?.message, finishedAt]),
          [
            [1, 'ended', 1, 'exit 1', 10],
            [2, 'ended', 2, 'exit 2', 110],
            [3, 'ended', 3, 'exit 3', 210],
          ],
        )
        assert.deepEqual(
          events.map(({ name, details }) => [name, details]),
          [
            ['submitted', null],
            ['queued again', { availableAt: 110 }],
            ['queued again', { availableAt: 210 }],
            ['failed', null],
          ],
        )
        const bodies = (await store.logs.blocks({ jobId: id, limit: 99 })).map(({ attempt, body }) => [attempt, body])
        assert.deepEqual(bodies.slice(0, 2), [
          [1, 'exit 1; queued again in 100 ms'],
          [2, 'exit 2; queued again in 100 ms'],
        ])
      }))

    test('exponential with jitter: twice as long each time, up to the longest; spread over its later half', () =>
      withStore(adapter, async ({ store }) => {
        for (const [random, delays] of [
          [0, [50, 100, 175]],
          [1, [100, 200, 350]],
        ] as const) {
          const id = await ask(store, { retry: exponential })
          for (const delay of delays) {
            await claimOnly(store, id, { now: 1 })
            const { availableAt } = await end(store, id, 'badly', { now: 1_000, random })
            assert.equal(availableAt, 1_000 + delay)
            await promoteAll(store, 1_000 + delay)
          }
          await store.jobs.askStop({ id, by: null, now: 2 })
        }
      }))

    test('doNotRetry: failed at once', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { retry: fixed })
        await claimOnly(store, id)
        assert.equal((await end(store, id, 'badly', { saidNext: { next: 'never' } })).state, 'failed')
      }))

    test('retryLater: its own delay, and it counts', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { retry: { ...fixed, attempts: 2 } })
        await claimOnly(store, id)
        assert.equal((await end(store, id, 'badly', { now: 10, saidNext: { next: 'later', ms: 5_000 } })).availableAt, 5_010)
        await promoteAll(store, 5_010)
        await claimOnly(store, id)
        assert.equal((await end(store, id, 'badly', { saidNext: { next: 'later', ms: 5_000 } })).state, 'failed')
      }))

    test('snooze: queued again as often as it likes, and none of it counts', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { retry: { ...fixed, attempts: 2 } })
        for (let times = 1; times <= 4; times++) {
          const { job } = await claimOnly(store, id)
          assert.equal(job.attempts, times)
          const snoozed = await end(store, id, 'well', { now: 10, saidNext: { next: 'snooze', ms: 2_000 } })
          assert.deepEqual([snoozed.state, snoozed.availableAt, snoozed.failure, snoozed.attemptsExcused], ['queued', 2_010, null, times])
          await promoteAll(store, 2_010)
        }
        await claimOnly(store, id)
        assert.equal((await end(store, id, 'badly')).state, 'queued')
        await promoteAll(store, 10_000)
        await claimOnly(store, id)
        assert.equal((await end(store, id, 'badly')).state, 'failed')
      }))

    test('what the job said of its next attempt outlives the runner it said it to, and ends with the attempt', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { retry: fixed })
        const { fence } = await claimOnly(store, id)
        await store.claims.observe({ fence, seen: { blocks: [], saidNext: { next: 'later', ms: 7 }, heartbeatAt: 1 }, now: 1 })
        await store.claims.observe({ fence, seen: { blocks: [], heartbeatAt: 2 }, now: 2 })
        const taken = await store.claims.takeOver({ fence, place: otherPlace, adopting: true, now: 3 })
        assert.ok(taken !== 'lease lost')
        assert.deepEqual(taken.attempt.saidNext, { next: 'later', ms: 7 })
        await end(store, id, 'badly')
        await promoteAll(store, 10_000)
        const { attempt } = await claimOnly(store, id)
        assert.equal(attempt.saidNext, null)
      }))

    test('an unseen end: interrupted, unless it is safe to repeat; then tried again, and the third time given up as poison', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store)
        await claimOnly(store, id)
        assert.equal((await end(store, id, 'unseen')).state, 'interrupted')
        const safe = await ask(store, { safeToRepeat: true })
        for (const interruptions of [1, 2]) {
          await claimOnly(store, safe)
          const again = await end(store, safe, 'unseen')
          assert.deepEqual([again.state, again.interruptions, again.attempts], ['queued', interruptions, interruptions])
        }
        await claimOnly(store, safe)
        const poison = await end(store, safe, 'unseen')
        assert.deepEqual([poison.state, poison.failure?.kind, poison.attempts], ['failed', 'poison', 3])
        await store.jobs.retry({ id: safe, fromCheckpoint: false, by: null, now: 3 })
        await claimOnly(store, safe)
        assert.equal((await end(store, safe, 'unseen')).state, 'queued', 'a person has asked: counted anew')
      }))

    test('a cancel wins over every retry', () =>
      withStore(adapter, async ({ store }) => {
        for (const how of ['badly', 'unseen'] as const) {
          const id = await ask(store, { retry: fixed, safeToRepeat: true })
          await claimOnly(store, id)
          await store.jobs.askStop({ id, by: 'ada', now: 2 })
          const ended = await end(store, id, how, { saidNext: { next: 'later', ms: 1 } })
          assert.deepEqual([ended.state, ended.failure?.message], ['cancelled', 'Cancelled by ada'])
        }
      }))

    test('a cancel while it waits for its next attempt: cancelled at once, and its log says so', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { retry: fixed })
        await claimOnly(store, id)
        await end(store, id, 'badly', { now: 5 })
        await store.jobs.askStop({ id, by: 'ada', now: 6 })
        assert.deepEqual([await stateOf(store, id), (await get(store, id)).logLines], ['cancelled', 2])
        assert.equal((await store.logs.blocks({ jobId: id, limit: 9 })).at(-1)?.body, 'stop asked by ada')
        assert.equal(await promoteAll(store, 999), null)
        assert.deepEqual(await claimIds(store, { now: 999 }), [])
      }))

    test('I7: lines of all attempts have one sequence', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { retry: { ...fixed, delayMs: 0 } })
        for (let attempt = 1; attempt <= 3; attempt++) {
          const { fence } = await claimOnly(store, id)
          const block = { stream: 'stdout', fileNumber: 0, byteOffset: 0, byteLength: 4, lineCount: 2, at: 3 } as const
          await store.claims.observe({ fence, seen: { blocks: [block], heartbeatAt: 3 }, now: 3 })
          await end(store, id, 'badly')
          await promoteAll(store, 99)
        }
        const blocks = await store.logs.blocks({ jobId: id, limit: 99 })
        assert.deepEqual(
          blocks.map(({ firstSeq, attempt, stream }) => [firstSeq, attempt, stream]),
          [
            [1, 1, 'stdout'],
            [3, 1, 'system'],
            [4, 2, 'stdout'],
            [6, 2, 'system'],
            [7, 3, 'stdout'],
            [9, 3, 'system'],
          ],
        )
        assert.equal((await get(store, id)).logLines, 9)
      }))

    test('I9: a resume starts from the checkpoint, a retry from the start; the newest checkpoint is the one that is read', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store)
        assert.equal(await store.claims.checkpoint({ jobId: id }), null)
        const { fence, job } = await claimOnly(store, id)
        assert.deepEqual([job.fromCheckpoint, job.saved], [false, null])
        for (const page of [1, 2])
          await store.claims.observe({
            fence,
            seen: { blocks: [], checkpoint: checkpointOf({ page }, { done: page }), heartbeatAt: 3 },
            now: 3,
          })
        await store.claims.observe({ fence, seen: { blocks: [], heartbeatAt: 3 }, now: 3 })
        await end(store, id, 'badly')
        assert.deepEqual(await store.claims.checkpoint({ jobId: id }), { page: 2 })
        const { saved } = checkpointOf(null, { done: 2 })
        assert.deepEqual((await get(store, id)).saved, saved)
        for (const fromCheckpoint of [true, false]) {
          await store.jobs.retry({ id, fromCheckpoint, by: null, now: 4 })
          const again = await claimOnly(store, id)
          assert.equal(again.job.fromCheckpoint, fromCheckpoint)
          assert.equal(
            await store.claims.observe({ fence, seen: { blocks: [], checkpoint: checkpointOf('old'), heartbeatAt: 3 }, now: 3 }),
            'lease lost',
            'the former attempt saves nothing any more',
          )
          await end(store, id, 'badly')
        }
        assert.deepEqual(await store.claims.checkpoint({ jobId: id }), { page: 2 })
        assert.deepEqual((await get(store, id)).saved, saved)
      }))

    test('a checkpoint that is null is none: there is nothing to go on from', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store)
        const { fence } = await claimOnly(store, id)
        for (const value of [1, null])
          await store.claims.observe({ fence, seen: { blocks: [], checkpoint: checkpointOf(value), heartbeatAt: 3 }, now: 3 })
        assert.deepEqual([await store.claims.checkpoint({ jobId: id }), (await get(store, id)).saved], [null, null])
      }))
  })
}
