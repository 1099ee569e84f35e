// The contract of a store with several connections to one database, as several processes have it: whoever comes first, no rule breaks and nobody is
// forgotten. On SQLite in a file, and in races.long.test.ts on Postgres, where races-forced.test.ts forces some; in memory there is one connection.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../../../src/store/store.ts'
import {
  ask,
  askAll,
  assertNothingLeft,
  claimIds,
  end,
  exclusive,
  get,
  promoteAll,
  shared,
  stateOf,
  type Wanted,
  wanted,
  withStores,
} from './acts.ts'
import { postgres, sqliteInFile } from './databases.ts'
import { endOf, place, submit } from './stores.ts'

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))
const rounds = 20

/** Promotes and claims until nothing is queued, ending what runs. @throws when something waits for ever */
async function drain(store: Store): Promise<void> {
  for (let passes = 0; passes < 200; passes++) {
    await promoteAll(store, 1_000)
    await claimIds(store, { now: 1_000 })
    const running = await store.jobs.list({ state: ['running', 'stopping'], limit: 200 })
    for (const { id } of running) await end(store, id)
    if (running.length === 0) break
  }
  const waiting = await store.jobs.list({ state: ['queued'], limit: 9 })
  assert.deepEqual(
    waiting.map(({ id, hold, waitingFor }) => ({ id, hold, waitingFor })),
    [],
    'it waits for ever',
  )
}

for (const adapter of [process.env.RACES_ON === 'postgres' ? postgres : sqliteInFile]) {
  describe(`races, ${adapter.name}`, () => {
    test('I4: two connections claiming: every job once', () =>
      withStores(adapter, async ({ first, second }) => {
        await askAll(
          first,
          times(120, (index) => (index % 3 ? {} : { locks: [shared('k')] })),
        )
        const all = await Promise.all(
          [first, second, first, second].map(async (store, index) => {
            const mine: number[] = []
            for (;;) {
              const ids = await claimIds(store, { limit: 3, place: { ...place, runnerId: `r${index}` } })
              if (ids.length === 0) return mine
              mine.push(...ids)
            }
          }),
        )
        assert.deepEqual(
          all.flat().toSorted((a, b) => a - b),
          times(120, (index) => index + 1),
        )
      }))

    test('I3: two connections claiming one exclusive key: one at a time, and none is forgotten', () =>
      withStores(adapter, async ({ first, second, sql }) => {
        await askAll(
          first,
          times(24, (index) => ({ locks: index % 4 ? [shared('k', 2)] : [exclusive('k')] })),
        )
        for (let left = 24; left > 0; ) {
          const claimed = (await Promise.all([first, second].map((store) => claimIds(store, { limit: 4 })))).flat()
          const locks = await Promise.all(claimed.map(async (id) => (await get(first, id)).locks[0]))
          assert.ok(claimed.length > 0 && claimed.length <= (locks.some((lock) => lock?.mode === 'exclusive') ? 1 : 2))
          await Promise.all(claimed.map((id, index) => end(index % 2 ? first : second, id)))
          left -= claimed.length
        }
        await claimIds(first)
        await assertNothingLeft({ sql })
      }))

    test('I2: forty submits with one unique key over two connections: one job', () =>
      withStores(adapter, async ({ first, second }) => {
        const submits = times(40, (index) => submit(index % 2 ? first : second, { unique: { key: 'k', policy: 'return' } }))
        const all = await Promise.all(submits)
        assert.equal(all.filter(({ created }) => created).length, 1)
        assert.equal(new Set(all.map(({ job }) => job.id)).size, 1)
      }))

    test('I2: keepLast over two connections while the running one ends: one runs, one is queued, and it starts', () =>
      withStores(adapter, async ({ first, second, sql }) => {
        const unique = { key: 'k', policy: 'keepLast' } as const
        const retry = { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } as const
        for (let round = 0; round < rounds; round++) {
          await submit(first, wanted({ unique, input: round, retry: round % 2 ? retry : null }))
          const [running = 0] = await claimIds(first)
          await Promise.all([
            submit(second, { unique, input: `${round} a` }),
            end(first, running, round % 3 ? 'well' : 'badly'),
            submit(first, { unique, input: `${round} b` }),
            claimIds(second),
          ])
          const active = await first.jobs.list({ state: ['queued', 'running'], limit: 9 })
          assert.ok(active.filter(({ state }) => state === 'running').length <= 1 && active.length <= 2)
          await drain(second)
        }
        await assertNothingLeft({ sql })
      }))

    test('I3 I5: cancel against claim: cancelled and never started, or started and asked to stop', () =>
      withStores(adapter, async ({ first, second }) => {
        for (let round = 0; round < rounds; round++) {
          const id = await ask(first, { locks: [exclusive('k')] })
          const [claimed, asked] = await Promise.all([claimIds(first), second.jobs.askStop({ id, by: null, now: 3 })])
          assert.equal(asked?.state, claimed.length === 0 ? 'cancelled' : await stateOf(first, id))
          const { history } = await first.jobs.detail({ id, events: 1 })
          assert.equal(history.length, claimed.length)
          if (claimed.length > 0) await end(first, id, 'badly')
          assert.equal(await stateOf(second, id), 'cancelled')
        }
      }))

    test('I1: settle against submit of a dependent: it is told, whoever was first', () =>
      withStores(adapter, async ({ first, second }) => {
        for (let round = 0; round < rounds; round++) {
          const needed = await ask(first)
          await claimIds(first)
          const [dependent] = await Promise.all([ask(second, { after: [needed] }), end(first, needed, round % 2 ? 'badly' : 'well')])
          await promoteAll(first, 20)
          assert.equal(await stateOf(first, dependent), round % 2 ? 'cancelled' : 'queued')
          assert.deepEqual(await claimIds(second), round % 2 ? [] : [dependent])
          if (round % 2 === 0) await end(second, dependent)
        }
      }))

    test('I1: cancel of a queued one against submit of a dependent', () =>
      withStores(adapter, async ({ first, second }) => {
        for (let round = 0; round < rounds; round++) {
          const needed = await ask(first)
          const [dependent] = await Promise.all([ask(second, { after: [needed] }), first.jobs.askStop({ id: needed, by: null, now: 3 })])
          await promoteAll(first, 20)
          assert.equal(await stateOf(first, dependent), 'cancelled')
        }
      }))

    test('I1: prune against submit of a dependent: it is refused as unknown, or told', () =>
      withStores(adapter, async ({ first, second }) => {
        for (let round = 0; round < rounds; round++) {
          const state = round % 2 ? 'failed' : 'succeeded'
          const needed = await ask(first)
          await claimIds(first)
          await end(first, needed, round % 2 ? 'badly' : 'well')
          const [[answer]] = await Promise.all([
            second.jobs.submit({ jobs: [wanted({ after: [needed] })], now: 2 }),
            first.jobs.prune({ state, before: null, keep: 0, limit: 100 }),
          ])
          assert.ok(answer && ('job' in answer || 'unknownJob' in answer))
          await drain(first)
          await first.jobs.prune({ state, before: null, keep: 0, limit: 100 })
        }
      }))

    test('pause against claim: what was not claimed by then does not start, and stands in nobody’s way', () =>
      withStores(adapter, async ({ first, second, sql }) => {
        for (let round = 0; round < rounds; round++) {
          await askAll(
            first,
            times(4, (index) => ({ queue: 'night', locks: [index % 2 ? exclusive('k') : shared('k')] })),
          )
          const claiming = Promise.all([claimIds(first), claimIds(second)])
          await second.queues.setQueue({ queue: 'night', paused: true, by: null, now: 3 })
          const running = async () => Number((await sql(`select count(*) as n from jobs where state = 'running'`))[0]?.n)
          const atPause = await running()
          await claiming
          assert.equal(await running(), atPause, 'started after the pause was acknowledged')
          assert.deepEqual(await sql(`select job_id from job_locks join jobs on jobs.id = job_id where state = 'queued' and stage = 1`), [])
          await first.queues.setQueue({ queue: 'night', paused: false, by: null, now: 4 })
          await drain(first)
        }
      }))

    test('I4: a schedule fired over two connections: one job', () =>
      withStores(adapter, async ({ first, second }) => {
        const what = { name: 'n', kind: 'rebuild', cron: '* * * * *', timeZone: 'UTC', input: null, missed: 'skip', nextAt: 1 } as const
        let schedule = await first.schedules.put({ schedule: what, now: 1 })
        for (let round = 1; round <= rounds; round++) {
          const fire = (store: Store) => store.schedules.fire({ schedule, nextAt: round + 1, job: wanted(), trouble: null, now: round })
          await Promise.all([fire(first), fire(second), fire(first), fire(second)])
          schedule = (await second.schedules.list({ limit: 1 }))[0] ?? assert.fail()
        }
        assert.equal((await first.jobs.list({ limit: 200 })).length, rounds)
      }))

    test('I5 I6: four finishers over two connections, one end', () =>
      withStores(adapter, async ({ first, second }) => {
        for (let round = 0; round < rounds; round++) {
          const id = await ask(first, { locks: [exclusive('k')] })
          await claimIds(first)
          const fence = { jobId: id, attempt: 1, leaseToken: 1 }
          const answers = await Promise.all(
            [first, second, first, second].map((store, index) => store.claims.finish({ fence, end: endOf(index % 2 ? 'well' : 'badly') })),
          )
          assert.equal(answers.filter((answer) => answer !== 'lease lost').length, 1)
          assert.equal((await first.jobs.detail({ id, events: 9 })).events.length, 2)
        }
      }))

    test('retry against retry against submit with its unique key: one active job', () =>
      withStores(adapter, async ({ first, second }) => {
        const unique = { key: 'k', policy: 'return' } as const
        const { job } = await submit(first, { unique })
        for (let round = 0; round < rounds; round++) {
          for (const { id } of await first.jobs.list({ state: ['queued'], limit: 9 })) await first.jobs.askStop({ id, by: null, now: 2 })
          const retry = (store: Store) => store.jobs.retry({ id: job.id, fromCheckpoint: false, by: null, now: 3 })
          await Promise.all([retry(first), submit(second, { unique }), retry(second)])
          assert.equal((await second.jobs.list({ state: ['queued'], limit: 9 })).length, 1)
        }
      }))

    test('I1: promoting over two connections: each is told once, and counted once', () =>
      withStores(adapter, async ({ first, second }) => {
        const mid = times(20, (): Wanted => ({ after: [{ index: 0 }] }))
        const ids = await askAll(first, [{}, ...mid, { after: times(20, (index) => ({ index: index + 1 })) }])
        await claimIds(first)
        await end(first, 1)
        await Promise.all([promoteAll(first), promoteAll(second)])
        const claimed = await claimIds(second)
        assert.equal(claimed.length, 20)
        await Promise.all(claimed.map((id, index) => end(index % 2 ? first : second, id)))
        await Promise.all([promoteAll(first), promoteAll(second), promoteAll(first), promoteAll(second)])
        await promoteAll(first)
        assert.deepEqual(await claimIds(first), ids.slice(-1))
      }))
  })
}
