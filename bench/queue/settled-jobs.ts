// Many settled jobs, fast: some are run through the port, and then their rows are copied in SQL, in every table that speaks of jobs.
// It knows of the schema only which tables and columns there are, so that it need not change with it.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { claim, finish, noop, openAt, place } from './holdfast.ts'

const runForReal = 1_000

/** The nearest multiple of a thousand. */
export async function addSettledJobs(address: string, count: number): Promise<void> {
  await runSome(address)
  const copies = Math.round(count / runForReal) - 1
  if (copies < 1) return
  const database = await openTables(address)
  const tables = await database.tables()
  await database.run('begin')
  for (const { name, columns } of tables)
    if (columns.includes('job_id') || name === 'jobs') await database.run(copying(name, columns, copies))
  await database.run('commit')
  await database.tidy()
  await database.close()
}

async function runSome(address: string): Promise<void> {
  const store = await openAt(address)
  const here = await place(store)
  await store.jobs.submit({ jobs: Array.from({ length: runForReal }, () => noop({ sentAt: 0 })), now: Date.now() })
  for (let done = 0; done < runForReal; ) {
    const { claimed } = await claim(store, here, 50)
    await Promise.all(claimed.map((one) => finish(store, one)))
    done += claimed.length
  }
  await store.runners.remove({ runnerId: here.runnerId, now: Date.now() })
  await store.close()
}

// Job n becomes n + 1000, n + 2000 … in every table.
function copying(table: string, columns: readonly string[], copies: number): string {
  const isJobs = table === 'jobs'
  const kept = columns.filter((column) => isJobs || column !== 'id')
  const moved = kept.map((column) => (column === (isJobs ? 'id' : 'job_id') ? `old.${column} + copy.n * ${runForReal}` : `old.${column}`))
  return `with recursive copy(n) as (select 1 union all select n + 1 from copy where n < ${copies})
    insert into ${table} (${kept.join(', ')}) select ${moved.join(', ')} from copy cross join ${table} as old`
}

interface Tables {
  tables(): Promise<{ name: string; columns: string[] }[]>
  run(text: string): Promise<void>
  /** What a database that has grown over weeks would have done by itself. */
  tidy(): Promise<void>
  close(): Promise<void>
}

async function openTables(address: string): Promise<Tables> {
  return address.startsWith('postgres') ? await openPostgres(address) : openSqlite(address)
}

function openSqlite(folder: string): Tables {
  const database = new DatabaseSync(join(folder, 'holdfast.db'), { enableForeignKeyConstraints: false })
  const all = (text: string) => database.prepare(text).all() as { name: string }[]
  return {
    tables: async () =>
      all("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'").map(({ name }) => ({
        name,
        columns: all(`pragma table_info(${name})`).map((column) => column.name),
      })),
    run: async (text) => database.exec(text),
    tidy: async () => database.exec('pragma wal_checkpoint(truncate)'),
    close: async () => database.close(),
  }
}

async function openPostgres(address: string): Promise<Tables> {
  const client = new pg.Client(address)
  await client.connect()
  await client.query('set search_path to holdfast')
  // The copies come in no order; as a superuser we can leave foreign keys unchecked.
  await client.query('set session_replication_role = replica')
  return {
    async tables() {
      const { rows } = await client.query<{ name: string; columns: string[] }>(
        `select table_name as name, array_agg(column_name::text order by ordinal_position) as columns
         from information_schema.columns where table_schema = 'holdfast' group by 1`,
      )
      return rows
    },
    async run(text) {
      await client.query(text)
    },
    async tidy() {
      // An identity that was copied around goes on after the highest.
      await client.query("select setval(pg_get_serial_sequence('jobs', 'id'), (select greatest(max(id), 1) from jobs))")
      await client.query('vacuum analyze')
      await client.query('checkpoint')
    },
    close: () => client.end(),
  }
}
