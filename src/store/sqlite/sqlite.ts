// SQLite behind the seam: pragmas, batches in one turn of the event loop, and our own patience instead of the driver's,
// which would sleep inside the event loop (measured: 5 s freezes).
import type { Sql } from 'sql-template-tag'
import { HoldfastError } from '../../core/errors.ts'
import { type MigratableDatabase, type Migration, sqliteDialect } from '../dialect.ts'
import { openBells } from '../doorbell.ts'
import { messageOf, type OnTrouble, patiently, type WaitTimes } from '../patience.ts'
import type { Batch, Change, Patience, Row, SqlDatabase } from '../sql-database.ts'
import { runBatch } from '../steps.ts'
import { type CallersHandle, callersHandle } from './caller.ts'
import { troubleOf } from './errors.ts'
import { groupCommit } from './group-commit.ts'
import { type Library, nodeSqlite, type SqliteConnection } from './library.ts'
import { staysIn } from './unmoved.ts'

export interface SqliteDatabase extends SqlDatabase, MigratableDatabase {
  /** Writes a consistent copy. */
  copyTo(file: string): void
}

export interface SqliteOptions extends WaitTimes {
  /** Files of the doorbells; default: only this process rings, as for a database in memory. */
  bells?: Record<Change, string | null>
  onTrouble?: OnTrouble
  /** Default: Node's own. */
  library?: Library
}

/** Opens a database file (or `:memory:`). @throws HoldfastError `sqlite_too_old`, `database_unavailable`, `database_busy` */
export async function openSqlite(file: string, options: SqliteOptions = {}): Promise<SqliteDatabase> {
  const { bells: files = { jobs: null, lines: null }, onTrouble = () => {}, library = nodeSqlite, ...times } = options
  const connection = await connect(file, library)
  const bells = openBells(files)
  const closing = new AbortController()
  const run = prepared(connection)
  let trouble: string | null = null
  let isWorkComing = false
  const asCaller = { patience: 'caller' as const, closed: closing.signal, onTrouble: () => {}, troubleOf, ...times }

  // Told once when it begins and once when it is over.
  function tell(what: string | null): void {
    const isNews = (what === null) !== (trouble === null)
    trouble = what
    if (isNews) onTrouble(what)
  }

  // What is asked for now comes behind what is written already, in the same transaction.
  function foretell(): void {
    if (!isWorkComing) return
    isWorkComing = false
    bells.foretell()
  }

  const group = groupCommit({
    connection,
    troubleOf,
    check: staysIn(file),
    onTrouble: tell,
    isShared: file !== ':memory:',
    beforeWriting: foretell,
    times,
  })

  return {
    dialect: sqliteDialect,
    query: (statement) => patiently(() => run(statement), asCaller),
    trouble: () => trouble,
    async batch<R>(batch: Batch<R>, patience: Patience) {
      if (batch.bringsWork) isWorkComing = true
      const { answer, wrote } = await group.add(() => runBatch(batch, run), patience)
      if (wrote) bells.ring(batch.changes ?? 'jobs')
      return answer
    },
    async batchWithin<R>(batch: Batch<R>, transaction: object) {
      closing.signal.throwIfAborted()
      const handle = callersHandle(transaction, { file, library })
      const { answer, wrote } = handle.within((run) => runBatch(batch, run))
      if (wrote) ringAfter(handle, () => bells.ring(batch.changes ?? 'jobs'))
      return answer
    },
    migrate: (work) => migrating(connection, work, () => patiently(() => connection.exec('begin immediate'), asCaller)),
    copyTo: (copy) => connection.prepare('vacuum into ?')([copy]),
    onChange: bells.onChange,
    async close() {
      if (closing.signal.aborted) return
      const closed = new HoldfastError('closed', 'Holdfast was closed.')
      group.close(closed)
      closing.abort(closed)
      bells.close()
      connection.close()
    },
  }
}

/** Statement texts are few: each is written once, and lists are rounded up. The bound is for the day that somebody forgets. */
const preparedStatements = 1_000

function prepared(connection: SqliteConnection): (statement: Sql) => Row[] {
  const statements = new Map<string, (values: readonly unknown[]) => Row[]>()
  return (statement) => {
    const text = statement.sql
    let known = statements.get(text)
    if (!known) {
      if (statements.size >= preparedStatements) statements.clear()
      known = connection.prepare(text)
      statements.set(text, known)
    }
    return known(statement.values)
  }
}

/** How often, and how many times, we look whether a caller's transaction is over. Whoever takes longer is found by the slow poll. */
const look = { everyMs: 20, times: 50 }

// Nobody tells us of his commit.
function ringAfter(handle: CallersHandle, ring: () => void, looked = 0): void {
  setTimeout(() => {
    if (looked < look.times && isOpen(handle)) ringAfter(handle, ring, looked + 1)
    else ring()
  }, look.everyMs).unref()
}

function isOpen(handle: CallersHandle): boolean {
  try {
    return handle.isTransaction()
  } catch {
    return false
  }
}

async function connect(file: string, library: Library): Promise<SqliteConnection> {
  try {
    const connection = library.open(file)
    const closed = new AbortController().signal
    await patiently(() => prepareConnection(connection), { patience: 'caller', closed, onTrouble: () => {}, troubleOf })
    return connection
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    throw new HoldfastError('database_unavailable', `The database ${file} cannot be opened: ${messageOf(cause)}.`, { cause })
  }
}

function refuseOldSqlite(connection: SqliteConnection): void {
  const version = String(connection.prepare('select sqlite_version() as version')([])[0]?.version)
  if (!isOlder(version, [3, 51, 3])) return
  throw new HoldfastError(
    'sqlite_too_old',
    `SQLite 3.51.3 or newer is needed (older ones can damage a database that two processes write), and this is ${version}.`,
  )
}

// Even asking for the version reads the file, which the last of other processes to close holds for a moment.
function prepareConnection(connection: SqliteConnection): void {
  refuseOldSqlite(connection)
  for (const pragma of ['journal_mode=wal', 'synchronous=full', 'foreign_keys=on', 'journal_size_limit=-1', 'trusted_schema=off']) {
    connection.exec(`pragma ${pragma}`)
  }
}

// While it is opened nobody else uses the connection, so that awaiting inside the transaction lets nobody in.
async function migrating<R>(connection: SqliteConnection, work: Migration<R>, begin: () => Promise<void>): Promise<R> {
  await begin()
  try {
    const result = await work({
      run: async (text) => connection.exec(text),
      read: async (text) => connection.prepare(text)([]),
    })
    connection.exec('commit')
    return result
  } catch (error) {
    if (connection.isTransaction()) connection.exec('rollback')
    throw error
  }
}

function isOlder(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number)
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0
    if (part !== wanted) return part < wanted
  }
  return false
}
