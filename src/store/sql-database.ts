// The seam between statements and databases. A batch is: locks, reads, one pure synchronous function of core/, writes.
// Never an async callback: nothing of ours runs while the lock is held but that function.
import { raw, type Sql } from 'sql-template-tag'

export type Row = Record<string, unknown>

/** A statement, or what is made from the rows of the steps before it in the same list: one, several whose rows are taken together, or null: nothing, and no rows. */
export type Step = Sql | ((before: Row[][]) => Sql | readonly Sql[] | null)

/** What a batch changed: jobs, or only what is known of running ones, such as new lines. */
export type Change = 'jobs' | 'lines'

/** What can be listened for: changes, after they were written; or that one is about to be written after which there may be something to claim. */
export type Hint = Change | 'coming'

export interface Decision<R> {
  writes: Step[]
  /** Makes the batch's answer from the rows the writes returned. */
  answer: (written: Row[][]) => R
  /** Whether there is anything that others have to be woken for. Default: yes, when something was written. */
  changes?: (written: Row[][]) => boolean
}

export interface Batch<R> {
  /** Run first, one after the other, on Postgres only: there, a check in the statement that waits for a lock sees what was before the wait. A batch on SQLite has the database to itself. */
  locks?: readonly Step[]
  reads: readonly Step[]
  /** Default `jobs`. */
  changes?: Change
  /** There may be something to claim once it is written: whoever claims is told in time to be in the same transaction, where there is one for several. */
  bringsWork?: boolean
  /** Pure: it is asked again when the batch has to be tried again. */
  decide: (rows: Row[][]) => Decision<R>
}

/** How long to wait for a locked database: a caller 30 s, the supervisor's own transitions for ever (until closed). */
export type Patience = 'caller' | 'supervisor'

/** A handle of the caller's with an open transaction of his: of `node:sqlite` or better-sqlite3 on the same file, or of `pg`. */
export type CallerTransaction = object

export interface SqlDatabase {
  query(statement: Sql): Promise<Row[]>
  /** What keeps the supervisor's own writes waiting now; null when nothing does. */
  trouble(): string | null
  /** Resolves after the commit. Batches of one turn of the event loop may share it; each is undone by itself when it fails. */
  batch<R>(batch: Batch<R>, patience: Patience): Promise<R>
  /** Runs the batch inside the caller's transaction: it is there if and when he commits. @throws HoldfastError `invalid_request` when there is none open, or the handle is of another database */
  batchWithin<R>(batch: Batch<R>, transaction: CallerTransaction): Promise<R>
  /** `jobs`: only when jobs may have changed state; `lines`: then, and when lines or progress came. `coming`: see `Store`; never on a database where every batch is a transaction of its own. */
  onChange(listener: () => void, of: Hint): () => void
  close(): Promise<void>
}

/** At the end of a select: on Postgres its rows are locked, and those that another transaction has locked are left out. A comment to SQLite. */
export const forUpdateSkipLocked = raw('/* for update skip locked */')

/** The same, but those of others are waited for. What is decided on has to be read after it, by a statement of its own. */
export const forUpdate = raw('/* for update */')

/** The row of a statement that always returns one. */
export function firstRow(rows: Row[] | undefined): Row {
  const row = rows?.[0]
  if (!row) throw new Error('A statement that must return a row returned none.')
  return row
}

/** A decision that writes nothing. */
export function noWrites<R>(result: R): Decision<R> {
  return { writes: [], answer: () => result }
}
