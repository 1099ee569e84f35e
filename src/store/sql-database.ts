// The seam between statements and databases. A batch is: reads, one pure synchronous function of core/, writes.
// Never an async callback: nothing of ours runs while the lock is held but that function.
import type { Sql } from 'sql-template-tag'

export type Row = Record<string, unknown>

/** A statement, or one made from the rows that the writes before it returned. */
export type Write = Sql | ((written: Row[][]) => Sql)

/** What a batch changed: jobs, or only what is known of running ones, such as new lines. */
export type Change = 'jobs' | 'lines'

export interface Decision<R> {
  writes: Write[]
  /** Makes the batch's answer from the rows the writes returned. */
  answer: (written: Row[][]) => R
}

export interface Batch<R> {
  reads: Sql[]
  /** Default `jobs`. */
  changes?: Change
  decide: (rows: Row[][]) => Decision<R>
}

/** How long to wait for a locked database: a caller 30 s, the supervisor's own transitions for ever (until closed). */
export type Patience = 'caller' | 'supervisor'

export interface SqlDatabase {
  query(statement: Sql): Promise<Row[]>
  /** What keeps the supervisor's own writes waiting now; null when nothing does. */
  trouble(): string | null
  batch<R>(batch: Batch<R>, patience: Patience): Promise<R>
  /** `jobs`: only when jobs may have changed state; `lines`: then, and when lines or progress came. */
  onChange(listener: () => void, of: Change): () => void
  close(): Promise<void>
}

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
