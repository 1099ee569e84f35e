// The databases behind the seam, one for each test: with tables of the test's own, or with our schema.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { raw } from 'sql-template-tag'
import type { MigratableDatabase } from '../../../src/store/dialect.ts'
import { openPostgres } from '../../../src/store/postgres/postgres.ts'
import type { Row, SqlDatabase } from '../../../src/store/sql-database.ts'
import { callersSqlite, type Library, nodeSqlite } from '../../../src/store/sqlite/library.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite.ts'
import { openBetterSqlite } from '../../../tools/better-sqlite3.ts'
import { testSchema } from '../postgres-cluster.ts'

const Sqlite = openBetterSqlite()

export interface OpenedDatabase {
  database: SqlDatabase & MigratableDatabase
  /** Another connection to the same, as another process would have it. */
  another(): Promise<SqlDatabase & MigratableDatabase>
  close(): Promise<void>
}

export interface DatabaseAdapter {
  name: string
  open(): Promise<OpenedDatabase>
}

export const sqliteInMemory: DatabaseAdapter = {
  name: 'SQLite in memory',
  async open() {
    const database = await openSqlite(':memory:')
    return { database, another: async () => database, close: () => database.close() }
  },
}

const onFile = (name: string, library: Library): DatabaseAdapter => ({
  name,
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'))
    const bells = { jobs: join(folder, 'doorbell'), lines: join(folder, 'doorbell-lines') }
    const open = () => openSqlite(join(folder, 'holdfast.db'), { bells, library })
    return closingAll(open, async () => rmSync(folder, { recursive: true, force: true }))
  },
})

export const sqliteInFile = onFile('SQLite in a file', nodeSqlite)

const better = callersSqlite(new Sqlite(':memory:'))
assert.ok(better)
/** The seam is tried on it as well; for the stores it is the same SQLite. */
export const betterSqlite = onFile('SQLite in a file, by better-sqlite3', better.library)

export const postgres: DatabaseAdapter = {
  name: 'Postgres',
  async open() {
    const { address, drop } = await testSchema()
    return closingAll(() => openPostgres(address), drop)
  },
}

export const databases: readonly DatabaseAdapter[] = [sqliteInMemory, sqliteInFile, postgres]

async function closingAll(open: () => Promise<SqlDatabase & MigratableDatabase>, remove: () => Promise<void>): Promise<OpenedDatabase> {
  const all = [await open()]
  return {
    database: all[0] as SqlDatabase & MigratableDatabase,
    async another() {
      const one = await open()
      all.push(one)
      return one
    },
    async close() {
      for (const one of all) await one.close()
      await remove()
    },
  }
}

/** Opens a database for one test, with a table `things (id, name unique, count)`. */
export async function withThings(adapter: DatabaseAdapter, work: (opened: OpenedDatabase) => Promise<void>): Promise<void> {
  const opened = await adapter.open()
  try {
    await opened.database.migrate(({ run }) => run(opened.database.dialect.translate(things)))
    await work(opened)
  } finally {
    await opened.close()
  }
}

const things = 'create table things (id integer primary key autoincrement, name text not null unique, count integer not null default 0)'

/** Says something as a batch of its own. */
export function write(database: SqlDatabase, text: string): Promise<Row[]> {
  return database.batch({ reads: [], decide: () => ({ writes: [raw(text)], answer: ([rows = []]) => rows }) }, 'caller')
}
