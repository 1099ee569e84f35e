// SQL about jobs: insert, read, list, count, ask to stop, queue again. Each statement once.
import sql, { bulk, empty, join, type Sql } from 'sql-template-tag'
import type { Failure, JobState, StopReason } from '../../core/job.ts'
import { statesBefore } from '../../core/transitions.ts'
import type { JobFilter, NewJob } from '../store.ts'
import { roundedUp } from './in-list.ts'

/** The active jobs with a unique key: at most one that runs and one that is queued. */
export function activeWithKey(kind: string, uniqueKey: string): Sql {
  return sql`select * from jobs where kind = ${kind} and unique_key = ${uniqueKey} and state = 'queued'
    union all select * from jobs where kind = ${kind} and unique_key = ${uniqueKey} and state in ('running', 'stopping')`
}

/** On Postgres: whoever wants to submit or retry with this key waits here for the others. */
export function uniqueKeyLock(kind: string, uniqueKey: string): Sql {
  return sql`select pg_advisory_xact_lock(hashtextextended(${`${kind}\n${uniqueKey}`}, 0))`
}

/** On Postgres: the active ones with a unique key; nobody claims or settles them now. */
export function lockActiveWithKey(kind: string, uniqueKey: string): Sql {
  return sql`select id from jobs where id in (select id from jobs where kind = ${kind} and unique_key = ${uniqueKey} and state = 'queued'
    union all select id from jobs where kind = ${kind} and unique_key = ${uniqueKey} and state in ('running', 'stopping')) order by id for update`
}

export function newerQueued(job: { id: number; kind: string; uniqueKey: string }): Sql {
  return sql`select id from jobs where kind = ${job.kind} and unique_key = ${job.uniqueKey} and state = 'queued' and id <> ${job.id}`
}

export interface JobToInsert {
  job: NewJob
  hold: 0 | 1 | 3
  /** Lock keys it has. */
  locks: number
  /** Jobs it waits for. */
  needs: number
}

/** Several rows in one statement come back in the order of the list. */
export function insertJobs(jobs: readonly JobToInsert[], now: number): Sql {
  const rows = jobs.map(({ job, hold, locks, needs }) => [
    job.kind,
    job.name,
    job.queue,
    'queued',
    hold,
    job.priority,
    job.unique?.key ?? null,
    JSON.stringify(job.input),
    JSON.stringify(job.spec),
    job.fingerprint,
    job.submittedBy,
    now,
    job.availableAt,
    hold === 3 || job.expireAfterMs === null ? null : Math.max(now, job.availableAt) + job.expireAfterMs,
    job.expireAfterMs,
    job.schedule,
    locks,
    needs,
    now,
  ])
  return sql`insert into jobs (kind, name, queue, state, hold, priority, unique_key, input, spec, fingerprint, submitted_by, submitted_at, available_at, expire_at, expire_after, schedule,
    locks, needs, updated_at) values ${bulk(rows)} returning *`
}

export function jobById(id: number): Sql {
  return sql`select * from jobs where id = ${id}`
}

/** On Postgres: the first thing that a batch about a job does. */
export function lockJob(id: number): Sql {
  return sql`select id, kind, unique_key from jobs where id = ${id} for update`
}

/** On Postgres: these stay what they are until the batch is over. */
export function lockJobsForReading(ids: readonly number[]): Sql {
  return sql`select id from jobs where id in (${join(roundedUp(ids))}) order by id for share`
}

export function statesOf(ids: readonly number[]): Sql {
  return sql`select id, state from jobs where id in (${join(roundedUp(ids))})`
}

/** Newest first, by number: the page ends where the next begins, however many jobs come meanwhile. */
export function listJobs(filter: JobFilter & { limit: number }): Sql {
  const { state, limit } = filter
  if (state === undefined || state.length === 1) return head(filter, state?.[0])
  // A head of each state: together they are walked neither through all jobs nor sorted.
  const heads = [...new Set(state)].map((one) => sql`select * from (${head(filter, one)}) as of_state`)
  return sql`${join(heads, ' union all ')} order by id desc limit ${limit}`
}

function head({ kind, queue, ids, before, unsealed, limit }: JobFilter & { limit: number }, state: JobState | undefined): Sql {
  const conditions = [
    state !== undefined && sql`state = ${state}`,
    kind !== undefined && sql`kind = ${kind}`,
    queue !== undefined && sql`queue = ${queue}`,
    ids && sql`id in (${join(roundedUp(ids))})`,
    before !== undefined && sql`id < ${before}`,
    unsealed && sql`log_unsealed = 1`,
  ].filter((condition) => condition !== false && condition !== undefined)
  const where = conditions.length === 0 ? empty : sql`where ${join(conditions, ' and ')}`
  return sql`select * from jobs ${where} order by id desc limit ${limit}`
}

export function countByState(): Sql {
  return sql`select state, count(*) as jobs from jobs group by state`
}

export function unsettledNumbers(): Sql {
  return sql`select id from jobs where state in ('running', 'stopping')`
}

export function unsettledJobs(): Sql {
  return sql`select * from jobs where state in ('running', 'stopping') order by id`
}

export interface StopToMark {
  id: number
  state: JobState
  reason: StopReason
  why: string | null
  by: string | null
  /** Whether the log gets a line. */
  isLogged: boolean
  now: number
}

export function markStopAsked(stop: StopToMark): Sql {
  return sql`update jobs set state = ${stop.state}, stop_reason = ${stop.reason}, stop_why = ${stop.why}, stop_asked_at = ${stop.now}, stop_asked_by = ${stop.by},
      log_lines = log_lines + ${stop.isLogged ? 1 : 0}, version = version + 1, updated_at = ${stop.now}
    where id = ${stop.id} and state in (${join(statesBefore('stop asked'))}) returning *`
}

export function noteOnJob({ id, forgive, now }: { id: number; forgive: boolean; now: number }): Sql {
  const waited = forgive ? sql`stalled = null, waited_at = ${now}, stall_told_at = null,` : empty
  return sql`update jobs set ${waited} log_lines = log_lines + 1, version = version + 1, updated_at = ${now} where id = ${id} returning *`
}

export interface QueuedToSettle {
  id: number
  state: JobState
  failure: Failure
  stopReason: StopReason | null
  by: string | null
  isLogged: boolean
  now: number
}

/** Settles a job that has not begun, or waits for another attempt. Those that wait for it are told by a later promotion. */
export function settleQueuedJob(settled: QueuedToSettle): Sql {
  const { now } = settled
  const askedAt = settled.stopReason === null ? null : now
  return sql`update jobs set state = ${settled.state}, hold = 0, parked_key = null, expire_at = null, locks = 0, failure = ${JSON.stringify(settled.failure)}, finished_at = ${now},
      stop_reason = ${settled.stopReason}, stop_asked_at = ${askedAt}, stop_asked_by = ${settled.by}, promotes = ${isNeeded},
      log_lines = log_lines + ${settled.isLogged ? 1 : 0}, version = version + 1, updated_at = ${now}
    where id = ${settled.id} and state = 'queued' returning *`
}

/** The reason of a job that was settled in the same batch, now that it can name the other one. */
export function setFailure(id: number, failure: Failure): Sql {
  return sql`update jobs set failure = ${JSON.stringify(failure)} where id = ${id}`
}

/** A settled job that somebody new waits for: the next promotion tells him. */
export function markToTell(id: number): Sql {
  return sql`update jobs set promotes = 1 where id = ${id} and finished_at is not null`
}

/** 1 when some job still waits for this one. */
export const isNeeded = sql`case when exists (select 1 from dependencies where needs_job_id = jobs.id and told = 0) then 1 else 0 end`

export interface JobToQueueAgain {
  id: number
  hold: 0 | 3
  needs: number
  locks: number
  fromCheckpoint: boolean
  now: number
}

/** A person's retry or resume: one attempt more than the policy allows, so one of those before is excused. */
export function queueAgain(again: JobToQueueAgain): Sql {
  return sql`update jobs set state = 'queued', hold = ${again.hold}, needs = ${again.needs}, locks = ${again.locks}, promotes = 0, interruptions = 0,
      attempts_excused = attempts_excused + case when attempts > attempts_excused then 1 else 0 end, from_checkpoint = ${again.fromCheckpoint ? 1 : 0}, available_at = ${again.now}, expire_at = null, expire_after = null, finished_at = null,
      stop_reason = null, stop_why = null, stop_asked_at = null, stop_asked_by = null, stall_told_at = null, log_lines = log_lines + 1, version = version + 1, updated_at = ${again.now}
    where id = ${again.id} and state in (${join(statesBefore('retry or resume asked'))}) returning *`
}

/** A running job got a lock key after it was submitted, because another one is queued behind it. */
export function addLock(id: number, now: number): Sql {
  return sql`update jobs set locks = locks + 1, updated_at = ${now} where id = ${id}`
}

export interface EventRow {
  jobId: number
  version: number
  name: string
  by: string | null
  details: unknown
  now: number
}

export function insertEvent(event: EventRow): Sql {
  return insertEvents([event])
}

export function insertEvents(events: readonly EventRow[]): Sql {
  const rows = events.map(({ jobId, version, now, name, by, details }) => [
    jobId,
    version,
    now,
    name,
    by,
    details === null ? null : JSON.stringify(details),
  ])
  return sql`insert into job_events (job_id, version, at, name, by, details) values ${bulk(rows)}`
}

export function eventsOf(jobId: number, limit: number): Sql {
  return sql`select * from job_events where job_id = ${jobId} order by id desc limit ${limit}`
}
