// The front door as a type: what the library, the HTTP API and the CLI can ask for. Knows no implementation.
import type { ActivityFilter, Activity as AnyActivity } from '../core/activity.ts'
import type { ArtifactView } from '../core/artifact.ts'
import type { Job, LogLine, Stream, UnfinishedLine } from '../core/job.ts'
import type { MissedPolicy } from '../core/schedule.ts'
import type {
  BulkAnswer,
  By,
  Checked,
  JobCounts,
  JobDetail,
  JobPage,
  JobsFilter,
  KindView,
  ListFilter,
  LockKeyView,
  LogPage,
  LogRange,
  QueueView,
  RunnerView,
  ScheduleView,
  Submitted,
  Summary,
} from '../core/views.ts'
import type { Access } from './access-types.ts'
import type { Artifact, Artifacts } from './artifact-types.ts'
import type { JobDefinition } from './define-job.ts'
import type { Notifications } from './notification-types.ts'

/** With artifacts as the library has them. */
export type Activity = AnyActivity<ArtifactView>

export type { ActiveJob, ActivityFilter, KindActivity, KindCondition, SettledJob } from '../core/activity.ts'
export type {
  ArtifactCondition,
  ArtifactDetail,
  ArtifactEvent,
  ArtifactView,
  Build,
  Reader,
  Snapshot,
  Wanted,
} from '../core/artifact.ts'
export type {
  Attempt,
  Failure,
  Job,
  JobEvent,
  JobState,
  Json,
  LogLine,
  PhaseSpan,
  Progress,
  Saved,
  Stream,
  UnfinishedLine,
  WaitingFor,
} from '../core/job.ts'
export type {
  BulkAnswer,
  By,
  Checked,
  JobCounts,
  JobDetail,
  JobPage,
  JobsFilter,
  KindView,
  ListFilter,
  LockKeyView,
  LogPage,
  LogRange,
  QueueView,
  RunnerView,
  ScheduleView,
  Submitted,
  Summary,
  WireArtifact,
  WireArtifactDetail,
  WireSnapshot,
} from '../core/views.ts'
export type { Access, AccessToken, Role, Session, User } from './access-types.ts'
export type { Artifact, ArtifactContext, Artifacts, OpenSnapshot, RollBackOptions } from './artifact-types.ts'
export type { Notifications, NotificationTarget, NotificationTest, NotifyOptions } from './notification-types.ts'

export interface SubmitOptions {
  /** Who asks; shown as "by ana" and recorded. */
  submittedBy?: string
  /** What people should call this job; the kind's title if absent. */
  name?: string
  /** Smaller goes first; default: the kind's. */
  priority?: number
  /** Not started before: a Date or epoch milliseconds. */
  availableAt?: Date | number
  /** Given up (`expired`) when it has not begun so many milliseconds after it could. */
  expireAfterMs?: number
  /** Numbers of jobs that must succeed first. When one of them does not, this one is cancelled. */
  after?: readonly number[]
  /**
   * Submits inside your own transaction: the job is there if and when you commit. A `DatabaseSync` of `node:sqlite` or a better-sqlite3 database
   * on the same file, or a `pg` client, with an open transaction.
   */
  transaction?: object
}

/** One of several jobs that are submitted together. */
export interface JobToSubmit {
  kind: JobDefinition<unknown> | string
  input?: unknown
  options?: Omit<SubmitOptions, 'after' | 'transaction'> & {
    /** A name by which others of the same call can come after it. */
    ref?: string
    /** Jobs that must succeed first: numbers of jobs, or refs of the same call. */
    after?: readonly (number | string)[]
  }
}

export interface BulkOptions extends By {
  /** Only jobs with a smaller number: to go on where the last call stopped. */
  before?: number
  /** How many at most; default: all. */
  limit?: number
  /** Stops between two pages when aborted: what was done is answered, with `before` to go on. */
  signal?: AbortSignal
}

/** Named lines of jobs. A queue is there from its first job, or its first mention here. */
export interface Queues {
  list(): Promise<QueueView[]>
  /** Nothing more of it is started; what runs goes on. */
  pause(queue: string, by?: By): Promise<void>
  resume(queue: string, by?: By): Promise<void>
  /** How many of it may run at a time, on all machines together; null: any number. */
  setConcurrency(queue: string, concurrency: number | null): Promise<void>
}

export interface LockKeys {
  /** Keys that somebody holds or waits for, or that have a limit. */
  list(): Promise<LockKeyView[]>
  /** At most so many running jobs hold the key; null: as jobs ask for it. */
  setLimit(key: string, limit: number | null): Promise<LockKeyView>
}

export interface ScheduleOptions<Input = unknown> {
  /** Names the schedule: storing it again changes it. */
  name: string
  kind: JobDefinition<Input, unknown> | string
  /** Five or six fields, or `@daily` and the like. */
  cron: string
  /** Default: the machine's own. */
  timeZone?: string
  input?: NoInfer<Input>
  /** A firing that nobody was there for: `skip` (default) waits for the next one, `once` makes up for all of them with one job. */
  missed?: MissedPolicy
}

/** Schedules are stored: they fire as long as some runner knows their kind, each firing once. */
export interface Schedules {
  list(): Promise<ScheduleView[]>
  get(name: string): Promise<ScheduleView | null>
  /** Stores it, or changes what is stored under its name. @throws HoldfastError `invalid_input` for a cron expression, time zone or input that is none, `unknown_kind` */
  put<Input>(schedule: ScheduleOptions<Input>): Promise<ScheduleView>
  pause(name: string, by?: By): Promise<ScheduleView>
  /** Goes on with the next firing; what would have fired meanwhile was not missed. */
  resume(name: string, by?: By): Promise<ScheduleView>
  /** Submits its job now; its times stay as they are. */
  runNow(name: string, by?: By): Promise<Submitted>
  remove(name: string): Promise<void>
}

/** The input, which may be left out where the kind takes none, and options. */
export type SubmitRest<Input> = undefined extends Input ? [input?: Input, options?: SubmitOptions] : [input: Input, options?: SubmitOptions]

export interface Waiting {
  signal?: AbortSignal
}

export interface LookOptions {
  /** For many who look at the same time: what is the same for all of them is as it was at the last change that was told, and looked at once. */
  shared?: boolean
}

export interface FollowOptions extends Waiting {
  /** Lines with a larger number. Default 0. */
  after?: number
  /** Text to 64 KiB a line instead of 4,096 characters. */
  full?: boolean
  /** What the job has begun to write and not ended, such as a progress bar: called when it changed, and with none at the end. */
  onUnfinished?: (lines: UnfinishedLine[]) => unknown
}

/** The log of a job as of now. */
export interface LogText {
  /** Its length. */
  bytes: number
  /** Another one as soon as the text is another one; null while the job may write more. */
  version: string | null
  /** From a byte on, to before another one; default: all. */
  read(range?: { from?: number; to?: number }): AsyncIterable<Uint8Array>
}

export interface Holdfast {
  /** Absolute path of the data folder. */
  readonly data: string
  /** Those that are defined here, then those that are only known from jobs that are there. */
  kinds(): Promise<KindView[]>
  /** Asks for a job. @throws HoldfastError `unknown_kind`, `invalid_input`, `database_busy` */
  submit<Input>(kind: JobDefinition<Input, unknown> | string, ...rest: SubmitRest<NoInfer<Input>>): Promise<Submitted>
  /** Submits several jobs, all or none, at most 1,000. They may come after each other. @throws as `submit` does, with `details.index` */
  submitMany(jobs: readonly JobToSubmit[], options?: Pick<SubmitOptions, 'transaction'>): Promise<Submitted[]>
  get(id: number): Promise<Job | null>
  detail(id: number): Promise<JobDetail | null>
  list(filter?: ListFilter): Promise<JobPage>
  /** How many jobs are in each state. */
  count(): Promise<JobCounts>
  /** How many jobs of a kind are queued, counted as far as `atMost`: 10,000 unless said otherwise. */
  queued(kind: string, atMost?: number): Promise<number>
  /** How everything stands: counts, the last job, what comes next. */
  summary(): Promise<Summary>
  /** All that is going on in one view, for pages: counts, active jobs, those that settled last; and what is asked for by name. @throws HoldfastError `invalid_request` */
  activity(filter?: ActivityFilter, options?: LookOptions): Promise<Activity>
  /** The programs that look after jobs. */
  runners(): Promise<RunnerView[]>
  /** Asks a job to stop. A settled job is returned unchanged. @throws HoldfastError `job_not_found` */
  cancel(id: number, by?: { by?: string }): Promise<Job>
  /** Another attempt of a failed, cancelled, interrupted or expired job, from the start. @throws HoldfastError `job_not_found`, `wrong_state`, `active_exists` */
  retry(id: number, by?: By): Promise<Job>
  /** Another attempt from its checkpoint. A running job is stopped first. @throws as `retry` does */
  resume(id: number, by?: By): Promise<Job>
  /** Counts the silence of a running job from now. @throws HoldfastError `job_not_found`, `wrong_state` where it does not run */
  keepWaiting(id: number, by?: By): Promise<Job>
  /** Looks at the processes of a running job now, and writes what it saw into its log. @throws HoldfastError `job_not_found`, `wrong_state` where it does not run */
  check(id: number, by?: By): Promise<Checked>
  /** A new job of the same kind, with the same input or another one. @throws HoldfastError `job_not_found`, `unknown_kind`, `invalid_input` */
  rerun(id: number, options?: By & { input?: unknown }): Promise<Submitted>
  /** Asks every job that fits to stop. */
  cancelMany(filter: JobsFilter, options?: BulkOptions): Promise<BulkAnswer>
  /** Another attempt of every job that fits. */
  retryMany(filter: JobsFilter, options?: BulkOptions): Promise<BulkAnswer>
  /** Nothing more of this kind is started; what runs goes on. */
  pauseKind(kind: string, by?: By): Promise<void>
  resumeKind(kind: string, by?: By): Promise<void>
  readonly queues: Queues
  readonly locks: LockKeys
  readonly schedules: Schedules
  readonly access: Access
  readonly notifications: Notifications
  /** The job once it is settled. @throws HoldfastError `job_not_found`; the signal's reason when aborted */
  wait(id: number, options?: Waiting): Promise<Job>
  /** The job now, then again after every change, until it is settled. */
  watch(id: number, options?: Waiting): AsyncIterable<Job>
  log(id: number, range?: LogRange): Promise<LogPage>
  /** The whole log so far as text: what the job wrote, byte for byte, and what Holdfast says in between. @throws HoldfastError `job_not_found` */
  logText(id: number, options?: { stream?: readonly Stream[] }): Promise<LogText>
  /** Lines after `after`, in bundles as they come, until the job is settled and every line was given. */
  followLog(id: number, options?: FollowOptions): AsyncIterable<LogLine[]>
  /** Calls back soon after anything may have changed. Returns the way to stop. A hint: look at the store, not at the call. */
  onChange(listener: () => void): () => void
  /** @throws HoldfastError `invalid_request` for what can be no artifact's name */
  artifact(name: string): Artifact
  readonly artifacts: Artifacts
  /** What keeps Holdfast from writing down what happens, such as a full disk; null when nothing does. */
  trouble(): string | null
  /** Aborted when Holdfast closes: whatever waits on it may end. */
  readonly closing: AbortSignal
  /** Stops looking after jobs; processes go on and are adopted by the next runner. */
  close(): Promise<void>
}
