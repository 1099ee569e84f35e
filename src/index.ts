// holdfast: the public names, one by one.

export type { ErrorCode } from './core/errors.ts'
export { HoldfastError } from './core/errors.ts'
export type { Logger } from './runner/house.ts'
export type { OutputToValidate } from './runner/validate-output.ts'
export type { JobDefinition, JobOptions, KindsOf, LockOption, RetryOptions, SeedFrom } from './supervisor/define-job.ts'
export { defineJob } from './supervisor/define-job.ts'
export { dataFolder } from './supervisor/find-data-folder.ts'
export type {
  ActiveJob,
  Activity,
  ActivityFilter,
  Artifact,
  ArtifactCondition,
  ArtifactContext,
  ArtifactDetail,
  ArtifactEvent,
  Artifacts,
  ArtifactView,
  Attempt,
  Build,
  BulkAnswer,
  BulkOptions,
  By,
  Checked,
  Failure,
  FollowOptions,
  Holdfast,
  Job,
  JobCounts,
  JobDetail,
  JobEvent,
  JobPage,
  JobState,
  JobsFilter,
  JobToSubmit,
  Json,
  KindActivity,
  KindCondition,
  KindView,
  ListFilter,
  LockKeys,
  LockKeyView,
  LogLine,
  LogPage,
  LogRange,
  LogText,
  LookOptions,
  Notifications,
  NotificationTarget,
  NotificationTest,
  NotifyOptions,
  OpenSnapshot,
  PhaseSpan,
  Progress,
  Queues,
  QueueView,
  Reader,
  RollBackOptions,
  RunnerView,
  Saved,
  ScheduleOptions,
  Schedules,
  ScheduleView,
  SettledJob,
  Snapshot,
  Stream,
  SubmitOptions,
  Submitted,
  Summary,
  UnfinishedLine,
  WaitingFor,
  Wanted,
} from './supervisor/holdfast.ts'
export type { OpenOptions } from './supervisor/open-holdfast.ts'
export { openHoldfast } from './supervisor/open-on-call.ts'
export type { RetentionOptions } from './supervisor/retention.ts'
export { waitingWords } from './supervisor/states.ts'
export { type WhenFreeOptions, whenFree } from './supervisor/when-free.ts'
