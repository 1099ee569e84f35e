// The contract of a store, about what a queued job is said to wait for (I1: it is always named).
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WaitingFor } from '../../../src/core/job.ts'
import type { Store } from '../../../src/store/store.ts'
import { ask, askAll, claimIds, end, exclusive, promoteAll, runnerFor, shared, waitingOf } from './acts.ts'
import { stores, submit, withStore } from './stores.ts'

const cases: [string, (store: Store) => Promise<{ id: number; told: WaitingFor | null }>][] = [
  ['a slot: it is ready', async (store) => ({ id: await ask(store), told: { for: 'slot' } })],
  ['its time', async (store) => ({ id: await ask(store, { availableAt: 99 }), told: { for: 'time', until: 99 } })],
  [
    'a back-off',
    async (store) => {
      const retry = { attempts: 2, delayMs: 90, backoff: 'fixed', maxDelayMs: 90 } as const
      const id = await ask(store, { retry })
      await claimIds(store)
      await end(store, id, 'badly', { now: 10 })
      return { id, told: { for: 'time', until: 100 } }
    },
  ],
  [
    'a key with a holder',
    async (store) => {
      const holder = await ask(store, { locks: [exclusive('server:3')] })
      const id = await ask(store, { locks: [shared('server:3')] })
      await claimIds(store)
      return { id, told: { for: 'key', key: 'server:3', heldBy: [holder] } }
    },
  ],
  [
    'a key with many holders: the first ten are named',
    async (store) => {
      const holders = await askAll(
        store,
        Array.from({ length: 14 }, () => ({ locks: [shared('k')] })),
      )
      const id = await ask(store, { locks: [exclusive('k')] })
      await claimIds(store)
      return { id, told: { for: 'key', key: 'k', heldBy: holders.slice(0, 10) } }
    },
  ],
  [
    'a key that an earlier one is to have first',
    async (store) => {
      await ask(store, { locks: [exclusive('a')] })
      await claimIds(store)
      await ask(store, { locks: [exclusive('a'), exclusive('b')] })
      const id = await ask(store, { locks: [exclusive('b')] })
      await claimIds(store)
      return { id, told: { for: 'key', key: 'b', heldBy: [] } }
    },
  ],
  [
    'the running one of its unique key',
    async (store) => {
      const unique = { key: 'k', policy: 'keepLast' } as const
      const running = (await submit(store, { unique })).job.id
      await claimIds(store)
      const { id } = (await submit(store, { unique })).job
      await claimIds(store)
      return { id, told: { for: 'unique key', heldBy: [running] } }
    },
  ],
  [
    'jobs, of which one has succeeded',
    async (store) => {
      const needed = await askAll(store, [{}, {}, {}])
      const id = await ask(store, { after: needed })
      await claimIds(store)
      await end(store, needed[1] ?? 0)
      await promoteAll(store)
      return { id, told: { for: 'job', jobs: [1, 3] } }
    },
  ],
  [
    'many jobs: the first ten are named',
    async (store) => {
      const needed = await askAll(
        store,
        Array.from({ length: 30 }, () => ({})),
      )
      return { id: await ask(store, { after: needed }), told: { for: 'job', jobs: needed.slice(0, 10) } }
    },
  ],
  [
    'its queue, which is paused',
    async (store) => {
      await store.queues.setQueue({ queue: 'night', paused: true, by: 'ada', now: 1 })
      return { id: await ask(store, { queue: 'night' }), told: { for: 'queue paused', queue: 'night', by: 'ada' } }
    },
  ],
  [
    'its kind, which is paused',
    async (store) => {
      await store.queues.setKind({ kind: 'rebuild', paused: true, by: null, now: 1 })
      return { id: await ask(store), told: { for: 'kind paused', by: null } }
    },
  ],
  [
    'a slot of its queue',
    async (store) => {
      await store.queues.setQueue({ queue: 'default', concurrency: 1, by: null, now: 1 })
      const [, id = 0] = await askAll(store, [{}, {}])
      await claimIds(store)
      return { id, told: { for: 'queue full', queue: 'default', concurrency: 1 } }
    },
  ],
  [
    'a runner that knows its kind',
    async (store) => ({ id: await ask(store, { kind: 'scan' }), told: { for: 'runner that knows this kind' } }),
  ],
]

for (const adapter of stores) {
  describe(`waiting, ${adapter.name}`, () => {
    for (const [name, make] of cases)
      test(`I1: waiting for ${name}: the same alone and in a list`, () =>
        withStore(adapter, async ({ store }) => {
          await runnerFor(store, ['rebuild'])
          const { id, told } = await make(store)
          assert.deepEqual(await waitingOf(store, id), told)
          const listed = await store.jobs.list({ limit: 99 })
          assert.deepEqual(listed.find((job) => job.id === id)?.waitingFor, told)
          assert.ok(listed.every((job) => job.state === 'queued' || job.waitingFor === null))
        }))

    test('I1: a list with every reason in it tells each its own', () =>
      withStore(adapter, async ({ store }) => {
        await runnerFor(store, ['rebuild'])
        const wants = new Map<number, WaitingFor | null>()
        for (const [name, make] of cases)
          if (!/paused|slot|nothing/.test(name)) {
            const { id, told } = await make(store)
            wants.set(id, told)
          }
        const listed = await store.jobs.list({ limit: 199 })
        const told = new Map(listed.filter((job) => wants.has(job.id)).map((job) => [job.id, job.waitingFor?.for]))
        assert.deepEqual(
          [...told].toSorted(([a], [b]) => a - b),
          [...wants].map(([id, one]) => [id, one?.for]).toSorted(([a], [b]) => Number(a) - Number(b)),
        )
      }))
  })
}
