// What only a server has: a connection is lost while it commits, and many processes open it at once. Restarts, power cuts and connections that are cut:
// postgres-outages.long.test.ts.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import sql from 'sql-template-tag'
import { postgresDialect } from '../../../src/store/dialect.ts'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { openPostgres } from '../../../src/store/postgres/postgres.ts'
import type { Batch, SqlDatabase } from '../../../src/store/sql-database.ts'
import { postgresAddress, say, testSchema } from '../postgres-cluster.ts'
import { startProxy } from '../postgres-proxy.ts'
import { until } from '../temporary.ts'
import { claimInProcesses } from './processes.ts'
import { submit } from './stores.ts'

const things = 'create table things (id integer primary key autoincrement, name text not null unique, count integer not null default 0)'
const clock = { now: () => 1, sleep: async () => {}, every: () => () => {} }

async function openThings(server: string, onTrouble: (trouble: string | null) => void = () => {}) {
  const { address, schema, drop } = await testSchema(server)
  const database = await openPostgres(address, { onTrouble })
  await database.migrate(({ run }) => run(postgresDialect.translate(things)))
  return { database, address, schema, drop }
}

function insert(database: SqlDatabase, name: string, patience: 'caller' | 'supervisor' = 'caller') {
  const writes = [sql`insert into things (name) values (${name}) returning id`]
  return database.batch({ reads: [], decide: () => ({ writes, answer: ([rows]) => rows?.[0]?.id }) }, patience)
}

async function names(database: SqlDatabase): Promise<unknown[]> {
  return (await database.query(sql`select name from things order by id`)).map(({ name }) => name)
}

describe('a connection that is lost while it commits', () => {
  // The server works on a commit for so long.
  const slow = `create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(0.2); return null; end $$;
    create constraint trigger slowly after insert on things deferrable initially deferred for each row execute function slowly()`

  for (const when of ['before', 'meanwhile', 'after'] as const) {
    for (const patience of ['caller', 'supervisor'] as const) {
      test(`I1: ${when} the server has done it, ${patience}: it is recorded once, and the answer is the one of that time`, async () => {
        const proxy = await startProxy(await postgresAddress())
        const { database, drop } = await openThings(proxy.address)
        if (when === 'meanwhile') await database.migrate(({ run }) => run(slow))
        let asked = 0
        // Without a name that could be found again: whoever does it twice has two.
        const add = {
          reads: [],
          decide: () => ({
            writes: [sql`insert into things (name) values (${`${++asked}`}) returning name`],
            answer: ([rows = []]) => rows[0]?.name,
          }),
        } satisfies Batch<unknown>
        proxy.lose(when)
        const answer = await database.batch(add, patience)
        assert.deepEqual([proxy.lost(), asked, answer, await names(database)], when === 'before' ? [1, 2, '2', ['2']] : [1, 1, '1', ['1']])
        await database.close()
        await drop()
        await proxy.close()
      })
    }
  }

  test('a network that swallows everything: what is not answered goes by another connection, once', async () => {
    const proxy = await startProxy(await postgresAddress())
    const { address, drop } = await testSchema(proxy.address)
    const database = await openPostgres(address, { unansweredMs: 200 })
    await database.migrate(({ run }) => run(postgresDialect.translate(things)))
    await insert(database, 'a')
    proxy.freeze()
    await Promise.all([insert(database, 'b'), insert(database, 'c', 'supervisor'), names(database)])
    assert.deepEqual((await names(database)).toSorted(), ['a', 'b', 'c'])
    await database.close()
    await drop()
    await proxy.close()
  })

  test('and nobody comes back to say: a caller is told that it may be there, a read that it cannot be reached', async () => {
    const server = await postgresAddress()
    const proxy = await startProxy(server)
    const { address, schema, drop } = await testSchema(proxy.address)
    const database = await openPostgres(address, { callerMs: 300 })
    await database.migrate(({ run }) => run(postgresDialect.translate(things)))
    proxy.lose('after', { isLast: true })
    await assert.rejects(insert(database, 'a'), { code: 'database_unavailable', message: /may have been recorded or not/ })
    await assert.rejects(names(database), { code: 'database_unavailable', message: /^The database cannot be reached: / })
    assert.deepEqual(await say(server, `select name from ${schema}.things`), [{ name: 'a' }])
    await database.close()
    await say(server, `drop schema ${schema} cascade`)
    await assert.rejects(drop())
    await proxy.close()
  })
})

describe('several at once', () => {
  test('I2: eight connections, one unique name: one row, and everybody is served by it', async () => {
    const server = await postgresAddress()
    const { database, address, drop } = await openThings(server)
    const all = [database, ...(await Promise.all(Array.from({ length: 7 }, () => openPostgres(address))))]
    for (let round = 0; round < 5; round++) {
      const ids = await Promise.all(
        all.map((one) =>
          one.batch<unknown>(
            {
              reads: [sql`select id from things where name = ${`round ${round}`}`],
              decide: ([found = []]) =>
                found[0]
                  ? { writes: [], answer: () => found[0]?.id }
                  : {
                      writes: [sql`insert into things (name) values (${`round ${round}`}) returning id`],
                      answer: ([made]) => made?.[0]?.id,
                    },
            },
            'caller',
          ),
        ),
      )
      assert.equal(new Set(ids).size, 1, `${ids}`)
    }
    assert.equal((await names(database)).length, 5)
    for (const one of all) await one.close()
    await drop()
  })

  test('I2: four processes’ stores submit with the same unique keys: one job each, and everybody is given it', async () => {
    const { address, drop } = await testSchema(await postgresAddress())
    const all = await Promise.all(Array.from({ length: 4 }, () => openStore({ folder: '/', database: address, clock })))
    for (let round = 0; round < 5; round++) {
      const submits = all.flatMap((store) => [1, 2].map(() => submit(store, { unique: { key: `${round}`, policy: 'return' } })))
      const answers = await Promise.all(submits)
      assert.equal(new Set(answers.map(({ job }) => job.id)).size, 1)
      assert.equal(answers.filter(({ created }) => created).length, 1)
    }
    assert.equal((await all[0]?.jobs.count())?.queued, 5)
    for (const store of all) await store.close()
    await drop()
  })

  test('I4: four processes claim from one schema: every job once', async () => {
    const { address, drop } = await testSchema(await postgresAddress())
    const store = await openStore({ folder: '/', database: address, clock })
    await Promise.all(Array.from({ length: 60 }, () => submit(store)))
    const claimed = await claimInProcesses(['a', 'b', 'c', 'd'], '/', address)
    assert.deepEqual(
      claimed.flat().toSorted((a, b) => a - b),
      Array.from({ length: 60 }, (_, index) => index + 1),
    )
    const unsettled = await store.jobs.unsettled()
    assert.ok(unsettled.length === 60 && unsettled.every(({ job, attempt }) => job.leaseToken === 1 && attempt.runnerId === job.runnerId))
    await store.close()
    await drop()
  })

  test('deadlocks are lost races: both sides get there', async () => {
    const server = await postgresAddress()
    const { database, address, drop } = await openThings(server)
    const other = await openPostgres(address)
    await insert(database, 'a')
    await insert(database, 'b')
    const lock = (name: string) => sql`select id from things where name = ${name} for update`
    const both = (one: SqlDatabase, order: string[]) =>
      one.batch(
        { locks: order.map(lock), reads: [], decide: () => ({ writes: [sql`update things set count = count + 1`], answer: () => 0 }) },
        'caller',
      )
    await Promise.all(Array.from({ length: 6 }, (_, index) => (index % 2 ? both(database, ['a', 'b']) : both(other, ['b', 'a']))))
    assert.deepEqual(
      (await database.query(sql`select distinct count from things`)).map(({ count }) => count),
      [6],
    )
    await database.close()
    await other.close()
    await drop()
  })

  test('what fails every time is thrown in the end, and nothing of it is there', async () => {
    const { database, drop } = await openThings(await postgresAddress())
    await insert(database, 'a')
    let asked = 0
    const always = {
      reads: [],
      decide: () => {
        asked++
        return { writes: [sql`insert into things (name) values ('b')`, sql`insert into things (name) values ('a')`], answer: () => 0 }
      },
    }
    await assert.rejects(database.batch(always, 'caller'), { code: '23505' })
    assert.deepEqual([asked, await names(database)], [10, ['a']])
    await database.close()
    await drop()
  })

  test('another process changes the schema while we hold prepared statements: nobody notices', async () => {
    const { database, schema, drop } = await openThings(await postgresAddress())
    const all = sql`select * from things`
    for (let index = 0; index < 8; index++) await Promise.all([database.query(all), insert(database, `${index}`)])
    await say(await postgresAddress(), `alter table ${schema}.things add column extra bigint not null default 7`)
    const rows = await Promise.all(Array.from({ length: 8 }, () => database.query(all)))
    assert.ok(rows.every((some) => some.length === 8 && some[0]?.extra === 7))
    const read = await database.batch({ reads: [all], decide: ([some = []]) => ({ writes: [], answer: () => some.length }) }, 'supervisor')
    assert.equal(read, 8)
    await database.close()
    await drop()
  })
})

describe('opening', () => {
  test('four at once make one schema and one installation; nothing of it is in "public"', async () => {
    const server = await postgresAddress()
    const { address, schema, drop } = await testSchema()
    const opened = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const database = await openPostgres(address)
        return { database, id: await migrate({ database, copy: null, folderInode: 'postgres', now: 1 }) }
      }),
    )
    assert.equal(new Set(opened.map(({ id }) => id)).size, 1)
    const [row] = await say(server, `select count(*)::int as applied from ${schema}.migrations`)
    assert.ok(Number(row?.applied) >= 1)
    const ours = "('jobs', 'attempts', 'migrations', 'installation', 'runners', 'lock_keys')"
    assert.deepEqual(await say(server, `select tablename from pg_tables where schemaname = 'public' and tablename in ${ours}`), [])
    for (const { database } of opened) await database.close()
    await drop()
  })

  test('the schema of a newer Holdfast and of another build are refused, and so is another program’s', async () => {
    const server = await postgresAddress()
    const { address, schema, drop } = await testSchema()
    await (await openStore({ folder: '/', database: address, clock })).close()
    await say(server, `insert into ${schema}.migrations values (99, 'later', 'x', 1)`)
    await assert.rejects(openStore({ folder: '/', database: address, clock }), { code: 'schema_too_new' })
    await say(server, `delete from ${schema}.migrations where number = 99; update ${schema}.migrations set checksum = 'other'`)
    await assert.rejects(openStore({ folder: '/', database: address, clock }), { code: 'database_unavailable', message: /another build/ })
    await say(server, `drop schema ${schema} cascade; create schema ${schema}; create table ${schema}.customers (id int)`)
    await assert.rejects(openStore({ folder: '/', database: address, clock }), { code: 'database_unavailable', message: /"customers"/ })
    await drop()
  })

  test('a wrong database, role, schema or address is refused at once, and no password is told', async () => {
    const server = await postgresAddress()
    const at = (database: string | object) => openStore({ folder: '/', database, clock })
    const secret = (error: Error) => !`${error.message} ${error.stack}`.includes('geheim')
    await assert.rejects(at(server.replace(/postgres$/, 'nowhere')), { code: 'database_unavailable', message: /"nowhere" does not exist/ })
    await assert.rejects(at(server.replace('holdfast@', 'nobody:geheim@')), secret)
    await assert.rejects(at(`${server}?schema=No%20way`), { code: 'invalid_config', message: /schema/ })
    await assert.rejects(
      at('mysql://geheim@localhost'),
      (error: Error) => secret(error) && 'code' in error && error.code === 'invalid_config',
    )
    await assert.rejects(at({}), { code: 'invalid_config', message: /postgres:\/\// })
  })

  test('a role that may not create anything can use a schema that is there', async () => {
    const server = await postgresAddress()
    const { address, schema, drop } = await testSchema()
    await (await openStore({ folder: '/', database: address, clock })).close()
    await say(server, `create role "${schema}" login; grant usage, create on schema ${schema} to "${schema}"`)
    await say(server, `grant select, insert, update, delete on all tables in schema ${schema} to "${schema}"`)
    const store = await openStore({ folder: '/', database: address.replace('holdfast@', `${schema}@`), clock })
    assert.equal(typeof store.installationId, 'string')
    await store.close()
    await drop()
    await say(server, `drop role "${schema}"`)
  })

  test('closing leaves no connection behind', async () => {
    const server = await postgresAddress()
    const { database, schema, drop } = await openThings(server)
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => insert(database, name)))
    const client = new pg.Client(server)
    await client.connect()
    await client.query(`begin; lock table ${schema}.things`)
    const stuck: Promise<{ code?: unknown }> = insert(database, 'stuck', 'supervisor').then(
      () => ({}),
      (error) => error,
    )
    await until('it waits for the lock', async () => (await client.query('select 1 from pg_locks where not granted')).rows.length > 0)
    await database.close()
    assert.equal((await stuck)?.code, 'closed')
    await client.query('rollback')
    await client.end()
    await until('they are gone', async () => {
      const left = await say(server, `select pid from pg_stat_activity where query like '%${schema}%' and pid <> pg_backend_pid()`)
      return left.length === 0
    })
    await drop()
  })
})
