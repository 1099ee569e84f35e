// The contract of a store, about what is going on: which jobs are told, in which order, and how kinds and unique keys stand.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { limits } from '../../../src/core/limits.ts'
import type { KindStanding } from '../../../src/store/overview.ts'
import type { Store } from '../../../src/store/store.ts'
import { stores, submit, withStore } from './stores.ts'

const numbers = (from: number, to: number) =>
  `(with recursive r(n) as (select ${from} union all select n + 1 from r where n < ${to}) select n from r) as numbers`
const columns = 'kind, queue, state, unique_key, available_at, input, spec, submitted_at, started_at, finished_at, updated_at'

interface Filling {
  kind: string
  count: number
  state: string
  key?: string
  /** In terms of n, which goes from 1. */
  finishedAt?: string
}

const fill = ({ kind, count, state, key = 'null', finishedAt = 'null' }: Filling) =>
  `insert into jobs (${columns}) select '${kind}', 'default', '${state}', ${key}, 1, 'null', (select spec from jobs where id = 1), 1, 1, ${finishedAt}, 1 from ${numbers(1, count)}`

const ids = (jobs: readonly { id: number }[]) => jobs.map(({ id }) => id)

async function standing(store: Store, kind: string, key: string | null = null): Promise<KindStanding> {
  const { kinds } = await store.overview.wanted({ ids: [], kinds: [{ kind, key }] })
  assert.equal(kinds.length, 1)
  return kinds[0]!
}

for (const adapter of stores)
  describe(`activity, ${adapter.name}`, () => {
    test('active jobs are told in their order, however many wait; and those that settled last by their end', () =>
      withStore(adapter, async ({ store, sql }) => {
        // 1 to 5 run or stop.
        for (let n = 1; n <= 5; n++) await submit(store, { kind: 'runs' })
        await sql(`update jobs set state = 'running', runner_id = 'r' where id <= 5`)
        await sql(`update jobs set stalled = '{}' where id = 4`)
        await sql(`update jobs set state = 'stopping', stop_reason = 'cancel' where id = 1`)
        const later = await submit(store, { kind: 'waits', availableAt: 9_000_000 })
        const urgent = await submit(store, { kind: 'waits', priority: -5 })
        const ready = await submit(store, { kind: 'waits' })
        const current = (active: number) => store.overview.current({ active, settled: 3 })
        const order = [4, 2, 3, 5, 1, urgent.job.id, ready.job.id, later.job.id]
        assert.deepEqual(ids((await current(50)).active), order)
        assert.deepEqual((await current(50)).active.at(-1)?.waitingFor, { for: 'time', until: 9_000_000 })
        assert.deepEqual(ids((await current(7)).active), order.slice(0, 7))

        await sql(fill({ kind: 'waits', count: limits.queuedLooked + 50, state: 'queued' }))
        assert.deepEqual(ids((await current(7)).active), order.slice(0, 7), 'the first of many are still the first')
        await sql(fill({ kind: 'old', count: 40, state: 'succeeded', finishedAt: '1000 - n' }))
        await sql(fill({ kind: 'old', count: 2, state: 'failed', finishedAt: '998 + n' }))
        const { settled } = await current(7)
        assert.deepEqual(
          settled.map(({ state, finishedAt }) => [state, finishedAt]),
          [
            ['failed', 1_000],
            ['failed', 999],
            ['succeeded', 999],
          ],
        )
      }))

    test('jobs come in the order they are asked for, and what is not there is left out', () =>
      withStore(adapter, async ({ store }) => {
        for (let n = 1; n <= 3; n++) await submit(store)
        const { jobs, kinds } = await store.overview.wanted({ ids: [3, 99, 1], kinds: [] })
        assert.deepEqual([ids(jobs), kinds], [[3, 1], []])
        assert.deepEqual(await store.overview.wanted({ ids: [], kinds: [] }), { jobs: [], kinds: [] })
      }))

    test('a kind stands by its silent job, the one that runs, or the newest that waits; its past is told by its ends', () =>
      withStore(adapter, async ({ store, sql }) => {
        for (let n = 1; n <= 4; n++) await submit(store, { kind: 'a' })
        await submit(store, { kind: 'b' })
        assert.equal((await standing(store, 'a')).active?.id, 4)
        await sql(`update jobs set state = 'running', runner_id = 'r' where id in (1, 2)`)
        assert.equal((await standing(store, 'a')).active?.id, 1)
        await sql(`update jobs set stalled = '{}' where id = 2`)
        assert.equal((await standing(store, 'a')).active?.id, 2)
        assert.deepEqual(await standing(store, 'nothing'), { active: null, last: null, recent: [], succeededAt: null })
        await sql(`update jobs set state = 'succeeded', runner_id = null, finished_at = 50 where id = 2`)
        await sql(`update jobs set state = 'failed', runner_id = null, finished_at = 70 where id = 1`)
        const { active, last, recent, succeededAt } = await standing(store, 'a')
        assert.deepEqual([active?.id, last?.id, succeededAt, ids(recent)], [4, 1, 50, [2, 1]])
        assert.deepEqual(recent[0], { id: 2, state: 'succeeded', startedAt: null, finishedAt: 50 })
        // Several at once, each its own, and the same asked for twice.
        const kinds = ['b', 'a', 'nothing', 'b', 'a'].map((kind) => ({ kind, key: null }))
        const many = (await store.overview.wanted({ ids: [1], kinds })).kinds
        assert.deepEqual(
          many.map((one) => one.active?.id ?? null),
          [5, 4, null, 5, 4],
        )
      }))

    test('behind so many that wait, or fail, the last success is found within the bound', () =>
      withStore(adapter, async ({ store, sql }) => {
        await submit(store, { kind: 'a' })
        await sql(`update jobs set state = 'succeeded', finished_at = 5 where id = 1`)
        await sql(fill({ kind: 'a', count: 200, state: 'queued' }))
        const waiting = await standing(store, 'a')
        assert.deepEqual([waiting.last?.id, waiting.succeededAt, waiting.active?.id], [1, 5, 201])
        await sql(fill({ kind: 'a', count: 300, state: 'failed', finishedAt: '100 + n' }))
        const failing = await standing(store, 'a')
        assert.deepEqual([failing.last?.id, failing.succeededAt, failing.recent.length], [501, 5, limits.kindRecent])
        assert.deepEqual([failing.active?.id, failing.recent.at(-1)?.id], [201, 501])
        // A success among the newest, and the rest of the past behind those that wait.
        await sql(fill({ kind: 'a', count: limits.kindLooked - 1, state: 'queued' }))
        await sql(fill({ kind: 'a', count: 1, state: 'succeeded', finishedAt: '900' }))
        const both = await standing(store, 'a')
        assert.deepEqual([both.recent.length, both.recent.at(-1)?.finishedAt, both.succeededAt], [limits.kindRecent, 900, 900])
      }))

    test('a unique key stands by itself, by the index where it waits and by a look at the newest where it has settled', () =>
      withStore(adapter, async ({ store, sql }) => {
        const keyed = (key: string) => submit(store, { kind: 'a', unique: { key, policy: 'return' } })
        const first = await keyed('x/1')
        await keyed('y')
        await sql(`update jobs set state = 'succeeded', finished_at = 5 where id = ${first.job.id}`)
        const again = await keyed('x/1')
        await sql(fill({ kind: 'a', count: limits.queuedLooked + 1, state: 'queued', key: "'k' || n" }))
        const x = await standing(store, 'a', 'x/1')
        assert.deepEqual([x.active?.id, x.last?.id, x.succeededAt, ids(x.recent)], [again.job.id, first.job.id, 5, [first.job.id]])
        assert.equal((await standing(store, 'a', 'z')).active, null)
        assert.equal((await standing(store, 'b', 'y')).active, null)
        // Beyond the bound it is not looked for; what waits is found all the same.
        await sql(fill({ kind: 'a', count: limits.keyLooked, state: 'cancelled', finishedAt: 'n' }))
        const far = await standing(store, 'a', 'x/1')
        assert.deepEqual([far.active?.id, far.last], [again.job.id, null])
        if (adapter.name === 'Postgres') await sql('truncate jobs cascade')
      }))
  })
