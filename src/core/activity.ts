// What is going on, in one view: all that the pages of one browser show together. Types only.
import type { Role } from './access.ts'
import type { Job, JobState } from './job.ts'
import type { JobDetail, Summary, WireArtifact } from './views.ts'

/** What the view should hold besides the active jobs and those that settled last. */
export interface ActivityFilter {
  /** Numbers of jobs, at most 100. */
  job?: readonly number[]
  /** Kinds, or one unique key of a kind as `kind/key` with the key URI-encoded; at most 50. */
  kind?: readonly string[]
  /** Names of artifacts, at most 50. */
  artifact?: readonly string[]
}

export interface Activity {
  summary: Summary
  /** The active jobs, at most 50: the stalled first, then those that run, that stop, that wait in their order. `summary.active` counts all. */
  active: ActiveJob[]
  /** The jobs that settled last, newest end first, at most 20. */
  settled: Job[]
  /** The jobs that were asked for and are there. */
  jobs: ActiveJob[]
  /** The kinds that were asked for and are known. */
  kinds: KindActivity[]
  /** The artifacts that were asked for and are known. */
  artifacts: WireArtifact[]
}

/** The first look also says who asks: what he may not do need not be offered. */
export interface ActivityLook extends Activity {
  role: Role
}

/** A job and how long it will still take; null where that cannot be said. */
export interface ActiveJob extends Job {
  remaining: JobDetail['remaining']
}

/** The first that holds: a job of it is active (and silent), what it builds is wanted otherwise, how its last job ended, none was ever submitted. */
export type KindCondition = 'stalled' | 'active' | 'required' | 'failed' | 'succeeded' | 'idle'

/** A kind, or one unique key of it, as it stands. */
export interface KindActivity {
  kind: string
  /** Null: all jobs of the kind. */
  key: string | null
  title: string
  condition: KindCondition
  /** It can be submitted here. */
  isDefined: boolean
  /** A second submit returns the active job. */
  unique: boolean
  /** Since when nothing of it is started, and by whom. */
  pausedAt: number | null
  pausedBy: string | null
  /** Its active job: the stalled one, the one that runs, or else the newest that waits. */
  active: ActiveJob | null
  /** Its job that settled last. */
  last: Job | null
  /** When its last success ended. */
  succeededAt: number | null
  /** Its jobs that settled last, oldest end first, at most 30. */
  recent: SettledJob[]
  /** When a schedule submits it next. */
  nextAt: number | null
  /** What it builds, by name. */
  artifacts: string[]
  /** Those of them that are required and that nobody builds. */
  required: string[]
}

export interface SettledJob {
  id: number
  state: JobState
  startedAt: number | null
  finishedAt: number | null
}
