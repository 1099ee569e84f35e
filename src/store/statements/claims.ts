// Every statement that touches a lease. Each write names the token it holds; an older one changes no row (I6).
import sql, { join, type Sql } from 'sql-template-tag'
import type { Ending } from '../../core/ending.ts'
import type { JobFlag } from '../../core/job.ts'
import type { Checkpoint } from '../../core/progress.ts'
import { statesBefore } from '../../core/transitions.ts'
import { forUpdateSkipLocked } from '../sql-database.ts'
import type { AttemptEnd, Fence, Observation, RunnerPlace } from '../store.ts'
import { roundedUp } from './in-list.ts'
import { isNeeded } from './jobs.ts'

/** What a claim pass has to know of the jobs it looks at; their inputs may be long and are read only for those it claims. */
export function candidates(ids: readonly number[]): Sql {
  return sql`select id, queue, kind, priority, hold, parked_key, locks, attempts, version from jobs
    where id in (${join(roundedUp(ids))}) and state = 'queued' and hold in (0, 2) order by id ${forUpdateSkipLocked}`
}

export function claimJob(options: { id: number; runnerId: string; now: number }): Sql {
  return sql`update jobs set state = 'running', hold = 0, parked_key = null, expire_at = null, runner_id = ${options.runnerId}, lease_token = lease_token + 1, attempts = attempts + 1,
      started_at = coalesce(started_at, ${options.now}), failure = null, exit_code = null, signal = null, result = null, progress = null, heartbeat_at = null, flags = '', stalled = null, waited_at = null,
      version = version + 1, updated_at = ${options.now}
    where id = ${options.id} and state in (${join(statesBefore('claimed'))}) returning *`
}

export function parkJob(id: number, keyId: number, now: number): Sql {
  return sql`update jobs set hold = 2, parked_key = ${keyId}, version = version + 1, updated_at = ${now} where id = ${id}`
}

export function unparkJob(id: number, now: number): Sql {
  return sql`update jobs set hold = 0, parked_key = null, version = version + 1, updated_at = ${now} where id = ${id}`
}

export function takeLease(options: { fence: Fence; runnerId: string; flags: readonly JobFlag[]; isLogged: boolean; now: number }): Sql {
  return sql`update jobs set runner_id = ${options.runnerId}, lease_token = lease_token + 1, flags = ${flagsText(options.flags)},
      log_lines = log_lines + ${options.isLogged ? 1 : 0}, version = version + 1, updated_at = ${options.now}
    where id = ${options.fence.jobId} and lease_token = ${options.fence.leaseToken} and state in (${join(statesBefore('adopted'))}) returning *`
}

// `stalled` is a flag by its facts alone.
function flagsText(flags: readonly JobFlag[]): string {
  return flags.filter((flag) => flag !== 'stalled').join(' ')
}

/** Reads the job for the holder of a lease; no row when the lease was lost or the job has settled. */
export function leasedJob(fence: Fence): Sql {
  return sql`select * from jobs where id = ${fence.jobId} and lease_token = ${fence.leaseToken} and attempts = ${fence.attempt} and state in ('running', 'stopping')`
}

/** The same for who ends it, with how many targets of notifications there are. */
export function leasedJobToEnd(fence: Fence): Sql {
  return sql`select jobs.*, (select count(*) from notification_targets) as targets from jobs
    where id = ${fence.jobId} and lease_token = ${fence.leaseToken} and attempts = ${fence.attempt} and state in ('running', 'stopping')`
}

/** What becomes of a job's log. */
export interface LogAfter {
  /** How many come. */
  lines: number
  /** How many more are kept; fewer: below zero. */
  bytes: number
  middle: number | null
  isDropped: boolean
}

export function observeJob({ fence, seen, log, now }: { fence: Fence; seen: Observation; log: LogAfter; now: number }): Sql {
  const progress = seen.progress === undefined ? sql`progress` : sql`${seen.progress && JSON.stringify(seen.progress)}`
  const result = seen.result === undefined ? sql`result` : sql`${JSON.stringify(seen.result)}`
  const saved = seen.checkpoint === undefined ? sql`saved` : sql`${savedText(seen.checkpoint)}`
  const flags = seen.flags === undefined ? sql`flags` : sql`${flagsText(seen.flags)}`
  const stalled = seen.stalled === undefined ? sql`stalled` : sql`${seen.stalled && JSON.stringify(seen.stalled)}`
  return sql`update jobs set progress = ${progress}, saved = ${saved}, result = ${result}, heartbeat_at = coalesce(${seen.heartbeatAt ?? null}, heartbeat_at), flags = ${flags}, stalled = ${stalled},
      log_lines = log_lines + ${log.lines}, log_bytes = log_bytes + ${log.bytes}, log_middle = ${log.middle}, log_unsealed = case when ${log.isDropped ? 1 : 0} = 1 then 1 else log_unsealed end,
      version = version + 1, updated_at = ${now}
    where id = ${fence.jobId} and lease_token = ${fence.leaseToken} and state in ('running', 'stopping') returning *`
}

// A checkpoint that is null is none.
function savedText({ value, saved }: Checkpoint): string | null {
  return value === null ? null : JSON.stringify(saved)
}

export function endJob(options: { fence: Fence; ending: Ending; end: AttemptEnd }): Sql {
  return options.ending.availableAt === null ? settleJob(options) : requeueJob(options, options.ending.availableAt)
}

function settleJob({ fence, ending, end }: { fence: Fence; ending: Ending; end: AttemptEnd }): Sql {
  return sql`update jobs set state = ${ending.state}, runner_id = null, finished_at = ${end.now}, exit_code = ${end.exitCode}, signal = ${end.signal},
      failure = ${ending.failure && JSON.stringify(ending.failure)}, progress = ${end.progress && JSON.stringify(end.progress)}, interruptions = ${ending.interruptions},
      locks = 0, flags = '', stalled = null, promotes = ${isNeeded}, log_lines = log_lines + 1, version = version + 1, updated_at = ${end.now}
    where id = ${fence.jobId} and lease_token = ${fence.leaseToken} and state in ('running', 'stopping') returning *`
}

function requeueJob({ fence, ending, end }: { fence: Fence; ending: Ending; end: AttemptEnd }, availableAt: number): Sql {
  return sql`update jobs set state = 'queued', runner_id = null, hold = ${availableAt > end.now ? 1 : 0}, available_at = ${availableAt}, exit_code = ${end.exitCode}, signal = ${end.signal},
      failure = ${ending.failure && JSON.stringify(ending.failure)}, progress = ${end.progress && JSON.stringify(end.progress)}, interruptions = ${ending.interruptions},
      attempts_excused = attempts_excused + ${ending.excused ? 1 : 0}, from_checkpoint = ${ending.fromCheckpoint ? 1 : 0}, stop_reason = null, stop_why = null, stop_asked_at = null, stop_asked_by = null, flags = '', stalled = null,
      log_lines = log_lines + 1, version = version + 1, updated_at = ${end.now}
    where id = ${fence.jobId} and lease_token = ${fence.leaseToken} and state in ('running', 'stopping') returning *`
}

export function saveCheckpoint(options: { fence: Fence; value: string; now: number }): Sql {
  const { fence, value, now } = options
  return sql`insert into checkpoints (job_id, attempt, value, saved_at) values (${fence.jobId}, ${fence.attempt}, ${value}, ${now})
    on conflict (job_id) do update set attempt = excluded.attempt, value = excluded.value, saved_at = excluded.saved_at where checkpoints.attempt <= excluded.attempt`
}

export function checkpointOf(jobId: number): Sql {
  return sql`select value from checkpoints where job_id = ${jobId}`
}

// With a part of who claims it: where an older copy of the database is put back, numbers begin again, and the folder of another life is not this one's.
function folderOf({ jobId, attempt, place }: { jobId: number; attempt: number; place: RunnerPlace }): string {
  return `${jobId}-${attempt}-${place.runnerId.slice(0, 8)}`
}

export interface AttemptToInsert {
  jobId: number
  attempt: number
  state: 'starting' | 'running'
  protocol: number
  place: RunnerPlace
  now: number
}

export function insertAttempt({ jobId, attempt, state, protocol, place, now }: AttemptToInsert): Sql {
  return sql`insert into attempts (job_id, attempt, state, protocol, folder, runner_id, host_id, boot_id, started_at)
    values (${jobId}, ${attempt}, ${state}, ${protocol}, ${folderOf({ jobId, attempt, place })}, ${place.runnerId}, ${place.hostId}, ${place.bootId}, ${now}) returning *`
}
