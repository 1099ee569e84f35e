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

export interface Activity<Artifact = WireArtifact> {
  summary: Summary
  /** The active jobs, at most 50: the stalled first, then those that run, that stop, that wait (those that are ready first). `summary.active` counts all. */
  active: ActiveJob[]
  /** The jobs that settled last, newest end first, at most 20. */
  settled: Job[]
  /** The jobs that were asked for and are there. */
  jobs: ActiveJob[]
  /** The kinds that were asked for and are known. */
  kinds: KindActivity[]
  /** The artifacts that were asked for and are known. */
  artifacts: Artifact[]
}

/** The answer to a request also has what is true of that moment and of whoever asks: what he may not do need not be offered. */
export interface ActivityLook extends Activity {
  role: Role
  /** What the server has for now. */
  serverTime: number
  /** When to look again without a stream; null when nothing is active. */
  pollAfterMs: number | null
}

/** A job as lists carry it (`omitted`), and how long it will still take as told when it last said something of itself; null where that cannot be said. */
export interface ActiveJob extends Job {
  remaining: JobDetail['remaining']
}

/**
 * The first that holds: a job of it is active (and silent), what it builds is wanted otherwise, how its last job ended that nobody cancelled
 * (interrupted and expired count as failed), none of it has ended.
 */
export type KindCondition = 'stalled' | 'active' | 'required' | 'failed' | 'succeeded' | 'idle'

/**
 * A kind, or one unique key of it, as it stands. What has ended is known as far as a look at its newest jobs goes: 1,000 of a kind, and for a key those
 * among the newest 2,000 of its kind.
 */
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
  /** Its job that settled last, cancelled ones too. */
  last: Job | null
  /** When its last success ended. */
  succeededAt: number | null
  /** Its jobs that settled last, oldest end first, at most 30. */
  recent: SettledJob[]
  /** When a schedule submits it next; null also where it is about a key. */
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
