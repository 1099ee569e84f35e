// One instance per data folder and process, with one runner: hot reload and two modules of an app open the same folder again.
// Everybody who opens it has a handle; the last one that is closed closes the instance.
import { realpathSync } from 'node:fs'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { Retention } from '../core/retention.ts'
import { makeDataFolder } from '../runner/data-folder.ts'
import type { Logger } from '../runner/house.ts'
import { openRunner, type Runner } from '../runner/runner.ts'
import type { JobDefinition } from './define-job.ts'
import { frontDoor } from './front-door.ts'
import type { Holdfast, ScheduleOptions } from './holdfast.ts'
import type { Instance } from './instance.ts'
import type { NotifyOptions } from './notification-types.ts'
import { closeInstance, environmentsOf, functionsOf, openInstance, quiet, validatorsOf } from './open-instance.ts'
import { publicUrlOfEnvironment } from './public-url.ts'
import { retentionOf } from './retention.ts'
import { scheduledJobs } from './schedules.ts'
import { learnSecrets } from './secrets.ts'
import { storeSettings } from './store-settings.ts'

/** What an app asks for, checked. Undefined: it does not say. */
export interface Wanted {
  data: string
  database: string | object | undefined
  kinds: ReadonlyMap<string, JobDefinition<unknown>>
  queues: Record<string, { concurrency: number | null }>
  schedules: readonly ScheduleOptions[]
  notify: readonly NotifyOptions[]
  secrets: readonly string[]
  publicUrl: string | null | undefined
  retention: Retention | undefined
  slots: number | undefined
  isRunnerWanted: boolean
  logger: Logger | undefined
}

/** Joins what this process has open on the folder, or opens it. @throws HoldfastError `invalid_config` when it is open with another database */
export async function openShared(wanted: Wanted): Promise<Holdfast> {
  const path = realpathSync(makeDataFolder(wanted.data).root)
  for (;;) {
    const there = opened.get(path)
    if (there?.closing) await there.closing
    else if (there) return assertSame(path, there, wanted).join(wanted)
    else break
  }
  const shared = share(wanted, () => opened.delete(path))
  opened.set(path, shared)
  return shared.join(wanted)
}

/** Opens an instance that nobody else has. */
export function openAlone(wanted: Wanted): Promise<Holdfast> {
  return share(wanted, () => undefined).join(wanted)
}

interface Shared {
  database: string | object | undefined
  /** Set once the last handle is being closed; resolves when everything is let go. */
  closing: Promise<void> | null
  join(wanted: Wanted): Promise<Holdfast>
}

// Of the process, not of this file: a bundler or a hot reload may load it several times.
const registry = Symbol.for('holdfast.opened')
const global = globalThis as { [registry]?: Map<string, Shared> }
global[registry] ??= new Map()
const opened: Map<string, Shared> = global[registry]

function assertSame(path: string, there: Shared, { database }: Wanted): Shared {
  if (nameOf(there.database) === nameOf(database)) return there
  throw new HoldfastError('invalid_config', `database: this process has ${path} open with another one.`, { details: { field: 'database' } })
}

// A hot reload makes another pool for the same database.
function nameOf(database: string | object | undefined): unknown {
  if (typeof database !== 'object' || !('options' in database)) return database
  const { connectionString, host, port, database: name, user } = database.options as Record<string, unknown>
  return JSON.stringify([connectionString, host, port, name, user])
}

function share(first: Wanted, onClosed: () => void): Shared {
  const shared: Shared = { database: first.database, closing: null, join }
  const opening = openWorking(first)
  let handles = 0
  let joining: Promise<unknown> = opening

  // One after the other: there is to be one runner. Counted before, so that nobody closes it meanwhile.
  async function join(wanted: Wanted): Promise<Holdfast> {
    handles++
    const joined = joining.then(async () => (await opening).join(wanted))
    joining = joined.catch(() => undefined)
    try {
      await joined
      return handleOn((await opening).instance, leave)
    } catch (error) {
      await leave()
      throw error
    }
  }

  async function leave(): Promise<void> {
    if (--handles > 0) return
    shared.closing = opening.then(
      (working) => working.close(),
      () => undefined,
    )
    await shared.closing.finally(onClosed)
  }

  return shared
}

function handleOn(instance: Instance, leave: () => Promise<void>): Holdfast {
  const closing = new AbortController()
  const own: Instance = { ...instance, closing, house: { ...instance.house, closing: closing.signal } }
  let closed: Promise<void> | null = null
  return frontDoor(own, () => {
    closed ??= leave()
    closing.abort(new HoldfastError('closed', 'Holdfast was closed.'))
    return closed
  })
}

interface Working {
  instance: Instance
  /** Takes over what another one asks for; the later one counts. */
  join(wanted: Wanted): Promise<void>
  close(): Promise<void>
}

async function openWorking({ data, database }: Wanted): Promise<Working> {
  const settings = { slots: limits.slots, retention: retentionOf(undefined), logger: quiet, publicUrl: publicUrlOfEnvironment() }
  const logger: Logger = {
    info: (...told) => settings.logger.info(...told),
    warn: (...told) => settings.logger.warn(...told),
    error: (...told) => settings.logger.error(...told),
  }
  const instance = await openInstance({
    data,
    kinds: [],
    database,
    logger,
    foldersReady: limits.foldersReady,
    publicUrl: () => settings.publicUrl,
  })
  const { kinds } = instance
  let runner: Runner | null = null

  async function startRunner(): Promise<Runner> {
    return openRunner(instance.house, {
      kinds: [...kinds.keys()],
      slots: settings.slots,
      adopts: 'all',
      schedules: scheduledJobs(instance),
      retention: () => settings.retention,
      snapshotKeep: () => settings.retention.snapshots,
      handlerOf: functionsOf(instance),
      validatorOf: validatorsOf(instance),
      environmentOf: environmentsOf(instance),
    })
  }

  return {
    instance,
    async join(wanted) {
      for (const [kind, definition] of wanted.kinds) kinds.set(kind, definition)
      learnSecrets(instance, wanted)
      for (const name of ['slots', 'retention', 'logger', 'publicUrl'] as const)
        Object.assign(settings, wanted[name] === undefined ? {} : { [name]: wanted[name] })
      await storeSettings(instance, wanted)
      if (runner) await runner.change({ kinds: [...kinds.keys()], slots: settings.slots })
      else if (wanted.isRunnerWanted) runner = await startRunner()
    },
    close: () => closeInstance(instance, runner),
  }
}
