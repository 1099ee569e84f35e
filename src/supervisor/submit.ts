// From "please run this" to a row: the input is checked, and everything that is data is written into the job's spec.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HoldfastError } from '../core/errors.ts'
import type { JobSpec, Json } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { unlimited } from '../core/process-limits.ts'
import { onlyOne } from '../core/uniqueness.ts'
import type { NewJob } from '../store/store.ts'
import { artifactsFrom } from './artifact-names.ts'
import { checkText } from './checks.ts'
import { type JobDefinition, retryPolicyOf } from './define-job.ts'
import type { SubmitOptions } from './holdfast.ts'
import { locksFrom } from './lock-options.ts'
import { stallPolicyOf } from './stall-options.ts'
import type { StandardIssue } from './standard-schema.ts'

/** What a submit may say besides the input. */
export const submitOptions = {
  submittedBy: true,
  name: true,
  priority: true,
  availableAt: true,
  expireAfterMs: true,
  after: true,
  transaction: true,
} satisfies Record<keyof SubmitOptions, true>

/** @throws HoldfastError `invalid_input` that names the field */
export async function newJob(
  definition: JobDefinition<unknown>,
  input: unknown,
  { now, ...options }: SubmitOptions & { now: number },
): Promise<NewJob> {
  const checked = await checkInput(definition, input)
  const json = asJson(checked)
  return {
    kind: definition.kind,
    name: nameOf(definition, options.name, checked),
    queue: definition.queue ?? 'default',
    unique: uniqueOf(definition, checked),
    input: json,
    spec: { ...specOf(definition, checked), ...givenIfOther(input, json) },
    fingerprint: definition.fingerprint ? checkFingerprint(definition, definition.fingerprint(checked)) : null,
    submittedBy: checkText({ field: 'submittedBy', code: 'invalid_input' }, options.submittedBy),
    priority: checkPriority(options.priority ?? definition.priority ?? 0),
    ...timesOf(definition, options, now),
    after: [],
    schedule: null,
  }
}

function nameOf(definition: JobDefinition<unknown>, given: SubmitOptions['name'], input: unknown): string | null {
  const name = given ?? (definition.name && returnedText(definition, 'name', definition.name(input)))
  return checkText({ field: 'name', code: 'invalid_input' }, name)
}

function checkPriority(priority: number): number {
  if (Number.isSafeInteger(priority)) return priority
  throw new HoldfastError('invalid_input', `priority: a whole number, smaller goes first; not ${priority}.`, {
    details: { field: 'priority' },
  })
}

function timesOf({ expireAfterMs }: JobDefinition<unknown>, options: SubmitOptions, now: number) {
  const asked = options.availableAt instanceof Date ? options.availableAt.getTime() : (options.availableAt ?? now)
  // Whole milliseconds, and not before the one that was asked for.
  const availableAt = typeof asked === 'number' ? Math.max(now, Math.ceil(asked)) : Number.NaN
  if (!Number.isSafeInteger(availableAt))
    throw new HoldfastError('invalid_input', 'availableAt: a Date or epoch milliseconds.', { details: { field: 'availableAt' } })
  const afterMs = options.expireAfterMs ?? expireAfterMs
  if (afterMs !== undefined && !(typeof afterMs === 'number' && afterMs > 0 && Number.isSafeInteger(availableAt + Math.ceil(afterMs))))
    throw new HoldfastError('invalid_input', `expireAfterMs: milliseconds, more than 0; not ${afterMs}.`, {
      details: { field: 'expireAfterMs' },
    })
  return { availableAt, expireAfterMs: afterMs === undefined ? null : Math.ceil(afterMs) }
}

async function checkInput(definition: JobDefinition<unknown>, input: unknown): Promise<unknown> {
  if (!definition.input) return input ?? null
  const result = await definition.input['~standard'].validate(input)
  if (!result.issues) return result.value
  const problems = result.issues.map((issue) => ({ field: fieldOf(issue), message: issue.message }))
  const [first] = problems
  // A schema's own words may be a sentence already.
  const why = (first?.message ?? 'it does not fit the schema').replace(/\.$/, '')
  throw new HoldfastError('invalid_input', `Input rejected: ${first?.field ? `${first.field}: ` : ''}${why}.`, {
    details: { field: first?.field || 'input', errors: problems },
  })
}

function fieldOf(issue: StandardIssue): string {
  return (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
}

/** What is recorded of an input. @throws HoldfastError `invalid_input`, `payload_too_large` */
export function asJson(value: unknown): Json {
  const text = tryStringify(value)
  if (text === undefined)
    throw new HoldfastError('invalid_input', 'Input rejected: it cannot be written as JSON.', { details: { field: 'input' } })
  if (Buffer.byteLength(text) > limits.inputBytes) {
    throw new HoldfastError(
      'payload_too_large',
      `Input rejected: it is larger than ${limits.inputBytes / 1_048_576} MiB. Put large data into a file and submit its path.`,
      { details: { field: 'input' } },
    )
  }
  return JSON.parse(text) as Json
}

// What has no JSON cannot be given again; the checked input has to do then.
function givenIfOther(input: unknown, checked: Json): { given?: Json } {
  const text = tryStringify(input)
  return text === undefined || text === JSON.stringify(checked) ? {} : { given: JSON.parse(text) as Json }
}

// A BigInt or a circle has no JSON.
function tryStringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value ?? null)
  } catch {
    return undefined
  }
}

function uniqueOf(definition: JobDefinition<unknown>, input: unknown): NewJob['unique'] {
  if (definition.unique === undefined) return null
  const key = definition.unique === true ? onlyOne : returnedKey(definition, definition.unique(input))
  return { key, policy: definition.uniquePolicy ?? 'return' }
}

function returnedKey(definition: JobDefinition<unknown>, value: unknown): string {
  const key = returnedText(definition, 'unique', value)
  if (key !== '' && key.length <= limits.name && !key.includes('\0')) return key
  throw new HoldfastError(
    'invalid_input',
    `unique of kind "${definition.kind}" made a key that must have 1 to ${limits.name} characters without NUL.`,
    { details: { field: 'unique' } },
  )
}

function returnedText({ kind }: JobDefinition<unknown>, field: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new HoldfastError(
    'invalid_config',
    `${field} of kind "${kind}" must return a text, not ${value === null ? 'null' : typeof value}.`,
    { details: { field } },
  )
}

function checkFingerprint(definition: JobDefinition<unknown>, value: unknown): string {
  const fingerprint = returnedText(definition, 'fingerprint', value)
  if (fingerprint.length <= limits.fingerprint) return fingerprint
  throw new HoldfastError(
    'invalid_config',
    `fingerprint of kind "${definition.kind}" made a text of more than ${limits.fingerprint} characters. Hash what is long.`,
    { details: { field: 'fingerprint' } },
  )
}

function seedFrom({ kind, from = 'empty' }: JobDefinition<unknown>, input: unknown): JobSpec['from'] {
  const said: unknown = typeof from === 'function' ? from(input) : from
  if (said === 'empty' || said === 'current') return said
  throw new HoldfastError('invalid_config', `from of kind "${kind}" must return empty or current, not ${JSON.stringify(said)}.`, {
    details: { field: 'from' },
  })
}

function specOf(definition: JobDefinition<unknown>, input: unknown): JobSpec {
  return {
    run: runOf(definition, input),
    cwd: resolve(definition.cwd ?? process.cwd()),
    environment: definition.environment ?? {},
    environmentFile: null,
    artifacts: artifactsFrom(
      definition.kind,
      typeof definition.artifacts === 'function' ? definition.artifacts(input) : (definition.artifacts ?? []),
    ),
    from: seedFrom(definition, input),
    validates: definition.validate !== undefined,
    stopGraceMs: definition.stopGraceMs ?? limits.stopGraceMs,
    locks: locksFrom(definition.kind, typeof definition.locks === 'function' ? definition.locks(input) : (definition.locks ?? [])),
    retry: retryPolicyOf(definition.retry),
    safeToRepeat: definition.safeToRepeat ?? false,
    ...boundsOf(definition),
    stall: stallPolicyOf(definition),
  }
}

function boundsOf(definition: JobDefinition<unknown>): Omit<typeof unlimited, 'stall'> {
  const { output, timeoutMs, limits, leftovers, logBytes, logLimit } = { ...unlimited, ...definition }
  return { output, timeoutMs, limits, leftovers, logBytes, logLimit }
}

function runOf({ kind, command, module, run }: JobDefinition<unknown>, input: unknown): JobSpec['run'] {
  if (run !== undefined) return { type: 'inline' }
  if (module !== undefined)
    return { type: 'module', file: module instanceof URL || module.startsWith('file:') ? fileURLToPath(module) : resolve(module) }
  const argv = typeof command === 'function' ? command(input) : command
  const isArgv = Array.isArray(argv) && argv.length > 0 && argv.every((part) => typeof part === 'string' && !part.includes('\0'))
  if (!isArgv)
    throw new HoldfastError(
      'invalid_input',
      `command of kind "${kind}" must make a list of strings without NUL, with at least the program.`,
      { details: { field: 'command' } },
    )
  return { type: 'command', argv }
}
