// What every change of a job leaves behind: a line in its log, and an event that says who did what. Writes for a batch.
import { number } from './rows.ts'
import { firstRow, type Row, type Write } from './sql-database.ts'
import { insertEvent } from './statements/jobs.ts'
import { countSystemLine, insertSystemLine } from './statements/logs.ts'
import type { JobRecord } from './store.ts'

/** Two writes; the second returns the job's row as it is after the line. */
export function systemLine(job: JobRecord, text: string, now: number): Write[] {
  return [insertSystemLine({ jobId: job.id, attempt: job.attempts, afterSeq: job.logLines, text, now }), countSystemLine(job.id)]
}

export interface EventToRecord {
  jobId: number | ((written: Row[][]) => number)
  name: string
  /** Who asked; null for our own doing. */
  by: string | null
  now: number
}

/** An event with the version that the job's row has after the first write of the batch. */
export function event({ jobId, name, by, now }: EventToRecord): Write {
  return (written) => {
    const id = typeof jobId === 'number' ? jobId : jobId(written)
    return insertEvent({ jobId: id, version: number(firstRow(written[0]).version), name, by, details: null, now })
  }
}
