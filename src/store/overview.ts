// A port of its own beside the one about jobs: looks over all of them at once, as people ask for them. Reading only; no job's life depends on it.
import type { JobState } from '../core/job.ts'
import type { JobCounts } from '../core/views.ts'
import type { JobRecord, KindRecord } from './records.ts'

export interface Overview {
  /** How many jobs are in each state. Where counting is slow, retries and removals of jobs that settled more than a minute ago may show some seconds late. */
  counts(options: { now: number }): Promise<JobCounts>
  standing(options: { since: number }): Promise<Standing>
  /** Queued jobs of a kind, counted as far as `atMost`. */
  queued(options: { kind: string; atMost: number }): Promise<number>
  /** All that jobs were ever submitted of, or that were paused, by name. */
  kinds(): Promise<KindRecord[]>
  /** Newest first. Where no index has the whole filter it looks at so many jobs and no more: a page may hold fewer than `limit`, and still say where to go on. */
  page(options: PageFilter): Promise<RecordPage>
}

export interface PageFilter {
  state?: readonly JobState[]
  kind?: string
  queue?: string
  submittedBy?: string
  /** Asked for by this schedule. */
  schedule?: string
  before?: number
  limit: number
}

export interface RecordPage {
  jobs: JobRecord[]
  /** Go on before this number; null: that was the last page. */
  before: number | null
}

/** What is told of all jobs besides their numbers. */
export interface Standing {
  /** Running jobs that have gone silent. */
  stalled: number
  /** Jobs that ended so after `since`, counted as far as `limits.dayCounted`. */
  failed: number
  succeeded: number
  /** Since when the ready job waits that is first in its line and has waited longest. */
  oldestQueuedAt: number | null
  /** The one that settled last. */
  last: { id: number; kind: string; state: JobState; finishedAt: number } | null
}
