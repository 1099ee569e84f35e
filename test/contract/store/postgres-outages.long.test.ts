// A server of PostgreSQL that is restarted, loses power, cuts connections or is full of them.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import sql from 'sql-template-tag'
import { postgresDialect } from '../../../src/store/dialect.ts'
import { openPostgres } from '../../../src/store/postgres/postgres.ts'
import type { SqlDatabase } from '../../../src/store/sql-database.ts'
import { type Cluster, startCluster } from '../../../tools/postgres.ts'
import { postgresAddress, say, testSchema } from '../postgres-cluster.ts'
import { until } from '../temporary.ts'

const things = 'create table things (id integer primary key autoincrement, name text not null unique, count integer not null default 0)'

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

/** Cuts every connection but the one it is said on. */
function cutAll(server: string, besides = '') {
  return say(
    server,
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend' ${besides}`,
  )
}

describe('a server that goes away', () => {
  let cluster: Cluster
  const started = startCluster({ durable: true }).then((one) => {
    cluster = one
    return one
  })
  after(() => cluster.remove())

  for (const how of ['fast', 'immediate'] as const) {
    test(`I1: restarted (${how}): what was acknowledged is there, everybody waits and goes on, and the trouble is told and over`, async () => {
      await started
      const troubles: (string | null)[] = []
      const { database, drop } = await openThings(cluster.address, (trouble) => troubles.push(trouble))
      let rings = 0
      database.onChange(() => rings++, 'jobs')
      await insert(database, 'before')
      await cluster.stop(how)
      const waiting = [insert(database, 'ours', 'supervisor'), insert(database, 'caller’s'), names(database)]
      await until('the trouble is told', () => database.trouble())
      assert.match(String(troubles[0]), /^the database cannot be reached: /)
      await cluster.start()
      await Promise.all(waiting)
      await until('the trouble is over', () => database.trouble() === null)
      assert.deepEqual((await names(database)).toSorted(), ['before', 'caller’s', 'ours'])
      const before = rings
      await until('it is heard again', async () => {
        await say(cluster.address, `select pg_notify(nspname || '_changes', 'jobs') from pg_namespace where nspname like 'test\\_%'`)
        return rings > before
      })
      await database.close()
      await drop()
    })
  }

  test('no connection is left over: whoever opens waits for one, and says why', async () => {
    await started
    const { address, drop } = await testSchema(cluster.address)
    await say(cluster.address, 'create role few login connection limit 0')
    const troubles: (string | null)[] = []
    const opening = openPostgres(address.replace('holdfast@', 'few@'), { onTrouble: (trouble) => troubles.push(trouble) })
    await until('it is told', () => troubles.length > 0)
    await say(cluster.address, 'alter role few connection limit -1')
    await (await opening).close()
    assert.deepEqual([troubles.length, troubles[1]], [2, null])
    assert.match(String(troubles[0]), /too many connections for role/)
    await drop()
  })
})

describe('connections that are cut', () => {
  test('I1: a hundred batches while every connection is cut again and again: each is recorded once', async () => {
    const server = await postgresAddress()
    const { database, schema, drop } = await openThings(server)
    const ours = `and query not like '%pg_terminate_backend%' and (select count(*) from pg_locks where relation = '${schema}.things'::regclass and pg_locks.pid = pg_stat_activity.pid) > 0`
    await insert(database, 'counter')
    const done = { count: 0 }
    const add = (patience: 'caller' | 'supervisor') =>
      database
        .batch(
          {
            reads: [sql`select count from things where name = 'counter' for update`],
            // Adding one is not idempotent: what was committed and not answered must not be done again.
            decide: () => ({ writes: [sql`update things set count = count + 1 where name = 'counter'`], answer: () => 0 }),
          },
          patience,
        )
        .then(() => done.count++)
    let cuts = 0
    const all = Promise.all(Array.from({ length: 100 }, (_, index) => add(index % 2 ? 'caller' : 'supervisor')))
    while (done.count < 100) cuts += (await cutAll(server, ours)).length
    await all
    const [row] = await database.query(sql`select count from things where name = 'counter'`)
    assert.deepEqual([row?.count, cuts > 0], [100, true])
    await database.close()
    await drop()
  })

  test('idle ones: nothing crashes, the next call works, and the listener comes back by itself and says so', async () => {
    const server = await postgresAddress()
    const { database, address, schema, drop } = await openThings(server)
    const other = await openPostgres(address)
    let rings = 0
    database.onChange(() => rings++, 'jobs')
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => insert(database, name)))
    await until('its own are told', () => rings > 0)
    rings = 0
    await cutAll(server, `and (application_name = 'holdfast' and (query like '%${schema}%' or query in ('commit', 'rollback')))`)
    await until('it listens again', () => rings > 0)
    rings = 0
    await insert(other, 'e')
    await until('the other one’s change is heard', () => rings > 0)
    assert.deepEqual((await names(database)).toSorted(), ['a', 'b', 'c', 'd', 'e'])
    await database.close()
    await other.close()
    await drop()
  })
})

test('closing answers everybody: what was under way, what waited for a connection, what came after', async () => {
  const { database, drop } = await openThings(await postgresAddress())
  const asked = Array.from({ length: 40 }, (_, index) => insert(database, `${index}`))
  const closed = database.close()
  const late = insert(database, 'late')
  const settled = await Promise.race([
    Promise.allSettled([...asked, late]),
    new Promise<null>((resolve) => setTimeout(resolve, 20_000, null).unref()),
  ])
  assert.ok(settled, 'somebody was never answered')
  await closed
  const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
  assert.ok(refused.length > 0 && refused.every((code) => code === 'closed'), JSON.stringify(refused))
  await drop()
})
