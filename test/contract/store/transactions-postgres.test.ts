// A batch inside the caller's own transaction of pg: there if and when he commits, told then, and refused where it could not be so.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import pg from 'pg'
import sql from 'sql-template-tag'
import { postgresDialect } from '../../../src/store/dialect.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { isPgPool } from '../../../src/store/postgres/client.ts'
import { openPostgres } from '../../../src/store/postgres/postgres.ts'
import { postgresAddress, say, testSchema } from '../postgres-cluster.ts'
import { until } from '../temporary.ts'
import { add, clock, names, neverThenThere, rings, things } from './transactions.ts'

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

describe('jobs submitted in a transaction of the caller’s', () => {
  test('I1, I2: by pg', async () => {
    const { address, drop } = await testSchema()
    const store = await openStore({ folder: '/', clock, database: address })
    const client = await connected(await postgresAddress())
    await neverThenThere(store, (text) => client.query(text), client)
    await client.end()
    await drop()
  })
})

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
