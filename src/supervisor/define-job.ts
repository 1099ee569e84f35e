// Typed job kinds: what a job is called, what input it takes, how it is run. Data only; nothing is started here.
import { isArtifactName } from '../core/artifact.ts'
import { HoldfastError } from '../core/errors.ts'
import type { Json } from '../core/job.ts'
import type { KindView } from '../core/views.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

// A function of the input. Declared as a method, so that a list can hold definitions with different inputs; each input is checked by its own schema.
type OfInput<Input, Result> = { of(input: Input): Result }['of']

/** What `defineJob` takes. Exactly one of `command` and `module`. */
export interface JobOptions<Input, Checked = Input> {
  /** Name of the kind: letters, digits, `-`, `_` and `.`. */
  kind: string
  /** Shown to people; the kind's name if absent. */
  title?: string
  description?: string
  /** Any Standard Schema (zod, valibot, arktype …). Absent: any JSON value is taken. */
  input?: StandardSchemaV1<Input, Checked>
  /** The argv to run, or a function of the input that makes it. */
  command?: string[] | OfInput<Checked, string[]>
  /** A TypeScript or JavaScript file, run in a process of its own; a path, or a URL such as `new URL('./rebuild.ts', import.meta.url)`. */
  module?: string | URL
  /** Working folder; the app's own if absent. */
  cwd?: string
  /** Variables for the job, besides the small allow-list every job gets. */
  environment?: Record<string, string>
  /** `true`: one active job of this kind; a function: one for each key it returns. A second submit returns the first's job. */
  unique?: true | OfInput<Checked, string>
  /** Names of the outputs that are published when the job succeeds. The job writes into `$HOLDFAST_STAGING/<name>/`. */
  artifacts?: string[]
  /** What the output is built from, as a string; captured at submit. */
  fingerprint?: OfInput<Checked, string>
  /** Milliseconds between the polite request to stop and the kill. Default 10,000. */
  stopGraceMs?: number
}

/** `Input` is what `submit` takes, `Checked` what the schema makes of it. */
export interface JobDefinition<Input = Json | undefined, Checked = Input> extends JobOptions<Input, Checked> {
  readonly isJobDefinition: true
}

/**
 * Declares a kind of job. Starts nothing.
 *
 * @example
 * const rebuild = defineJob({ kind: 'rebuild', input: z.object({ mode: z.enum(['profile', 'data']) }), module: new URL('./rebuild.ts', import.meta.url), unique: true })
 * @throws HoldfastError `invalid_config` naming the field that is wrong
 */
export function defineJob<Input = Json | undefined, Checked = Input>(options: JobOptions<Input, Checked>): JobDefinition<Input, Checked> {
  const wrong = (field: string, expected: string) => {
    throw new HoldfastError('invalid_config', `defineJob: ${field} of kind "${options.kind}" must be ${expected}.`, { details: { field } })
  }
  if (!/^[\w.-]{1,200}$/.test(options.kind)) wrong('kind', 'letters, digits, "-", "_" or ".", at most 200')
  if ((options.command === undefined) === (options.module === undefined)) wrong('command or module', 'given: exactly one of the two')
  if (Array.isArray(options.command) && options.command.length === 0) wrong('command', 'an argv with at least the program')
  for (const artifact of options.artifacts ?? [])
    if (!isArtifactName(artifact)) wrong(`artifacts ("${artifact}")`, 'lower-case letters, digits, "-", "_" or "."')
  if (new Set(options.artifacts).size !== (options.artifacts ?? []).length) wrong('artifacts', 'a list without the same name twice')
  if (options.stopGraceMs !== undefined && !(options.stopGraceMs >= 0)) wrong('stopGraceMs', 'milliseconds, 0 or more')
  return { ...options, isJobDefinition: true }
}

/** A kind as the API and the dashboard show it. */
export function kindView(definition: JobDefinition<unknown>): KindView {
  return {
    kind: definition.kind,
    title: definition.title ?? definition.kind,
    description: definition.description ?? null,
    unique: definition.unique !== undefined,
    artifacts: definition.artifacts ?? [],
    inputSchema: inputSchemaOf(definition),
  }
}

function inputSchemaOf(definition: JobDefinition<unknown>): Json {
  try {
    return (definition.input?.['~standard'].jsonSchema?.input?.({ target: 'draft-2020-12' }) as Json | undefined) ?? null
  } catch {
    // A schema that JSON Schema cannot express; it still checks.
    return null
  }
}
