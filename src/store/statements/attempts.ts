// SQL about tries: their process, how far their files were read, their end.
import sql, { join, type Sql } from 'sql-template-tag'
import type { Failure, StopReason } from '../../core/job.ts'
import type { AttemptEnd, Fence, Observation } from '../store.ts'
import { roundedUp } from './in-list.ts'

/** The newest so many. */
export function attemptsOf(jobId: number, limit: number): Sql {
  return sql`select * from attempts where job_id = ${jobId} order by attempt desc limit ${limit}`
}

/** The newest attempt of every job that is not settled. */
export function attemptsUnsettled(): Sql {
  return sql`select attempts.* from attempts join jobs on jobs.id = attempts.job_id and jobs.attempts = attempts.attempt where jobs.state in ('running', 'stopping')`
}

export function attemptFolders(jobIds: readonly number[]): Sql {
  return sql`select job_id, folder from attempts where job_id in (${join(roundedUp(jobIds))})`
}

export function giveAttempt(options: { fence: Fence; runnerId: string; adoptedAt: number | null }): Sql {
  return sql`update attempts set runner_id = ${options.runnerId}, adopted_at = coalesce(${options.adoptedAt}, adopted_at)
    where job_id = ${options.fence.jobId} and attempt = ${options.fence.attempt} returning *`
}

export function beginAttempt(options: { fence: Fence; pid: number; processStartedAt: string | null }): Sql {
  return sql`update attempts set state = 'running', pid = ${options.pid}, process_started_at = ${options.processStartedAt}
    where job_id = ${options.fence.jobId} and attempt = ${options.fence.attempt}`
}

export function observeAttempt(options: { fence: Fence; seen: Observation }): Sql {
  const { fence, seen } = options
  return sql`update attempts set events_bytes = coalesce(${seen.eventsBytes ?? null}, events_bytes), said_error = coalesce(${seen.saidError ?? null}, said_error),
      said_next = coalesce(${seen.saidNext ? JSON.stringify(seen.saidNext) : null}, said_next),
      telemetry = coalesce(${seen.telemetry ? JSON.stringify(seen.telemetry) : null}, telemetry)
    where job_id = ${fence.jobId} and attempt = ${fence.attempt}`
}

export function endAttempt(options: { fence: Fence; end: AttemptEnd; failure: Failure | null; stopReason: StopReason | null }): Sql {
  const { fence, end, failure, stopReason } = options
  return sql`update attempts set state = 'ended', finished_at = ${end.now}, exit_code = ${end.exitCode}, signal = ${end.signal},
      failure = ${failure && JSON.stringify(failure)}, stop_reason = ${stopReason}
    where job_id = ${fence.jobId} and attempt = ${fence.attempt}`
}
