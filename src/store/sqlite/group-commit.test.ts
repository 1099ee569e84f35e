// Group commit on SQLite: one transaction for a turn's batches, each undone by itself, none acknowledged before the commit,
// and what becomes of callers and of our own writes when the database cannot be written.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import sql from 'sql-template-tag'
import { temporaryFolder, until } from '../../../test/contract/temporary.ts'
import type { WaitTimes } from '../patience.ts'
import type { Patience } from '../sql-database.ts'
import { openSqlite } from './sqlite.ts'

async function open(name: string, troubles: (string | null)[] = [], times: WaitTimes = {}) {
  const file = join(temporaryFolder(name), 'holdfast.db')
  const database = await openSqlite(file, { onTrouble: (trouble) => troubles.push(trouble), ...times })
  await database.migrate(({ run }) => run('create table things (name text not null unique)'))
  const add = (thing: string | null, patience: Patience = 'caller') =>
    database.batch(
      {
        reads: [],
        decide: () => ({ writes: [sql`insert into things values (${thing}) returning name`], answer: ([rows]) => rows?.[0]?.name }),
      },
      patience,
    )
  const names = async () => (await database.query(sql`select name from things order by rowid`)).map(({ name }) => name)
  const other = new DatabaseSync(file, { timeout: 0 })
  return { database, add, names, other, file }
}

/** A number that changes for this connection with every commit of another one. */
function dataVersion(other: DatabaseSync): number {
  return Number(other.prepare('pragma data_version').get()?.data_version)
}

test('I1: fifty batches of one turn share a transaction, in the order they came; acknowledged when another connection sees them', async () => {
  const { database, add, names, other } = await open('group')
  const versions: number[] = []
  const wanted = Array.from({ length: 50 }, (_, index) => `thing ${index}`)
  const seenWhenTold: number[] = []
  const before = dataVersion(other)
  const told = wanted.map((name) =>
    add(name).then((given) => {
      seenWhenTold.push(Number(other.prepare('select count(*) as n from things').get()?.n))
      versions.push(dataVersion(other))
      return given
    }),
  )
  assert.deepEqual(await Promise.all(told), wanted)
  assert.deepEqual(await names(), wanted)
  assert.ok(
    seenWhenTold.every((seen, index) => seen > index),
    'nobody was told before it was there',
  )
  // One, or a few when the machine stands still for so long that the others must have their turn.
  assert.ok(new Set(versions).size <= 5, `${new Set(versions).size} transactions`)
  assert.notEqual(versions[0], before)
  other.close()
  await database.close()
})

test('a batch that fails among others is undone and refused alone', async () => {
  const { database, add, names, other } = await open('alone')
  const outcomes = await Promise.allSettled([add('a'), add('b'), add('a'), add(null), add('c', 'supervisor')])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await names(), ['a', 'b', 'c'])
  other.close()
  await database.close()
})

test('what undoes the whole transaction is found out one by one: the others are there', async () => {
  const { database, add, names, other } = await open('undone')
  const rollsBack = { reads: [], decide: () => ({ writes: [sql`insert or rollback into things values (${'a'})`], answer: () => 0 }) }
  const outcomes = await Promise.allSettled([add('a'), database.batch(rollsBack, 'supervisor'), add('b'), add('c')])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  )
  assert.deepEqual(await names(), ['a', 'b', 'c'])
  other.close()
  await database.close()
})

test('locked by another: all wait without blocking, later ones join, and all are written in their order', async () => {
  const troubles: (string | null)[] = []
  const { database, add, names, other } = await open('busy', troubles)
  other.exec('begin immediate')
  const first = [add('a'), add('b', 'supervisor')]
  let turns = 0
  await until('many turns of the event loop', () => ++turns > 5)
  const later = [add('c'), add('d', 'supervisor')]
  assert.deepEqual(await names(), [], 'reading goes on')
  other.exec('rollback')
  await Promise.all([...first, ...later])
  assert.deepEqual(await names(), ['a', 'b', 'c', 'd'])
  assert.deepEqual(
    troubles.filter((trouble) => trouble !== null),
    [],
    'a short lock is no trouble',
  )
  other.close()
  await database.close()
})

test('locked for long: a caller is refused after his patience, our own writes wait on and say so, until they go through', async () => {
  const troubles: (string | null)[] = []
  const { database, add, names, other } = await open('locked', troubles, { callerMs: 200, lockToldMs: 1_000 })
  other.exec('begin immediate')
  const refused = assert.rejects(add('theirs'), { code: 'database_busy', message: /^The database has been locked .*for 2\d\d ms\.$/ })
  const ours = add('ours', 'supervisor')
  await refused
  assert.equal(database.trouble(), null, 'a short lock is no trouble')
  await until('it counts', () => database.trouble() === 'the database has been locked for 2 s')
  assert.deepEqual([troubles, await names()], [['the database has been locked for 1 s'], []], 'told once, and it is read on')
  other.exec('rollback')
  await ours
  assert.deepEqual([database.trouble(), troubles.at(-1), troubles.length, await names()], [null, null, 2, ['ours']])
  other.close()
  await database.close()
})

test('full: callers are told at once, our own writes wait, say so, and go on', async () => {
  const troubles: (string | null)[] = []
  const { database, add, names, other } = await open('full', troubles)
  await database.query(sql`pragma max_page_count = 1`)
  const big = 'x'.repeat(200_000)
  const ours = add(`ours ${big}`, 'supervisor')
  const small = add('small')
  await assert.rejects(add(`caller's ${big}`), { code: 'database_unavailable', message: /cannot be written: .*full/ })
  await assert.rejects(small, { code: 'database_unavailable' }, 'in one transaction with what does not fit')
  await until('the trouble is told', () => database.trouble())
  // While they wait, a caller's answer does not take their second.
  await assert.rejects(add(`another ${big}`), { code: 'database_unavailable' })
  assert.deepEqual([troubles.length, await names()], [1, []])
  await database.query(sql`pragma max_page_count = 1000000`)
  await ours
  assert.deepEqual([database.trouble(), troubles.length, troubles[1], (await names()).length], [null, 2, null, 1])
  other.close()
  await database.close()
})

test('closing: what came in this turn is written, what waits for a lock is refused with "closed"', async () => {
  const { database, add, other, file } = await open('closing')
  const last = add('last')
  const closed = database.close()
  assert.equal(await last, 'last')
  await closed
  assert.equal(other.prepare('select name from things').get()?.name, 'last')
  const again = await openSqlite(file)
  other.exec('begin immediate')
  const waiting = again.batch(
    { reads: [], decide: () => ({ writes: [sql`insert into things values ('never')`], answer: () => 0 }) },
    'supervisor',
  )
  const refused = assert.rejects(waiting, { code: 'closed' })
  await again.close()
  await refused
  other.exec('rollback')
  assert.equal(other.prepare('select count(*) as n from things').get()?.n, 1)
  other.close()
})
