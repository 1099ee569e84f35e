// The contract of a store, about what people ask of a job: stop, retry, resume; who did and when (I5: a settled job changes only so).
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JobState } from '../../../src/core/job.ts'
import type { Store } from '../../../src/store/store.ts'
import { ask, askAll, claimIds, claimOnly, end, get, promoteAll, stateOf } from './acts.ts'
import { checkpointOf, claim, endOf, stores, submitClaimed, withStore } from './stores.ts'

/** A job in each state, and how it gets there. */
const into: Record<JobState, (store: Store) => Promise<number>> = {
  queued: (store) => ask(store),
  running: async (store) => (await submitClaimed(store)).job.id,
  stopping: async (store) => {
    const { job } = await submitClaimed(store)
    await store.jobs.askStop({ id: job.id, by: 'ada', now: 2 })
    return job.id
  },
  succeeded: async (store) => (await end(store, (await submitClaimed(store)).job.id)).id,
  failed: async (store) => (await end(store, (await submitClaimed(store)).job.id, 'badly')).id,
  interrupted: async (store) => (await end(store, (await submitClaimed(store)).job.id, 'unseen')).id,
  cancelled: async (store) => {
    const id = await ask(store)
    await store.jobs.askStop({ id, by: 'ada', now: 2 })
    return id
  },
  expired: async (store) => {
    const id = await ask(store, { expireAfterMs: 1 })
    await promoteAll(store, 2)
    return id
  },
}

for (const adapter of stores) {
  describe(`control, ${adapter.name}`, () => {
    test('askStop: queued is cancelled at once, running is asked, asked again changes nothing, settled stays', () =>
      withStore(adapter, async ({ store }) => {
        assert.equal(await store.jobs.askStop({ id: 1, by: 'ada', now: 2 }), null)
        await ask(store)
        const queued = await store.jobs.askStop({ id: 1, by: 'ada', now: 3 })
        assert.deepEqual(
          [queued?.state, queued?.failure?.message, queued?.finishedAt, queued?.stopReason, queued?.stopAskedBy, queued?.logLines],
          ['cancelled', 'Cancelled by ada', 3, 'cancel', 'ada', 0],
        )
        assert.deepEqual(await store.jobs.askStop({ id: 1, by: 'bob', now: 4 }), queued)
        assert.deepEqual(await claim(store), [])
        const { fence } = await submitClaimed(store)
        const asked = await store.jobs.askStop({ id: 2, by: null, now: 5 })
        assert.deepEqual(
          [asked?.state, asked?.finishedAt, asked?.failure, asked?.logLines, asked?.runnerId],
          ['stopping', null, null, 1, 'runner-1'],
        )
        assert.deepEqual(await store.jobs.askStop({ id: 2, by: 'bob', now: 6 }), asked)
        await store.claims.finish({ fence, end: endOf('badly') })
        const settled = await store.jobs.get({ id: 2 })
        assert.equal(settled?.state, 'cancelled')
        assert.deepEqual(await store.jobs.askStop({ id: 2, by: 'bob', now: 7 }), settled)
      }))

    const answers: Record<JobState, string> = {
      queued: 'cancelled',
      running: 'stopping',
      stopping: 'stopping',
      succeeded: 'succeeded',
      failed: 'failed',
      interrupted: 'interrupted',
      cancelled: 'cancelled',
      expired: 'expired',
    }
    for (const [state, then] of Object.entries(answers) as [JobState, JobState][])
      test(`I5: stop of a job that is ${state}: ${then}; retry and resume as the table says`, () =>
        withStore(adapter, async ({ store }) => {
          const id = await into[state](store)
          assert.equal(await stateOf(store, id), state)
          const before = await get(store, id)
          assert.equal((await store.jobs.askStop({ id, by: 'bob', now: 5 }))?.state, then)
          if (state === then) assert.deepEqual(await get(store, id), before)

          const other = await into[state](store)
          const again = await store.jobs.retry({ id: other, fromCheckpoint: false, by: 'bob', now: 6 })
          const canRetry = ['failed', 'interrupted', 'cancelled', 'expired'].includes(state)
          if (canRetry) assert.deepEqual('state' in again && [again.state, 'refused' in again], ['queued', false])
          else assert.deepEqual(again, { refused: 'wrong state', state })
        }))

    test('retry: queued again with nothing of its end left, and one attempt more than the policy', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { availableAt: 1, submittedBy: 'ana' })
        const { fence } = await claimOnly(store, id)
        await store.claims.observe({ fence, seen: { blocks: [], result: 'half', heartbeatAt: 3 }, now: 3 })
        await end(store, id, 'badly', { exitCode: 7, failure: { kind: 'exit', message: 'exit 7', lastLines: [], logSeq: null } })
        const again = await store.jobs.retry({ id, fromCheckpoint: false, by: 'bob', now: 20 })
        assert.ok('id' in again && 'version' in again)
        assert.deepEqual(
          [again.state, again.hold, again.finishedAt, again.availableAt, again.stopReason, again.attempts],
          ['queued', 'ready', null, 20, null, 1],
        )
        const { job, attempt } = await claimOnly(store, id, { now: 21 })
        assert.deepEqual(
          [job.attempts, job.result, job.failure, job.exitCode, job.progress, job.heartbeatAt, attempt.attempt, attempt.folder],
          [2, null, null, null, null, null, 2, `${id}-2-runner-1`],
        )
        assert.equal((await end(store, id, 'badly')).state, 'failed', 'without a policy: one more, not two')
        assert.deepEqual(await store.jobs.retry({ id: 99, fromCheckpoint: false, by: null, now: 1 }), { refused: 'no such job' })
      }))

    for (const state of ['cancelled', 'expired'] as const)
      test(`retry of one that was ${state} before it began: its policy begins anew, and gives no more`, () =>
        withStore(adapter, async ({ store }) => {
          const id = await into[state](store)
          await store.jobs.retry({ id, fromCheckpoint: false, by: null, now: 20 })
          await claimOnly(store, id)
          assert.equal((await end(store, id, 'badly')).state, 'failed')
        }))

    test('resume of a running one: it is stopped first, then goes on from its checkpoint', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store)
        const { fence } = await claimOnly(store, id)
        await store.claims.observe({ fence, seen: { blocks: [], checkpoint: checkpointOf(5), heartbeatAt: 3 }, now: 3 })
        const asked = await store.jobs.retry({ id, fromCheckpoint: true, by: 'ada', now: 4 })
        assert.ok('stopReason' in asked)
        assert.deepEqual([asked.state, asked.stopReason, asked.stopAskedBy], ['stopping', 'resume', 'ada'])
        assert.deepEqual(await store.jobs.retry({ id, fromCheckpoint: true, by: 'ada', now: 4 }), {
          refused: 'wrong state',
          state: 'stopping',
        })
        const queued = await end(store, id, 'unseen')
        assert.deepEqual([queued.state, queued.fromCheckpoint, queued.stopReason], ['queued', true, null])
        const { job } = await claimOnly(store, id, { now: 99 })
        assert.equal(job.fromCheckpoint, true)
        assert.equal(await store.claims.checkpoint({ jobId: id }), 5)
      }))

    test('a cancel of one that is stopped in order to resume wins', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store)
        await claimOnly(store, id)
        await store.jobs.retry({ id, fromCheckpoint: true, by: 'ada', now: 4 })
        const asked = await store.jobs.askStop({ id, by: 'bob', now: 5 })
        assert.deepEqual([asked?.stopReason, asked?.stopAskedBy], ['cancel', 'bob'])
        assert.equal((await end(store, id, 'badly')).state, 'cancelled')
      }))

    test('a stop that came too late: it has succeeded', () =>
      withStore(adapter, async ({ store }) => {
        const id = await into.stopping(store)
        assert.equal((await end(store, id)).state, 'succeeded')
      }))

    test('the record of who did what: in order, each at the version the job had, never twice', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store, { submittedBy: 'ana' })
        await store.claims.observe({
          fence,
          seen: { begun: { pid: 7, processStartedAt: 's', line: 'started', at: 2 }, blocks: [] },
          now: 2,
        })
        const asked = await store.jobs.askStop({ id: 1, by: 'bob', now: 3 })
        await store.jobs.askStop({ id: 1, by: 'eve', now: 3 })
        const done = await store.claims.finish({ fence, end: endOf('badly') })
        const again = await store.jobs.retry({ id: 1, fromCheckpoint: false, by: 'ada', now: 12 })
        assert.ok(done !== 'lease lost' && 'version' in again)
        const { events } = await store.jobs.detail({ id: 1, events: 99 })
        assert.deepEqual(
          events.map(({ name, by, at }) => [name, by, at]),
          [
            ['submitted', 'ana', 1],
            ['started', null, 2],
            ['cancel asked', 'bob', 3],
            ['cancelled', null, 9],
            ['retry asked', 'ada', 12],
          ],
        )
        assert.deepEqual([events[2]?.version, events[3]?.version, events[4]?.version], [asked?.version, done.version, again.version])
        const newest = (await store.jobs.detail({ id: 1, events: 2 })).events
        assert.deepEqual(
          newest.map(({ name }) => name),
          ['cancelled', 'retry asked'],
          'the newest ones, oldest first',
        )
      }))

    test('the record of a queued one that is cancelled: asked by whom, and cancelled', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store)
        await store.jobs.askStop({ id, by: 'bob', now: 3 })
        const { events } = await store.jobs.detail({ id, events: 9 })
        assert.deepEqual(
          events.map(({ name, by, at }) => [name, by, at]),
          [
            ['submitted', null, 1],
            ['cancel asked', 'bob', 3],
            ['cancelled', 'bob', 3],
          ],
        )
      }))

    test('I5: what runs after a retry is not touched by whoever held the attempt before', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        await store.claims.finish({ fence, end: endOf('badly') })
        await store.jobs.retry({ id: 1, fromCheckpoint: false, by: null, now: 3 })
        const queued = await get(store, 1)
        assert.equal(await store.claims.finish({ fence, end: endOf('well') }), 'lease lost')
        assert.deepEqual(await get(store, 1), queued)
        const [second] = await claim(store)
        assert.equal(await store.claims.finish({ fence, end: endOf('well') }), 'lease lost')
        assert.equal(await store.claims.finish({ fence: { ...fence, attempt: 2 }, end: endOf('well') }), 'lease lost')
        assert.deepEqual(await get(store, 1), second?.job)
      }))

    test('many at once by their numbers: a list of those asked for', () =>
      withStore(adapter, async ({ store }) => {
        const ids = await askAll(
          store,
          Array.from({ length: 60 }, (_, index) => ({ queue: index % 2 ? 'night' : 'default' })),
        )
        await claimIds(store, { limit: 10 })
        const queued = await store.jobs.list({ queue: 'night', state: ['queued'], limit: 199 })
        await Promise.all(queued.map(({ id }) => store.jobs.askStop({ id, by: 'ada', now: 2 })))
        assert.partialDeepStrictEqual(await store.jobs.count(), { cancelled: 25, running: 10, queued: 25 })
        assert.deepEqual(
          (await store.jobs.list({ ids: [5, 3, 99], limit: 9 })).map(({ id }) => id),
          [5, 3],
        )
        assert.deepEqual(await store.jobs.list({ ids: [], limit: 9 }), [])
        assert.equal(ids.length, 60)
      }))
  })
}
