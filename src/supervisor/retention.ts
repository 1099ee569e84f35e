// How long settled jobs are kept, as an app says it: checked, and filled up with the defaults.
import { HoldfastError } from '../core/errors.ts'
import { defaultRetention, type Keep, type Retention, type SettledState, settledJobStates } from '../core/retention.ts'

/** Days and count, each null for "not for that reason"; what is left out keeps its default. */
export type RetentionOptions = Partial<Record<SettledState, { days?: number | null; count?: number | null }>>

/** @throws HoldfastError `invalid_config` that names the field */
export function retentionOf(options: RetentionOptions = {}): Retention {
  for (const state of Object.keys(options))
    if (!(settledJobStates as readonly string[]).includes(state))
      throw wrong(state, `of a state that settles: ${settledJobStates.join(', ')}`)
  const keep = (state: SettledState): Keep => {
    const given: unknown = options[state]
    if (given !== undefined && (typeof given !== 'object' || given === null)) throw wrong(state, 'an object with days and count')
    const { days, count } = options[state] ?? {}
    if (days !== undefined && days !== null && !(days >= 0)) throw wrong(`${state}.days`, 'a number from 0, or null')
    if (count !== undefined && count !== null && !(Number.isInteger(count) && count >= 0))
      throw wrong(`${state}.count`, 'a whole number from 0, or null')
    return {
      ageMs: days === undefined ? defaultRetention[state].ageMs : days === null ? null : days * 86_400_000,
      count: count === undefined ? defaultRetention[state].count : count,
    }
  }
  return Object.fromEntries(settledJobStates.map((state) => [state, keep(state)])) as Retention
}

function wrong(field: string, expected: string): HoldfastError {
  return new HoldfastError('invalid_config', `retention.${field} must be ${expected}.`, { details: { field: `retention.${field}` } })
}
