// The front door as a type: what the library, the HTTP API and the CLI can ask for. Knows no implementation.
import type { Attempt, Job, JobEvent, JobState, LogLine, Snapshot, Stream } from '../core/job.ts'
import type { JobDefinition, KindView } from './define-job.ts'

export type { Attempt, Failure, Job, JobEvent, JobState, Json, LogLine, PhaseSpan, Progress, Snapshot, Stream } from '../core/job.ts'

export interface SubmitOptions {
  /** Who asks; shown as "by ana" and recorded. */
  submittedBy?: string
  /** What people should call this job; the kind's title if absent. */
  name?: string
}

export interface Submitted {
  job: Job
  /** False when an active job with the same unique key was returned instead of a new one. */
  created: boolean
}

export interface ListFilter {
  state?: JobState[]
  kind?: string
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

/** A job with its tries and the record of who asked what. */
export interface JobDetail extends Job {
  history: Attempt[]
  events: JobEvent[]
}

export interface LogRange {
  /** Lines with a larger number, oldest first. Default 0. */
  after?: number
  /** Lines with a smaller number: the last `limit` of them, oldest first. Cannot be combined with `after`. */
  before?: number
  /** 1 to 5000, default 1000. */
  limit?: number
  stream?: Stream[]
  /** Text to 64 KiB a line instead of 4,096 characters. */
  full?: boolean
}

export interface LogPage {
  lines: LogLine[]
  /** Number of the newest line the job has. */
  lastSeq: number
}

/** A readable artifact. */
export interface ArtifactReader {
  /** The snapshot readers should use, or null before the first. */
  current(): Promise<Snapshot | null>
  /** All kept snapshots, newest first. */
  snapshots(): Promise<Snapshot[]>
}

export interface Waiting {
  signal?: AbortSignal
}

export interface Holdfast {
  /** Absolute path of the data folder. */
  readonly data: string
  kinds(): KindView[]
  /** Asks for a job. @throws HoldfastError `unknown_kind`, `invalid_input`, `database_busy` */
  submit<Input>(kind: JobDefinition<Input> | string, input: NoInfer<Input>, options?: SubmitOptions): Promise<Submitted>
  get(id: number): Promise<Job | null>
  detail(id: number): Promise<JobDetail | null>
  list(filter?: ListFilter): Promise<JobPage>
  /** How many jobs are in each state. */
  count(): Promise<Record<JobState, number>>
  /** Asks a job to stop. A settled job is returned unchanged. @throws HoldfastError `job_not_found` */
  cancel(id: number, by?: { by?: string }): Promise<Job>
  /** The job once it is settled. @throws HoldfastError `job_not_found`; the signal's reason when aborted */
  wait(id: number, options?: Waiting): Promise<Job>
  /** The job now, then again after every change, until it is settled. */
  watch(id: number, options?: Waiting): AsyncIterable<Job>
  log(id: number, range?: LogRange): Promise<LogPage>
  /** Lines after `after`, in bundles as they come, until the job is settled and every line was given. */
  followLog(id: number, options?: Waiting & { after?: number; full?: boolean }): AsyncIterable<LogLine[]>
  /** Calls back soon after anything may have changed. Returns the way to stop. A hint: look at the store, not at the call. */
  onChange(listener: () => void): () => void
  artifact(name: string): ArtifactReader
  /** Stops looking after jobs; processes go on and are adopted by the next runner. */
  close(): Promise<void>
}
