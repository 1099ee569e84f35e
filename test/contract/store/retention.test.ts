// The contract of a store, about what is kept: settled jobs by age and count, never one that is waited for; and nothing of those that go.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SettledState } from '../../../src/core/retention.ts'
import type { Store } from '../../../src/store/store.ts'
import { ask, askAll, claimAll, claimIds, claimOnly, end, exclusive, promoteAll, shared, stateOf } from './acts.ts'
import { checkpointOf, endOf, type OpenedStore, stores, withStore } from './stores.ts'

type PruneOptions = Parameters<Store['jobs']['prune']>[0]

async function prune(store: Store, given: Partial<PruneOptions> = {}): Promise<number[]> {
  const gone = await store.jobs.prune({ state: 'succeeded', before: null, keep: null, limit: 100, ...given })
  return gone.map(({ id }) => id).toSorted((a, b) => a - b)
}

/** So many jobs, of which the n-th succeeded at n × 10. */
async function settled(store: Store, count: number, at = (n: number) => n * 10): Promise<void> {
  await askAll(
    store,
    Array.from({ length: count }, () => ({})),
  )
  for (const { job } of await claimAll(store, { limit: count })) await end(store, job.id, 'well', { now: at(job.id) })
}

const children = ['attempts', 'job_events', 'log_blocks', 'checkpoints', 'job_locks', 'dependencies']

async function rowsLeft({ sql }: OpenedStore, ids: readonly number[]): Promise<unknown[]> {
  const all = await Promise.all(children.map((table) => sql(`select '${table}' as of from ${table} where job_id in (${ids.join(', ')})`)))
  return all.flat()
}

for (const adapter of stores) {
  describe(`retention, ${adapter.name}`, () => {
    test('by age: those that settled before, and no other', () =>
      withStore(adapter, async ({ store }) => {
        await settled(store, 5)
        assert.deepEqual(await prune(store, { before: 35 }), [1, 2, 3])
        assert.deepEqual(await prune(store, { before: 35 }), [])
        assert.deepEqual(
          (await store.jobs.list({ limit: 9 })).map(({ id }) => id),
          [5, 4],
        )
      }))

    test('by count: the newest are kept, also of those that settled in one millisecond', () =>
      withStore(adapter, async ({ store }) => {
        await settled(store, 6, (id) => (id <= 2 ? 5 : 9))
        assert.deepEqual(await prune(store, { keep: 6 }), [])
        assert.deepEqual(await prune(store, { keep: 3 }), [1, 2, 3])
        assert.deepEqual(await prune(store, { keep: 3 }), [])
        assert.deepEqual(await prune(store, { keep: 0 }), [4, 5, 6])
      }))

    test('by both: whichever asks for more', () =>
      withStore(adapter, async ({ store }) => {
        await settled(store, 6)
        assert.deepEqual(await prune(store, { before: 15, keep: 4 }), [1, 2])
        assert.deepEqual(await prune(store, { before: 45, keep: 4 }), [3, 4])
        assert.deepEqual(await prune(store), [], 'neither')
      }))

    test('a batch is bounded, the oldest go first', () =>
      withStore(adapter, async ({ store }) => {
        await settled(store, 7, (id) => 1_000 - id)
        assert.deepEqual(await prune(store, { keep: 0, limit: 3 }), [5, 6, 7])
        assert.deepEqual(await prune(store, { keep: 0, limit: 3 }), [2, 3, 4])
        assert.deepEqual(await prune(store, { keep: 0, limit: 3 }), [1])
      }))

    const states: [SettledState, (store: Store, id: number) => Promise<unknown>][] = [
      ['succeeded', async (store, id) => end(store, id)],
      ['failed', async (store, id) => end(store, id, 'badly')],
      ['interrupted', async (store, id) => end(store, id, 'unseen')],
      ['cancelled', async (store, id) => (await store.jobs.askStop({ id, by: null, now: 3 })) && end(store, id, 'badly')],
    ]
    test('each state by itself; what is not settled is never touched', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(
          store,
          Array.from({ length: 6 }, () => ({})),
        )
        const expiring = await ask(store, { kind: 'none', expireAfterMs: 1 })
        await promoteAll(store, 2)
        const claimed = await claimIds(store, { limit: 5 })
        for (const [index, [, settle]] of states.entries()) await settle(store, claimed[index] ?? 0)
        for (const [index, [state]] of states.entries()) assert.deepEqual(await prune(store, { state, keep: 0 }), [claimed[index]])
        assert.deepEqual(await prune(store, { state: 'expired', keep: 0 }), [expiring])
        assert.partialDeepStrictEqual(await store.jobs.count(), { running: 1, queued: 1 })
        assert.equal((await store.jobs.list({ limit: 9 })).length, 2)
      }))

    test('with a job goes everything that hangs on it, and the folders of its attempts are told', () =>
      withStore(adapter, async (opened) => {
        const { store } = opened
        const [first = 0] = await askAll(store, [
          { locks: [exclusive('a')], retry: { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } },
        ])
        const dependent = await ask(store, { after: [first], locks: [shared('b')] })
        for (const how of ['badly', 'well'] as const) {
          const { fence } = await claimOnly(store, first)
          const block = { stream: 'stdout', fileNumber: 0, byteOffset: 0, byteLength: 4, lineCount: 2, at: 3 } as const
          await store.claims.observe({ fence, seen: { blocks: [block], checkpoint: checkpointOf(1), heartbeatAt: 3 }, now: 3 })
          await store.claims.finish({ fence, end: endOf(how, { now: 1 }) })
        }
        await promoteAll(store)
        await claimOnly(store, dependent)
        await end(store, dependent)
        assert.notEqual((await rowsLeft(opened, [first, dependent])).length, 0)
        assert.deepEqual(await store.jobs.prune({ state: 'succeeded', before: null, keep: 0, limit: 9 }), [
          { id: first, folders: ['1-1-runner-1', '1-2-runner-1'] },
          { id: dependent, folders: ['2-1-runner-1'] },
        ])
        assert.deepEqual(await rowsLeft(opened, [first, dependent]), [])
      }))

    test('a job that another waits for is spared, until that one was told', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}, { after: [{ index: 0 }] }])
        await claimOnly(store, 1)
        await end(store, 1, 'badly')
        assert.deepEqual(await prune(store, { state: 'failed', keep: 0 }), [])
        await promoteAll(store)
        assert.equal(await stateOf(store, 2), 'cancelled')
        assert.deepEqual(await prune(store, { state: 'failed', keep: 0 }), [1])
        assert.deepEqual((await store.jobs.detail({ id: 2, events: 9 })).after, [])
      }))

    test('one that waits for two starts, though the first of them is gone', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}, {}, { after: [{ index: 0 }, { index: 1 }] }])
        await claimIds(store)
        await end(store, 1)
        await promoteAll(store)
        assert.deepEqual(await prune(store, { keep: 0 }), [1])
        await end(store, 2)
        await promoteAll(store)
        await claimOnly(store, 3)
      }))

    test('a dependent whose needed job is gone can be tried again', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}, { after: [{ index: 0 }] }])
        await claimOnly(store, 1)
        await end(store, 1, 'badly')
        await promoteAll(store)
        assert.deepEqual(await prune(store, { state: 'failed', keep: 0 }), [1])
        const again = await store.jobs.retry({ id: 2, fromCheckpoint: false, by: null, now: 3 })
        assert.ok('state' in again)
        await claimOnly(store, 2)
      }))

    test('lock keys that no job names go with the last one, but not one whose limit a person set, nor one that is in use', () =>
      withStore(adapter, async ({ store, sql }) => {
        await askAll(store, [
          { locks: [exclusive('a'), shared('user:7', 2), shared('gpu', 2), shared('used')] },
          { kind: 'other', locks: [shared('used')] },
        ])
        await store.queues.setLimit({ key: 'gpu', limit: 3, now: 1 })
        await claimOnly(store, 1)
        await end(store, 1)
        await claimIds(store)
        assert.deepEqual(await prune(store, { keep: 0 }), [1])
        assert.deepEqual(await sql('select name from lock_keys order by name'), [{ name: 'gpu' }, { name: 'used' }])
      }))

    test('numbers of jobs are never used again', () =>
      withStore(adapter, async ({ store }) => {
        await settled(store, 2)
        assert.deepEqual(await prune(store, { keep: 0 }), [1, 2])
        assert.equal(await ask(store), 3)
      }))

    test('one job with a very long log is a batch of its own', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(store, [{}, {}, {}])
        for (const { job, attempt } of await claimAll(store)) {
          const fence = { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }
          const block = { stream: 'stdout', fileNumber: 0, byteOffset: 0, byteLength: 400_000, lineCount: 400_000, at: 3 } as const
          await store.claims.observe({ fence, seen: { blocks: [block], heartbeatAt: 3 }, now: 3 })
          await end(store, job.id, 'well', { now: job.id })
        }
        for (const id of [1, 2, 3]) assert.deepEqual(await prune(store, { keep: 0 }), [id])
      }))
  })
}
