// A handle of the caller's on our SQLite file, with a transaction of his open. What runs on it runs at once; whether it stays is his commit.
import { statSync } from 'node:fs'
import type { Sql } from 'sql-template-tag'
import { HoldfastError } from '../../core/errors.ts'
import type { CallerTransaction, Row } from '../sql-database.ts'
import { troubleOf } from './errors.ts'
import { callersSqlite, type Library, type SqliteConnection } from './library.ts'

export interface CallersHandle {
  /** All of the work or nothing of it, inside the caller's transaction. @throws HoldfastError `database_busy` */
  within<R>(work: (run: (statement: Sql) => Row[]) => R): R
  isTransaction(): boolean
}

/** @throws HoldfastError `invalid_request` when it is no such handle, of another file or library, or without a transaction */
export function callersHandle(transaction: CallerTransaction, { file, library }: { file: string; library: Library }): CallersHandle {
  const callers = callersSqlite(transaction)
  if (!callers) throw refused(`The transaction must be a handle of ${library.name}: this Holdfast keeps its jobs in SQLite.`)
  if (callers.library.name !== library.name) throw refused(otherLibrary(callers.library.name, library.name))
  if (!isSameFile(callers.file, file)) {
    throw refused(
      `The transaction is on ${callers.file || 'a database in memory'}, and the jobs are in ${file}. Open that file for it, or submit without it after your commit.`,
    )
  }
  const { connection } = callers
  if (!connection.isTransaction()) throw refused('No transaction is open on that handle. Begin one first (BEGIN IMMEDIATE).')
  return {
    isTransaction: connection.isTransaction,
    within: (work) => inSavepoint(connection, () => work((statement) => connection.prepare(statement.sql)(statement.values))),
  }
}

export function isSameFile(theirs: string | null, ours: string): boolean {
  if (!theirs || ours === ':memory:') return false
  const [a, b] = [theirs, ours].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }))
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev
}

function inSavepoint<R>(connection: SqliteConnection, work: () => R): R {
  connection.exec('savepoint holdfast')
  try {
    const result = work()
    connection.exec('release holdfast')
    return result
  } catch (error) {
    if (connection.isTransaction()) connection.exec('rollback to holdfast; release holdfast')
    if (troubleOf(error) !== 'busy') throw error
    const message =
      'Another process holds the database, and your transaction cannot wait for it. Begin it with BEGIN IMMEDIATE, or try again.'
    throw new HoldfastError('database_busy', message, { cause: error })
  }
}

function otherLibrary(theirs: Library['name'], ours: Library['name']): string {
  const why = `The transaction is of ${theirs}, and the jobs are kept by ${ours}: two copies of SQLite in one process overwrite each other's commits.`
  if (theirs === 'better-sqlite3') return `${why} Give the handle to openHoldfast as well ({ database: handle }), or use node:sqlite.`
  return `${why} Use a handle of ${ours}, as the one that Holdfast was opened with.`
}

function refused(message: string): HoldfastError {
  return new HoldfastError('invalid_request', message)
}
