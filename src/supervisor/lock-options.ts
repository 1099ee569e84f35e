// Lock keys as a definition gives them → as they are stored: checked, and each key once. Data only; who gets which is core's to say.
import { HoldfastError } from '../core/errors.ts'
import type { Lock } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { checkOptions, wrongKey } from './checks.ts'
import type { LockOption } from './define-job.ts'

/** The same key twice is one lock, exclusive if one of them is. @throws HoldfastError `invalid_config` */
export function locksFrom(kind: string, asked: readonly LockOption[]): Lock[] {
  if (!Array.isArray(asked) || asked.length > limits.locks) throw refused(kind, `must be a list of at most ${limits.locks}`)
  const byKey = new Map<string, Lock>()
  for (const lock of asked.map((one) => toLock(kind, one))) {
    const other = byKey.get(lock.key)
    byKey.set(lock.key, { ...other, ...lock, ...(other?.mode === 'exclusive' ? { mode: 'exclusive' } : {}) })
  }
  return [...byKey.values()]
}

function toLock(kind: string, option: LockOption): Lock {
  const isText = typeof option !== 'object' || option === null
  const { key, mode, limit } = isText ? { key: option, mode: 'exclusive' as const, limit: undefined } : option
  if (!isText) checkOptions({ of: `a lock of kind "${kind}"`, within: 'locks', code: 'invalid_config' }, option, lockOptions)
  const wrong = wrongKey(key)
  if (wrong !== null) throw refused(kind, `key ${wrong}`)
  if (mode !== undefined && mode !== 'shared' && mode !== 'exclusive') throw refused(kind, `mode of "${key}" must be shared or exclusive`)
  if (limit === undefined) return { key, mode: mode ?? 'exclusive' }
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.keyLimit)
    throw refused(kind, `limit of "${key}" must be a whole number from 1 to ${limits.keyLimit}`)
  return { key, mode: mode ?? 'shared', limit }
}

const lockOptions = { key: true, mode: true, limit: true } satisfies Record<keyof Exclude<LockOption, string>, true>

function refused(kind: string, expected: string): HoldfastError {
  return new HoldfastError('invalid_config', `locks of kind "${kind}": ${expected}.`, { details: { field: 'locks' } })
}
