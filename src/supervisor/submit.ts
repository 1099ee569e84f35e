// From "please run this" to a row: the input is checked, and everything that is data is written into the job's spec.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HoldfastError } from '../core/errors.ts'
import type { JobSpec, Json } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { onlyOne } from '../core/uniqueness.ts'
import type { NewJob } from '../store/store.ts'
import type { JobDefinition } from './define-job.ts'
import type { SubmitOptions } from './holdfast.ts'
import type { StandardIssue } from './standard-schema.ts'

/** @throws HoldfastError `invalid_input` that names the field */
export async function newJob(definition: JobDefinition<unknown>, input: unknown, options: SubmitOptions): Promise<NewJob> {
  const checked = await checkInput(definition, input)
  const json = asJson(checked)
  return {
    kind: definition.kind,
    name: checkName('name', options.name),
    queue: 'default',
    uniqueKey: uniqueKeyOf(definition, checked),
    input: json,
    spec: specOf(definition, checked),
    fingerprint: definition.fingerprint ? checkText(definition, 'fingerprint', definition.fingerprint(checked)) : null,
    submittedBy: checkName('submittedBy', options.submittedBy),
  }
}

async function checkInput(definition: JobDefinition<unknown>, input: unknown): Promise<unknown> {
  if (!definition.input) return input ?? null
  const result = await definition.input['~standard'].validate(input)
  if (!result.issues) return result.value
  const problems = result.issues.map((issue) => ({ field: fieldOf(issue), message: issue.message }))
  const first = problems[0]
  throw new HoldfastError(
    'invalid_input',
    `Input rejected: ${first?.field ? `${first.field}: ` : ''}${first?.message ?? 'it does not fit the schema'}.`,
    {
      details: { errors: problems },
    },
  )
}

function fieldOf(issue: StandardIssue): string {
  return (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
}

function asJson(value: unknown): Json {
  const text = tryStringify(value)
  if (text === undefined) throw new HoldfastError('invalid_input', 'Input rejected: it cannot be written as JSON.')
  if (Buffer.byteLength(text) > limits.inputBytes) {
    throw new HoldfastError(
      'payload_too_large',
      `Input rejected: it is larger than ${limits.inputBytes / 1_048_576} MiB. Put large data into a file and submit its path.`,
    )
  }
  return JSON.parse(text) as Json
}

// A BigInt or a circle has no JSON.
function tryStringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value ?? null)
  } catch {
    return undefined
  }
}

function checkName(field: string, value: string | undefined): string | null {
  if (value === undefined || value === '') return null
  if (value.length > limits.name)
    throw new HoldfastError('invalid_input', `${field}: at most ${limits.name} characters, this has ${value.length}.`)
  return value
}

function uniqueKeyOf(definition: JobDefinition<unknown>, input: unknown): string | null {
  if (definition.unique === undefined) return null
  return definition.unique === true ? onlyOne : checkText(definition, 'unique', definition.unique(input))
}

function checkText({ kind }: JobDefinition<unknown>, field: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new HoldfastError(
    'invalid_config',
    `${field} of kind "${kind}" must return a text, not ${value === null ? 'null' : typeof value}.`,
    { details: { field } },
  )
}

function specOf(definition: JobDefinition<unknown>, input: unknown): JobSpec {
  return {
    run: runOf(definition, input),
    cwd: resolve(definition.cwd ?? process.cwd()),
    environment: definition.environment ?? {},
    environmentFile: null,
    artifacts: definition.artifacts ?? [],
    stopGraceMs: definition.stopGraceMs ?? limits.stopGraceMs,
  }
}

function runOf({ kind, command, module }: JobDefinition<unknown>, input: unknown): JobSpec['run'] {
  if (module !== undefined)
    return { type: 'module', file: module instanceof URL || module.startsWith('file:') ? fileURLToPath(module) : resolve(module) }
  const argv = typeof command === 'function' ? command(input) : command
  const isArgv = Array.isArray(argv) && argv.length > 0 && argv.every((part) => typeof part === 'string' && !part.includes('\0'))
  if (!isArgv)
    throw new HoldfastError(
      'invalid_input',
      `command of kind "${kind}" must make a list of strings without NUL, with at least the program.`,
    )
  return { type: 'command', argv }
}
