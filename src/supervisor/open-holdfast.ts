// Puts the parts together: folder, store, runner, and the front door on them. Nothing is decided here.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../core/clock.ts'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import { makeDataFolder } from '../runner/data-folder.ts'
import type { Logger } from '../runner/house.ts'
import { leaveHouse, makeHouse } from '../runner/open-house.ts'
import { openRunner, type Runner } from '../runner/runner.ts'
import { openStore } from '../store/open-store.ts'
import type { JobDefinition } from './define-job.ts'
import { findDataFolder } from './find-data-folder.ts'
import { frontDoor } from './front-door.ts'
import type { Holdfast } from './holdfast.ts'
import type { Instance } from './instance.ts'

export interface OpenOptions {
  kinds?: readonly JobDefinition<unknown>[]
  /** Data folder; default: `HOLDFAST_DATA`, the nearest `.holdfast` upwards, or `./.holdfast`. */
  data?: string
  /** `false`: only submit and look; jobs are executed elsewhere. Default: this process runs jobs too, unless `HOLDFAST_RUNNER=off`. */
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
  const data = findDataFolder({ named: options.data, cwd: process.cwd(), environment: process.env, fallback: 'here' })
  const instance = await openInstance({
    data,
    kinds: options.kinds ?? [],
    logger: options.logger ?? quiet,
    foldersReady: limits.foldersReady,
  })
  try {
    const runner = runnerWanted(options.runner) ? await startRunner(instance, options) : null
    return frontDoor(instance, () => closeInstance(instance, runner))
  } catch (error) {
    await closeInstance(instance, null)
    throw error
  }
}

export interface InstanceOptions {
  data: string
  kinds: readonly JobDefinition<unknown>[]
  logger: Logger
  /** Attempt folders to keep ready: 1 for a command that starts one job. */
  foldersReady: number
}

/** Opens folder and store without a runner; what the CLI builds its own ways of working on. */
export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const kinds = new Map<string, JobDefinition<unknown>>()
  for (const definition of options.kinds) {
    if (kinds.has(definition.kind)) throw new HoldfastError('invalid_config', `kinds: "${definition.kind}" is defined twice.`)
    kinds.set(definition.kind, definition)
  }
  const folder = makeDataFolder(options.data)
  const { logger } = options
  const store = await openStore(folder.root, systemClock, (trouble) =>
    logger.warn(trouble ? `${trouble}; running jobs go on, it is tried again` : 'the database can be written again'),
  )
  const closing = new AbortController()
  const house = makeHouse({
    store,
    folder,
    clock: systemClock,
    logger: options.logger,
    closing: closing.signal,
    foldersReady: options.foldersReady,
  })
  return { data: folder.root, folder, store, house, kinds, closing, closed: null }
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

async function startRunner(instance: Instance, { runner }: OpenOptions): Promise<Runner> {
  const slots = typeof runner === 'object' ? (runner.slots ?? limits.slots) : limits.slots
  if (!Number.isInteger(slots) || slots < 1)
    throw new HoldfastError('invalid_config', `runner.slots must be a whole number from 1, not ${slots}.`)
  return openRunner(instance.house, { kinds: [...instance.kinds.keys()], slots, adopts: 'all' })
}

function runnerWanted(runner: OpenOptions['runner']): boolean {
  return runner === undefined ? process.env.HOLDFAST_RUNNER !== 'off' : runner !== false
}

/** What a person must know is told, even if nobody gave us a logger. */
const quiet: Logger = {
  info() {},
  warn: (message) => console.warn(`holdfast: ${message}`),
  error: (message) => console.error(`holdfast: ${message}`),
}
