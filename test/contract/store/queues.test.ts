// The contract of a store, about queues and kinds: concurrency of the whole store, pause and resume, and what waiting jobs are told.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ask, askAll, claimIds, claimOnly, end, exclusive, get, promoteAll, runnerFor, waitingOf } from './acts.ts'
import { otherPlace, place, stores, submitClaimed, withStore } from './stores.ts'

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))

for (const adapter of stores) {
  describe(`queues, ${adapter.name}`, () => {
    test('concurrency holds over all runners together, and other queues are free', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setQueue({ queue: 'default', concurrency: 2, by: 'ada', now: 1 })
        await askAll(store, [...times(5, () => ({})), ...times(2, () => ({ queue: 'night' }))])
        assert.deepEqual(await claimIds(store), [1, 2, 6, 7])
        assert.deepEqual(await claimIds(store, { place: otherPlace }), [])
        await end(store, 1)
        assert.deepEqual(await claimIds(store, { place: otherPlace }), [3])
        await store.jobs.askStop({ id: 2, by: null, now: 2 })
        assert.deepEqual(await claimIds(store), [], 'a stopping one still runs')
        await end(store, 2, 'badly')
        assert.deepEqual(await claimIds(store), [4])
      }))

    test('concurrency: two runners asking at the same time', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setQueue({ queue: 'default', concurrency: 3, by: null, now: 1 })
        await askAll(
          store,
          times(20, () => ({})),
        )
        const all = await Promise.all([place, otherPlace, place, otherPlace].map((here) => claimIds(store, { place: here, limit: 2 })))
        assert.deepEqual(
          all.flat().toSorted((a, b) => a - b),
          [1, 2, 3],
        )
      }))

    test('a full queue in front does not hide another one, however many wait in it', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setQueue({ queue: 'full', concurrency: 1, by: null, now: 1 })
        await askAll(
          store,
          times(200, () => ({ queue: 'full' })),
        )
        const free = await ask(store)
        assert.deepEqual(await claimIds(store, { limit: 5 }), [1, free])
      }))

    test('concurrency that is changed counts from then on; none at all again', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(
          store,
          times(6, () => ({})),
        )
        await store.queues.setQueue({ queue: 'default', concurrency: 1, by: null, now: 1 })
        assert.deepEqual(await claimIds(store), [1])
        await store.queues.setQueue({ queue: 'default', concurrency: 3, by: null, now: 1 })
        assert.deepEqual(await claimIds(store), [2, 3])
        await store.queues.setQueue({ queue: 'default', concurrency: 1, by: null, now: 1 })
        await end(store, 1)
        assert.deepEqual(await claimIds(store), [])
        await store.queues.setQueue({ queue: 'default', concurrency: null, by: null, now: 1 })
        assert.deepEqual(await claimIds(store), [4, 5, 6])
      }))

    test('one waiting for a slot of its queue, woken by its key, keeps both', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setQueue({ queue: 'full', concurrency: 1, by: null, now: 1 })
        const holder = await ask(store, { locks: [exclusive('k')] })
        await claimIds(store)
        const parked = await ask(store, { queue: 'full', locks: [exclusive('k')] })
        assert.deepEqual(await claimIds(store), [])
        const other = await ask(store, { queue: 'full' })
        await claimOnly(store, other)
        await end(store, holder)
        assert.deepEqual(await claimIds(store), [])
        assert.equal((await get(store, parked)).hold, 'ready')
        await end(store, other)
        await claimOnly(store, parked)
      }))

    test('pause: nothing of it starts, what runs goes on; resume: it goes on in order', () =>
      withStore(adapter, async ({ store }) => {
        await runnerFor(store, ['rebuild', 'scan'])
        const kinds = ['rebuild', 'scan']
        await askAll(store, [{}, { kind: 'scan' }, { queue: 'night' }, { queue: 'night', kind: 'scan' }])
        await store.queues.setQueue({ queue: 'night', paused: true, by: 'ada', now: 5 })
        await store.queues.setKind({ kind: 'scan', paused: true, by: 'bob', now: 6 })
        assert.deepEqual(await claimIds(store, { kinds }), [1])
        assert.deepEqual(await waitingOf(store, 2), { for: 'kind paused', by: 'bob' })
        assert.deepEqual(await waitingOf(store, 3), { for: 'queue paused', queue: 'night', by: 'ada' })
        const { queues, kinds: known } = await store.queues.list()
        assert.deepEqual(queues, [
          { queue: 'default', concurrency: null, pausedAt: null, pausedBy: null, queued: 1, running: 1 },
          { queue: 'night', concurrency: null, pausedAt: 5, pausedBy: 'ada', queued: 2, running: 0 },
        ])
        assert.deepEqual(known, [
          { kind: 'rebuild', pausedAt: null, pausedBy: null },
          { kind: 'scan', pausedAt: 6, pausedBy: 'bob' },
        ])
        assert.equal((await end(store, 1)).state, 'succeeded')
        await store.queues.setQueue({ queue: 'night', paused: false, by: 'ada', now: 7 })
        assert.deepEqual(await claimIds(store, { kinds }), [3])
        await store.queues.setKind({ kind: 'scan', paused: false, by: 'ada', now: 8 })
        assert.deepEqual(await claimIds(store, { kinds }), [2, 4])
        assert.equal((await store.queues.list()).queues[1]?.pausedAt, null)
      }))

    test('paused before anybody has submitted to it', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setQueue({ queue: 'night', paused: true, concurrency: 4, by: null, now: 1 })
        await store.queues.setKind({ kind: 'scan', paused: true, by: null, now: 1 })
        await askAll(store, [{ queue: 'night' }, { kind: 'scan' }])
        assert.deepEqual(await claimIds(store, { kinds: ['rebuild', 'scan'] }), [])
        assert.partialDeepStrictEqual(await store.queues.list(), {
          queues: [{ queue: 'default' }, { queue: 'night', concurrency: 4, pausedAt: 1 }],
        })
      }))

    test('pausing keeps the concurrency, and setting it keeps the pause', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setQueue({ queue: 'q', concurrency: 7, by: null, now: 1 })
        await store.queues.setQueue({ queue: 'q', paused: true, by: 'ada', now: 2 })
        await store.queues.setQueue({ queue: 'q', concurrency: 8, by: null, now: 3 })
        assert.partialDeepStrictEqual(await store.queues.list(), { queues: [{ queue: 'q', concurrency: 8, pausedAt: 2, pausedBy: 'ada' }] })
      }))

    test('a delayed job of a paused queue becomes due, and waits for the queue', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setQueue({ queue: 'night', paused: true, by: null, now: 1 })
        const id = await ask(store, { queue: 'night', availableAt: 50 })
        await promoteAll(store, 50)
        assert.deepEqual(await waitingOf(store, id), { for: 'queue paused', queue: 'night', by: null })
        assert.deepEqual(await claimIds(store, { now: 50 }), [])
      }))

    test('a job that runs at once by submitClaimed counts in its queue', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setQueue({ queue: 'default', concurrency: 1, by: null, now: 1 })
        const { job } = await submitClaimed(store)
        const next = await ask(store)
        assert.deepEqual(await claimIds(store), [])
        await end(store, job.id)
        await claimOnly(store, next)
      }))
  })
}
