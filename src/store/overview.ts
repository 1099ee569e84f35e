// A port of its own beside the one about jobs: looks over all of them at once, as people ask for them. Reading only; no job's life depends on it.
import type { SettledJob } from '../core/activity.ts'
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
  /** What is going on: the active jobs, the stalled first, then those that run, that stop, that wait in their order; and those that settled last. */
  current(options: { active: number; settled: number }): Promise<{ active: JobRecord[]; settled: JobRecord[] }>
  /** Those of these jobs that are there, and how each of these kinds or unique keys stands, in their order. */
  wanted(options: { ids: readonly number[]; kinds: readonly WantedKind[] }): Promise<{ jobs: JobRecord[]; kinds: KindStanding[] }>
}

/** A kind, or one unique key of it. */
export interface WantedKind {
  kind: string
  key: string | null
}

/**
 * How it stands. What has settled is known as far as a look at so many of the kind's newest jobs tells: `limits.kindLooked`, or `limits.keyLooked`
 * where it is about a key.
 */
export interface KindStanding {
  /** The one that is silent, that runs, or the newest that waits. */
  active: JobRecord | null
  /** The one that settled last. */
  last: JobRecord | null
  /** Oldest end first, at most `limits.kindRecent`. */
  recent: SettledJob[]
  /** When the last success ended. */
  succeededAt: number | null
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
