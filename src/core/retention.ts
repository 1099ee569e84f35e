// How long settled jobs are kept, and snapshots. Pure.
import type { JobState } from './job.ts'
import { defaultSnapshotKeep, type SnapshotKeep } from './snapshots.ts'

export const settledJobStates = ['succeeded', 'failed', 'cancelled', 'interrupted', 'expired'] as const satisfies readonly JobState[]
export type SettledState = (typeof settledJobStates)[number]

/** A settled job goes when it is older than `ageMs`, or when `count` newer ones of its state are kept. Null: not for that reason. */
export interface Keep {
  ageMs: number | null
  count: number | null
}

export type Retention = Record<SettledState, Keep> & { snapshots: SnapshotKeep }

const dayMs = 86_400_000

/** What is kept unless the app says otherwise: failures longer, because somebody may still ask. */
export const defaultRetention: Retention = {
  succeeded: { ageMs: 30 * dayMs, count: 10_000 },
  failed: { ageMs: 90 * dayMs, count: 10_000 },
  cancelled: { ageMs: 30 * dayMs, count: 10_000 },
  interrupted: { ageMs: 90 * dayMs, count: 10_000 },
  expired: { ageMs: 30 * dayMs, count: 10_000 },
  snapshots: defaultSnapshotKeep,
}

/** The instant before which a job must have settled to be removed for its age. */
export function removedBefore(keep: Keep, now: number): number | null {
  return keep.ageMs === null ? null : Math.floor(now - keep.ageMs)
}
