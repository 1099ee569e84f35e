// What a person can do with jobs that are there: try again, go on, run anew. Refusals become sentences.
import { HoldfastError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import { checkAttempt } from '../runner/check-attempt.ts'
import type { JobRecord, RetryRefused } from '../store/store.ts'
import { bulk } from './bulk.ts'
import { checkBy, checkId } from './checks.ts'
import type { By, Checked, Holdfast, Submitted } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { definitionOf } from './kinds.ts'
import { newJob } from './submit.ts'
import { submittedOrThrow } from './submit-many.ts'
import { publicJob } from './watch.ts'

type Control = Pick<Holdfast, 'cancel' | 'retry' | 'resume' | 'keepWaiting' | 'check' | 'rerun' | 'cancelMany' | 'retryMany'>

export function control(instance: Instance): Control {
  const { store, house } = instance
  async function cancel(id: number, by?: By): Promise<Job> {
    const job = await store.jobs.askStop({ id: checkId(id), by: checkBy(by), now: house.clock.now() })
    if (!job) throw notFound(id)
    return publicJob(job)
  }
  const retry = (id: number, by?: By) => again(instance, id, { by, fromCheckpoint: false })
  return {
    cancel,
    retry,
    resume: (id, by) => again(instance, id, { by, fromCheckpoint: true }),
    keepWaiting: (id, by) => keepWaiting(instance, id, by),
    check: (id, by) => check(instance, id, by),
    rerun: (id, options) => rerun(instance, id, options),
    ...bulk(instance, { cancel, retry }),
  }
}

export function notFound(id: number): HoldfastError {
  return new HoldfastError('job_not_found', `There is no job ${id}.`, { details: { id } })
}

async function again(
  { store, house }: Instance,
  id: number,
  { by, fromCheckpoint }: { by: By | undefined; fromCheckpoint: boolean },
): Promise<Job> {
  const asker = checkBy(by)
  const job = await store.jobs.get({ id: checkId(id) })
  // Its environment, which may have held secrets, is gone, and no runner claims what nobody defined.
  if (job && job.spec.environmentFile !== null)
    throw new HoldfastError('wrong_state', `Job ${id} was a command of the moment: run the command again.`, { details: { id } })
  const answer = await store.jobs.retry({ id, fromCheckpoint, by: asker, now: house.clock.now() })
  if ('refused' in answer) throw refusal(id, fromCheckpoint ? 'resumed' : 'retried', answer)
  return publicJob(answer)
}

async function keepWaiting({ store, house }: Instance, id: number, by: By | undefined): Promise<Job> {
  const asker = checkBy(by)
  const line = `keep waiting${asker === null ? '' : `, said ${asker}`}: silence is counted from now`
  const job = await store.jobs.note({ id: checkId(id), name: 'keep waiting', line, forgive: true, by: asker, now: house.clock.now() })
  return publicJob(running(id, job))
}

async function check({ store, house }: Instance, id: number, by: By | undefined): Promise<Checked> {
  const asker = checkBy(by)
  running(id, await store.jobs.get({ id: checkId(id) }))
  const claimed = (await store.jobs.unsettled()).find(({ job }) => job.id === id)
  // It may have ended since.
  if (!claimed) throw new HoldfastError('wrong_state', `Job ${id} does not run any more.`, { details: { id } })
  const { process, words } = await checkAttempt(house, claimed)
  const line = `checked${asker === null ? '' : ` by ${asker}`}: ${words}`
  const job = await store.jobs.note({ id, name: 'checked', line, forgive: false, by: asker, now: house.clock.now() })
  return { job: publicJob(running(id, job)), process, words }
}

function running(id: number, job: JobRecord | null): JobRecord {
  if (!job) throw notFound(id)
  if (job.state !== 'running') throw new HoldfastError('wrong_state', `Job ${id} does not run: it is ${job.state}.`, { details: { id } })
  return job
}

function refusal(id: number, done: string, answer: RetryRefused): HoldfastError {
  switch (answer.refused) {
    case 'no such job':
      return notFound(id)
    case 'active exists':
      return new HoldfastError('active_exists', `Job ${id} cannot be ${done} while job ${answer.id} with the same unique key is active.`, {
        details: { id: answer.id },
      })
    case 'needed job':
      return new HoldfastError(
        'wrong_state',
        `Job ${id} must come after job ${answer.id}, which is ${answer.state}: retry that one first.`,
        {
          details: { id: answer.id, state: answer.state },
        },
      )
    case 'wrong state':
      return new HoldfastError(
        'wrong_state',
        `Job ${id} is ${answer.state}; only a failed, cancelled, interrupted or expired job can be ${done}.`,
        {
          details: { id, state: answer.state },
        },
      )
  }
}

async function rerun({ store, kinds, house }: Instance, id: number, options: By & { input?: unknown } = {}): Promise<Submitted> {
  checkBy(options, { by: true, input: true })
  const old = await store.jobs.get({ id: checkId(id) })
  if (!old) throw notFound(id)
  const now = house.clock.now()
  const input = 'input' in options ? options.input : (old.spec.given ?? old.input ?? undefined)
  const definition = definitionOf(kinds, old.kind)
  // A name that was made of the old input says nothing of another one.
  const name = 'input' in options && definition.name !== undefined ? null : old.name
  const job = await newJob(definition, input, {
    now,
    ...(name === null ? {} : { name }),
    ...(options.by === undefined ? {} : { submittedBy: options.by }),
  })
  const [submitted] = submittedOrThrow(await store.jobs.submit({ jobs: [job], now }))
  if (!submitted) throw new Error('A submit of one job has one answer.')
  return submitted
}
