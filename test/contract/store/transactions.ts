// What the tests of a batch in the caller's own transaction share: things to add, and a job that is never there, and then is.
import assert from 'node:assert/strict'
import sql from 'sql-template-tag'
import type { SqlDatabase } from '../../../src/store/sql-database.ts'
import type { Store } from '../../../src/store/store.ts'
import { claim, newJob, place } from './stores.ts'

/** Their table, in the words of SQLite. */
export const things = 'create table things (id integer primary key autoincrement, name text not null unique)'

/** Adds a thing unless it is there, as a unique key does. */
export function add(name: string) {
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

export async function names(database: SqlDatabase): Promise<unknown[]> {
  return (await database.query(sql`select name from things order by id`)).map(({ name }) => name)
}

/** Counts how often it is told that jobs have changed. */
export function rings(database: SqlDatabase): { count: number } {
  const heard = { count: 0 }
  database.onChange(() => heard.count++, 'jobs')
  return heard
}

export const clock = { now: () => 1, sleep: async () => {}, every: () => () => {} }

/** A job that is submitted in a transaction: rolled back it never was, committed it is there, told, claimed and unique. */
export async function neverThenThere(store: Store, say: (text: string) => Promise<unknown>, transaction: object): Promise<void> {
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
