// What the database holds when a campaign is over, read past the port: the checker trusts no code of ours but the schema's names.
import { raw } from 'sql-template-tag'
import type { JobState, Lock } from '../../../src/core/job.ts'
import { openPostgres } from '../../../src/store/postgres/postgres.ts'
import { number, numberOrNull, string, stringOrNull } from '../../../src/store/rows.ts'
import type { Row } from '../../../src/store/sql-database.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite.ts'
import type { Facts } from './history.ts'

export interface FinalJob extends Facts {
  state: JobState
  attempts: number
  version: number
  finishedAt: number | null
  logLines: number
}

export interface FinalRows {
  jobs: FinalJob[]
  attempts: { jobId: number; attempt: number; state: string }[]
  /** By job and number. */
  blocks: {
    jobId: number
    firstSeq: number
    lineCount: number
    attempt: number
    stream: number
    from: number
    bytes: number
    body: string | null
  }[]
  /** In the order they were written. */
  events: { jobId: number; name: string }[]
  locks: { jobId: number; key: string; stage: number }[]
  checkpoints: { jobId: number; value: string }[]
  dependencies: { jobId: number; needs: number; told: number }[]
  /** In words: what should have been seen to, and was not. */
  leftovers: string[]
}

export type Ask = (text: string) => Promise<Row[]>

export interface Asker {
  ask: Ask
  /** Changes something. */
  say(text: string): Promise<unknown>
  close(): Promise<void>
}

export async function openAsker(address: string | null, file: string): Promise<Asker> {
  const database = address === null ? await openSqlite(file) : await openPostgres(address)
  return {
    ask: (text) => database.query(raw(text)),
    say: (text) => database.batch({ reads: [], decide: () => ({ writes: [raw(text)], answer: () => null }) }, 'supervisor'),
    close: () => database.close(),
  }
}

export async function readFinalRows(ask: Ask): Promise<FinalRows> {
  const [jobs, attempts, blocks, events] = [
    await ask('select * from jobs order by id'),
    await ask('select job_id, attempt, state from attempts order by job_id, attempt'),
    await ask('select * from log_blocks order by job_id, first_seq'),
    await ask('select job_id, name from job_events order by id'),
  ]
  const locks = await ask('select job_id, name, stage from job_locks join lock_keys on lock_keys.id = job_locks.key_id')
  const checkpoints = await ask('select job_id, value from checkpoints')
  const dependencies = await ask('select job_id, needs_job_id, told from dependencies')
  return {
    jobs: jobs.map(toFinalJob),
    attempts: attempts.map((row) => ({ jobId: number(row.job_id), attempt: number(row.attempt), state: string(row.state) })),
    blocks: blocks.map(toBlock),
    events: events.map((row) => ({ jobId: number(row.job_id), name: string(row.name) })),
    locks: locks.map((row) => ({ jobId: number(row.job_id), key: string(row.name), stage: number(row.stage) })),
    checkpoints: checkpoints.map((row) => ({ jobId: number(row.job_id), value: JSON.parse(string(row.value)) })),
    dependencies: dependencies.map((row) => ({ jobId: number(row.job_id), needs: number(row.needs_job_id), told: number(row.told) })),
    leftovers: await readLeftovers(ask),
  }
}

/** What is still to be done, each in words. Empty when everything has come to rest. */
export async function readLeftovers(ask: Ask): Promise<string[]> {
  const active = await ask(
    `select id, state, hold, parked_key, needs, runner_id from jobs where state in ('queued', 'running', 'stopping') order by id limit 20`,
  )
  const parked = await ask('select id from jobs where hold = 2 limit 20')
  const flagged = await ask('select name from lock_keys where wake_at is not null order by name limit 20')
  const promoting = await ask('select id from jobs where promotes <> 0 limit 20')
  return [
    ...active.map(
      (row) =>
        `job ${row.id} is ${row.state} (hold ${row.hold}, parked key ${row.parked_key}, needs ${row.needs}, runner ${row.runner_id})`,
    ),
    ...parked.map((row) => `job ${row.id} is parked`),
    ...flagged.map((row) => `lock key ${row.name} is flagged`),
    ...promoting.map((row) => `job ${row.id} has not told those that wait for it`),
  ]
}

function toFinalJob(row: Row): FinalJob {
  const spec = JSON.parse(string(row.spec)) as { locks: Lock[]; retry: { attempts: number } | null }
  return {
    id: number(row.id),
    kind: string(row.kind),
    queue: string(row.queue),
    unique: stringOrNull(row.unique_key),
    priority: number(row.priority),
    locks: spec.locks,
    mostAttempts: spec.retry?.attempts ?? 1,
    state: string(row.state) as JobState,
    attempts: number(row.attempts),
    version: number(row.version),
    finishedAt: numberOrNull(row.finished_at),
    expireAt: numberOrNull(row.expire_at),
    logLines: number(row.log_lines),
  }
}

function toBlock(row: Row) {
  return {
    jobId: number(row.job_id),
    firstSeq: number(row.first_seq),
    lineCount: number(row.line_count),
    attempt: number(row.attempt),
    stream: number(row.stream),
    from: number(row.byte_offset),
    bytes: number(row.byte_length),
    body: stringOrNull(row.body),
  }
}
