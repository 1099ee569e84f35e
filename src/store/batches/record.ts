// What every change of a job leaves behind: a line in its log, and an event that says who did what. Statements for a batch;
// whoever writes a line also adds one to the job's log_lines in the same batch.
import type { Sql } from 'sql-template-tag'
import { insertEvent } from '../statements/jobs.ts'
import { insertSystemLine } from '../statements/logs.ts'
import type { JobRecord } from '../store.ts'

/** The next line of the job's log. `before`: lines that the same batch writes before it. */
export function systemLine(job: JobRecord, text: string, { now, before = 0 }: { now: number; before?: number }): Sql {
  return insertSystemLine({ jobId: job.id, attempt: job.attempts, afterSeq: job.logLines + before, text, now })
}

export interface EventToRecord {
  /** The job as it was before the batch, which raises its version by one. */
  job: Pick<JobRecord, 'id' | 'version'>
  name: string
  /** Who asked; null for our own doing. */
  by?: string | null
  details?: unknown
  now: number
}

export function event({ job, name, by = null, details = null, now }: EventToRecord): Sql {
  return insertEvent({ jobId: job.id, version: job.version + 1, name, by, details, now })
}
