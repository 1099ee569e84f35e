// Puts the parts together: folder, store, runner, and the front door on them. Nothing is decided here.
import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { Retention } from '../core/retention.ts'
import { makeDataFolder } from '../runner/data-folder.ts'
import type { Logger } from '../runner/house.ts'
import { leaveHouse, makeHouse } from '../runner/open-house.ts'
import { openRunner, type Runner } from '../runner/runner.ts'
import { systemClock } from '../runner/system-clock.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { bindFolder } from './bind-folder.ts'
import { checkOptions } from './checks.ts'
import type { JobDefinition } from './define-job.ts'
import { findDataFolder } from './find-data-folder.ts'
import { frontDoor } from './front-door.ts'
import type { Holdfast, ScheduleOptions } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { storeQueues } from './queues.ts'
import { type RetentionOptions, retentionOf } from './retention.ts'
import { runnerWanted } from './runner-wanted.ts'
import { putSchedule, scheduledJobs } from './schedules.ts'

export interface OpenOptions {
  kinds?: readonly JobDefinition<unknown>[]
  /** Data folder; default: `HOLDFAST_DATA`, the nearest `.holdfast` upwards, or `./.holdfast`. */
  data?: string | undefined
  /** Where the queue is stored: `postgres://…` or a pool of the package `pg`, with `pg` installed. Default: `HOLDFAST_DATABASE`, else SQLite in the data folder. */
  database?: string | object | undefined
  /** Queues with a limit: how many of its jobs may run at a time, on all machines together. */
  queues?: Record<string, { concurrency: number | null }>
  /** Stored at opening; those of earlier versions of the app stay until they are removed. */
  schedules?: readonly ScheduleOptions[]
  /** How long settled jobs are kept, by state. Default: 30 days (failed and interrupted 90), at most 10,000 of each. */
  retention?: RetentionOptions
  /**
   * `false`: only submit and look; jobs are executed elsewhere. Default: what `HOLDFAST_RUNNER` says (`on` or `off`), else this process executes
   * jobs too, except under a test runner (node:test, vitest, jest, or `NODE_ENV=test`).
   */
  runner?: boolean | { slots?: number }
  /** Default: warnings and errors go to the console. */
  logger?: Logger
}

/**
 * Opens Holdfast on a data folder and starts looking after its jobs.
 *
 * @example
 * const holdfast = await openHoldfast({ kinds: [rebuild] })
 * const { job } = await holdfast.submit(rebuild, { mode: 'data' })
 * @throws HoldfastError `data_folder`, `schema_too_new`, `sqlite_too_old`, `database_unavailable`, `invalid_config`
 */
export async function openHoldfast(options: OpenOptions = {}): Promise<Holdfast> {
  checkOptions({ of: 'openHoldfast', code: 'invalid_config' }, options, openOptions)
  const data = findDataFolder({ named: options.data, cwd: process.cwd(), environment: process.env, fallback: 'here' })
  const retention = retentionOf(options.retention)
  const slots = slotsOf(options.runner)
  const isWanted = isRunnerWanted(options.runner, options.logger ?? quiet)
  const instance = await openInstance({
    data,
    kinds: options.kinds ?? [],
    database: options.database,
    logger: options.logger ?? quiet,
    foldersReady: limits.foldersReady,
  })
  try {
    await storeSettings(instance, options)
    const runner = isWanted ? await startRunner(instance, slots, retention) : null
    return frontDoor(instance, () => closeInstance(instance, runner))
  } catch (error) {
    await closeInstance(instance, null)
    throw error
  }
}

const openOptions = {
  kinds: true,
  data: true,
  database: true,
  queues: true,
  schedules: true,
  retention: true,
  runner: true,
  logger: true,
} satisfies Record<keyof OpenOptions, true>

export interface InstanceOptions {
  data: string
  kinds: readonly JobDefinition<unknown>[]
  logger: Logger
  /** Default: `HOLDFAST_DATABASE`, else SQLite in the folder. */
  database?: string | object | undefined
  /** Attempt folders to keep ready: 1 for a command that starts one job. */
  foldersReady: number
}

/** Opens folder and store without a runner; what the CLI builds its own ways of working on. */
export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const kinds = byName(options.kinds)
  const folder = makeDataFolder(options.data)
  const { logger } = options
  const database = options.database ?? (process.env.HOLDFAST_DATABASE || undefined)
  const store = await openStore({
    folder: folder.root,
    ...(database === undefined ? {} : { database }),
    clock: systemClock,
    onTrouble: (trouble) =>
      logger.warn(trouble ? `${trouble}; it is tried again, and running jobs go on` : 'the database can be written again'),
  })
  const sharesDatabase = await bound(folder.root, store, database)
  const closing = new AbortController()
  const house = makeHouse({
    sharesDatabase,
    store,
    folder,
    clock: systemClock,
    logger: options.logger,
    closing: closing.signal,
    foldersReady: options.foldersReady,
  })
  return { data: folder.root, folder, store, house, kinds, closing, closed: null }
}

// Whether others may have the same database. In memory there is nothing that could belong to another one.
async function bound(root: string, store: Store, database: string | object | undefined): Promise<boolean> {
  if (database === ':memory:') return false
  const isPostgres = typeof database === 'string' || (database !== undefined && 'totalCount' in database)
  try {
    bindFolder(root, { kind: isPostgres ? 'postgres' : 'sqlite', installationId: store.installationId })
    return isPostgres
  } catch (error) {
    await store.close()
    throw error
  }
}

/** @throws HoldfastError `invalid_config` for two definitions of one kind */
export function byName(definitions: readonly JobDefinition<unknown>[]): Map<string, JobDefinition<unknown>> {
  const kinds = new Map<string, JobDefinition<unknown>>()
  for (const definition of definitions) {
    if (!definition?.isJobDefinition)
      throw new HoldfastError('invalid_config', 'kinds must be a list of what defineJob returned.', { details: { field: 'kinds' } })
    if (kinds.has(definition.kind))
      throw new HoldfastError('invalid_config', `kinds: "${definition.kind}" is defined twice.`, { details: { field: 'kinds' } })
    kinds.set(definition.kind, definition)
  }
  return kinds
}

/** Closing again waits for the first one. */
export function closeInstance(instance: Instance, runner: Runner | null): Promise<void> {
  instance.closed ??= close(instance, runner)
  return instance.closed
}

async function close(instance: Instance, runner: Runner | null): Promise<void> {
  instance.closing.abort(new HoldfastError('closed', 'Holdfast was closed.'))
  const letGo = (runner ? runner.close() : leaveHouse(instance.house)).catch((error) => instance.house.logger.warn(`closing: ${error}`))
  // Writes wait for ever for a database that another process holds; closing the store ends their wait.
  await Promise.race([letGo, sleep(limits.closeMs, undefined, { ref: false })])
  await instance.store.close()
  await letGo
}

/** Queues and schedules as the app wants them. */
export async function storeSettings(instance: Instance, { queues = {}, schedules = [] }: OpenOptions): Promise<void> {
  await storeQueues(instance, queues)
  for (const schedule of schedules) await putSchedule(instance, schedule)
}

function slotsOf(runner: OpenOptions['runner']): number {
  if (runner === undefined || typeof runner === 'boolean') return limits.slots
  checkOptions({ of: 'a runner', within: 'runner', code: 'invalid_config' }, runner, { slots: true })
  const { slots = limits.slots } = runner
  if (Number.isInteger(slots) && slots >= 1) return slots
  throw new HoldfastError('invalid_config', `runner.slots must be a whole number from 1, not ${slots}.`, {
    details: { field: 'runner.slots' },
  })
}

async function startRunner(instance: Instance, slots: number, retention: Retention): Promise<Runner> {
  const kinds = [...instance.kinds.keys()]
  return openRunner(instance.house, { kinds, slots, adopts: 'all', schedules: scheduledJobs(instance), retention })
}

function isRunnerWanted(asked: OpenOptions['runner'], logger: Logger): boolean {
  const { wanted, test } = runnerWanted(asked, { environment: process.env, argv: process.argv, execArgv: process.execArgv })
  if (test !== null && !isTold) {
    isTold = true
    logger.warn(
      `this is a test (${test}), so no runner was started and submitted jobs stay queued. Set runner: true or HOLDFAST_RUNNER=on for one, or use openTestHoldfast of holdfast/testing.`,
    )
  }
  return wanted
}

// A process that opens Holdfast for each of its tests is told once.
let isTold = false

/** What a person must know is told, even if nobody gave us a logger. */
export const quiet: Logger = {
  info() {},
  warn: (message) => console.warn(`holdfast: ${message}`),
  error: (message) => console.error(`holdfast: ${message}`),
}
