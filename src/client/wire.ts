// What the server sends and takes, as types only: the nouns and views of core, and what only the wire has. Nothing here exists at run time.
import type { Role, Visitor } from '../core/access.ts'
import type { JobCounts, JobPage, ListFilter, Summary as Standing } from '../core/views.ts'

export type { AccessToken, Role, User } from '../core/access.ts'
export type {
  ActiveJob,
  Activity,
  ActivityFilter,
  ActivityLook,
  KindActivity,
  KindCondition,
  SettledJob,
} from '../core/activity.ts'
export type { ArtifactCondition, ArtifactEvent, Build, Reader, Wanted } from '../core/artifact.ts'
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
} from '../core/job.ts'
export type { NotifyEvent } from '../core/notification.ts'
export type { ProcessFacts } from '../core/stall-words.ts'
export type {
  BulkAnswer,
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
  NotificationTarget,
  NotificationTest,
  QueueView,
  RunnerView,
  ScheduleView,
  Submitted,
  WireArtifact as ArtifactView,
  WireArtifactDetail as ArtifactDetail,
  WireSnapshot as Snapshot,
} from '../core/views.ts'

/** What a stream of jobs can be narrowed to: a list without paging. */
export type JobFilter = Omit<ListFilter, 'before'>

/** The first page of a filter and how many jobs there are in each state, whatever the filter. */
export interface WatchedPage extends JobPage {
  counts: JobCounts
}

export interface Polled {
  /** When to look again without a stream; null when nothing is under way. */
  pollAfterMs: number | null
}

/** How everything stands, flat. */
export interface Summary extends Standing, Polled {
  version: string
  /** What the server has for now. */
  serverTime: number
}

/** Who asks, and how people sign in there. */
export interface Session {
  /** Null: nobody is signed in. His name is null where nobody signs in. */
  user: { name: string | null; role: Role } | null
  /** How it is known who asks: he sits at that machine, the app says so, something in front of it looks, or people sign in. */
  by: 'loopback' | 'app' | 'nobody' | 'sign-in'
  signedInBy: Visitor['by'] | null
  /** Nobody can sign in yet. */
  needsFirstUser: boolean
  /** And the code that was told where Holdfast was started is needed for it. */
  needsCode: boolean
}
