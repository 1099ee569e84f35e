// Races on Postgres that would be rare, forced: somebody else's transaction holds a row that one of ours needs in the middle of its batch,
// and another of ours comes in between. Each would have left a job waiting for ever, or told a lie about one.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import { openPostgres } from '../../../src/store/postgres/postgres.ts'
import { sqlStore } from '../../../src/store/sql-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { postgresAddress, testSchema } from '../postgres-cluster.ts'
import { until } from '../temporary.ts'
import { ask, askAll, claimIds, claimOnly, end, exclusive, get, promoteAll, runnerFor, shared, stateOf, wanted } from './acts.ts'
import { newJob, submit } from './stores.ts'

interface Forced {
  store: Store
  /** Locks rows in a transaction of somebody else's. */
  hold(select: string): Promise<void>
  /** Whether so many of ours wait for it, or for one another. */
  isHeldUp(count: number): Promise<boolean>
  /** Until they do. */
  waiting(count: number): Promise<unknown>
  letGo(): Promise<unknown>
}

async function forced(work: (forced: Forced) => Promise<void>): Promise<void> {
  const { address, schema, drop } = await testSchema()
  const database = await openPostgres(address)
  const store = sqlStore(database, await migrate({ database, copy: null, folderInode: 'test', now: 1 }))
  const [holder, watcher] = [new pg.Client(await postgresAddress()), new pg.Client(await postgresAddress())]
  await Promise.all([holder.connect(), watcher.connect()])
  await holder.query(`set search_path to "${schema}"`)
  // Everybody who is held up by the holder, or by somebody who is.
  const heldUp = `with recursive held(pid) as (select ${(await holder.query('select pg_backend_pid() as pid')).rows[0].pid} union
    select waiting.pid from pg_stat_activity waiting join held on held.pid = any(pg_blocking_pids(waiting.pid))) select count(*) - 1 as count from held`
  const isHeldUp = async (count: number) => Number((await watcher.query(heldUp)).rows[0]?.count) >= count
  try {
    await work({
      store,
      async hold(select) {
        await holder.query('begin')
        assert.notEqual((await holder.query(select)).rowCount, 0, 'there is nothing to hold')
      },
      isHeldUp,
      waiting: (count) => until(`${count} held up`, () => isHeldUp(count)),
      letGo: () => holder.query('rollback'),
    })
  } finally {
    await Promise.all([holder.end(), watcher.end()])
    await store.close()
    await drop()
  }
}

/** The work of ours that is held up, and a wait that it really was. */
async function started<T>(work: Promise<T>): Promise<{ done: () => boolean; work: Promise<T> }> {
  const state = { done: false }
  const seen = work.finally(() => {
    state.done = true
  })
  seen.catch(() => undefined)
  return { done: () => state.done, work: seen }
}

describe('races on Postgres, forced', () => {
  test('I2: keepLast against the end of the running one: the new one is not left behind a job that has settled', () =>
    forced(async ({ store, hold, waiting, isHeldUp, letGo }) => {
      const unique = { key: 'k', policy: 'keepLast' } as const
      await submit(store, { unique })
      await claimOnly(store, 1)
      await store.queues.setLimit({ key: 'unique/rebuild/k', limit: null, now: 1 })
      await hold(`select 1 from lock_keys where name = 'unique/rebuild/k' for update`)
      const submitting = await started(submit(store, { unique, input: 'newer' }))
      await waiting(1)
      const ending = await started(end(store, 1))
      await until('the end waits as well, or is through', async () => ending.done() || (await isHeldUp(2)))
      await letGo()
      await Promise.all([submitting.work, ending.work])
      await claimOnly(store, 2)
    }))

  test('I1: a dependent of a running job by way of a shared unique key, against the end of that job', () =>
    forced(async ({ store, hold, waiting, isHeldUp, letGo }) => {
      const unique = { key: 'k', policy: 'return' } as const
      await submit(store, { unique })
      await claimOnly(store, 1)
      await store.queues.setLimit({ key: 'disk', limit: null, now: 1 })
      await hold(`select 1 from lock_keys where name = 'disk' for update`)
      const jobs = [newJob({ unique }), wanted({ after: [{ index: 0 }], locks: [exclusive('disk')] })]
      const submitting = await started(store.jobs.submit({ jobs, now: 2 }))
      await waiting(1)
      const ending = await started(end(store, 1))
      await until('the end waits as well, or is through', async () => ending.done() || (await isHeldUp(2)))
      await letGo()
      await Promise.all([submitting.work, ending.work])
      await promoteAll(store, 20)
      await claimOnly(store, 2)
    }))

  for (const how of ['share', 'update'])
    test(`I1: a parked job that somebody holds for ${how} while its key is let go of: it is woken later`, () =>
      forced(async ({ store, hold, letGo }) => {
        await askAll(store, [{ locks: [exclusive('k')] }, { locks: [exclusive('k')] }])
        await claimOnly(store, 1)
        assert.equal((await get(store, 2)).hold, 'key')
        await end(store, 1)
        await hold(`select 1 from jobs where id = 2 for ${how}`)
        assert.deepEqual(await claimIds(store), [])
        await letGo()
        await claimOnly(store, 2)
      }))

  test('a parked job in the middle of a wave that somebody holds: those behind it do not pass it', () =>
    forced(async ({ store, hold, letGo }) => {
      await askAll(store, [{ locks: [shared('k')] }, { locks: [exclusive('k')] }, { locks: [shared('k')] }])
      await claimOnly(store, 1)
      await end(store, 1)
      await hold('select 1 from jobs where id = 2 for share')
      assert.deepEqual(await claimIds(store), [])
      await letGo()
      await claimOnly(store, 2)
      await end(store, 2)
      await claimOnly(store, 3)
    }))

  test('pause against a claim pass that is not through: the pause is acknowledged after it', () =>
    forced(async ({ store, hold, waiting, isHeldUp, letGo }) => {
      for (const pause of [
        () => store.queues.setQueue({ queue: 'default', paused: true, by: null, now: 3 }),
        () => store.queues.setKind({ kind: 'rebuild', paused: true, by: null, now: 3 }),
      ]) {
        await store.queues.setQueue({ queue: 'default', paused: false, by: null, now: 1 })
        if ((await store.runners.list()).length === 0) await runnerFor(store, ['rebuild'])
        const id = await ask(store)
        await hold(`select 1 from runners where id = 'runner-1' for update`)
        const order: string[] = []
        const claiming = await started(claimIds(store).then((ids) => order.push(`claimed ${ids}`)))
        await waiting(1)
        const pausing = await started(pause().then(() => order.push('paused')))
        await until('the pause waits as well, or is through', async () => pausing.done() || (await isHeldUp(2)))
        await letGo()
        await Promise.all([claiming.work, pausing.work])
        assert.deepEqual(order.toSorted(), [`claimed ${id}`, 'paused'])
        assert.equal(order[0], `claimed ${id}`)
      }
    }))

  test('I5: a dependent that is cancelled by a person while it is told of the failure: one end, told once', () =>
    forced(async ({ store, hold, waiting, isHeldUp, letGo }) => {
      await askAll(store, [{}, { after: [{ index: 0 }] }, { after: [{ index: 0 }] }])
      await claimOnly(store, 1)
      await end(store, 1, 'badly')
      await hold('select 1 from jobs where id = 2 for update')
      const telling = await started(promoteAll(store, 20))
      await waiting(1)
      const asking = await started(store.jobs.askStop({ id: 3, by: 'ada', now: 5 }))
      await until('the cancel waits as well, or is through', async () => asking.done() || (await isHeldUp(2)))
      await letGo()
      await Promise.all([telling.work, asking.work])
      await promoteAll(store, 20)
      for (const id of [2, 3]) {
        assert.equal(await stateOf(store, id), 'cancelled')
        const { events } = await store.jobs.detail({ id, events: 9 })
        assert.equal(events.filter(({ name }) => name === 'cancelled').length, 1, JSON.stringify(events))
      }
    }))

  test('I5: a job that expires while somebody cancels it: one end, told once', () =>
    forced(async ({ store, hold, waiting, letGo }) => {
      await askAll(store, [
        { expireAfterMs: 9, locks: [shared('k')] },
        { expireAfterMs: 9, locks: [shared('k')] },
      ])
      await hold(`select 1 from lock_keys where name = 'k' for update`)
      const expiring = await started(promoteAll(store, 20))
      await waiting(1)
      const asking = await started(store.jobs.askStop({ id: 2, by: 'ada', now: 5 }))
      await waiting(2)
      await letGo()
      await Promise.all([expiring.work, asking.work])
      for (const id of [1, 2])
        assert.equal((await store.jobs.detail({ id, events: 9 })).events.filter(({ name }) => name !== 'submitted').length, 1)
    }))
})
