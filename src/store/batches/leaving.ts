// How a job leaves: the keys it gives up, the jobs that wait for it, the end of one that has not begun. Steps for a batch.
import type { Failure, JobState } from '../../core/job.ts'
import type { Step } from '../sql-database.ts'
import { lockJob, settleQueuedJob } from '../statements/jobs.ts'
import { flagKeysOf, lockKeysOf, removeLocks, setStage } from '../statements/locks.ts'
import type { JobRecord } from '../store.ts'
import { event, systemLine } from './record.ts'

/** On Postgres: the job, then the keys it will flag; everybody takes them in this order. */
export function locksToLeave(jobId: number): Step[] {
  return [lockJob(jobId), lockKeysOf(jobId)]
}

/** Gives its keys up for good. The next claim pass wakes who waited for them. */
export function giveUpKeys(job: Pick<JobRecord, 'id' | 'lockCount'>, now: number): Step[] {
  return job.lockCount === 0 ? [] : [flagKeysOf(job.id, now), removeLocks(job.id)]
}

/** Lets go of its keys, and stands at no line until it is looked at again. */
export function letGoOfKeys(job: Pick<JobRecord, 'id' | 'lockCount'>, now: number): Step[] {
  return job.lockCount === 0 ? [] : [flagKeysOf(job.id, now), setStage(job.id, 0)]
}

export interface QueuedEnd {
  state: JobState
  failure: Failure
  /** Who asked for it. */
  by?: string | null
  /** Asked for by a person: `cancel asked` is recorded as well. */
  asked?: boolean
  /** For the log, if it has one. */
  line: string
  now: number
}

/** Settles a queued job. The first step returns its row. */
export function settleQueued(job: JobRecord, end: QueuedEnd): Step[] {
  const { state, failure, by = null, asked = false, line, now } = end
  const isLogged = job.attempts > 0
  return [
    settleQueuedJob({ id: job.id, state, failure, stopReason: asked ? 'cancel' : null, by, isLogged, now }),
    ...(isLogged ? [systemLine(job, line, { now })] : []),
    ...(asked ? [event({ job, name: 'cancel asked', by, now })] : []),
    event({ job, name: state, by, details: state === 'cancelled' && !asked ? { why: failure.message } : null, now }),
    ...giveUpKeys(job, now),
  ]
}
