// SQLite behind the seam: pragmas, batches in one turn of the event loop, and our own patience instead of the driver's,
// which would sleep inside the event loop (measured: 5 s freezes).
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Sql } from 'sql-template-tag'
import { HoldfastError } from '../core/errors.ts'
import { openDoorbell } from './doorbell.ts'
import { messageOf, patiently } from './patience.ts'
import type { Batch, Patience, Row, SqlDatabase, Write } from './sql-database.ts'

export interface SqliteDatabase extends SqlDatabase {
  /** Runs text with several statements in one transaction; for migrations. */
  migrate(work: (run: (text: string) => void, read: (text: string) => Row[]) => void): Promise<void>
  /** Writes a consistent copy. */
  copyTo(file: string): void
}

/** Files of the two doorbells; null in memory, where only this process rings. Lines have one of their own, so that a chatty job does not wake every runner. */
export interface Bells {
  jobs: string | null
  lines: string | null
}

/** Called with what keeps the supervisor's own writes waiting, and with null when it is over. */
export type OnTrouble = (trouble: string | null) => void

/** Opens a database file (or `:memory:`). @throws HoldfastError `sqlite_too_old`, `database_unavailable`, `database_busy` */
export async function openSqlite(file: string, bells: Bells, onTrouble: OnTrouble = () => {}): Promise<SqliteDatabase> {
  const connection = await connect(file)
  const doorbells = { jobs: openDoorbell(bells.jobs), lines: openDoorbell(bells.lines) }
  const closing = new AbortController()
  const statements = new Map<string, StatementSync>()
  let trouble: string | null = null
  const asCaller = { patience: 'caller' as const, closed: closing.signal, onTrouble: () => {} }

  // Told once when it begins and once when it is over.
  function tell(what: string | null): void {
    if (what === trouble) return
    trouble = what
    onTrouble(what)
  }

  function run(statement: Sql): Row[] {
    const text = statement.sql
    let prepared = statements.get(text)
    if (!prepared) {
      prepared = connection.prepare(text)
      statements.set(text, prepared)
    }
    return prepared.all(...(statement.values as SQLInputValue[])) as Row[]
  }

  return {
    query: (statement) => patiently(() => run(statement), asCaller),
    trouble: () => trouble,
    async batch<R>(batch: Batch<R>, patience: Patience) {
      let wrote = false
      const answer = await patiently(
        () =>
          inTransaction(connection, () => {
            const decision = batch.decide(batch.reads.map(run))
            wrote = decision.writes.length > 0
            return decision.answer(runWrites(decision.writes, run))
          }),
        { patience, closed: closing.signal, onTrouble: tell },
      )
      if (wrote) doorbells[batch.changes ?? 'jobs'].ring()
      return answer
    },
    async migrate(work) {
      await patiently(
        () =>
          inTransaction(connection, () =>
            work(
              (text) => connection.exec(text),
              (text) => connection.prepare(text).all() as Row[],
            ),
          ),
        asCaller,
      )
    },
    copyTo: (copy) => connection.prepare('vacuum into ?').run(copy),
    onChange(listener, of) {
      const stops = of === 'jobs' ? [doorbells.jobs.onRing(listener)] : [doorbells.jobs.onRing(listener), doorbells.lines.onRing(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
    async close() {
      closing.abort(new HoldfastError('closed', 'Holdfast was closed.'))
      doorbells.jobs.close()
      doorbells.lines.close()
      connection.close()
    },
  }
}

async function connect(file: string): Promise<DatabaseSync> {
  try {
    const connection = new DatabaseSync(file, { timeout: 0 })
    await patiently(() => prepareConnection(connection), { patience: 'caller', closed: new AbortController().signal, onTrouble: () => {} })
    return connection
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    throw new HoldfastError('database_unavailable', `The database ${file} cannot be opened: ${messageOf(cause)}.`, { cause })
  }
}

function refuseOldSqlite(connection: DatabaseSync): void {
  const version = String(connection.prepare('select sqlite_version() as version').get()?.version)
  if (!isOlder(version, [3, 51, 3])) return
  throw new HoldfastError(
    'sqlite_too_old',
    `SQLite 3.51.3 or newer is needed (older ones can damage a database that two processes write), and this Node brings ${version}.`,
  )
}

// Even asking for the version reads the file, which the last of other processes to close holds for a moment.
function prepareConnection(connection: DatabaseSync): void {
  refuseOldSqlite(connection)
  for (const pragma of ['journal_mode=wal', 'synchronous=full', 'foreign_keys=on', 'journal_size_limit=-1', 'trusted_schema=off']) {
    connection.exec(`pragma ${pragma}`)
  }
}

// Reads, decision and writes happen in one turn, so nothing of ours can come between.
function inTransaction<R>(connection: DatabaseSync, work: () => R): R {
  connection.exec('begin immediate')
  try {
    const result = work()
    connection.exec('commit')
    return result
  } catch (error) {
    if (connection.isTransaction) connection.exec('rollback')
    throw error
  }
}

function runWrites(writes: readonly Write[], run: (statement: Sql) => Row[]): Row[][] {
  const written: Row[][] = []
  for (const write of writes) written.push(run(typeof write === 'function' ? write(written) : write))
  return written
}

function isOlder(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number)
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0
    if (part !== wanted) return part < wanted
  }
  return false
}
