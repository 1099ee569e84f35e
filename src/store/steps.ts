// The steps of a batch, run one after the other: at once on SQLite, awaited on Postgres. The same rule in both: null is skipped, and its rows are none.
import type { Sql } from 'sql-template-tag'
import type { Batch, Row, Step } from './sql-database.ts'

/** Runs a whole batch on a connection that answers at once; its locks are not needed there. */
export function runBatch<R>(batch: Batch<R>, run: (statement: Sql) => Row[]): { answer: R; wrote: boolean } {
  const { writes, answer, changes = always } = batch.decide(runSteps(batch.reads, run))
  const written = runSteps(writes, run)
  return { answer: answer(written), wrote: writes.length > 0 && changes(written) }
}

/** The same where every statement is awaited. */
export async function awaitBatch<R>(batch: Batch<R>, run: (statement: Sql) => Promise<Row[]>): Promise<{ answer: R; wrote: boolean }> {
  await awaitSteps(batch.locks ?? [], run)
  const { writes, answer, changes = always } = batch.decide(await awaitSteps(batch.reads, run))
  const written = await awaitSteps(writes, run)
  return { answer: answer(written), wrote: writes.length > 0 && changes(written) }
}

const always = () => true

function runSteps(steps: readonly Step[], run: (statement: Sql) => Row[]): Row[][] {
  const rows: Row[][] = []
  for (const step of steps) {
    rows.push(statementsOf(step, rows).flatMap((statement) => run(statement)))
  }
  return rows
}

async function awaitSteps(steps: readonly Step[], run: (statement: Sql) => Promise<Row[]>): Promise<Row[][]> {
  const rows: Row[][] = []
  for (const step of steps) {
    const own: Row[] = []
    for (const statement of statementsOf(step, rows)) own.push(...(await run(statement)))
    rows.push(own)
  }
  return rows
}

function statementsOf(step: Step, before: Row[][]): readonly Sql[] {
  const made = typeof step === 'function' ? step(before) : step
  if (made === null) return []
  return Array.isArray(made) ? made : [made as Sql]
}
