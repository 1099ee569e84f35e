// The public names of `holdfast/client`: fetch and types only, for pages and for Node.

export type { AccessCalls, AddToken, AddUser } from './access-calls.ts'
export type { ActivityCalls, WatchActivity } from './activity-calls.ts'
export type { ArtifactCalls, RollBack, WatchArtifact, WatchArtifacts } from './artifact-calls.ts'
export type {
  Abortable,
  AnyKinds,
  Ask,
  ClientKinds,
  ClientOptions,
  FollowLog,
  HoldfastClient,
  SubmitRequest,
  SubmitRest,
  SubmittedOf,
  WatchJobs,
} from './client.ts'
export { createClient } from './client.ts'
export type { RefusedValue } from './client-error.ts'
export { HoldfastClientError } from './client-error.ts'
export type { Connection, EventStream, Follow, Pace, StreamEvent } from './event-stream.ts'
export { followEvents } from './event-stream.ts'
export type { Bulk, JobCalls, Rerun } from './job-calls.ts'
export type { NotificationCalls, PutNotification } from './notification-calls.ts'
export type { QueueCalls } from './queue-calls.ts'
export type { PutSchedule, ScheduleCalls } from './schedule-calls.ts'
export type * from './wire.ts'
