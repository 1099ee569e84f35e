// Unique keys: two submits with one key mean one job. Pure.
import type { JobState } from './job.ts'
import { activeStates } from './transitions.ts'

/** The key that `unique: true` stands for: one active job of the kind. */
export const onlyOne = '*'

/** Which job serves a submitter: the active one with his key, or a new one. */
export function serveSubmit(sameKey: { id: number; state: JobState } | null): { existing: number } | 'insert' {
  return sameKey && activeStates.includes(sameKey.state) ? { existing: sameKey.id } : 'insert'
}
