// The library's way in: what an app asks for is checked here, and opened as one instance per folder and process.
import { HoldfastError } from '../core/errors.ts'
import type { Logger } from '../runner/house.ts'
import { checkOptions } from './checks.ts'
import type { JobDefinition } from './define-job.ts'
import { dataFolder } from './find-data-folder.ts'
import type { Holdfast, ScheduleOptions } from './holdfast.ts'
import type { NotifyOptions } from './notification-types.ts'
import { byName, quiet } from './open-instance.ts'
import { checkPublicUrl } from './public-url.ts'
import { type RetentionOptions, retentionOf } from './retention.ts'
import { runnerWanted } from './runner-wanted.ts'
import { checkSecrets } from './secrets.ts'
import { openAlone, openShared, type Wanted } from './shared-instance.ts'

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
  /** Whom to tell of jobs that failed, were interrupted or went silent. Stored at opening, as schedules are. */
  notify?: readonly NotifyOptions[]
  /** Texts that are taken out of what jobs write and say, wherever it is stored or shown; at least six characters each. Those of this process from now on. */
  secrets?: readonly string[]
  /** Where people find this Holdfast in their browsers, for links in notifications. Default: `HOLDFAST_PUBLIC_URL`, else no links. */
  publicUrl?: string | undefined
  /** How long settled jobs are kept, by state. Default: 30 days (failed and interrupted 90), at most 10,000 of each. */
  retention?: RetentionOptions
  /**
   * `false`: only submit and look; jobs are executed elsewhere. Default: what `HOLDFAST_RUNNER` says (`on` or `off`), else this process executes
   * jobs too, except under a test runner (node:test, vitest, jest, or `NODE_ENV=test`). `{ slots }` says how many at a time, not whether.
   */
  runner?: boolean | { slots?: number }
  /** Default: warnings and errors go to the console. */
  logger?: Logger
}

/** As `open-on-call.ts` says. */
export async function openHoldfast(options: OpenOptions = {}): Promise<Holdfast> {
  const wanted = checked(options)
  // A database in memory is nobody else's.
  return wanted.database === ':memory:' ? openAlone(wanted) : openShared(wanted)
}

/** The same as an instance of its own, with a runner of its own, as another process would have. */
export async function openApart(options: OpenOptions = {}): Promise<Holdfast> {
  return openAlone(checked(options))
}

const openOptions = {
  kinds: true,
  data: true,
  database: true,
  queues: true,
  schedules: true,
  notify: true,
  secrets: true,
  publicUrl: true,
  retention: true,
  runner: true,
  logger: true,
} satisfies Record<keyof OpenOptions, true>

function checked(options: OpenOptions): Wanted {
  checkOptions({ of: 'openHoldfast', code: 'invalid_config' }, options, openOptions)
  const { kinds = [], queues = {}, schedules = [], notify = [], secrets = [], publicUrl, retention, runner, logger } = options
  return {
    data: dataFolder(options.data),
    database: options.database ?? (process.env.HOLDFAST_DATABASE || undefined),
    kinds: byName(kinds),
    queues,
    schedules,
    notify: listOf('notify', notify),
    secrets: checkSecrets(secrets),
    publicUrl: publicUrl === undefined ? undefined : checkPublicUrl(publicUrl, 'publicUrl'),
    retention: retention === undefined ? undefined : retentionOf(retention),
    slots: slotsOf(runner),
    isRunnerWanted: isRunnerWanted(runner, logger ?? quiet),
    logger,
  }
}

function listOf<One>(field: string, value: readonly One[]): readonly One[] {
  if (Array.isArray(value)) return value
  throw new HoldfastError('invalid_config', `${field} must be a list.`, { details: { field } })
}

function slotsOf(runner: OpenOptions['runner']): number | undefined {
  if (runner === undefined || typeof runner === 'boolean') return undefined
  checkOptions({ of: 'a runner', within: 'runner', code: 'invalid_config' }, runner, { slots: true })
  const { slots } = runner
  if (slots === undefined || (Number.isInteger(slots) && slots >= 1)) return slots
  throw new HoldfastError('invalid_config', `runner.slots must be a whole number from 1, not ${slots}.`, {
    details: { field: 'runner.slots' },
  })
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
