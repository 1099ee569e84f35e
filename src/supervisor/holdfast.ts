// The front door as a type: what the library, the HTTP API and the CLI can ask for. Knows no implementation.
import type { Job, LogLine, Snapshot } from '../core/job.ts'
import type { JobCounts, JobDetail, JobPage, KindView, ListFilter, LogPage, LogRange, Submitted } from '../core/views.ts'
import type { JobDefinition } from './define-job.ts'

export type { Attempt, Failure, Job, JobEvent, JobState, Json, LogLine, PhaseSpan, Progress, Snapshot, Stream } from '../core/job.ts'
export type { JobCounts, JobDetail, JobPage, KindView, ListFilter, LogPage, LogRange, Submitted } from '../core/views.ts'

export interface SubmitOptions {
  /** Who asks; shown as "by ana" and recorded. */
  submittedBy?: string
  /** What people should call this job; the kind's title if absent. */
  name?: string
}

/** A readable artifact. */
export interface ArtifactReader {
  /** The snapshot readers should use, or null before the first. */
  current(): Promise<Snapshot | null>
  /** All kept snapshots, newest first. */
  snapshots(): Promise<Snapshot[]>
}

/** The input, which may be left out where the kind takes none, and options. */
export type SubmitRest<Input> = undefined extends Input ? [input?: Input, options?: SubmitOptions] : [input: Input, options?: SubmitOptions]

export interface Waiting {
  signal?: AbortSignal
}

export interface Holdfast {
  /** Absolute path of the data folder. */
  readonly data: string
  kinds(): KindView[]
  /** Asks for a job. @throws HoldfastError `unknown_kind`, `invalid_input`, `database_busy` */
  submit<Input>(kind: JobDefinition<Input, unknown> | string, ...rest: SubmitRest<NoInfer<Input>>): Promise<Submitted>
  get(id: number): Promise<Job | null>
  detail(id: number): Promise<JobDetail | null>
  list(filter?: ListFilter): Promise<JobPage>
  /** How many jobs are in each state. */
  count(): Promise<JobCounts>
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
  /** What keeps Holdfast from writing down what happens, such as a full disk; null when nothing does. */
  trouble(): string | null
  /** Aborted when Holdfast closes: whatever waits on it may end. */
  readonly closing: AbortSignal
  /** Stops looking after jobs; processes go on and are adopted by the next runner. */
  close(): Promise<void>
}
