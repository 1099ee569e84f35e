// Which copy of SQLite this process uses: the one in Node, or better-sqlite3's when the caller says so by a handle of his.
// Never both on one file: locks of a file belong to the process, so two copies in it do not see each other's
// (measured: 200 of 200 acknowledged commits were overwritten, and no error anywhere).
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Row } from '../sql-database.ts'

export interface Library {
  name: 'node:sqlite' | 'better-sqlite3'
  /** @throws as the library does */
  open(file: string): SqliteConnection
}

export interface SqliteConnection {
  exec(text: string): void
  /** A statement that can be run again and again. */
  prepare(text: string): (values: readonly unknown[]) => Row[]
  isTransaction(): boolean
  close(): void
}

/** A handle of the caller's, of either library. */
export interface CallersSqlite {
  library: Library
  connection: SqliteConnection
  /** Null in memory. */
  file: string | null
}

export const nodeSqlite: Library = {
  name: 'node:sqlite',
  open: (file) => fromNode(new DatabaseSync(file, { timeout: 0 })),
}

/** Null when it is a handle of neither. */
export function callersSqlite(given: object): CallersSqlite | null {
  if (given instanceof DatabaseSync) return { library: nodeSqlite, connection: fromNode(given), file: given.location() }
  if (!isBetterSqlite(given)) return null
  const Handle = given.constructor as new (file: string, options: object) => BetterSqlite
  const library: Library = { name: 'better-sqlite3', open: (file) => fromBetter(new Handle(file, { timeout: 0 })) }
  return { library, connection: fromBetter(given), file: given.memory ? null : given.name }
}

interface BetterSqlite {
  prepare(text: string): { reader: boolean; all(...values: unknown[]): unknown[]; run(...values: unknown[]): unknown }
  exec(text: string): unknown
  close(): unknown
  inTransaction: boolean
  memory: boolean
  name: string
}

// By shape: the caller's copy of the package is not ours.
function isBetterSqlite(given: object): given is BetterSqlite {
  const { prepare, exec, inTransaction, name } = given as Partial<BetterSqlite>
  return typeof prepare === 'function' && typeof exec === 'function' && typeof inTransaction === 'boolean' && typeof name === 'string'
}

function fromNode(database: DatabaseSync): SqliteConnection {
  return {
    exec: (text) => database.exec(text),
    prepare(text) {
      const statement = database.prepare(text)
      statement.setReadBigInts(false)
      return (values) => statement.all(...(values as SQLInputValue[])) as Row[]
    },
    isTransaction: () => database.isTransaction,
    close: () => database.close(),
  }
}

function fromBetter(database: BetterSqlite): SqliteConnection {
  return {
    exec: (text) => void database.exec(text),
    prepare(text) {
      const statement = database.prepare(text)
      // It refuses to ask for the rows of a statement that has none.
      if (statement.reader) return (values) => statement.all(...values).map((row) => withNumbers(row as Row))
      return (values) => {
        statement.run(...values)
        return []
      }
    },
    isTransaction: () => database.inTransaction,
    close: () => void database.close(),
  }
}

// His handle can be set to give whole numbers as bigint.
function withNumbers(row: Row): Row {
  for (const [name, value] of Object.entries(row)) if (typeof value === 'bigint') row[name] = Number(value)
  return row
}
