// Holdfast for an app's own tests: the real front door and the real queue, in memory, with nothing that runs by itself.
import { pathToFileURL } from 'node:url'
import type { Job } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { register } from '../runner/open-house.ts'
import type { JobDefinition } from '../supervisor/define-job.ts'
import { frontDoor } from '../supervisor/front-door.ts'
import type { Holdfast, SubmitRest } from '../supervisor/holdfast.ts'
import type { Instance } from '../supervisor/instance.ts'
import type { OpenOptions } from '../supervisor/open-holdfast.ts'
import { byName, closeInstance, functionsOf, quiet, readingOf, validatorsOf } from '../supervisor/open-instance.ts'
import { storeSettings } from '../supervisor/store-settings.ts'
import type { FakeCommands } from './inline-command.ts'
import { type DrainOptions, type InlineRunner, inlineRunner } from './inline-runner.ts'
import { type TestClock, testClock, withoutPolls } from './test-clock.ts'
import { openTestHouse, type TestHouse } from './test-house.ts'

export interface TestOptions extends Pick<OpenOptions, 'kinds' | 'queues' | 'schedules' | 'logger'> {
  /** Plays the programs of command jobs; without it they cannot be run. */
  commands?: FakeCommands
  /** Reads a module job's file. Default: `import(file)`. With mocks of vitest: `(file) => import(file)`, written in the test. */
  modules?: (file: string) => Promise<unknown>
  /** What the clock shows at first. Default: 2026-01-01, midnight UTC. */
  startAt?: Date | number
}

/** A job of a kind whose input is known. */
export type SubmittedJob<Input> = Omit<Job, 'input'> & { input: Input }

export interface TestHoldfast extends Holdfast, AsyncDisposable {
  /** Stands still until it is told to go on. */
  readonly clock: TestClock
  /**
   * Executes what is ready, in order, in this process, until nothing is. Returns the jobs as each attempt left them: one that failed is `failed`, or
   * `queued` for its next attempt.
   * @throws Error with `throwOnFailure` after the first attempt that failed, what the job threw as its `cause`; what `commands` threw
   */
  drain(options?: DrainOptions): Promise<Job[]>
  /** Executes one job; before it those of its kind that are in line before it. @throws HoldfastError `job_not_found`; `wrong_state` when it is not ready, with what it waits for */
  runJob(id: number): Promise<Job>
  /** Submits a job and executes it. @throws as `submit` and `runJob` do; its own failure is `job.failure` */
  perform<Input>(kind: JobDefinition<Input, unknown> | string, ...rest: SubmitRest<NoInfer<Input>>): Promise<Job>
  /** The jobs of a kind that were submitted, newest last. */
  submitted<Checked>(kind: JobDefinition<unknown, Checked>): Promise<SubmittedJob<Checked>[]>
  submitted(kind?: string): Promise<Job[]>
}

/**
 * Opens Holdfast for a test. Nothing runs by itself, no process is started, no time passes, and nothing is written to the disk but artifacts.
 *
 * @example
 * await using holdfast = await openTestHoldfast({ kinds: [rebuild] })
 * await holdfast.submit(rebuild, { mode: 'data' })
 * const [job] = await holdfast.drain()
 * @throws HoldfastError `invalid_config`
 */
export async function openTestHoldfast(options: TestOptions = {}): Promise<TestHoldfast> {
  const { kinds = [], commands, modules = (file: string) => import(pathToFileURL(file).href), logger = quiet } = options
  const known = byName(kinds)
  const startAt = options.startAt === undefined ? undefined : Number(options.startAt)
  const parts = await openTestHouse({ startAt, logger })
  const { house, closing } = parts
  const { store, folder } = house
  const watching = { ...house, clock: withoutPolls(house.clock) }
  const instance: Instance = {
    ...readingOf(watching),
    data: folder.root,
    folder,
    store,
    house: watching,
    kinds: known,
    closing,
    closed: null,
  }
  house.validatorOf = validatorsOf(instance)
  try {
    await register(house, [...known.keys()])
    await storeSettings(instance, options)
  } catch (error) {
    await closeInstance(instance, null)
    throw error
  }
  return withRunner(parts, instance, inlineRunner(parts, instance, { commands, load: modules, handlerOf: functionsOf(instance) }))
}

function withRunner(parts: TestHouse, instance: Instance, { drain, runJob, catchUp }: InlineRunner): TestHoldfast {
  async function close(): Promise<void> {
    await closeInstance(instance, null)
    parts.removeDisk()
  }
  const holdfast = frontDoor(instance, close)
  return {
    ...holdfast,
    clock: testClock({ clock: parts.clock, schedules: instance.store.schedules, catchUp }),
    drain,
    runJob,
    async perform(kind, ...rest) {
      const { job } = await holdfast.submit(kind, ...rest)
      return runJob(job.id)
    },
    submitted: <Input>(kind?: JobDefinition<unknown, Input> | string) => submitted<Input>(holdfast, kind),
    [Symbol.asyncDispose]: close,
  }
}

async function submitted<Input>(holdfast: Holdfast, kind: { kind: string } | string | undefined): Promise<SubmittedJob<Input>[]> {
  const filter = kind === undefined ? {} : { kind: typeof kind === 'string' ? kind : kind.kind }
  const jobs: Job[] = []
  let before: number | null = Number.MAX_SAFE_INTEGER
  while (before !== null) {
    const page = await holdfast.list({ ...filter, before, limit: limits.listPage })
    jobs.push(...page.jobs)
    before = page.before
  }
  // A list leaves long inputs out.
  const whole = await Promise.all(jobs.reverse().map(async (job) => (job.omitted.length > 0 ? ((await holdfast.get(job.id)) ?? job) : job)))
  return whole as SubmittedJob<Input>[]
}
