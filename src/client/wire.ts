// What the server sends and takes, as types only. The nouns are the core's; nothing here exists at run time.
import type { Attempt, Job, JobEvent, JobState, Json, LogLine, Stream } from '../core/job.ts'

export type { Attempt, Failure, Job, JobEvent, JobState, Json, LogLine, PhaseSpan, Progress, Stream } from '../core/job.ts'

export interface KindView {
  kind: string
  title: string
  description: string | null
  unique: boolean
  artifacts: string[]
  /** JSON Schema of the input, or null where the app's schema library offers none. */
  inputSchema: Json
}

export interface Submitted {
  job: Job
  /** False when an active job with the same unique key was returned instead of a new one. */
  created: boolean
}

export interface JobFilter {
  state?: readonly JobState[]
  kind?: string
  /** 1 to 200, default 50. */
  limit?: number
}

export interface ListFilter extends JobFilter {
  /** Only jobs with a smaller number: the next page. */
  before?: number
}

export interface JobPage {
  /** Newest first. */
  jobs: Job[]
  /** Pass as `before` for the next page; null on the last one. */
  before: number | null
}

export type Counts = Record<JobState, number>

/** The first page of a filter and how many jobs there are in each state, whatever the filter. */
export interface WatchedPage extends JobPage {
  counts: Counts
}

export interface Polled {
  /** When to look again without a stream; null when nothing is under way. */
  pollAfterMs: number | null
}

export interface Summary extends Polled {
  counts: Counts
  active: number
  version: string
}

/** A job with its tries and the record of who asked what. */
export interface JobDetail extends Job {
  history: Attempt[]
  events: JobEvent[]
}

export interface LogRange {
  /** Lines with a larger number, oldest first. */
  after?: number
  /** The last `limit` lines with a smaller number, oldest first. Cannot be combined with `after`. */
  before?: number
  /** 1 to 5000, default 1000. */
  limit?: number
  stream?: readonly Stream[]
  /** Text to 64 KiB a line instead of 4,096 characters. */
  full?: boolean
}

export interface LogPage {
  lines: LogLine[]
  /** Number of the newest line the job has. */
  lastSeq: number
}
