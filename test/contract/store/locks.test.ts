// The contract of a store, about lock keys (LOCKS.md): nobody holds what conflicts, limits, several keys, and who waits is told for whom.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ask, askAll, claimIds, claimOnly, end, exclusive, get, promoteAll, shared, stateOf, waitingOf } from './acts.ts'
import { otherPlace, stores, withStore } from './stores.ts'

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))

for (const adapter of stores) {
  describe(`lock keys, ${adapter.name}`, () => {
    test('I3: exclusive: one at a time, in order; who waits is told by whom', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(
          store,
          times(3, () => ({ locks: [exclusive('server:3')] })),
        )
        for (const id of [1, 2, 3]) {
          await claimOnly(store, id)
          assert.deepEqual(await claimIds(store), [])
          if (id < 3) assert.deepEqual(await waitingOf(store, id + 1), { for: 'key', key: 'server:3', heldBy: [id] })
          assert.deepEqual((await get(store, id)).locks, [exclusive('server:3')])
          await end(store, id)
        }
        assert.deepEqual(await store.queues.lockKeys({ limit: 9 }), [])
      }))

    test('I3: shared ones run together, an exclusive one alone', () =>
      withStore(adapter, async ({ store }) => {
        const install = [shared('installs')]
        await askAll(store, [{ locks: install }, { locks: install }, { locks: [exclusive('installs')] }])
        assert.deepEqual(await claimIds(store), [1, 2])
        assert.deepEqual(await waitingOf(store, 3), { for: 'key', key: 'installs', heldBy: [1, 2] })
        await end(store, 1)
        assert.deepEqual(await claimIds(store), [])
        assert.deepEqual(await waitingOf(store, 3), { for: 'key', key: 'installs', heldBy: [2] })
        await end(store, 2, 'badly')
        await claimOnly(store, 3)
        const later = await ask(store, { locks: install })
        assert.deepEqual(await claimIds(store), [])
        await end(store, 3, 'unseen')
        await claimOnly(store, later)
      }))

    test('I3: a key is held until the tree is gone: stopping holds it', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{ locks: [exclusive('a')] }, { locks: [exclusive('a')] }])
        const { fence } = await claimOnly(store, 1)
        await store.jobs.askStop({ id: 1, by: 'ada', now: 3 })
        assert.deepEqual(await claimIds(store), [])
        const taken = await store.claims.takeOver({ fence, place: otherPlace, adopting: true, now: 4 })
        assert.ok(taken !== 'lease lost')
        assert.deepEqual(await claimIds(store), [])
        await end(store, 1, 'badly')
        assert.equal(await stateOf(store, 1), 'cancelled')
        await claimOnly(store, 2)
      }))

    test('several keys: it starts when all are free, and holds none before', () =>
      withStore(adapter, async ({ store }) => {
        await ask(store, { locks: [exclusive('a')] })
        await ask(store, { locks: [exclusive('b')] })
        const both = await ask(store, { locks: [exclusive('b'), exclusive('a')] })
        const c = await ask(store, { locks: [exclusive('c')] })
        assert.deepEqual(await claimIds(store), [1, 2, c])
        assert.equal((await waitingOf(store, both))?.for, 'key')
        await end(store, 1)
        assert.deepEqual(await claimIds(store), [])
        assert.deepEqual(await waitingOf(store, both), { for: 'key', key: 'b', heldBy: [2] })
        const behind = await ask(store, { locks: [exclusive('a')] })
        assert.deepEqual(await claimIds(store), [], 'it does not hold a, but is first in its line')
        assert.deepEqual(await waitingOf(store, behind), { for: 'key', key: 'a', heldBy: [] })
        await end(store, 2)
        await claimOnly(store, both)
        await end(store, both)
        await claimOnly(store, behind)
      }))

    test('a limit: so many shared ones at a time; an exclusive one still alone', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [
          ...times(4, () => ({ locks: [shared('gpu', 2)] })),
          { locks: [exclusive('gpu')] },
          { locks: [shared('gpu', 2)] },
        ])
        assert.deepEqual(await claimIds(store), [1, 2])
        assert.deepEqual(await waitingOf(store, 3), { for: 'key', key: 'gpu', heldBy: [1, 2] })
        await end(store, 1)
        await claimOnly(store, 3)
        assert.deepEqual(await store.queues.lockKeys({ limit: 9 }), [{ key: 'gpu', limit: 2, heldBy: [2, 3], waiting: 3 }])
        await end(store, 2)
        await claimOnly(store, 4)
        for (const id of [3, 4]) {
          await end(store, id)
          assert.deepEqual(await claimIds(store), id === 4 ? [5] : [])
        }
        await end(store, 5)
        await claimOnly(store, 6)
      }))

    test('a limit that is changed: more start at once when it grows, none is stopped when it shrinks', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(
          store,
          times(8, () => ({ locks: [shared('gpu', 1)] })),
        )
        assert.deepEqual(await claimIds(store), [1])
        await store.queues.setLimit({ key: 'gpu', limit: 4, now: 2 })
        assert.deepEqual(await claimIds(store), [2, 3, 4])
        await store.queues.setLimit({ key: 'gpu', limit: 2, now: 2 })
        for (const id of [1, 2]) {
          await end(store, id)
          assert.deepEqual(await claimIds(store), [])
        }
        await end(store, 3)
        await claimOnly(store, 5)
        await store.queues.setLimit({ key: 'gpu', limit: null, now: 2 })
        assert.deepEqual(await claimIds(store), [6, 7, 8])
      }))

    test('a limit that a later submit names anew', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(
          store,
          times(3, () => ({ locks: [shared('gpu', 1)] })),
        )
        assert.deepEqual(await claimIds(store), [1])
        const wider = await ask(store, { locks: [shared('gpu', 3)] })
        assert.deepEqual(await claimIds(store), [2, 3])
        await end(store, 1)
        await claimOnly(store, wider)
      }))

    test('a limit of a key that nobody has named yet', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setLimit({ key: 'gpu', limit: 1, now: 1 })
        assert.deepEqual(await store.queues.lockKeys({ limit: 9 }), [{ key: 'gpu', limit: 1, heldBy: [], waiting: 0 }])
        await askAll(
          store,
          times(2, () => ({ locks: [shared('gpu')] })),
        )
        assert.deepEqual(await claimIds(store), [1])
      }))

    test('keys are of the whole store: several queues, several kinds', () =>
      withStore(adapter, async ({ store }) => {
        const kinds = ['rebuild', 'scan']
        await askAll(
          store,
          ['a', 'b', 'c'].flatMap((queue) => kinds.map((kind) => ({ queue, kind, locks: [exclusive('disk')] }))),
        )
        for (const id of [1, 2, 3, 4, 5, 6]) {
          await claimOnly(store, id, { kinds })
          await end(store, id)
        }
      }))

    test('a retry by policy lets go of its keys until it starts again, and takes its place then', () =>
      withStore(adapter, async ({ store }) => {
        const retry = { attempts: 2, delayMs: 100, backoff: 'fixed', maxDelayMs: 100 } as const
        const id = await ask(store, { locks: [exclusive('k')], retry })
        const other = await ask(store, { locks: [exclusive('k')] })
        await claimOnly(store, id)
        await end(store, id, 'badly', { now: 9 })
        await claimOnly(store, other)
        await promoteAll(store, 109)
        assert.deepEqual(await claimIds(store, { now: 109 }), [])
        assert.deepEqual(await waitingOf(store, id), { for: 'key', key: 'k', heldBy: [other] })
        await end(store, other)
        await claimOnly(store, id)
      }))

    test('a retry by a person wants the same keys again', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { locks: [exclusive('k'), shared('gpu', 1)] })
        await claimOnly(store, id)
        await end(store, id, 'badly')
        const other = await ask(store, { locks: [shared('gpu')] })
        await claimOnly(store, other)
        await store.jobs.retry({ id, fromCheckpoint: false, by: null, now: 3 })
        assert.deepEqual(await claimIds(store), [])
        assert.deepEqual(await waitingOf(store, id), { for: 'key', key: 'gpu', heldBy: [other] })
        await end(store, other)
        await claimOnly(store, id)
      }))

    test('hundreds of keys with a limit in one look are no trouble', () =>
      withStore(adapter, async ({ store }) => {
        const jobs = 64
        await askAll(
          store,
          Array.from({ length: jobs }, (_, job) => ({ locks: Array.from({ length: 8 }, (__, key) => shared(`user:${job}-${key}`, 1)) })),
        )
        assert.equal((await claimIds(store)).length, jobs)
      }))

    test('a limit that a person has set counts more than what jobs ask for, until it is set to none', () =>
      withStore(adapter, async ({ store }) => {
        await store.queues.setLimit({ key: 'gpu', limit: 1, now: 1 })
        await askAll(store, [{ locks: [shared('gpu', 2)] }, { locks: [shared('gpu', 2)] }, { locks: [shared('gpu', 2)] }])
        assert.deepEqual(await claimIds(store), [1])
        await store.queues.setLimit({ key: 'gpu', limit: null, now: 1 })
        assert.deepEqual(await claimIds(store), [2, 3])
        await ask(store, { locks: [shared('gpu', 2)] })
        assert.deepEqual(
          (await store.queues.lockKeys({ limit: 9 })).map(({ limit }) => limit),
          [2],
        )
      }))

    test('keys are listed by name, with holders and how many wait', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{ locks: [shared('b')] }, { locks: [shared('b'), exclusive('a')] }, { locks: [exclusive('b')] }])
        await claimIds(store)
        assert.deepEqual(await store.queues.lockKeys({ limit: 9 }), [
          { key: 'a', limit: null, heldBy: [2], waiting: 0 },
          { key: 'b', limit: null, heldBy: [1, 2], waiting: 1 },
        ])
        assert.equal((await store.queues.lockKeys({ limit: 1 })).length, 1)
      }))
  })
}
