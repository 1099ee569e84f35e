// What is asked for and answered, in process and over the wire alike: filters, pages, views. Types only.

import type { ArtifactDetail, ArtifactView, Reader, Snapshot } from './artifact.ts'
import type { RemainingTime, Usual } from './eta.ts'
import type { Attempt, Job, JobEvent, JobState, Json, LogLine, Stream, UnfinishedLine } from './job.ts'
import type { NotifyEvent, TargetType } from './notification.ts'
import type { MissedPolicy } from './schedule.ts'
import type { ProcessFacts } from './stall-words.ts'

/** Who asks; recorded with what is asked for. */
export interface By {
  by?: string
}

/** A kind as the API and the dashboard show it. */
export interface KindView {
  kind: string
  title: string
  description: string | null
  unique: boolean
  artifacts: string[]
  /** JSON Schema of the input, or null where the app's schema library offers none. */
  inputSchema: Json
  /** Where its jobs wait; null for a kind that is not defined here. */
  queue: string | null
  /** Since when nothing more of it is started, and who said so. */
  pausedAt: number | null
  pausedBy: string | null
  /** This program defines it, so that it can be submitted here. False: it is only known from jobs that are there. */
  isDefined: boolean
}

export interface Submitted {
  job: Job
  /** False when an active job with the same unique key was returned instead of a new one. */
  created: boolean
}

/** What a look at a running job's processes saw. */
export interface Checked {
  job: Job
  /** Null where it has no processes of its own that could be looked at. */
  process: ProcessFacts | null
  /** As its log has it: "alive, 0 % CPU, 212 MB in 2 processes, silent for 3 min". */
  words: string
}

export interface ListFilter {
  state?: readonly JobState[]
  kind?: string
  queue?: string
  submittedBy?: string
  /** Only jobs that this schedule asked for. */
  schedule?: string
  /** Only jobs with a smaller number: the next page. */
  before?: number
  /** 1 to 200, default 50. */
  limit?: number
}

export interface JobPage {
  /** Newest first. */
  jobs: Job[]
  /** Pass as `before` for the next page; null on the last one. A page can hold fewer jobs than `limit`, even none, and not be the last. */
  before: number | null
}

/** Which jobs: all that fit. */
export interface JobsFilter extends Pick<ListFilter, 'state' | 'kind' | 'queue' | 'submittedBy' | 'schedule'> {
  /** Only these, at most 1,000. */
  ids?: readonly number[]
}

/** What a bulk action came to. */
export interface BulkAnswer {
  /** Numbers of the jobs that it was done to. */
  done: number[]
  /** Those it could not be done to, with the reason. */
  refused: { id: number; reason: string }[]
  /** Where to go on, when it stopped at its bound; null: no job is left. */
  before: number | null
}

/** How many jobs are in each state. */
export type JobCounts = Record<JobState, number>

/** How everything stands, flat: a name for each value, for start pages. */
export interface Summary extends JobCounts {
  /** Queued, running and stopping together. */
  active: number
  /** Running jobs that have gone silent. */
  stalled: number
  /** Artifacts whose current snapshot is not what is wanted, and that nobody builds. */
  required: number
  /** Jobs that ended so in the last 24 hours; counted as far as 100,000. */
  failed24h: number
  succeeded24h: number
  /** The job that settled last. */
  lastJobId: number | null
  lastKind: string | null
  lastState: JobState | null
  lastFinishedAt: number | null
  /** Since when the ready job waits that has waited longest, of those that are first in their line; null: none is ready. */
  oldestQueuedAt: number | null
  /** What a schedule submits next, and when. */
  nextKind: string | null
  nextAt: number | null
  /** What keeps Holdfast from writing down what happens; null when nothing does. */
  degraded: string | null
}

/** A program that looks after jobs. */
export interface RunnerView {
  id: string
  hostId: string
  pid: number
  startedAt: number
  leaseUntil: number
  /** Seen to live, where that can be seen from here; else its lease has not run out. */
  isAlive: boolean
  /** What it starts. */
  kinds: string[]
  /** Numbers of the jobs that it looks after now. */
  jobs: number[]
}

/** A job with its tries and the record of who asked what. */
export interface JobDetail extends Job {
  history: Attempt[]
  events: JobEvent[]
  /** Jobs that it had to come after. */
  after: number[]
  /** What jobs of its kind that succeeded took; null: none has yet. */
  usual: Usual | null
  /** How long it will still take, told at `at`; null when that cannot be said, and when it does not run. */
  remaining: (RemainingTime & { at: number }) | null
}

export interface LogRange {
  /** Lines with a larger number, oldest first. Default 0. */
  after?: number
  /** Lines with a smaller number: the last `limit` of them, oldest first. Cannot be combined with `after`. */
  before?: number
  /** The line with this number and those before and after it. Cannot be combined with `after`, `before` or `q`. */
  around?: number
  /** Only lines with this text, in whatever case. A call looks through so much of the log and says how far it came. */
  q?: string
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
  /** What a running job has begun to write and not ended, at most one line of each stream. */
  unfinished: UnfinishedLine[]
  /** With `q`: how far it was searched; go on `after` (or `before`) this number. Null: to the end. */
  searched?: number | null
}

/** A named line of jobs. */
export interface QueueView {
  queue: string
  /** Jobs of it that may run at a time, on all machines together; null: any number. */
  concurrency: number | null
  pausedAt: number | null
  pausedBy: string | null
  queued: number
  running: number
}

/** A lock key with who holds it, and how many are in its line. */
export interface LockKeyView {
  key: string
  /** At most so many running jobs share it; null: any number. */
  limit: number | null
  heldBy: number[]
  waiting: number
}

/** A schedule as people see it. */
export interface ScheduleView {
  name: string
  kind: string
  cron: string
  timeZone: string
  input: Json
  missed: MissedPolicy
  pausedAt: number | null
  pausedBy: string | null
  /** The next five firings; none while it is paused. */
  nextAt: number[]
  lastAt: number | null
  lastJobId: number | null
  /** Why the last firing made no job. */
  trouble: string | null
}

/** A snapshot as it is told over the wire: who asks may sit elsewhere, and has nothing of an absolute path but knowledge of this machine. */
export interface WireSnapshot extends Omit<Snapshot, 'path'> {
  /** Its folder inside the data folder, such as `snapshots/watch-index/42-1`. */
  folder: string
}

/** An artifact as it is told over the wire. */
export interface WireArtifact extends Omit<ArtifactView, 'current'> {
  current: WireSnapshot | null
}

export interface WireArtifactDetail extends Omit<ArtifactDetail, 'current' | 'kept'> {
  current: WireSnapshot | null
  /** Newest first, with who reads each. */
  kept: (WireSnapshot & { readers: Reader[] })[]
}

/** A target of notifications as people see it. Its secret is not told. */
export interface NotificationTarget {
  name: string
  type: TargetType
  url: string
  hasSecret: boolean
  events: readonly NotifyEvent[]
  /** Null: of every kind. */
  kinds: readonly string[] | null
  createdAt: number
  /** How many are still to be told. */
  waiting: number
  lastSentAt: number | null
  lastError: { at: number; message: string } | null
  /** How many were never told because their time was over: about a day. */
  givenUp: number
  /** How many were never told because too many waited. */
  dropped: number
  /** Nothing more is told it since then: it said that it is gone (410). */
  disabledAt: number | null
  disabledWhy: string | null
}

/** What a test came to. */
export interface NotificationTest {
  delivered: boolean
  /** HTTP status of the answer; null when there was none. */
  status: number | null
  /** The beginning of what the other side said. */
  answer: string
  /** Why it was not delivered. */
  error: string | null
}
