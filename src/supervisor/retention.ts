// How long settled jobs are kept, as an app says it: checked, and filled up with the defaults.
import { HoldfastError } from '../core/errors.ts'
import { defaultRetention, type Keep, type Retention, type SettledState, settledJobStates } from '../core/retention.ts'
import type { SnapshotKeep } from '../core/snapshots.ts'
import { checkOptions } from './checks.ts'

/** Days and count, each null for "not for that reason"; what is left out keeps its default. */
export type RetentionOptions = Partial<Record<SettledState, { days?: number | null; count?: number | null }>> & {
  /** Snapshots that were replaced: for so many days (default 0; ten minutes always), and the newest `count` besides (default 4, at least 2). The current one stays, and what is read. */
  snapshots?: { days?: number; count?: number }
}

const keepOptions = { days: true, count: true } satisfies Record<keyof NonNullable<RetentionOptions['failed']>, true>

/** @throws HoldfastError `invalid_config` that names the field */
export function retentionOf(options: RetentionOptions = {}): Retention {
  const states = Object.fromEntries(settledJobStates.map((state): [string, true] => [state, true]))
  checkOptions({ of: 'retention', within: 'retention', code: 'invalid_config' }, options, { ...states, snapshots: true })
  const keep = (state: SettledState): Keep => {
    checkOptions({ of: 'a state', within: `retention.${state}`, code: 'invalid_config' }, options[state], keepOptions)
    const { days, count } = options[state] ?? {}
    const ageMs = typeof days === 'number' ? Math.round(days * 86_400_000) : null
    if (days !== undefined && days !== null && !(ageMs !== null && ageMs >= 0 && Number.isSafeInteger(ageMs)))
      throw wrong(`${state}.days`, 'a number from 0, or null')
    if (count !== undefined && count !== null && !(Number.isInteger(count) && count >= 0))
      throw wrong(`${state}.count`, 'a whole number from 0, or null')
    return {
      ageMs: days === undefined ? defaultRetention[state].ageMs : ageMs,
      count: count === undefined ? defaultRetention[state].count : count,
    }
  }
  const jobs = Object.fromEntries(settledJobStates.map((state) => [state, keep(state)])) as Record<SettledState, Keep>
  return { ...jobs, snapshots: snapshotKeepOf(options.snapshots) }
}

function snapshotKeepOf(options: RetentionOptions['snapshots']): SnapshotKeep {
  checkOptions({ of: 'snapshots', within: 'retention.snapshots', code: 'invalid_config' }, options, keepOptions)
  const { days = 0, count = defaultRetention.snapshots.count } = options ?? {}
  if (!(typeof days === 'number' && days >= 0 && days < 1e6)) throw wrong('snapshots.days', 'a number from 0')
  if (!(Number.isInteger(count) && count >= 2)) throw wrong('snapshots.count', 'a whole number from 2')
  // A reader that holds the path of one has ten minutes, whatever the app says.
  return { ageMs: Math.max(defaultRetention.snapshots.ageMs, Math.round(days * 86_400_000)), count }
}

function wrong(field: string, expected: string): HoldfastError {
  return new HoldfastError('invalid_config', `retention.${field} must be ${expected}.`, { details: { field: `retention.${field}` } })
}
