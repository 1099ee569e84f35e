// The seam's own contract, on every database: batches are whole or not there, their steps see each other, and values come back alike.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import sql from 'sql-template-tag'
import { forUpdateSkipLocked, noWrites } from '../../../src/store/sql-database.ts'
import { until } from '../temporary.ts'
import { betterSqlite, databases, withThings } from './databases.ts'

const insert = (name: string) => sql`insert into things (name) values (${name}) returning *`
const all = sql`select * from things order by id`

for (const adapter of [...databases, betterSqlite]) {
  describe(`the seam, ${adapter.name}`, () => {
    test('a step is made from the rows of the steps before it in its list; null is nothing, and its rows are none', () =>
      withThings(adapter, async ({ database }) => {
        await database.batch({ reads: [], decide: () => ({ writes: [insert('a'), insert('b')], answer: () => 0 }) }, 'caller')
        const seen = await database.batch(
          {
            reads: [
              sql`select * from things where name = ${'b'}`,
              () => null,
              ([rows]) => sql`select * from things where id < ${rows?.[0]?.id}`,
            ],
            decide: (rows) => ({
              writes: [
                insert('c'),
                () => null,
                ([made]) => sql`update things set count = ${made?.[0]?.id} where name = 'a' returning count`,
              ],
              answer: (written) => ({ rows, written }),
            }),
          },
          'caller',
        )
        assert.deepEqual(
          [seen.rows, seen.written].map((lists) => lists.map((rows) => rows.map((row) => ({ ...row })))),
          [
            [[{ id: 2, name: 'b', count: 0 }], [], [{ id: 1, name: 'a', count: 0 }]],
            [[{ id: 3, name: 'c', count: 0 }], [], [{ count: 3 }]],
          ],
        )
      }))

    test('values come back alike: numbers as numbers, yes and no as 1 and 0, null as null, text as it was', () =>
      withThings(adapter, async ({ database }) => {
        const text = 'ä 😀 \' " \\ \n \t $1 ? %'
        const number = Number.MAX_SAFE_INTEGER
        await database.batch(
          { reads: [], decide: () => ({ writes: [sql`insert into things (name, count) values (${text}, ${number})`], answer: () => 0 }) },
          'caller',
        )
        const [row] = await database.query(
          sql`select name, count, (count > 1) as yes, (count < 1) as no, null as none, (select count(*) from things) as number, (select sum(id) from things) as sum from things`,
        )
        assert.deepEqual({ ...row }, { name: text, count: number, yes: 1, no: 0, none: null, number: 1, sum: 1 })
      }))

    test('text sorts by its bytes, whatever language the server speaks', () =>
      withThings(adapter, async ({ database }) => {
        for (const name of ['b', 'B', 'a', 'ä', 'Z', '_', '10', '9']) {
          await database.batch({ reads: [], decide: () => ({ writes: [insert(name)], answer: () => 0 }) }, 'caller')
        }
        const sorted = await database.query(sql`select name from things order by name`)
        assert.deepEqual(
          sorted.map(({ name }) => name),
          ['10', '9', 'B', 'Z', '_', 'a', 'b', 'ä'],
        )
      }))

    test('a batch that fails in its middle changes nothing, and rings nobody', () =>
      withThings(adapter, async ({ database }) => {
        let rings = 0
        database.onChange(() => rings++, 'lines')
        const wrong = sql`insert into things (name, count) values (${'b'}, ${null})`
        await assert.rejects(database.batch({ reads: [], decide: () => ({ writes: [insert('a'), wrong], answer: () => 0 }) }, 'supervisor'))
        const decideFails = () => {
          throw new Error('decided wrong')
        }
        await assert.rejects(database.batch({ reads: [all], decide: decideFails }, 'caller'), /decided wrong/)
        const answerFails = { writes: [insert('a')], answer: decideFails }
        await assert.rejects(database.batch({ reads: [all], decide: () => answerFails }, 'caller'), /decided wrong/)
        assert.deepEqual(await database.query(all), [])
        await new Promise((resolve) => setImmediate(resolve))
        assert.equal(rings, 0)
      }))

    test('jobs rings for both, lines only for who wants lines; a batch that writes nothing rings for nobody', () =>
      withThings(adapter, async ({ database }) => {
        const heard = { jobs: 0, lines: 0 }
        const stops = (['jobs', 'lines'] as const).map((of) => database.onChange(() => heard[of]++, of))
        const batch = (name: string, changes: 'jobs' | 'lines') =>
          database.batch({ reads: [], changes, decide: () => ({ writes: [insert(name)], answer: () => 0 }) }, 'caller')
        await database.batch({ reads: [all], decide: () => noWrites(0) }, 'caller')
        await batch('a', 'lines')
        await until('lines are told', () => heard.lines === 1)
        assert.equal(heard.jobs, 0)
        await batch('b', 'jobs')
        await until('jobs are told', () => heard.jobs === 1 && heard.lines === 2)
        for (const stop of stops) stop()
      }))

    test('row locks are clauses where there are any, and comments elsewhere', () =>
      withThings(adapter, async ({ database }) => {
        const lock = sql`select id from things order by id limit 3 ${forUpdateSkipLocked}`
        const answer = await database.batch(
          { locks: [lock, sql`select id from things order by id /* for update */`], reads: [lock], decide: ([rows]) => noWrites(rows) },
          'caller',
        )
        assert.deepEqual(answer, [])
      }))

    test('what was acknowledged another connection sees; and a hundred at once lose nothing', () =>
      withThings(adapter, async ({ database, another }) => {
        const other = await another()
        const add = {
          reads: [],
          locks: [],
          decide: () => ({ writes: [sql`update things set count = count + 1 where name = 'a'`], answer: () => 0 }),
        }
        await database.batch({ reads: [], decide: () => ({ writes: [insert('a')], answer: () => 0 }) }, 'caller')
        assert.equal((await other.query(all)).length, 1)
        await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 ? database : other).batch(add, 'supervisor')))
        assert.equal((await other.query(all))[0]?.count, 100)
      }))

    test('closed: what comes later is refused with "closed", and closing again is nothing', () =>
      withThings(adapter, async ({ database }) => {
        await database.close()
        await database.close()
        await assert.rejects(database.query(all), { code: 'closed' })
        await assert.rejects(database.batch({ reads: [all], decide: () => noWrites(0) }, 'supervisor'), { code: 'closed' })
        await assert.rejects(database.batchWithin({ reads: [all], decide: () => noWrites(0) }, {}), { code: 'closed' })
      }))
  })
}
