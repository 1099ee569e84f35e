// The HTTP API as functions, for pages and for Node. Knows the routes; the transport knows how to ask.

import { type AccessCalls, accessCalls } from './access-calls.ts'
import { type ActivityCalls, activityCalls } from './activity-calls.ts'
import { type ArtifactCalls, artifactCalls } from './artifact-calls.ts'
import type { Connection, Follow, Pace } from './event-stream.ts'
import { followLog } from './follow-log.ts'
import { type JobCalls, jobCalls } from './job-calls.ts'
import { type NotificationCalls, notificationCalls } from './notification-calls.ts'
import { pageCalls } from './page-calls.ts'
import { type QueueCalls, queueCalls } from './queue-calls.ts'
import { type ScheduleCalls, scheduleCalls } from './schedule-calls.ts'
import type { Fetch } from './transport.ts'
import { openLine, watchView } from './watch-view.ts'
import type {
  Checked,
  Job,
  JobDetail,
  JobFilter,
  JobPage,
  Json,
  KindView,
  ListFilter,
  LogLine,
  LogPage,
  LogRange,
  Polled,
  Submitted,
  Summary,
  UnfinishedLine,
  WatchedPage,
} from './wire.ts'

export interface ClientOptions extends Partial<Pace> {
  /** Where the server is, prefix and all. In a page: the page's own `<base href>` if absent. */
  url?: string
  /** What a program shows instead of a password; sent as a header, never in an address. A page has its session. */
  token?: string
  fetch?: Fetch
  /** How a stream is followed; another one can let several pages share a connection. Default: `followEvents`. */
  follow?: Follow
}

export interface Abortable {
  signal?: AbortSignal
}

export interface SubmitRequest extends Abortable {
  /** What people should call this job. */
  name?: string
  submittedBy?: string
  /** Smaller goes first; the kind's if absent. */
  priority?: number
  /** Not started before; epoch milliseconds. */
  availableAt?: number
  /** Given up when it has not begun so long after it could. */
  expireAfterMs?: number
  /** Numbers of jobs that must succeed first. */
  after?: readonly number[]
}

export interface Ask extends Abortable {
  /** Who asks; shown and recorded. */
  by?: string
}

export interface FollowLog extends Abortable {
  /** Number of the last line you already have. */
  after?: number
  /** New lines in order, each exactly once, in the bundles they came in. */
  onLines?: (lines: LogLine[]) => void
  /** What the job has begun to write and not ended, such as a progress bar; when it changed, and with none at the end. */
  onUnfinished?: (lines: UnfinishedLine[]) => void
  /** The job now, then after every change. */
  onJob?: (job: Job) => void
  onState?: (connection: Connection) => void
}

export interface WatchJobs extends Abortable {
  /** The first page of the filter now, then after changes. */
  onPage: (page: WatchedPage) => void
  onState?: (connection: Connection) => void
}

/** Kinds by name; `KindsOf` of `holdfast` makes it from an app's definitions. */
export type ClientKinds = Record<string, { input: unknown; result: unknown }>

/** Where nothing is known of them. */
export type AnyKinds = Record<string, { input: Json | undefined; result: Json }>

/** The input, which may be left out where the kind takes none, and what else is asked. */
export type SubmitRest<Input> = undefined extends Input ? [input?: Input, request?: SubmitRequest] : [input: Input, request?: SubmitRequest]

export type SubmittedOf<Result> = Omit<Submitted, 'job'> & { job: Omit<Job, 'result'> & { result: Result | null } }

/** Every method throws HoldfastClientError, or the signal's reason. */
export interface HoldfastClient<Kinds extends ClientKinds = AnyKinds>
  extends ActivityCalls,
    JobCalls,
    ScheduleCalls,
    QueueCalls,
    ArtifactCalls,
    AccessCalls,
    NotificationCalls {
  kinds(call?: Abortable): Promise<KindView[]>
  submit<Kind extends keyof Kinds & string>(
    kind: Kind,
    ...rest: SubmitRest<Kinds[Kind]['input']>
  ): Promise<SubmittedOf<Kinds[Kind]['result']>>
  list(filter?: ListFilter, call?: Abortable): Promise<JobPage & Polled>
  summary(call?: Abortable): Promise<Summary>
  get(id: number, call?: Abortable): Promise<JobDetail & Polled>
  /** Asks a job to stop. A settled job comes back unchanged. */
  cancel(id: number, request?: Ask): Promise<Job>
  /** Another attempt from the start, of a job that did not succeed. */
  retry(id: number, request?: Ask): Promise<Job>
  /** Another attempt from the last checkpoint. A running job is stopped first. */
  resume(id: number, request?: Ask): Promise<Job>
  /** Counts the silence of a running job from now. */
  keepWaiting(id: number, request?: Ask): Promise<Job>
  /** Looks at the processes of a running job now. */
  check(id: number, request?: Ask): Promise<Checked>
  log(id: number, range?: LogRange, call?: Abortable): Promise<LogPage>
  /** Where the whole log can be downloaded as text. */
  logTextUrl(id: number): string
  /** Resolves once the job is settled and every line was given, or when aborted. Reconnects by itself in between. */
  followLog(id: number, follow: FollowLog): Promise<void>
  /** Runs until aborted. Reconnects by itself. */
  watchJobs(filter: JobFilter, watch: WatchJobs): Promise<void>
}

/** `Kinds` types what is submitted: `createClient<KindsOf<typeof kinds>>()`. */
export function createClient<Kinds extends ClientKinds = AnyKinds>(options: ClientOptions = {}): HoldfastClient<Kinds> {
  const line = openLine(options)
  return {
    ...pageCalls<Kinds>(line),
    followLog: (id, follow) => followLog(line, id, follow),
    watchJobs: (filter, { onPage, ...watch }) =>
      watchView(line, { path: 'api/v1/events', query: { ...filter }, event: 'jobs', onView: onPage, ...watch }),
    ...activityCalls(line),
    ...jobCalls(line),
    ...scheduleCalls(line),
    ...queueCalls(line),
    ...artifactCalls(line),
    ...accessCalls(line),
    ...notificationCalls(line),
  }
}
