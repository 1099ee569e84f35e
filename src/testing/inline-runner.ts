// Executes jobs in this process, one after the other, when it is told to: the production claim, attempt and settling around a function.
import { HoldfastError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { waitingWords } from '../core/waiting.ts'
import { executeAttempt } from '../runner/execute-attempt.ts'
import type { House } from '../runner/house.ts'
import { type Handlers, openInlineKeeper } from '../runner/inline-keeper.ts'
import type { Handler } from '../runner/play-handler.ts'
import { fireDue } from '../runner/schedule-ticker.ts'
import type { Claimed, JobRecord } from '../store/store.ts'
import type { Instance } from '../supervisor/instance.ts'
import { scheduledJobs } from '../supervisor/schedules.ts'
import { publicJob } from '../supervisor/watch.ts'
import { commandProgram, type FakeCommands } from './inline-command.ts'
import { type InlineProgram, inlineLauncher } from './inline-launcher.ts'
import { moduleProgram } from './inline-module.ts'
import type { TestHouse } from './test-house.ts'

export interface DrainOptions {
  /** Throws after the first attempt that failed, also when another one would follow. Default: failures are only recorded with their jobs. */
  throwOnFailure?: boolean
  /** Stops after so many attempts. Default: when nothing is ready, and no later than after 1,000, with an error. */
  most?: number
}

export interface InlineRunner {
  /** Executes what is ready, in order, until nothing is. Returns the jobs as each attempt left them. */
  drain(options?: DrainOptions): Promise<Job[]>
  /** Executes one job; before it those of its kind that are in line before it. */
  runJob(id: number): Promise<Job>
  /** What happens without anybody executing jobs: schedules fire, delays end, waits expire. */
  catchUp(): Promise<void>
}

export interface InlineRunnerOptions {
  /** Plays the programs of command jobs. */
  commands: FakeCommands | undefined
  /** Reads a module job's file. */
  load: (file: string) => Promise<unknown>
  /** The function of a kind, if it has one. */
  handlerOf: Handlers
}

export function inlineRunner(parts: TestHouse, instance: Instance, options: InlineRunnerOptions): InlineRunner {
  const { house } = parts
  const { claims, jobs } = house.store
  const schedules = scheduledJobs(instance)

  async function catchUp(): Promise<void> {
    await atMost(looks, 'what is due does not come to an end', async () => (await claims.promote({ now: house.clock.now() })).again)
    await fireDue(house, schedules)
  }

  async function claimNext(kinds: readonly string[]): Promise<Claimed | null> {
    await catchUp()
    let first: Claimed | null = null
    await atMost(looks, 'looking for ready jobs does not come to an end', async () => {
      const now = house.clock.now()
      const { claimed, again } = await claims.claim({ place: house.place, kinds, limit: 1, leaseUntil: now + limits.leaseMs, now })
      first = claimed[0] ?? null
      return first === null && again
    })
    return first
  }

  return {
    catchUp,
    async drain({ throwOnFailure = false, most } = {}) {
      const ran: Job[] = []
      const kinds = [...instance.kinds.keys()]
      while (ran.length < (most ?? drained)) {
        const claimed = await claimNext(kinds)
        if (claimed === null) return ran
        const { job, thrown } = await execute(parts, claimed, options)
        ran.push(publicJob(job))
        if (throwOnFailure) await throwIfFailed(house, job, thrown)
      }
      if (most === undefined && (await isAnyReady(jobs)))
        throw new Error(`${drained} attempts were made and more jobs are ready. Does a job submit itself? If not, drain again.`)
      return ran
    },
    async runJob(id) {
      const job = await existing(jobs, id)
      if (job.state !== 'queued') throw new HoldfastError('wrong_state', `Job ${id} cannot be run: it is ${job.state}.`)
      const ran = new Map<number, JobRecord>()
      await atMost(drained, `${drained} attempts were made before it was job ${id}'s turn`, async () => {
        const claimed = await claimNext([job.kind])
        if (claimed === null) throw await notReady(jobs, id)
        ran.set(claimed.job.id, (await execute(parts, claimed, options)).job)
        return !ran.has(id)
      })
      return publicJob(ran.get(id) ?? (await existing(jobs, id)))
    },
  }
}

/** Attempts of one drain. More than a test needs, and over in some seconds. */
const drained = 1_000
/** Looks for one thing to do; each finds some hundreds. */
const looks = 1_000

interface Executed {
  job: JobRecord
  /** What its function threw. */
  thrown: unknown
}

async function execute({ house, machine, needDisk }: TestHouse, claimed: Claimed, options: InlineRunnerOptions): Promise<Executed> {
  let thrown: unknown
  let fault: { error: unknown } | null = null
  const onThrow = (error: unknown) => {
    thrown = error
  }
  const program = programOf(claimed, {
    ...options,
    onThrow,
    onFault: (error) => {
      fault = { error }
    },
  })
  const launcher = inlineLauncher({ machine, launcher: house.launcher, clock: house.clock, program, needDisk })
  const inline = openInlineKeeper((kind) => watched(options.handlerOf(kind), onThrow))
  const ended = await executeAttempt({ ...house, launcher, inline }, claimed)
  rethrow(fault)
  return { job: ended === 'let go' ? await existing(house.store.jobs, claimed.job.id) : ended, thrown }
}

interface Listeners {
  onThrow: (error: unknown) => void
  onFault: (error: unknown) => void
}

function programOf({ job }: Claimed, { commands, load, onThrow, onFault }: InlineRunnerOptions & Listeners): InlineProgram {
  const { run } = job.spec
  if (run.type === 'module') return moduleProgram({ file: run.file, load, onThrow })
  return commandProgram({ jobId: job.id, kind: job.kind, commands, onFault })
}

function watched(handler: Handler | undefined, onThrow: Listeners['onThrow']): Handler | undefined {
  return (
    handler &&
    (async (job) => {
      try {
        return await handler(job)
      } catch (error) {
        onThrow(error)
        throw error
      }
    })
  )
}

function rethrow(fault: { error: unknown } | null): void {
  if (fault) throw fault.error
}

async function throwIfFailed({ store }: House, { id, kind }: JobRecord, cause: unknown): Promise<void> {
  const last = (await store.jobs.detail({ id, events: 1 })).history.at(-1)
  if (!last?.failure || last.failure.kind === 'cancelled') return
  throw new Error(`Job ${id} (${kind}) failed in attempt ${last.attempt}: ${last.failure.message}`, { cause })
}

async function notReady(jobs: House['store']['jobs'], id: number): Promise<HoldfastError> {
  const { state, waitingFor } = await existing(jobs, id)
  const why = waitingFor ? waitingWords(waitingFor) : `it is ${state}`
  return new HoldfastError('wrong_state', `Job ${id} cannot be run now: ${why}.`, { details: { state, waitingFor } })
}

async function isAnyReady(jobs: House['store']['jobs']): Promise<boolean> {
  const queued = await jobs.list({ state: ['queued'], limit: limits.listPage })
  return queued.some(({ hold, waitingFor }) => hold === 'ready' && waitingFor?.for === 'slot')
}

async function existing(jobs: House['store']['jobs'], id: number): Promise<JobRecord> {
  const job = await jobs.get({ id })
  if (!job) throw new HoldfastError('job_not_found', `There is no job ${id}.`, { details: { id } })
  return job
}

/** Does it until it says that there is no more. @throws Error when it never does */
async function atMost(times: number, otherwise: string, work: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < times; round++) if (!(await work())) return
  throw new Error(otherwise)
}
