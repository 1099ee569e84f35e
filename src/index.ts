// holdfast: the public names, one by one.

export type { ErrorCode } from './core/errors.ts'
export { HoldfastError } from './core/errors.ts'
export type { Logger } from './runner/house.ts'
export type { JobDefinition, JobOptions } from './supervisor/define-job.ts'
export { defineJob } from './supervisor/define-job.ts'
export type {
  ArtifactReader,
  Attempt,
  Failure,
  Holdfast,
  Job,
  JobCounts,
  JobDetail,
  JobEvent,
  JobPage,
  JobState,
  Json,
  KindView,
  ListFilter,
  LogLine,
  LogPage,
  LogRange,
  PhaseSpan,
  Progress,
  Snapshot,
  Stream,
  SubmitOptions,
  Submitted,
} from './supervisor/holdfast.ts'
export type { OpenOptions } from './supervisor/open-holdfast.ts'
export { openHoldfast } from './supervisor/open-holdfast.ts'
