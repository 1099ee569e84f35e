// What the server sends and takes, as types only: the nouns and views of core, and what only the wire has. Nothing here exists at run time.
import type { JobCounts, JobPage, ListFilter } from '../core/views.ts'

export type { ArtifactCondition, ArtifactEvent, Build, Reader, Wanted } from '../core/artifact.ts'
export type { Attempt, Failure, Job, JobEvent, JobState, Json, LogLine, PhaseSpan, Progress, Stream, UnfinishedLine } from '../core/job.ts'
export type { ProcessFacts } from '../core/stall-words.ts'
export type {
  Checked,
  JobCounts,
  JobDetail,
  JobPage,
  KindView,
  ListFilter,
  LogPage,
  LogRange,
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

export interface Summary extends Polled {
  counts: JobCounts
  active: number
  /** Artifacts whose current snapshot is not what is wanted, and that nobody builds. */
  required: number
  version: string
  /** What keeps Holdfast from writing down what happens; null when nothing does. Jobs run on meanwhile. */
  degraded: string | null
}
