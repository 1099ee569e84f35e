// Typed job kinds: what a job is called, what input it takes, how it is run. Nothing is started here.
import { HoldfastError } from '../core/errors.ts'
import type { Json, LockMode, ResourceLimits, RetryPolicy } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { type UniquePolicy, uniquePolicies } from '../core/uniqueness.ts'
import type { KindView } from '../core/views.ts'
import type { JobContext } from '../runner/job-context.ts'
import type { OutputToValidate } from '../runner/validate-output.ts'
import { artifactsFrom, fixedArtifacts } from './artifact-names.ts'
import { checkOptions, isName, nameRule } from './checks.ts'
import { locksFrom } from './lock-options.ts'
import { checkStall, type StallOptions } from './stall-options.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

// A function of the input. Declared as a method, so that a list can hold definitions with different inputs; each input is checked by its own schema.
type OfInput<Input, Result> = { of(input: Input): Result }['of']

/** A lock key: text alone is exclusive; with a `limit` it is shared by at most so many running jobs. */
export type LockOption = string | { key: string; mode?: LockMode; limit?: number }

export type SeedFrom = 'empty' | 'current'

export interface RetryOptions {
  /** Attempts in all, with the first: 2 or more. */
  attempts: number
  /** Before the second attempt. Default 10,000. */
  delayMs?: number
  /** Default `exponential`: each delay is twice the one before, spread over its later half. */
  backoff?: 'fixed' | 'exponential'
  /** Longest delay. Default one hour, or `delayMs` where that is longer. */
  maxDelayMs?: number
  /** Further attempts go on from the checkpoint, where one was saved, instead of from the start. Default false. */
  resume?: boolean
}

/** What `defineJob` takes. Exactly one of `command`, `module` and `run`. */
export interface JobOptions<Input, Checked = Input, Kind extends string = string> extends StallOptions {
  /** Name of the kind: letters, digits, `-`, `_` and `.`. */
  kind: Kind
  /** Shown to people; the kind's name if absent. */
  title?: string
  description?: string
  /** What people call a job of it: a function of the input. A `name` that is given at submit wins; a rerun with another input is named anew. */
  name?: OfInput<Checked, string>
  /** Any Standard Schema (zod, valibot, arktype …). Absent: any JSON value is taken. */
  input?: StandardSchemaV1<Input, Checked>
  /** The argv to run, or a function of the input that makes it. */
  command?: string[] | OfInput<Checked, string[]>
  /** A TypeScript or JavaScript file, run in a process of its own; a path, or a URL such as `new URL('./rebuild.ts', import.meta.url)`. */
  module?: string | URL
  /** A function that is run in the runner's own process, for short work that mostly waits. It dies with that process. What it returns is the job's result. */
  run?: OfInput<JobContext<Checked>, unknown>
  /** Working folder; the app's own if absent. */
  cwd?: string
  /** Variables for its jobs, besides the small allow-list every job gets: each attempt gets those that the app has when it starts. */
  environment?: Record<string, string>
  /** Which line its jobs stand in. Default `default`. */
  queue?: string
  /** Smaller goes first. Default 0. */
  priority?: number
  /** `true`: one active job of this kind; a function: one for each key it returns. What a second submit does is `uniquePolicy`. */
  unique?: true | OfInput<Checked, string>
  /**
   * `return` (default): answers with the active job. `replaceQueued`: takes the place of one that has not begun. `keepLast`: one runs, one is
   * queued behind it, with the newest input. `refuse`: throws `active_exists`.
   */
  uniquePolicy?: UniquePolicy
  /** Lock keys it holds while it runs; a text stands for an exclusive one. Two jobs that exclude each other never run together. */
  locks?: LockOption[] | OfInput<Checked, LockOption[]>
  /** Tries in all, or more precisely how. Default: one. */
  retry?: number | RetryOptions
  /** An attempt whose end nobody saw (power cut, killed from outside) is followed by another one, twice at most. Default: it is `interrupted`. */
  safeToRepeat?: boolean
  /** Milliseconds after which a job that has not begun is given up (`expired`). Default: never. */
  expireAfterMs?: number
  /**
   * Names of the outputs that are published when the job succeeds, or a function of the input that returns them. The job writes into
   * `$HOLDFAST_STAGING/<name>/`.
   */
  artifacts?: string[] | OfInput<Checked, string[]>
  /** What the output is built from, as a string of at most 4,096 characters; captured at submit. Compared with what the app says is wanted (`artifact.want`). */
  fingerprint?: OfInput<Checked, string>
  /** What the folders of its artifacts hold at the start: nothing (`empty`, default), or a copy of the `current` snapshot, to change a part of it. */
  from?: SeedFrom | OfInput<Checked, SeedFrom>
  /**
   * Looks at what was written before it is published; `staging` holds a folder for each artifact. What it throws, or a text that it returns, is the
   * reason why nothing is, and the job has failed. It has ten minutes.
   */
  validate?(staging: string, job: OutputToValidate): unknown
  /** Milliseconds between the polite request to stop and the kill. Default 10,000. */
  stopGraceMs?: number
  /** Milliseconds that an attempt may take; then it is stopped and has failed (`timeout`), or is tried again. Default: any. */
  timeoutMs?: number
  /** What its process tree may use: `{ memoryBytes, cpuSeconds, openFiles }`. Beyond it is stopped and has failed (`limit`), or is tried again. */
  limits?: ResourceLimits
  /** `merged`: stdout and stderr are one stream, in the exact order they were written. Default `split`. */
  output?: 'split' | 'merged'
  /** What becomes of processes that its command left behind: `kill` (default), or `allow`: the job goes on, and holds its keys, until they end. */
  leftovers?: 'kill' | 'allow'
  /** Bytes of log kept on the disk, half of it from the beginning and half from the end; at least 1 MiB. Default 256 MiB. */
  logBytes?: number
  /** For a log beyond `logBytes` on a disk where the middle cannot be taken out while it is written: `warn` (default) keeps it all and says so, `stop` stops the job. */
  logLimit?: 'warn' | 'stop'
}

/** `Input` is what `submit` takes, `Checked` what the schema makes of it. */
export interface JobDefinition<Input = Json | undefined, Checked = Input, Kind extends string = string>
  extends JobOptions<Input, Checked, Kind> {
  readonly isJobDefinition: true
}

/**
 * The kinds of an app by name, for `createClient<Kinds>()` of `holdfast/client`: `type Kinds = KindsOf<typeof kinds>`, where `kinds` is what
 * `openHoldfast` is given. A job's result is any JSON, unless `Results` says more of it.
 */
export type KindsOf<Definitions extends readonly JobDefinition<unknown>[], Results extends object = object> = {
  [Definition in Definitions[number] as Definition['kind']]: {
    input: Definition extends JobDefinition<infer Input, infer _> ? Input : never
    result: Definition['kind'] extends keyof Results ? Results[Definition['kind']] : Json
  }
}

/**
 * Declares a kind of job. Starts nothing.
 *
 * @example
 * const rebuild = defineJob({ kind: 'rebuild', input: z.object({ mode: z.enum(['profile', 'data']) }), module: new URL('./rebuild.ts', import.meta.url), unique: true })
 * @throws HoldfastError `invalid_config` naming the field that is wrong
 */
export function defineJob<Input = Json | undefined, Checked = Input, const Kind extends string = string>(
  options: JobOptions<Input, Checked, Kind>,
): JobDefinition<Input, Checked, Kind> {
  const wrong: Wrong = (field, expected, what = field) => {
    throw new HoldfastError('invalid_config', `defineJob: ${what} of kind "${options.kind}" must be ${expected}.`, { details: { field } })
  }
  if (!isName(options.kind)) wrong('kind', nameRule)
  const unknown = Object.keys(options).find((field) => !(field in shapes) && field !== 'isJobDefinition')
  if (unknown !== undefined) wrong(unknown, `left out: there is no such option, only ${Object.keys(shapes).join(', ')}`)
  for (const [field, [fits, expected]] of Object.entries(shapes)) {
    const value: unknown = options[field as keyof JobOptions<Input, Checked>]
    if (value !== undefined && !fits(value)) wrong(field, expected)
  }
  if ([options.command, options.module, options.run].filter((way) => way !== undefined).length !== 1)
    wrong('command', 'given: exactly one of the three', 'command, module or run')
  const useless = options.run === undefined ? undefined : ofProcesses.find((field) => options[field] !== undefined)
  if (useless !== undefined) wrong(useless, 'left out: run has no process of its own')
  const ofOutputs = (['from', 'validate'] as const).find((field) => options[field] !== undefined)
  if (ofOutputs !== undefined && !options.artifacts?.length) wrong(ofOutputs, 'left out where there are no artifacts')
  if (options.stopGraceMs !== undefined && !(options.stopGraceMs >= 0)) wrong('stopGraceMs', 'milliseconds, 0 or more')
  checkQueueing(options, wrong)
  checkStall(options, wrong)
  return { ...options, isJobDefinition: true }
}

/** What only a process of its own can be given. */
const ofProcesses = ['cwd', 'environment', 'limits', 'output', 'leftovers', 'logBytes', 'logLimit'] as const

type Wrong = (field: string, expected: string, what?: string) => void

const isText = (value: unknown): boolean => typeof value === 'string'
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
const isNumber = (value: unknown): boolean => Number.isSafeInteger(value)
const isMs = (value: unknown): boolean => isNumber(value) && (value as number) > 0
const isFunction = (value: unknown): boolean => typeof value === 'function'
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const checkedElsewhere: Shape = [() => true, '']

type Shape = [fits: (value: unknown) => boolean, expected: string]

/** What each option must look like, for those who write JavaScript. All of them: what is not here is no option. */
const shapes: Record<keyof JobOptions<unknown>, Shape> = {
  kind: checkedElsewhere,
  queue: checkedElsewhere,
  priority: checkedElsewhere,
  uniquePolicy: checkedElsewhere,
  expireAfterMs: checkedElsewhere,
  stopGraceMs: checkedElsewhere,
  title: [isText, 'a text'],
  description: [isText, 'a text'],
  name: [isFunction, 'a function of the input that returns a text'],
  input: [(value) => (isObject(value) || isFunction(value)) && '~standard' in (value as object), 'a Standard Schema, such as one of zod'],
  command: [
    (value) => isFunction(value) || (isTexts(value) && (value as string[]).length > 0),
    'an argv with at least the program, such as ["sh", "-c", "…"], or a function of the input that makes it',
  ],
  module: [(value) => isText(value) || value instanceof URL, 'a path or a URL'],
  run: [isFunction, 'a function of the job'],
  cwd: [isText, 'a path'],
  environment: [(value) => isObject(value) && isTexts(Object.values(value)), 'an object of texts'],
  unique: [(value) => value === true || isFunction(value), 'true, or a function of the input that returns the key'],
  locks: [(value) => Array.isArray(value) || isFunction(value), 'a list of lock keys, or a function of the input that returns it'],
  retry: [(value) => typeof value === 'number' || isObject(value), 'a number of attempts, or an object with attempts'],
  safeToRepeat: [(value) => typeof value === 'boolean', 'true or false'],
  timeoutMs: [isMs, 'milliseconds, more than 0'],
  stallAfterMs: [isMs, 'milliseconds, more than 0'],
  firstHeartbeatWithinMs: [isMs, 'milliseconds, more than 0'],
  heartbeats: [(value) => value === 'any' || value === 'explicit', 'any or explicit'],
  onStall: [(value) => value === 'warn' || value === 'cancel' || value === 'retry', 'warn, cancel or retry'],
  stallLimitMs: [isMs, 'milliseconds, more than 0'],
  limits: [isObject, 'an object with memoryBytes, cpuSeconds or openFiles'],
  output: [(value) => value === 'split' || value === 'merged', 'split or merged'],
  leftovers: [(value) => value === 'kill' || value === 'allow', 'kill or allow'],
  logBytes: [
    (value) => isNumber(value) && (value as number) >= limits.logBytesLeast,
    `a whole number of bytes, at least ${limits.logBytesLeast} (1 MiB)`,
  ],
  logLimit: [(value) => value === 'warn' || value === 'stop', 'warn or stop'],
  artifacts: [(value) => Array.isArray(value) || isFunction(value), 'a list of names, or a function of the input that returns it'],
  fingerprint: [isFunction, 'a function of the input that returns a text'],
  from: [
    (value) => value === 'empty' || value === 'current' || isFunction(value),
    'empty or current, or a function of the input that returns it',
  ],
  validate: [isFunction, 'a function of the staging folder'],
}

function checkQueueing<Input, Checked>(options: JobOptions<Input, Checked>, wrong: Wrong): void {
  const { queue, priority, uniquePolicy, unique, expireAfterMs, retry } = options
  if (queue !== undefined && !isName(queue)) wrong('queue', nameRule)
  if (priority !== undefined && !Number.isSafeInteger(priority)) wrong('priority', 'a whole number; smaller goes first')
  if (uniquePolicy !== undefined && !uniquePolicies.includes(uniquePolicy)) wrong('uniquePolicy', `one of ${uniquePolicies.join(', ')}`)
  if (uniquePolicy !== undefined && unique === undefined) wrong('unique', 'given where there is a uniquePolicy')
  if (expireAfterMs !== undefined && !(typeof expireAfterMs === 'number' && expireAfterMs > 0))
    wrong('expireAfterMs', 'milliseconds, more than 0')
  if (options.limits) checkLimits(options.kind, options.limits, wrong)
  if (Array.isArray(options.locks)) locksFrom(options.kind, options.locks)
  if (Array.isArray(options.artifacts)) artifactsFrom(options.kind, options.artifacts)
  if (typeof retry === 'object')
    checkOptions({ of: `the retries of kind "${options.kind}"`, within: 'retry', code: 'invalid_config' }, retry, retryOptions)
  const policy = retryPolicyOf(retry)
  if (policy === null) return
  const isAttempts = Number.isInteger(policy.attempts) && policy.attempts >= 1 && policy.attempts <= limits.attempts
  if (!isAttempts) wrong('retry.attempts', `a whole number from 1 to ${limits.attempts}`)
  if (!isDelay(policy.delayMs)) wrong('retry.delayMs', 'milliseconds, from 0 to 30 days')
  if (!(isDelay(policy.maxDelayMs) && policy.maxDelayMs >= policy.delayMs))
    wrong('retry.maxDelayMs', `milliseconds, from delayMs (${policy.delayMs}) to 30 days`)
  if (policy.resume !== undefined && typeof policy.resume !== 'boolean') wrong('retry.resume', 'true or false')
  if (policy.backoff !== 'fixed' && policy.backoff !== 'exponential') wrong('retry.backoff', 'fixed or exponential')
}

const leastLimits = { memoryBytes: 1_048_576, cpuSeconds: 1, openFiles: 16 } satisfies Record<keyof ResourceLimits, number>

const limitOptions = { memoryBytes: true, cpuSeconds: true, openFiles: true } satisfies Record<keyof ResourceLimits, true>

function checkLimits(kind: string, given: ResourceLimits, wrong: Wrong): void {
  checkOptions({ of: `the limits of kind "${kind}"`, within: 'limits', code: 'invalid_config' }, given, limitOptions)
  for (const [name, least] of Object.entries(leastLimits)) {
    const value = given[name as keyof ResourceLimits]
    if (value !== undefined && !(isNumber(value) && value >= least)) wrong(`limits.${name}`, `a whole number, at least ${least}`)
  }
}

function isDelay(ms: number): boolean {
  return ms >= 0 && ms <= limits.retryDelayMs
}

const retryOptions = { attempts: true, delayMs: true, backoff: true, maxDelayMs: true, resume: true } satisfies Record<
  keyof RetryOptions,
  true
>

/** The whole policy, as it is written into the job's row: delays in whole milliseconds. */
export function retryPolicyOf(retry: number | RetryOptions | undefined): RetryPolicy | null {
  if (retry === undefined) return null
  const given: RetryOptions = typeof retry === 'number' ? { attempts: retry } : retry
  const { attempts, delayMs = 10_000, backoff = 'exponential', maxDelayMs, resume } = given
  const times = { delayMs: wholeMs(delayMs), maxDelayMs: wholeMs(maxDelayMs ?? Math.max(3_600_000, delayMs)) }
  return { attempts, backoff, ...times, ...(resume === undefined ? {} : { resume }) }
}

// What is no number stays none, and is refused.
function wholeMs(ms: number): number {
  return typeof ms === 'number' ? Math.round(ms) : Number.NaN
}

/** A kind as the API and the dashboard show it. */
export function kindView(definition: JobDefinition<unknown>): KindView {
  return {
    kind: definition.kind,
    title: definition.title ?? definition.kind,
    description: definition.description ?? null,
    unique: definition.unique !== undefined,
    artifacts: [...fixedArtifacts(definition)],
    inputSchema: inputSchemaOf(definition),
    queue: definition.queue ?? 'default',
    pausedAt: null,
    pausedBy: null,
    isDefined: true,
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
