// A batch inside the caller's own transaction: there if and when he commits, told then, and refused where it could not be so.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import pg from 'pg'
import sql from 'sql-template-tag'
import { postgresDialect } from '../../../src/store/dialect.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { isPgPool } from '../../../src/store/postgres/client.ts'
import { openPostgres } from '../../../src/store/postgres/postgres.ts'
import type { SqlDatabase } from '../../../src/store/sql-database.ts'
import { callersSqlite, type Library, nodeSqlite } from '../../../src/store/sqlite/library.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite.ts'
import type { Store } from '../../../src/store/store.ts'
import { openBetterSqlite } from '../../../tools/better-sqlite3.ts'
import { postgresAddress, say, testSchema } from '../postgres-cluster.ts'
import { temporaryFolder, until } from '../temporary.ts'
import { claim, newJob, place } from './stores.ts'

const Sqlite = openBetterSqlite()

const things = 'create table things (id integer primary key autoincrement, name text not null unique)'

/** Adds a thing unless it is there, as a unique key does. */
function add(name: string) {
  return {
    locks: [],
    reads: [sql`select id from things where name = ${name}`],
    decide: ([found = []]: Record<string, unknown>[][]) =>
      found[0]
        ? { writes: [], answer: () => found[0] as Record<string, unknown> }
        : {
            writes: [sql`insert into things (name) values (${name}) returning id, 9007199254740991 as big`],
            answer: ([made]: Record<string, unknown>[][]) => ({ ...made?.[0] }) as Record<string, unknown>,
          },
  }
}

async function names(database: SqlDatabase): Promise<unknown[]> {
  return (await database.query(sql`select name from things order by id`)).map(({ name }) => name)
}

function rings(database: SqlDatabase): { count: number } {
  const heard = { count: 0 }
  database.onChange(() => heard.count++, 'jobs')
  return heard
}

async function openFile(name: string, library: Library) {
  const folder = temporaryFolder(name)
  const file = join(folder, 'holdfast.db')
  const database = await openSqlite(file, { library })
  await database.migrate(({ run }) => run(things))
  return { folder, file, database }
}

const better = callersSqlite(new Sqlite(':memory:'))
assert.ok(better)
const handles = [
  { library: nodeSqlite, open: (file: string) => new DatabaseSync(file) },
  { library: better.library, open: (file: string) => new Sqlite(file) },
]

for (const { library, open } of handles) {
  const { name } = library
  describe(`in a transaction of ${name}`, () => {
    test('I1: committed, it is there and told; rolled back, it never was', async () => {
      const { database, file } = await openFile('within', library)
      const handle = open(file)
      handle.exec('create table orders (name text); begin immediate')
      handle.exec(`insert into orders values ('a')`)
      assert.deepEqual(await database.batchWithin(add('never'), handle), { id: 1, big: Number.MAX_SAFE_INTEGER })
      handle.exec('rollback')
      assert.deepEqual(await names(database), [])
      const heard = rings(database)
      handle.exec('begin')
      await database.batchWithin(add('a'), handle)
      assert.deepEqual(await names(database), [], 'not before the commit')
      handle.exec('commit')
      await until('it is told', () => heard.count > 0)
      assert.deepEqual(await names(database), ['a'])
      handle.close()
      await database.close()
    })

    test('it runs before the call returns: a transaction that is over at once has it in it', async () => {
      const { database, file } = await openFile('at-once', library)
      const handle = open(file)
      handle.exec('begin')
      const added = database.batchWithin(add('a'), handle)
      handle.exec('commit')
      assert.equal((await added).id, 1)
      assert.deepEqual(await names(database), ['a'])
      handle.close()
      await database.close()
    })

    test('without a transaction, on another file and in memory it is refused, and says what to do', async () => {
      const { database, file, folder } = await openFile('refused', library)
      const handle = open(file)
      await assert.rejects(database.batchWithin(add('a'), handle), { code: 'invalid_request', message: /BEGIN IMMEDIATE/ })
      handle.close()
      for (const other of [join(folder, 'other.db'), ':memory:']) {
        const elsewhere = open(other)
        elsewhere.exec('begin')
        await assert.rejects(database.batchWithin(add('a'), elsewhere), { code: 'invalid_request', message: /holdfast\.db/ })
        elsewhere.close()
      }
      await assert.rejects(database.batchWithin(add('a'), {}), { code: 'invalid_request', message: new RegExp(`handle of ${name}`) })
      assert.deepEqual(await names(database), [])
      await database.close()
    })

    test('a batch that fails leaves his transaction as it was', async () => {
      const { database, file } = await openFile('fails', library)
      const handle = open(file)
      handle.exec('begin')
      await database.batchWithin(add('a'), handle)
      const fails = { reads: [], decide: () => ({ writes: [sql`insert into things (name) values ('b'), ('a')`], answer: () => 0 }) }
      await assert.rejects(database.batchWithin(fails, handle), /UNIQUE/)
      await database.batchWithin(add('c'), handle)
      handle.exec('commit')
      assert.deepEqual(await names(database), ['a', 'c'])
      handle.close()
      await database.close()
    })

    test('the same file by another path is the same; one that another process holds is busy', async () => {
      const { database, file, folder } = await openFile('path', library)
      const [handle, other] = [open(join(folder, '.', 'holdfast.db')), open(file)]
      handle.exec('pragma busy_timeout = 0')
      other.exec('begin immediate')
      handle.exec('begin')
      await assert.rejects(database.batchWithin(add('a'), handle), { code: 'database_busy', retryable: true })
      handle.exec('rollback')
      other.exec('rollback')
      handle.close()
      other.close()
      await database.close()
    })
  })
}

test('I1: a handle of another copy of SQLite is refused: neither would see the other’s locks', async () => {
  const ours = await openFile('node', nodeSqlite)
  // Never opened on our file, not even here: closing it would drop our locks.
  const theirs = new Sqlite(join(ours.folder, 'other.db'))
  theirs.exec('begin')
  await assert.rejects(ours.database.batchWithin(add('a'), theirs), { code: 'invalid_request', message: /database: handle/ })
  theirs.close()
  await ours.database.close()
  const second = await openFile('better', better.library)
  const node = new DatabaseSync(join(second.folder, 'other.db'))
  node.exec('begin')
  await assert.rejects(second.database.batchWithin(add('a'), node), { code: 'invalid_request', message: /handle of better-sqlite3/ })
  node.close()
  await second.database.close()
})

describe('jobs submitted in a transaction of the caller’s', () => {
  const clock = { now: () => 1, sleep: async () => {}, every: () => () => {} }

  async function neverThenThere(store: Store, say: (text: string) => Promise<unknown>, transaction: object): Promise<void> {
    const submitted = () => store.jobs.submit({ jobs: [newJob({ unique: { key: 'k', policy: 'return' } })], now: 1, transaction })
    await say('begin')
    assert.partialDeepStrictEqual(await submitted(), [{ created: true, job: { state: 'queued' } }])
    await say('rollback')
    assert.deepEqual(await store.jobs.list({ limit: 5 }), [])
    const { promise: told, resolve } = Promise.withResolvers<void>()
    store.onChange(resolve, 'jobs')
    await say('begin')
    const [made] = await submitted()
    assert.ok(made && 'job' in made)
    const { job } = made
    await say('commit')
    const alive = setTimeout(() => {}, 10_000)
    await told
    clearTimeout(alive)
    await store.runners.register({ runner: { ...place, pid: 1, startedAt: 1, leaseUntil: 9, kinds: ['rebuild'] } })
    assert.deepEqual(
      (await claim(store)).map((claimed) => claimed.job.id),
      [job.id],
    )
    assert.partialDeepStrictEqual(await store.jobs.submit({ jobs: [newJob({ unique: { key: 'k', policy: 'return' } })], now: 1 }), [
      { created: false, job: { id: job.id } },
    ])
    await store.close()
  }

  test('I1, I2: by node:sqlite', async () => {
    const folder = temporaryFolder('submit-node')
    const store = await openStore({ folder, clock })
    const handle = new DatabaseSync(join(folder, 'holdfast.db'))
    await neverThenThere(store, async (text) => handle.exec(text), handle)
    handle.close()
  })

  test('I1, I2: by better-sqlite3', async () => {
    const folder = temporaryFolder('submit-better')
    const handle = new Sqlite(join(folder, 'holdfast.db'))
    const store = await openStore({ folder, clock, database: handle })
    await neverThenThere(store, async (text) => handle.exec(text), handle)
    handle.close()
  })

  test('I1, I2: by pg', async () => {
    const { address, drop } = await testSchema()
    const store = await openStore({ folder: '/', clock, database: address })
    const client = await connected(await postgresAddress())
    await neverThenThere(store, (text) => client.query(text), client)
    await client.end()
    await drop()
  })
})

test('a handle of better-sqlite3 as the database: the folder’s file by his copy of SQLite; another file is refused', async () => {
  const folder = temporaryFolder('better-folder')
  const clock = { now: () => 1, sleep: async () => {}, every: () => () => {} }
  const handle = new Sqlite(join(folder, 'holdfast.db'))
  const store = await openStore({ folder, database: handle, clock })
  assert.deepEqual(handle.prepare('select installation_id from installation').pluck().all(), [store.installationId])
  await store.close()
  handle.close()
  const other = new Sqlite(join(folder, 'other.db'))
  await assert.rejects(openStore({ folder, database: other, clock }), { code: 'invalid_config', message: /other\.db/ })
  other.close()
})

async function openSchema() {
  const { address, schema, drop } = await testSchema()
  const database = await openPostgres(address)
  await database.migrate(({ run }) => run(postgresDialect.translate(things)))
  const server = await postgresAddress()
  const close = async () => {
    await database.close()
    await drop()
  }
  return { database, server, schema, close }
}

async function connected(address: string): Promise<pg.Client> {
  const client = new pg.Client(address)
  await client.connect()
  return client
}

describe('in a transaction of pg', () => {
  test('I1: committed, it is there and told; rolled back, it never was; his search path and his types stay his', async () => {
    const { database, server, close } = await openSchema()
    const client = await connected(server)
    const path = async () => (await client.query('show search_path')).rows[0].search_path
    await client.query('begin; set local search_path to public, pg_temp')
    assert.deepEqual(await database.batchWithin(add('never'), client), { id: 1, big: Number.MAX_SAFE_INTEGER })
    assert.equal(await path(), 'public, pg_temp')
    assert.equal((await client.query('select 1::int8 as one')).rows[0].one, '1')
    await client.query('rollback')
    assert.deepEqual(await names(database), [])
    const before = await path()
    const heard = rings(database)
    await client.query('begin')
    await database.batchWithin(add('a'), client)
    assert.deepEqual([await names(database), heard.count], [[], 0], 'not before the commit')
    await client.query('commit')
    await until('it is told', () => heard.count > 0)
    assert.deepEqual([await names(database), await path()], [['a'], before])
    await client.end()
    await close()
  })

  test('without a transaction, in a failed one, and on another database it is refused, and says what to do', async () => {
    const { database, server, schema, close } = await openSchema()
    const client = await connected(server)
    await assert.rejects(database.batchWithin(add('a'), client), { code: 'invalid_request', message: /Begin one first/ })
    await client.query('begin')
    await client.query('select 1 / 0').catch(() => {})
    await assert.rejects(database.batchWithin(add('a'), client), { code: 'invalid_request', message: /Roll it back/ })
    await client.end()
    await say(server, `create database ${schema}`)
    const elsewhere = server.replace(/\/postgres$/, `/${schema}`)
    const other = await connected(elsewhere)
    await other.query('begin')
    await assert.rejects(database.batchWithin(add('a'), other), { code: 'invalid_request', message: /another database/ })
    await other.end()
    const pool = new pg.Pool({ connectionString: elsewhere })
    await assert.rejects(database.batchWithin(add('a'), pool), { code: 'invalid_request', message: /another database/ })
    await pool.end()
    await say(server, `drop database ${schema}`)
    await assert.rejects(database.batchWithin(add('a'), new DatabaseSync(':memory:')), { code: 'invalid_request', message: /"pg"/ })
    assert.deepEqual(await names(database), [])
    await close()
  })

  test('I1: several at once on one client: those that were answered are there, whatever became of the others', async () => {
    const { database, server, close } = await openSchema()
    const client = await connected(server)
    await client.query('begin')
    const fails = { reads: [], decide: () => ({ writes: [sql`insert into things (name) values ('x'), (null)`], answer: () => 0 }) }
    const given = ['a', 'b', 'c', 'd'].flatMap((name) => [database.batchWithin(add(name), client), database.batchWithin(fails, client)])
    const settled = await Promise.allSettled(given)
    await client.query('commit')
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['a', 'b', 'c', 'd'].flatMap(() => ['fulfilled', 'rejected']),
    )
    assert.deepEqual(await names(database), ['a', 'b', 'c', 'd'])
    await client.end()
    await close()
  })

  test('a batch that fails leaves his transaction as it was', async () => {
    const { database, server, close } = await openSchema()
    const client = await connected(server)
    await client.query('begin')
    await database.batchWithin(add('a'), client)
    const fails = { reads: [], decide: () => ({ writes: [sql`insert into things (name) values ('b'), (null)`], answer: () => 0 }) }
    await assert.rejects(database.batchWithin(fails, client), { code: '23502' })
    assert.deepEqual((await client.query('select 1 as one')).rows, [{ one: 1 }])
    await database.batchWithin(add('c'), client)
    await client.query('commit')
    assert.deepEqual(await names(database), ['a', 'c'])
    await client.end()
    await close()
  })

  test('I2: a lost race inside his transaction is tried again there; where that cannot help he is told to begin again', async () => {
    const { database, server, close } = await openSchema()
    const [client, other] = [await connected(server), await connected(server)]
    for (const isolation of ['read committed', 'repeatable read']) {
      await client.query(`begin isolation level ${isolation}`)
      await client.query('select 1')
      await other.query('begin')
      await database.batchWithin(add(isolation), other)
      const racing = database.batchWithin(add(isolation), client).catch((error) => error)
      await until('it waits for the other one', async () => (await say(server, `select 1 from pg_locks where not granted`)).length > 0)
      await other.query('commit')
      const outcome = await racing
      if (isolation === 'read committed') assert.deepEqual(outcome, { id: 1 })
      else assert.deepEqual([outcome.code, outcome.retryable], ['database_busy', true])
      await client.query('commit')
    }
    assert.deepEqual(await names(database), ['read committed', 'repeatable read'])
    await client.end()
    await other.end()
    await close()
  })

  test('a pool: a transaction of its own on one of his connections, which goes back as it was', async () => {
    const { database, server, close } = await openSchema()
    const pool = new pg.Pool({ connectionString: server, max: 1 })
    const before = (await pool.query('show search_path')).rows
    const heard = rings(database)
    assert.deepEqual(await database.batchWithin(add('a'), pool), { id: 1, big: Number.MAX_SAFE_INTEGER })
    await until('it is told', () => heard.count > 0)
    assert.deepEqual([await names(database), (await pool.query('show search_path')).rows, pool.listenerCount('error')], [['a'], before, 0])
    const client = await pool.connect()
    await client.query('begin')
    await database.batchWithin(add('b'), client)
    await client.query('commit')
    client.release()
    assert.deepEqual(await names(database), ['a', 'b'])
    await pool.end()
    await close()
  })
})

test('a pool as the database: everything works on his connections, and closing leaves him his pool', async () => {
  const { schema, drop } = await testSchema()
  const pool = new pg.Pool({ connectionString: await postgresAddress(), max: 3 })
  const place: unknown = pool
  assert.ok(isPgPool(place))
  const [database, other] = [await openPostgres(place, { schema }), await openPostgres(place, { schema })]
  await database.migrate(({ run }) => run(postgresDialect.translate(things)))
  const heard = rings(other)
  await Promise.all(Array.from({ length: 20 }, (_, index) => database.batch(add(`thing ${index % 10}`), 'caller')))
  await until('the other one is told', () => heard.count > 0)
  assert.equal((await names(other)).length, 10)
  await database.close()
  await other.close()
  assert.deepEqual((await pool.query('select 1 as one')).rows, [{ one: 1 }])
  await pool.end()
  await drop()
})
