// Keeps a job's log and its events file within their bounds while it runs.
import type { Claimed, JobRecord, Observation } from '../store/store.ts'
import type { ReadPosition } from './attempt-reader.ts'
import type { House } from './house.ts'

export interface LogBound {
  /** There is more to be taken out, although nothing new has come. */
  isDue(job: JobRecord): boolean
  /** What was seen, with what the bound asks for. */
  added(seen: Observation, before: JobRecord): Observation
  /** After it was stored. */
  stored(job: JobRecord, position: ReadPosition): Promise<void>
}

// Nothing is taken out yet.
export function openLogBound(_house: House, _claimed: Claimed): LogBound {
  return { isDue: () => false, added: (seen) => seen, stored: async () => {} }
}
