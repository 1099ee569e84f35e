// What is true of the rebuild now, from the newest one, the index in use and the saved settings. Pure; GET /rebuild answers with it.
import type { Job, Snapshot } from 'holdfast'
import { type BuildSettings, fingerprintOf, type SavedSettings } from '../settings.ts'

export type Condition = 'idle' | 'required' | 'rebuilding' | 'succeeded' | 'failed' | 'stopped'

/** A setting that the index in use does not have yet. */
export interface Change {
  name: string
  from: number
  to: number
}

export interface RebuildState {
  condition: Condition
  /** Number of the index in use; null before the first. */
  index: number | null
  publishedAt: number | null
  changes: Change[]
  /** Settings were saved that the running rebuild does not use: another one will be required. */
  another: boolean
  settings: number
  /** The newest rebuild, running or over. */
  job: Job | null
  /** Of its process, while it runs. */
  pid: number | null
  now: number
}

export interface Known {
  job: Job | null
  pid: number | null
  snapshot: Snapshot | null
  /** What the index in use was built from. */
  built: BuildSettings | null
  saved: SavedSettings
  now: number
}

export function rebuildState({ job, pid, snapshot, built, saved, now }: Known): RebuildState {
  const running = job !== null && isActive(job)
  const changes = built === null ? [] : changesOf(built, saved)
  return {
    condition: running ? 'rebuilding' : conditionAfter(job, { required: changes.length > 0, now }),
    index: snapshot?.number ?? null,
    publishedAt: snapshot?.publishedAt ?? null,
    changes,
    another: running && job.fingerprint !== fingerprintOf(saved),
    settings: saved.generation,
    job,
    pid,
    now,
  }
}

export const isActive = ({ state }: Job): boolean => state === 'queued' || state === 'running' || state === 'stopping'

/** For an hour a success is news; then it is just the index in use. */
const newsMs = 3_600_000

function conditionAfter(job: Job | null, { required, now }: { required: boolean; now: number }): Condition {
  if (job?.state === 'failed') return 'failed'
  if (job?.state === 'cancelled' || job?.state === 'interrupted' || job?.state === 'expired') return 'stopped'
  if (required) return 'required'
  return job?.state === 'succeeded' && now - (job.finishedAt ?? 0) < newsMs ? 'succeeded' : 'idle'
}

function changesOf(built: BuildSettings, saved: BuildSettings): Change[] {
  const changes = [
    { name: 'minimum votes', from: built.minVotes, to: saved.minVotes },
    { name: 'neighbours kept', from: built.neighbours, to: saved.neighbours },
  ]
  return changes.filter(({ from, to }) => from !== to)
}
