// The contract of a store, about looking over all jobs at once: counts, and pages of filters that no index has as a whole.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { limits } from '../../../src/core/limits.ts'
import { overview } from '../../../src/store/batches/overview.ts'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import type { PageFilter } from '../../../src/store/overview.ts'
import type { Store } from '../../../src/store/store.ts'
import { get } from './acts.ts'
import { sqliteInMemory, write } from './databases.ts'
import { claim, stores, submit, withStore } from './stores.ts'

const jobs = 45_000
const numbers = `(with recursive r(n) as (select 1 union all select n + 1 from r where n < ${jobs}) select n from r) as numbers`
const stateOf = (n: number) => (n % 50 === 0 ? 'failed' : n % 77 === 0 ? 'cancelled' : 'succeeded')
const kindOf = (n: number) => (n % 2_000 === 7 ? 'rare' : n % 2 === 0 ? 'even' : 'odd')
const queueOf = (n: number) => (n <= 40 ? 'night' : 'default')
const askerOf = (n: number) => (n % 9_000 === 3 ? 'ana' : 'cron')
const filling = `insert into jobs (kind, queue, state, available_at, input, spec, submitted_by, schedule, submitted_at, finished_at, updated_at)
  select case when n % 2000 = 7 then 'rare' when n % 2 = 0 then 'even' else 'odd' end, case when n <= 40 then 'night' else 'default' end,
    case when n % 50 = 0 then 'failed' when n % 77 = 0 then 'cancelled' else 'succeeded' end, 1, 'null', (select spec from jobs where id = 1),
    case when n % 9000 = 3 then 'ana' else 'cron' end, case when n % 5000 = 1 then 'nightly' end, 1, n, 1 from ${numbers}`

interface Walked {
  ids: number[]
  pages: number
}

async function walk(store: Store, filter: PageFilter): Promise<Walked> {
  const ids: number[] = []
  let before: number | null = Number.MAX_SAFE_INTEGER
  let pages = 0
  for (; before !== null; pages++) {
    const page: Awaited<ReturnType<Store['overview']['page']>> = await store.overview.page({ ...filter, before })
    ids.push(...page.jobs.map(({ id }) => id))
    assert.ok(page.jobs.length <= filter.limit && (page.before ?? 0) < before, 'every page goes on')
    before = page.before
  }
  return { ids, pages }
}

for (const adapter of stores)
  describe(`overview, ${adapter.name}`, () => {
    test('every filter names each of its jobs once, newest first, and no page looks at more than its bound', () =>
      withStore(adapter, async ({ store, sql }) => {
        // A spec that can be read; its number is before all others.
        const { job: first } = await submit(store, { kind: 'first' })
        await sql(filling)
        const expected = (fits: (n: number) => boolean) =>
          Array.from({ length: jobs }, (_, index) => jobs - index)
            .filter(fits)
            .map((n) => n + 1)
        const cases: [Omit<PageFilter, 'limit'>, (n: number) => boolean, number][] = [
          [{ submittedBy: 'ana' }, (n) => askerOf(n) === 'ana', 5],
          [{ schedule: 'nightly', kind: 'odd' }, (n) => n % 5_000 === 1, 3],
          [{ kind: 'rare', state: ['succeeded'] }, (n) => kindOf(n) === 'rare' && stateOf(n) === 'succeeded', 1],
          [{ kind: 'even', state: ['failed', 'expired'], submittedBy: 'ana' }, (n) => stateOf(n) === 'failed' && askerOf(n) === 'ana', 1],
          [{ queue: 'night', kind: 'even' }, (n) => queueOf(n) === 'night' && kindOf(n) === 'even', 1],
          [{ kind: 'odd', state: ['running', 'queued'] }, () => false, 1],
          [{ kind: 'nobody', submittedBy: 'ana' }, () => false, 1],
        ]
        for (const [filter, fits, pages] of cases)
          assert.deepEqual(await walk(store, { ...filter, limit: 200 }), { ids: expected(fits), pages }, JSON.stringify(filter))
        const failed = await walk(store, { kind: 'even', state: ['failed'], limit: 50 })
        assert.deepEqual(
          failed.ids,
          expected((n) => kindOf(n) === 'even' && stateOf(n) === 'failed'),
        )
        assert.ok(jobs > 2 * limits.listLooked, 'there are more than one page looks at')
        assert.deepEqual(await store.overview.page({ state: [], kind: 'odd', limit: 9 }), { jobs: [], before: null })

        assert.deepEqual(await store.overview.counts({ now: 100_000 }), await store.jobs.count())
        assert.deepEqual(await store.overview.standing({ since: jobs - 100 }), {
          stalled: 0,
          failed: 2,
          succeeded: 97,
          oldestQueuedAt: first.availableAt,
          last: { id: jobs + 1, kind: 'even', state: 'failed', finishedAt: jobs },
        })
        // Row by row, as after every test, it takes Postgres ten seconds.
        if (adapter.name === 'Postgres') await sql('truncate jobs cascade')
      }))

    test('silent jobs and queued ones are counted, and kinds are named', () =>
      withStore(adapter, async ({ store, sql }) => {
        for (const kind of ['a', 'b', 'a', 'a']) await submit(store, { kind })
        await claim(store, { kinds: ['b'], now: 5 })
        await sql(`update jobs set stalled = '{}' where state = 'running'`)
        const none = { stalled: 1, failed: 0, succeeded: 0, last: null }
        const { availableAt: oldestQueuedAt } = await get(store, 1)
        assert.deepEqual(await store.overview.standing({ since: 0 }), { ...none, oldestQueuedAt })
        assert.deepEqual(
          [await store.overview.queued({ kind: 'a', atMost: 9 }), await store.overview.queued({ kind: 'a', atMost: 2 })],
          [3, 2],
        )
        await store.queues.setKind({ kind: 'b', paused: true, by: 'ana', now: 7 })
        assert.deepEqual(await store.overview.kinds(), [
          { kind: 'a', pausedAt: null, pausedBy: null },
          { kind: 'b', pausedAt: 7, pausedBy: 'ana' },
        ])
      }))
  })

test('a slow count is remembered for a while: what settles is counted at once, what retention takes away later', async () => {
  const { database, close } = await sqliteInMemory.open()
  await migrate({ database, copy: null, folderInode: 'test', now: 1 })
  const settle = (at: number) =>
    write(
      database,
      `insert into jobs (kind, queue, state, available_at, input, spec, submitted_at, finished_at, updated_at) values ('a', 'q', 'succeeded', 1, 'null', '{}', 1, ${at}, 1)`,
    )
  for (let at = 1; at <= 3; at++) await settle(at)
  const look = overview(database, 0)
  const succeeded = async (now: number) => (await look.counts({ now })).succeeded
  assert.equal(await succeeded(1_000_000), 3)
  await write(database, 'delete from jobs where id = 1')
  await settle(999_999)
  assert.equal(await succeeded(1_000_000), 4)
  assert.equal(await succeeded(2_000_000), 3)
  // A clock that is set back does not keep it for ever.
  await write(database, 'delete from jobs where id = 2')
  assert.equal(await succeeded(1_500_000), 2)
  await close()
})
