// Typed job kinds: what a job is called, what input it takes, how it is run. Data only; nothing is started here.
import type { Json } from '../core/job.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** What `defineJob` takes. Exactly one of `command` and `module`. */
export interface JobOptions<Input> {
  /** Name of the kind: letters, digits, `-`, `_` and `.`. */
  kind: string
  /** Shown to people; the kind's name if absent. */
  title?: string
  description?: string
  /** Any Standard Schema (zod, valibot, arktype …). Absent: any JSON value is taken. */
  input?: StandardSchemaV1<unknown, Input>
  /** The argv to run, or a function of the input that makes it. */
  command?: string[] | ((input: Input) => string[])
  /** A TypeScript or JavaScript file, run in a process of its own; a path, or a URL such as `new URL('./rebuild.ts', import.meta.url)`. */
  module?: string | URL
  /** Working folder; the app's own if absent. */
  cwd?: string
  /** Variables for the job, besides the small allow-list every job gets. */
  environment?: Record<string, string>
  /** `true`: one active job of this kind; a function: one for each key it returns. A second submit returns the first's job. */
  unique?: true | ((input: Input) => string)
  /** Names of the outputs that are published when the job succeeds. The job writes into `$HOLDFAST_STAGING/<name>/`. */
  artifacts?: string[]
  /** What the output is built from, as a string; captured at submit. */
  fingerprint?: (input: Input) => string
  /** Milliseconds between the polite request to stop and the kill. Default 10,000. */
  stopGraceMs?: number
}

export interface JobDefinition<Input = Json> extends JobOptions<Input> {
  readonly isJobDefinition: true
}

/** A kind as the API and the dashboard show it. */
export interface KindView {
  kind: string
  title: string
  description: string | null
  unique: boolean
  artifacts: string[]
  /** JSON Schema of the input where the schema library offers one, else null. */
  inputSchema: Json
}
