// What is asked for and answered, in process and over the wire alike: filters, pages, views. Types only.
import type { Attempt, Job, JobEvent, JobState, Json, LogLine, Stream } from './job.ts'

/** A kind as the API and the dashboard show it. */
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

export interface ListFilter {
  state?: readonly JobState[]
  kind?: string
  queue?: string
  /** Only jobs with a smaller number: the next page. */
  before?: number
  /** 1 to 200, default 50. */
  limit?: number
}

export interface JobPage {
  /** Newest first. */
  jobs: Job[]
  /** Pass as `before` for the next page; null on the last one. */
  before: number | null
}

/** How many jobs are in each state. */
export type JobCounts = Record<JobState, number>

/** A job with its tries and the record of who asked what. */
export interface JobDetail extends Job {
  history: Attempt[]
  events: JobEvent[]
  /** Jobs that it had to come after. */
  after: number[]
}

export interface LogRange {
  /** Lines with a larger number, oldest first. Default 0. */
  after?: number
  /** Lines with a smaller number: the last `limit` of them, oldest first. Cannot be combined with `after`. */
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
