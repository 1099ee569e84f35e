// A submit inside the app's own transaction, with a table of the app: job and row are there together, or neither is.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, test } from 'node:test'
import pg from 'pg'
import { defineJob, type Holdfast } from '../../src/index.ts'
import { openBetterSqlite } from '../../tools/better-sqlite3.ts'
import { settled } from '../contract/opened.ts'
import { onEachDatabase, type Place } from './places.ts'

const Sqlite = openBetterSqlite()

interface App {
  holdfast: Holdfast
  /** The handle that goes into `transaction`. */
  handle: object
  begin(): Promise<void>
  order(film: string): Promise<void>
  end(how: 'commit' | 'rollback'): Promise<void>
  /** As another connection sees them. */
  orders(): Promise<string[]>
}

const mail = defineJob<{ film: string }>({ kind: 'mail', command: ({ film }) => ['echo', film], unique: ({ film }) => film })

/** With a queue and lock keys that nobody has named before. */
const rare = defineJob({ kind: 'rare', command: ['true'], queue: 'rare', locks: ['rare', { key: 'rarer', limit: 2 }] })

onEachDatabase('transactions', (place) => {
  const suites: [string, () => Promise<App>][] = []
  if (place.kind === 'postgres') suites.push(['a pg client', () => postgresApp(place)])
  else suites.push(['node:sqlite', () => nodeApp(place)], ['better-sqlite3', () => betterApp(place)])

  for (const [name, open] of suites)
    describe(name, () => {
      test('committed: the job runs. Before that nobody sees it', async () => {
        const app = await open()
        await app.begin()
        await app.order('alien')
        const { job, created } = await app.holdfast.submit(mail, { film: 'alien' }, { transaction: app.handle })
        const [second] = await app.holdfast.submitMany([{ kind: mail, input: { film: 'brazil' } }], { transaction: app.handle })
        assert.deepEqual([created, second?.created, (await app.orders()).includes('alien')], [true, true, false])
        assert.equal(await app.holdfast.get(job.id), null)
        await app.end('commit')
        assert.equal((await settled(app.holdfast, job.id)).state, 'succeeded')
        assert.equal((await settled(app.holdfast, second?.job.id ?? 0)).state, 'succeeded')
        assert.ok((await app.orders()).includes('alien'))
      })

      test('rolled back: neither the row nor the job was ever there', async () => {
        const app = await open()
        const before = await app.holdfast.count()
        await app.begin()
        await app.order('casablanca')
        await app.holdfast.submit(mail, { film: 'casablanca' }, { transaction: app.handle })
        await app.end('rollback')
        assert.deepEqual([await app.holdfast.count(), (await app.orders()).includes('casablanca')], [before, false])
      })

      test('I1: a queue and a kind that were first named in a transaction which was rolled back are none the worse for it', async () => {
        const app = await open()
        await app.begin()
        await app.holdfast.submit(rare, null, { transaction: app.handle })
        await app.end('rollback')
        const { job } = await app.holdfast.submit(rare)
        assert.equal((await settled(app.holdfast, job.id)).state, 'succeeded')
      })

      test('a submit that is refused leaves the transaction as it was', async () => {
        const app = await open()
        await app.begin()
        await app.order('dune')
        const late = app.holdfast.submit(mail, { film: 'dune' }, { transaction: app.handle, after: [999_999] })
        await assert.rejects(late, { code: 'invalid_input', details: { field: 'after', id: 999_999 } })
        const { job } = await app.holdfast.submit(mail, { film: 'dune' }, { transaction: app.handle })
        const again = await app.holdfast.submit(mail, { film: 'dune' }, { transaction: app.handle })
        assert.deepEqual([again.created, again.job.id], [false, job.id], 'the key is seen inside of it')
        await app.end('commit')
        assert.equal((await settled(app.holdfast, job.id)).state, 'succeeded')
        assert.ok((await app.orders()).includes('dune'))
      })

      test('without an open transaction, or on something else: refused with what to do', async () => {
        const { holdfast, handle } = await open()
        for (const transaction of [handle, {}, new DatabaseSync(':memory:')])
          await assert.rejects(holdfast.submit(mail, { film: 'eraserhead' }, { transaction }), {
            code: 'invalid_request',
            message: /transaction/,
          })
        assert.equal((await holdfast.list({ kind: 'mail', state: ['queued'] })).jobs.length, 0)
      })
    })
})

// At the end of each test, not of the suite: handles of two copies of SQLite on one file must not meet in one process.
const closings: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

type Handle = DatabaseSync | InstanceType<typeof Sqlite>

async function nodeApp(place: Place): Promise<App> {
  return sqliteApp(await place.open([mail, rare]), 'orders_node', (file) => new DatabaseSync(file))
}

async function betterApp(place: Place): Promise<App> {
  const first = new Sqlite(join(place.data, 'holdfast.db'))
  closings.push(() => first.close())
  return sqliteApp(await place.open([mail, rare], { database: first }), 'orders_better', (file) => new Sqlite(file))
}

function sqliteApp(holdfast: Holdfast, table: string, open: (file: string) => Handle): App {
  const file = join(holdfast.data, 'holdfast.db')
  const [handle, other] = [open(file), open(file)]
  closings.push(
    () => handle.close(),
    () => other.close(),
  )
  handle.exec('pragma busy_timeout = 5000')
  handle.exec(`create table if not exists ${table} (film text)`)
  return {
    holdfast,
    handle,
    begin: async () => void handle.exec('begin immediate'),
    order: async (film) => void handle.exec(`insert into ${table} values ('${film}')`),
    end: async (how) => void handle.exec(how),
    orders: async () => (other.prepare(`select film from ${table}`).all() as { film: string }[]).map(({ film }) => film),
  }
}

async function postgresApp(place: Place): Promise<App> {
  const holdfast = await place.open([mail, rare])
  const [client, other] = [new pg.Client(place.database()), new pg.Client(place.database())]
  await Promise.all([client.connect(), other.connect()])
  closings.push(
    () => client.end(),
    () => other.end(),
  )
  const table = `app_orders_${process.pid}`
  await client.query(`create table if not exists ${table} (film text)`)
  return {
    holdfast,
    handle: client,
    begin: async () => void (await client.query('begin')),
    order: async (film) => void (await client.query(`insert into ${table} values ($1)`, [film])),
    end: async (how) => void (await client.query(how)),
    orders: async () => (await other.query(`select film from ${table}`)).rows.map(({ film }) => film),
  }
}
