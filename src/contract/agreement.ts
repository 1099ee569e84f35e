// Compile-time proof that the wire and core/job.ts describe the same nouns: a field added, lost or changed on one side does not build.
import type { z } from '@hono/zod-openapi'
import type { AccessToken, User } from '../core/access.ts'
import type { Activity, ActivityLook } from '../core/activity.ts'
import type { Attempt, Failure, Job, JobEvent, JobState, LogLine, Progress, Stream, UnfinishedLine } from '../core/job.ts'
import type { NotificationTarget, NotificationTest, WireArtifact, WireArtifactDetail, WireSnapshot } from '../core/views.ts'
import type { tokenSchema, userSchema } from './access.ts'
import type { activityLookSchema, activitySchema } from './activity.ts'
import type { ArtifactDetailAnswer, artifactSchema, snapshotSchema } from './artifact.ts'
import type { attemptSchema, failureSchema, jobEventSchema, jobSchema, jobStateSchema, progressSchema } from './job.ts'
import type { logLineSchema, streamSchema, unfinishedLineSchema } from './log.ts'
import type { notificationTargetSchema, notificationTestSchema } from './notification.ts'

export type Agreement = EachTrue<
  [
    Same<z.infer<typeof userSchema>, User>,
    Same<z.infer<typeof tokenSchema>, AccessToken>,
    Same<z.infer<typeof jobStateSchema>, JobState>,
    Same<z.infer<typeof streamSchema>, Stream>,
    Same<z.infer<typeof failureSchema>, Failure>,
    Same<z.infer<typeof progressSchema>, Progress>,
    Same<z.infer<typeof jobSchema>, Job>,
    Same<z.infer<typeof attemptSchema>, Attempt>,
    Same<z.infer<typeof jobEventSchema>, JobEvent>,
    Same<z.infer<typeof snapshotSchema>, WireSnapshot>,
    Same<z.infer<typeof artifactSchema>, WireArtifact>,
    Same<Omit<ArtifactDetailAnswer, 'pollAfterMs'>, WireArtifactDetail>,
    Same<z.infer<typeof logLineSchema>, LogLine>,
    Same<z.infer<typeof unfinishedLineSchema>, UnfinishedLine>,
    Same<z.infer<typeof activitySchema>, Activity>,
    Same<z.infer<typeof activityLookSchema>, ActivityLook>,
    Same<z.infer<typeof notificationTargetSchema>, NotificationTarget>,
    Same<z.infer<typeof notificationTestSchema>, NotificationTest>,
  ]
>

export type EachTrue<Checks extends true[]> = Checks

/** True only when both types are identical, to the last optional field. */
export type Same<Wire, Core> = Identical<Exact<Wire>, Exact<Core>>

type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** zod writes an absent field as `?: T | undefined`, core as `?: T`: on the wire, where undefined cannot be said, they are one. */
type Exact<T> = T extends readonly (infer Item)[]
  ? Exact<Item>[]
  : T extends object
    ? { [Key in keyof T]: Exact<Exclude<T[Key], undefined>> }
    : T
