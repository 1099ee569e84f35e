// The contract of a store, about jobs that wait for jobs: all succeeded, then they start; one did not, then they are cancelled, and say why.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AttemptEnd } from '../../../src/store/store.ts'
import {
  ask,
  askAll,
  claimAll,
  claimIds,
  claimOnly,
  end,
  exclusive,
  get,
  promoteAll,
  stateOf,
  type Wanted,
  waitingOf,
  wanted,
} from './acts.ts'
import { newJob, stores, submit, withStore } from './stores.ts'

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))

for (const adapter of stores) {
  describe(`dependencies, ${adapter.name}`, () => {
    test('after two: one that succeeded before a retry of the waiting one does not count twice', () =>
      withStore(adapter, async ({ store }) => {
        const [done = 0, running = 0] = await askAll(store, [{}, {}])
        const waiting = await ask(store, { after: [done, running] })
        await claimIds(store)
        await end(store, done)
        await store.jobs.askStop({ id: waiting, by: null, now: 3 })
        await store.jobs.retry({ id: waiting, fromCheckpoint: false, by: null, now: 4 })
        await promoteAll(store)
        assert.deepEqual(await claimIds(store), [])
        assert.deepEqual(await waitingOf(store, waiting), { for: 'job', jobs: [running] })
        await end(store, running)
        await promoteAll(store, 5)
        assert.deepEqual(await claimIds(store), [waiting])
      }))

    test('after: it starts when the other has succeeded, not before', () =>
      withStore(adapter, async ({ store }) => {
        const [first = 0] = await askAll(store, [{}])
        const second = await ask(store, { after: [first], priority: -9 })
        await claimOnly(store, first)
        assert.deepEqual(await waitingOf(store, second), { for: 'job', jobs: [first] })
        assert.deepEqual((await store.jobs.detail({ id: second, events: 9 })).after, [first])
        await end(store, first)
        await promoteAll(store)
        assert.equal((await get(store, second)).hold, 'ready')
        await claimOnly(store, second)
      }))

    const ends: [AttemptEnd['end'], string][] = [
      ['badly', 'failed'],
      ['unseen', 'interrupted'],
      ['well, output refused', 'failed'],
    ]
    for (const [how, state] of ends)
      test(`after one that ended ${how}: cancelled, with that one named`, () =>
        withStore(adapter, async ({ store }) => {
          await askAll(store, [{}, { after: [{ index: 0 }] }])
          await claimOnly(store, 1)
          assert.equal((await end(store, 1, how)).state, state)
          await promoteAll(store, 20)
          const job = await get(store, 2)
          assert.deepEqual([job.state, job.failure?.kind, job.finishedAt, job.attempts], ['cancelled', 'dependency', 20, 0])
          assert.match(job.failure?.message ?? '', /#1/)
          assert.equal((await store.jobs.detail({ id: 2, events: 9 })).events.at(-1)?.name, 'cancelled')
        }))

    test('after one that was cancelled, or expired, before it began', () =>
      withStore(adapter, async ({ store }) => {
        const [cancelled = 0, expired = 0] = await askAll(store, [{}, { expireAfterMs: 9 }])
        const dependents = await askAll(store, [{ after: [cancelled] }, { after: [expired] }])
        await store.jobs.askStop({ id: cancelled, by: null, now: 5 })
        await promoteAll(store, 10)
        for (const id of dependents) assert.equal((await get(store, id)).failure?.kind, 'dependency')
      }))

    test('after one that was replaced', () =>
      withStore(adapter, async ({ store }) => {
        const unique = { key: 'k', policy: 'replaceQueued' } as const
        const old = (await submit(store, { unique, input: 1 })).job.id
        const dependent = await ask(store, { after: [old] })
        await submit(store, { unique, input: 2 })
        await promoteAll(store)
        assert.equal((await get(store, dependent)).failure?.kind, 'dependency')
      }))

    test('after one that has settled before: well is at once, otherwise cancelled at once', () =>
      withStore(adapter, async ({ store }) => {
        const [well = 0, badly = 0] = await askAll(store, [{}, {}])
        await claimIds(store)
        await end(store, well)
        await end(store, badly, 'badly')
        const [ready = 0, lost = 0, both = 0] = await askAll(store, [{ after: [well] }, { after: [badly] }, { after: [well, badly] }])
        assert.equal((await get(store, ready)).hold, 'ready')
        assert.deepEqual(await claimIds(store), [ready])
        await promoteAll(store)
        for (const id of [lost, both])
          assert.deepEqual([await stateOf(store, id), (await get(store, id)).failure?.kind], ['cancelled', 'dependency'])
      }))

    test('after the same job twice, and after several of which some have settled', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}, {}, {}])
        await claimOnly(store, 1, { limit: 1 })
        await end(store, 1)
        const id = await ask(store, { after: [1, 2, 2, 3] })
        assert.deepEqual(await waitingOf(store, id), { for: 'job', jobs: [2, 3] })
        for (const needed of [2, 3]) {
          await claimOnly(store, needed, { limit: 1 })
          await end(store, needed)
          await promoteAll(store)
        }
        await claimOnly(store, id)
      }))

    test('after two of the same submit that one job serves', () =>
      withStore(adapter, async ({ store }) => {
        const unique = { key: 'k', policy: 'return' } as const
        await askAll(store, [{ unique }, { unique }, { after: [{ index: 0 }, { index: 1 }] }])
        await claimOnly(store, 1)
        await end(store, 1)
        await promoteAll(store)
        await claimOnly(store, 2)
      }))

    test('a delay counts as well: after the job and after its time, whichever is later', () =>
      withStore(adapter, async ({ store }) => {
        await ask(store)
        await claimOnly(store, 1)
        await askAll(store, [
          { after: [1], availableAt: 50 },
          { after: [1], availableAt: 10 },
        ])
        await end(store, 1, 'well', { now: 20 })
        assert.equal(await promoteAll(store, 20), 50)
        assert.deepEqual(await claimIds(store, { now: 20 }), [3])
        assert.deepEqual(await waitingOf(store, 2), { for: 'time', until: 50 })
        await promoteAll(store, 50)
        assert.deepEqual(await claimIds(store, { now: 50 }), [2])
      }))

    test('after one of the same submit that is served by a job that is there', () =>
      withStore(adapter, async ({ store }) => {
        const unique = { key: 'k', policy: 'return' } as const
        await submit(store, { unique })
        await claimOnly(store, 1)
        const jobs = [wanted({ unique }), newJob({ after: [{ index: 0 }] })]
        const [served, dependent] = await store.jobs.submit({ jobs, now: 2 })
        assert.ok(served && 'job' in served && dependent && 'job' in dependent)
        assert.deepEqual([served.job.id, dependent.job.id], [1, 2])
        await end(store, 1)
        await promoteAll(store)
        await claimOnly(store, 2)
      }))

    test('a retry by policy is not an end: whoever waits goes on waiting', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{ retry: { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } }, { after: [{ index: 0 }] }])
        await claimOnly(store, 1)
        assert.equal((await end(store, 1, 'badly')).state, 'queued')
        await promoteAll(store, 9)
        assert.equal(await stateOf(store, 2), 'queued')
        await claimOnly(store, 1)
        await end(store, 1)
        await promoteAll(store)
        await claimOnly(store, 2)
      }))

    test('retry of a cancelled dependent: refused while what it needs has not succeeded; waits while it is tried again', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}, { after: [{ index: 0 }] }, { after: [{ index: 1 }] }])
        await claimOnly(store, 1)
        await end(store, 1, 'badly')
        await promoteAll(store)
        assert.equal(await stateOf(store, 3), 'cancelled', 'and so is who waits for the one who waits')
        const again = (id: number) => store.jobs.retry({ id, fromCheckpoint: false, by: 'ada', now: 30 })
        assert.deepEqual(await again(2), { refused: 'needed job', id: 1, state: 'failed' })
        assert.ok('state' in (await again(1)))
        const waiting = await again(2)
        assert.ok('hold' in waiting)
        assert.deepEqual([waiting.hold, waiting.state], ['job', 'queued'])
        assert.ok('hold' in (await again(3)))
        for (const id of [1, 2, 3]) {
          await claimOnly(store, id)
          await end(store, id)
          await promoteAll(store, 40)
        }
        assert.deepEqual((await store.jobs.detail({ id: 2, events: 99 })).events.filter(({ name }) => name === 'retry asked').length, 1)
      }))

    test('a failed one that is retried before its dependents were told: they wait for it', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}, { after: [{ index: 0 }] }])
        await claimOnly(store, 1)
        await end(store, 1, 'badly')
        await store.jobs.retry({ id: 1, fromCheckpoint: false, by: null, now: 3 })
        await promoteAll(store)
        assert.equal(await stateOf(store, 2), 'queued')
        await claimOnly(store, 1)
        await end(store, 1)
        await promoteAll(store)
        await claimOnly(store, 2)
      }))

    test('a dependent that is cancelled itself is not started, and does not hold the others up', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}, { after: [{ index: 0 }] }, { after: [{ index: 0 }], locks: [exclusive('k')] }])
        await store.jobs.askStop({ id: 2, by: 'ada', now: 2 })
        await claimOnly(store, 1)
        await end(store, 1)
        await promoteAll(store)
        await claimOnly(store, 3)
        assert.equal((await get(store, 2)).failure?.message, 'Cancelled by ada')
      }))

    // Three times what one promotion takes.
    test('I1: a diamond of 300: the last one starts when all in the middle have succeeded', () =>
      withStore(adapter, async ({ store }) => {
        const middle = times(298, (): Wanted => ({ after: [{ index: 0 }] }))
        const ids = await askAll(store, [{}, ...middle, { after: times(298, (index) => ({ index: index + 1 })) }])
        const last = ids.at(-1) ?? 0
        assert.deepEqual(await claimIds(store), [1])
        await end(store, 1)
        await promoteAll(store)
        const claimed = await claimAll(store, { limit: 2_000 })
        assert.equal(claimed.length, 298)
        await Promise.all(claimed.slice(1).map(({ job }) => end(store, job.id)))
        await promoteAll(store)
        assert.deepEqual(await claimIds(store), [])
        const { id } = claimed[0]?.job ?? assert.fail()
        assert.deepEqual(await waitingOf(store, last), { for: 'job', jobs: [id] })
        await end(store, id)
        await promoteAll(store)
        await claimOnly(store, last)
      }))

    test('I1: a diamond of 300 of which one failed: the last one is cancelled, once', () =>
      withStore(adapter, async ({ store }) => {
        const ids = await askAll(store, [...times(298, () => ({})), { after: times(298, (index) => ({ index })) }])
        const last = ids.at(-1) ?? 0
        const claimed = await claimAll(store, { limit: 2_000 })
        await Promise.all(claimed.map(({ job }) => end(store, job.id, job.id === 150 || job.id === 180 ? 'badly' : 'well')))
        await promoteAll(store)
        const job = await get(store, last)
        assert.deepEqual([job.state, job.failure?.kind], ['cancelled', 'dependency'])
        assert.match(job.failure?.message ?? '', /#150/)
        assert.equal((await store.jobs.detail({ id: last, events: 99 })).events.length, 2)
      }))

    test('I1: a chain of a hundred is cancelled whole when the first one fails', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(
          store,
          times(100, (index) => (index === 0 ? {} : { after: [{ index: index - 1 }] })),
        )
        await claimOnly(store, 1)
        await end(store, 1, 'badly')
        await promoteAll(store)
        assert.partialDeepStrictEqual(await store.jobs.count(), { failed: 1, cancelled: 99, queued: 0 })
        assert.match((await get(store, 100)).failure?.message ?? '', /#99/)
      }))

    test('I1: more wait for one than a batch tells', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}])
        for (let index = 0; index < 2; index++)
          await askAll(
            store,
            times(600, () => ({ after: [1] })),
          )
        await claimOnly(store, 1)
        await end(store, 1)
        await promoteAll(store)
        assert.equal((await claimIds(store, { limit: 2_000 })).length, 1_200)
      }))

    test('a job that is not there, or that comes later, cannot be waited for: no cycle can be made', () =>
      withStore(adapter, async ({ store }) => {
        assert.deepEqual(await store.jobs.submit({ jobs: [newJob({ after: [1] })], now: 1 }), [{ unknownJob: 1 }])
        await assert.rejects(store.jobs.submit({ jobs: [newJob({ after: [{ index: 1 }] }), newJob({ after: [{ index: 0 }] })], now: 1 }))
        assert.deepEqual(await store.jobs.list({ limit: 9 }), [])
      }))
  })
}
