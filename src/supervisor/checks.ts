// What callers hand in is checked before anything is written; each refusal names its field. Knows no store.
import { type ErrorCode, HoldfastError } from '../core/errors.ts'
import { type JobState, jobStates } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { uniqueLockPrefix } from '../core/uniqueness.ts'

type Field = { field: string; code?: ErrorCode }

/** @throws HoldfastError `invalid_request` */
export function checkId(id: number): number {
  if (Number.isSafeInteger(id)) return id
  throw refused({ field: 'id' }, `must be a job's number, not ${shown(id)}`)
}

/**
 * Refuses what is no option: misspelt, it would be passed over in silence. `known`: all there are, held to their type by `satisfies`.
 * @throws HoldfastError that names the field
 */
export function checkOptions({ of, within = '', code }: OptionsOf, given: unknown, known: Readonly<Record<string, true>>): void {
  if (given === undefined) return
  const names = Object.keys(known).join(', ')
  const field = within === '' ? 'options' : within
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw refused({ field, code }, `must be an object with ${names}; not ${shown(given)}`)
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return
  const path = within === '' ? unknown : `${within}.${unknown}`
  throw refused({ field: path, code }, `is no option of ${of}; there are ${names}`)
}

interface OptionsOf {
  /** Whose options, in words. */
  of: string
  /** The field that holds them, when they are not the call's own. */
  within?: string
  code?: ErrorCode
}

/** Who asks, of `{ by }`. @throws HoldfastError `invalid_request` */
export function checkBy(asked: { by?: string } | undefined, known: Readonly<Record<string, true>> = { by: true }): string | null {
  checkOptions({ of: 'it' }, asked, known)
  return checkText({ field: 'by' }, asked?.by)
}

/** Who asks, or what something is called; nobody and nothing is null. @throws HoldfastError that names the field */
export function checkText({ field, code }: Field, value: string | null | undefined): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string' || value.includes('\0')) throw refused({ field, code }, `must be a text without NUL, not ${shown(value)}`)
  if (value.length <= limits.name) return value
  throw refused({ field, code }, `must have at most ${limits.name} characters, not ${value.length}`)
}

/** Of queues, kinds and schedules. @throws HoldfastError that names the field */
export function checkName({ field, code }: Field, name: string): string {
  if (isName(name)) return name
  throw refused({ field, code }, `must be ${nameRule}, not ${shown(name)}`)
}

export function isName(name: unknown): boolean {
  return typeof name === 'string' && /^[\w.-]{1,200}$/.test(name)
}

export const nameRule = 'letters, digits, "-", "_" or ".", at most 200'

/** @throws HoldfastError that names the field */
export function checkLimit({ field, code }: Field, value: number | null): number | null {
  if (value === null || (Number.isInteger(value) && value >= 1 && value <= limits.keyLimit)) return value
  throw refused({ field, code }, `must be a whole number from 1 to ${limits.keyLimit}, or null for no limit; not ${shown(value)}`)
}

/** What is wrong with a lock key; null when nothing is. Keys are compared, shown and indexed: bounded, and without what Postgres cannot store. */
export function wrongKey(key: unknown): string | null {
  if (typeof key !== 'string') return `must be a text, not ${shown(key)}`
  if (key === '' || key.length > limits.name || key.includes('\0')) return `must have 1 to ${limits.name} characters without NUL`
  return key.startsWith(uniqueLockPrefix) ? `must not begin with ${uniqueLockPrefix}, which is Holdfast's own` : null
}

/** A filter of jobs. What is unknown in it is refused: left out, it would mean all jobs. @throws HoldfastError `invalid_request` */
export function checkFilter<F extends { state?: readonly JobState[] }>(filter: F, fields: readonly string[]): F {
  if (typeof filter !== 'object' || filter === null) throw refused({ field: 'filter' }, `must be an object, not ${shown(filter)}`)
  const unknown = Object.keys(filter).find((field) => !fields.includes(field))
  if (unknown !== undefined) throw refused({ field: unknown }, `is no filter; there are ${fields.join(', ')}`)
  const { state, ...texts } = filter as Record<'state' | (typeof textFilters)[number], unknown>
  checkList('state', state, jobStates)
  for (const field of textFilters) {
    const value = texts[field]
    if (value !== undefined && (typeof value !== 'string' || value.includes('\0')))
      throw refused({ field }, `must be a text without NUL, not ${shown(value)}`)
  }
  return filter
}

const textFilters = ['kind', 'queue', 'submittedBy', 'schedule'] as const

/** @throws HoldfastError `invalid_request` when it is no list of known words; absent is fine */
export function checkList(field: string, value: unknown, words: readonly string[]): void {
  if (value === undefined) return
  if (!Array.isArray(value)) throw refused({ field }, `must be a list, such as ["${words[0]}"], not ${shown(value)}`)
  const wrong = value.find((word) => !words.includes(word))
  if (wrong !== undefined) throw refused({ field }, `must be of ${words.join(', ')}; not ${shown(wrong)}`)
}

/** A whole number in a range. @throws HoldfastError `invalid_request` */
export function checkRange(field: string, value: number, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw refused({ field }, `must be a whole number from ${least} to ${most}, not ${shown(value)}`)
}

function refused({ field, code = 'invalid_request' }: { field: string; code?: ErrorCode | undefined }, expected: string): HoldfastError {
  return new HoldfastError(code, `${field} ${expected}.`, { details: { field } })
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 50))
  return value !== null && typeof value === 'object' ? (Array.isArray(value) ? 'a list' : 'an object') : String(value)
}
