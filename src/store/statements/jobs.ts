// SQL about jobs: insert, read, list, count, ask to stop. Each statement once.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { Failure, JobState, StopReason } from '../../core/job.ts'
import { statesBefore } from '../../core/transitions.ts'
import type { NewJob } from '../store.ts'

export function activeWithKey(kind: string, uniqueKey: string | null): Sql {
  return sql`select * from jobs where kind = ${kind} and unique_key = ${uniqueKey} and state in ('queued', 'running', 'stopping') limit 1`
}

export function insertJob(job: NewJob, now: number): Sql {
  return sql`insert into jobs (kind, name, queue, state, unique_key, input, spec, fingerprint, submitted_by, submitted_at, available_at, updated_at)
    values (${job.kind}, ${job.name}, ${job.queue}, 'queued', ${job.uniqueKey}, ${JSON.stringify(job.input)}, ${JSON.stringify(job.spec)},
      ${job.fingerprint}, ${job.submittedBy}, ${now}, ${now}, ${now}) returning *`
}

export function jobById(id: number): Sql {
  return sql`select * from jobs where id = ${id}`
}

/** Newest first, by number: the page ends where the next begins, however many jobs come meanwhile. */
export function listJobs(filter: { state?: readonly JobState[]; kind?: string; before?: number; limit: number }): Sql {
  const byState = filter.state ? sql`and state in (${join(roundedUp(filter.state))})` : empty
  const byKind = filter.kind === undefined ? empty : sql`and kind = ${filter.kind}`
  const byNumber = filter.before === undefined ? empty : sql`and id < ${filter.before}`
  return sql`select * from jobs where 1 = 1 ${byState} ${byKind} ${byNumber} order by id desc limit ${filter.limit}`
}

export function countByState(): Sql {
  return sql`select state, count(*) as jobs from jobs group by state`
}

export function unsettledJobs(): Sql {
  return sql`select * from jobs where state in ('running', 'stopping') order by id`
}

export function readyJobs(options: { queue: string; kinds: readonly string[]; limit: number }): Sql {
  return sql`select * from jobs where state = 'queued' and hold = 0 and queue = ${options.queue} and runs_on = '' and kind in (${join(roundedUp(options.kinds))})
    order by priority, id limit ${options.limit}`
}

export interface StopAsked {
  id: number
  state: JobState
  reason: StopReason
  by: string | null
  /** Set when the job settles by this alone. */
  failure: Failure | null
  now: number
}

export function markStopAsked(stop: StopAsked): Sql {
  const finishedAt = stop.state === 'cancelled' ? stop.now : null
  return sql`update jobs set state = ${stop.state}, hold = 0, parked_key = null, stop_reason = ${stop.reason}, stop_asked_at = ${stop.now}, stop_asked_by = ${stop.by},
      failure = ${stop.failure && JSON.stringify(stop.failure)}, finished_at = ${finishedAt}, version = version + 1, updated_at = ${stop.now}
    where id = ${stop.id} and state in (${join(statesBefore('cancel asked'))}) returning *`
}

export function insertEvent(event: {
  jobId: number
  version: number
  name: string
  by: string | null
  details: unknown
  now: number
}): Sql {
  return sql`insert into job_events (job_id, version, at, name, by, details)
    values (${event.jobId}, ${event.version}, ${event.now}, ${event.name}, ${event.by}, ${event.details === null ? null : JSON.stringify(event.details)})`
}

export function eventsOf(jobId: number, limit: number): Sql {
  return sql`select * from job_events where job_id = ${jobId} order by id desc limit ${limit}`
}

// Lists of 1, 4, 16, 64 values, so that few statement texts are ever prepared; the last value is repeated.
function roundedUp<T>(values: readonly T[]): T[] {
  const size = [1, 4, 16, 64].find((least) => values.length <= least) ?? values.length
  const last = values.at(-1)
  return last === undefined ? [] : [...values, ...new Array<T>(size - values.length).fill(last)]
}
