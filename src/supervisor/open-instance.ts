// Puts the parts together: folder, store and surroundings of a runner. Nothing is decided here, and no runner is started.
import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { Environments } from '../runner/command-for.ts'
import { makeDataFolder } from '../runner/data-folder.ts'
import type { House, Logger } from '../runner/house.ts'
import type { Handlers } from '../runner/inline-keeper.ts'
import { leaveHouse, makeHouse } from '../runner/open-house.ts'
import type { Handler } from '../runner/play-handler.ts'
import type { Runner } from '../runner/runner.ts'
import { systemClock } from '../runner/system-clock.ts'
import type { Validators } from '../runner/validate-output.ts'
import { openStore } from '../store/open-store.ts'
import type { WaitTimes } from '../store/patience.ts'
import type { Store } from '../store/store.ts'
import { bindFolder } from './bind-folder.ts'
import type { JobDefinition } from './define-job.ts'
import type { Instance } from './instance.ts'
import { openPins } from './pins.ts'
import { openPointers } from './pointers.ts'
import { publicUrlOfEnvironment } from './public-url.ts'

export interface InstanceOptions {
  data: string
  kinds: readonly JobDefinition<unknown>[]
  logger: Logger
  /** Default: `HOLDFAST_DATABASE`, else SQLite in the folder. */
  database?: string | object | undefined
  /** Attempt folders to keep ready: 1 for a command that starts one job. */
  foldersReady: number
  /** Where people find it. Default: `HOLDFAST_PUBLIC_URL`. */
  publicUrl?: () => string | null
  /** Of the database; for tests, which do not have so long. */
  times?: WaitTimes
}

/** Opens folder and store without a runner; what the CLI builds its own ways of working on. */
export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const kinds = byName(options.kinds)
  const environmentUrl = publicUrlOfEnvironment()
  const folder = makeDataFolder(options.data)
  const { logger } = options
  const database = options.database ?? (process.env.HOLDFAST_DATABASE || undefined)
  const store = await openStore({
    folder: folder.root,
    ...(database === undefined ? {} : { database }),
    clock: systemClock,
    ...options.times,
    onTrouble: (trouble) =>
      logger.warn(trouble ? `${trouble}; it is tried again, and running jobs go on` : 'the database can be written again'),
  })
  const sharesDatabase = await bound(folder.root, store, database)
  const closing = new AbortController()
  const made = makeHouse({
    sharesDatabase,
    store,
    folder,
    clock: systemClock,
    logger: options.logger,
    closing: closing.signal,
    foldersReady: options.foldersReady,
  })
  const house = { ...made, publicUrl: options.publicUrl ?? (() => environmentUrl) }
  return { ...readingOf(house), data: folder.root, folder, store, house, kinds, closing, closed: null }
}

/** What an instance needs to read artifacts. */
export function readingOf(house: House): Pick<Instance, 'pointers' | 'pins'> {
  const pointers = openPointers(house.store, house.clock)
  return { pointers, pins: openPins(house, pointers) }
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

/** The functions that kinds are run by in this process. */
export function functionsOf({ kinds }: Instance): Handlers {
  return (kind) => kinds.get(kind)?.run as Handler | undefined
}

/** The functions that look at what kinds wrote. */
export function validatorsOf({ kinds }: Instance): Validators {
  return (kind) => {
    const definition = kinds.get(kind)
    return definition?.validate && ((staging, job) => definition.validate?.(staging, job))
  }
}

/** The variables of kinds that are processes. */
export function environmentsOf({ kinds }: Instance): Environments {
  return (kind) => {
    const definition = kinds.get(kind)
    return definition && (definition.environment ?? {})
  }
}

/** Closing again waits for the first one. */
export function closeInstance(instance: Instance, runner: Runner | null): Promise<void> {
  instance.closed ??= close(instance, runner)
  return instance.closed
}

async function close(instance: Instance, runner: Runner | null): Promise<void> {
  // Functions that run inside are asked first, while everything that they need is still there.
  await runner?.leave().catch((error) => instance.house.logger.warn(`closing: ${error}`))
  instance.closing.abort(new HoldfastError('closed', 'Holdfast was closed.'))
  const letGo = (runner ? runner.close() : leaveHouse(instance.house)).catch((error) => instance.house.logger.warn(`closing: ${error}`))
  // Writes wait for ever for a database that another process holds; closing the store ends their wait.
  const unpinned = instance.pins.close().catch(() => undefined)
  await Promise.race([Promise.all([letGo, unpinned]), sleep(limits.closeMs, undefined, { ref: false })])
  await instance.store.close()
  await letGo
}

/** What a person must know is told, even if nobody gave us a logger. */
export const quiet: Logger = {
  info() {},
  warn: (message) => console.warn(`holdfast: ${message}`),
  error: (message) => console.error(`holdfast: ${message}`),
}
