// Every statement that touches a lease. Each write names the token it holds; an older one changes no row (I6).
import sql, { join, type Sql } from 'sql-template-tag'
import type { JobState } from '../../core/job.ts'
import { statesBefore } from '../../core/transitions.ts'
import type { AttemptEnd, Fence, Observation, RunnerPlace } from '../store.ts'

export function claimJob(options: { id: number; runnerId: string; now: number }): Sql {
  return sql`update jobs set state = 'running', runner_id = ${options.runnerId}, lease_token = lease_token + 1, attempts = attempts + 1,
      started_at = coalesce(started_at, ${options.now}), version = version + 1, updated_at = ${options.now}
    where id = ${options.id} and state in (${join(statesBefore('claimed'))}) and hold = 0 returning *`
}

export function takeLease(options: { fence: Fence; runnerId: string; now: number }): Sql {
  return sql`update jobs set runner_id = ${options.runnerId}, lease_token = lease_token + 1, version = version + 1, updated_at = ${options.now}
    where id = ${options.fence.jobId} and lease_token = ${options.fence.leaseToken} and state in (${join(statesBefore('adopted'))}) returning *`
}

/** Reads the job for the holder of a lease; no row when the lease was lost or the job has settled. */
export function leasedJob(fence: Fence): Sql {
  return sql`select * from jobs where id = ${fence.jobId} and lease_token = ${fence.leaseToken} and attempts = ${fence.attempt} and state in ('running', 'stopping')`
}

export function touchJob(options: { fence: Fence; now: number }): Sql {
  return sql`update jobs set version = version + 1, updated_at = ${options.now}
    where id = ${options.fence.jobId} and lease_token = ${options.fence.leaseToken} returning *`
}

export function observeJob(options: { fence: Fence; seen: Observation; now: number }): Sql {
  const { fence, seen, now } = options
  const progress = seen.progress === undefined ? sql`progress` : sql`${seen.progress && JSON.stringify(seen.progress)}`
  const result = seen.result === undefined ? sql`result` : sql`${JSON.stringify(seen.result)}`
  const lines = seen.blocks.reduce((sum, block) => sum + block.lineCount, seen.notes?.length ?? 0)
  return sql`update jobs set progress = ${progress}, result = ${result}, heartbeat_at = ${seen.heartbeatAt}, log_lines = log_lines + ${lines},
      version = version + 1, updated_at = ${now}
    where id = ${fence.jobId} and lease_token = ${fence.leaseToken} and state in ('running', 'stopping') returning *`
}

export function settleJob(options: { fence: Fence; state: JobState; end: AttemptEnd }): Sql {
  const { fence, state, end } = options
  return sql`update jobs set state = ${state}, runner_id = null, finished_at = ${end.now}, exit_code = ${end.exitCode}, signal = ${end.signal},
      failure = ${end.failure && JSON.stringify(end.failure)}, progress = ${end.progress && JSON.stringify(end.progress)}, version = version + 1, updated_at = ${end.now}
    where id = ${fence.jobId} and lease_token = ${fence.leaseToken} and state in ('running', 'stopping') returning *`
}

export function saveCheckpoint(options: { fence: Fence; value: string; now: number }): Sql {
  const { fence, value, now } = options
  return sql`insert into checkpoints (job_id, attempt, value, saved_at) values (${fence.jobId}, ${fence.attempt}, ${value}, ${now})
    on conflict (job_id) do update set attempt = excluded.attempt, value = excluded.value, saved_at = excluded.saved_at where checkpoints.attempt <= excluded.attempt`
}

export function insertAttempt(options: { jobId: number; attempt: number; protocol: number; place: RunnerPlace; now: number }): Sql {
  const { jobId, attempt, protocol, place, now } = options
  return sql`insert into attempts (job_id, attempt, state, protocol, folder, runner_id, host_id, boot_id, started_at)
    values (${jobId}, ${attempt}, 'starting', ${protocol}, ${`${jobId}-${attempt}`}, ${place.runnerId}, ${place.hostId}, ${place.bootId}, ${now}) returning *`
}
