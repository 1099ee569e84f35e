// SQL about tries: their process, how far their files were read, their end.
import sql, { join, type Sql } from 'sql-template-tag'
import type { Failure, StopReason, Stream } from '../../core/job.ts'
import type { AttemptEnd, Begun, Fence, Observation, Sealed } from '../store.ts'
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

export function beginAttempt(options: { fence: Fence; begun: Begun }): Sql {
  return sql`update attempts set state = 'running', pid = ${options.begun.pid}, process_started_at = ${options.begun.processStartedAt}
    where job_id = ${options.fence.jobId} and attempt = ${options.fence.attempt}`
}

export function observeAttempt(options: { fence: Fence; seen: Observation }): Sql {
  const { fence, seen } = options
  const stdout = endOf(seen, 'stdout')
  const stderr = endOf(seen, 'stderr')
  return sql`update attempts set events_bytes = coalesce(${seen.eventsBytes ?? null}, events_bytes), said_error = coalesce(${seen.saidError ?? null}, said_error),
      said_next = coalesce(${seen.saidNext ? JSON.stringify(seen.saidNext) : null}, said_next),
      telemetry = coalesce(${seen.telemetry ? JSON.stringify(seen.telemetry) : null}, telemetry),
      stdout_file = coalesce(${stdout.fileNumber}, stdout_file), stdout_bytes = coalesce(${stdout.bytes}, stdout_bytes),
      stderr_file = coalesce(${stderr.fileNumber}, stderr_file), stderr_bytes = coalesce(${stderr.bytes}, stderr_bytes)
    where job_id = ${fence.jobId} and attempt = ${fence.attempt}`
}

// Where reading of a stream goes on: behind its last block.
function endOf({ blocks }: Observation, stream: Stream): { fileNumber: number | null; bytes: number | null } {
  const last = blocks.findLast((block) => block.stream === stream)
  return last ? { fileNumber: last.fileNumber, bytes: last.byteOffset + last.byteLength } : { fileNumber: null, bytes: null }
}

export function sealAttempt(jobId: number, { attempt, after, stdout, stderr }: Sealed): Sql {
  return sql`update attempts set sealed = ${after + 1}, stdout_hole_at = ${stdout.at}, stdout_hole_bytes = ${stdout.bytes}, stderr_hole_at = ${stderr.at}, stderr_hole_bytes = ${stderr.bytes}
    where job_id = ${jobId} and attempt = ${attempt}`
}

export function endAttempt(options: { fence: Fence; end: AttemptEnd; failure: Failure | null; stopReason: StopReason | null }): Sql {
  const { fence, end, failure, stopReason } = options
  return sql`update attempts set state = 'ended', finished_at = ${end.now}, exit_code = ${end.exitCode}, signal = ${end.signal},
      failure = ${failure && JSON.stringify(failure)}, stop_reason = ${stopReason}
    where job_id = ${fence.jobId} and attempt = ${fence.attempt}`
}
