// The steps of a batch, run one after the other: at once on SQLite, awaited on Postgres. The same rule in both: null is skipped, and its rows are none.
import type { Sql } from 'sql-template-tag'
import type { Batch, Row, Step } from './sql-database.ts'

/** Runs a whole batch on a connection that answers at once; its locks are not needed there. */
export function runBatch<R>(batch: Batch<R>, run: (statement: Sql) => Row[]): { answer: R; wrote: boolean } {
  const { writes, answer } = batch.decide(runSteps(batch.reads, run))
  return { answer: answer(runSteps(writes, run)), wrote: writes.length > 0 }
}

/** The same where every statement is awaited. */
export async function awaitBatch<R>(batch: Batch<R>, run: (statement: Sql) => Promise<Row[]>): Promise<{ answer: R; wrote: boolean }> {
  await awaitSteps(batch.locks ?? [], run)
  const { writes, answer } = batch.decide(await awaitSteps(batch.reads, run))
  return { answer: answer(await awaitSteps(writes, run)), wrote: writes.length > 0 }
}

function runSteps(steps: readonly Step[], run: (statement: Sql) => Row[]): Row[][] {
  const rows: Row[][] = []
  for (const step of steps) {
    const statement = statementOf(step, rows)
    rows.push(statement ? run(statement) : [])
  }
  return rows
}

async function awaitSteps(steps: readonly Step[], run: (statement: Sql) => Promise<Row[]>): Promise<Row[][]> {
  const rows: Row[][] = []
  for (const step of steps) {
    const statement = statementOf(step, rows)
    rows.push(statement ? await run(statement) : [])
  }
  return rows
}

function statementOf(step: Step, before: Row[][]): Sql | null {
  return typeof step === 'function' ? step(before) : step
}
