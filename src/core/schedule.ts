// When a schedule asks for a job. Pure: what the cron expression means comes in as a function, so that this file needs no library and no clock.
import { limits } from './limits.ts'

/** What becomes of a firing that nobody was there for: `skip` waits for the next one, `once` makes up for all of them with one job. */
export type MissedPolicy = 'skip' | 'once'

export interface DueSchedule {
  dueAt: number
  missed: MissedPolicy
  now: number
  /** The first firing after an instant; null when there is none any more. */
  nextAfter: (instant: number) => number | null
}

export interface Firing {
  fires: boolean
  nextAt: number | null
}

/** Later than `limits.scheduleLateMs` is missed. Firings that lie between are never made up for one by one. */
export function firingOf({ dueAt, missed, now, nextAfter }: DueSchedule): Firing {
  if (dueAt > now) return { fires: false, nextAt: dueAt }
  const isMissed = now - dueAt > limits.scheduleLateMs
  return { fires: !isMissed || missed === 'once', nextAt: nextAfter(now) }
}
