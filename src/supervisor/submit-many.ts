// Several jobs in one submit: in an order in which each comes after those it waits for, and the store's answers as the caller's errors.
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { NewJob, SubmittedJob } from '../store/store.ts'
import { checkOptions } from './checks.ts'
import type { JobToSubmit, SubmitOptions, Submitted } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { definitionOf } from './kinds.ts'
import { newJob, submitOptions } from './submit.ts'
import { publicJob } from './watch.ts'

/** @throws HoldfastError `invalid_input` that names the job by its place, `unknown_kind`, `active_exists` */
export async function submitMany(
  { store, kinds, house }: Instance,
  jobs: readonly JobToSubmit[],
  options: Pick<SubmitOptions, 'transaction'> = {},
): Promise<Submitted[]> {
  checkOptions({ of: 'submitMany', code: 'invalid_input' }, options, { transaction: true })
  if (!Array.isArray(jobs) || jobs.length > limits.bulk)
    throw new HoldfastError('invalid_input', `jobs: submitMany takes a list of at most ${limits.bulk} jobs at a time.`, {
      details: { field: 'jobs' },
    })
  for (const [index, job] of jobs.entries()) naming(index, () => checkItem(job))
  checkTies(jobs.reduce((ties, job) => ties + (job.options?.after?.length ?? 0), 0))
  const now = house.clock.now()
  const order = inOrder(jobs)
  const placeOf = new Map(order.map((index, place) => [index, place]))
  async function make(index: number): Promise<NewJob> {
    const { kind, input, options: { ref: _ref, after, ...others } = {} } = jobs[index] ?? noSuchJob()
    const job = await newJob(definitionOf(kinds, kind), input, { ...others, now })
    return { ...job, after: afterOf(jobs, after ?? [], placeOf) }
  }
  const made = await Promise.all(order.map((index) => make(index).catch((error) => rethrow(index, error))))
  if (made.length === 0) return []
  checkTies(made.reduce((ties, { spec, after }) => ties + spec.locks.length + after.length, 0))
  const { transaction } = options
  const submitted = submittedOrThrow(await store.jobs.submit({ jobs: made, now, ...(transaction ? { transaction } : {}) }))
  return jobs.map((_, index) => submitted[placeOf.get(index) ?? 0] ?? noSuchJob())
}

const itemOptions = { kind: true, input: true, options: true } satisfies Record<keyof JobToSubmit, true>

function checkItem(job: JobToSubmit): void {
  const code = 'invalid_input'
  checkOptions({ of: 'a job to submit', within: 'job', code }, job ?? null, itemOptions)
  const { options } = job
  if (options && 'transaction' in options) throw transactionOfOne()
  const { transaction: _, ...known } = { ...submitOptions, ref: true as const }
  checkOptions({ of: 'a job to submit', code }, options, known)
  const { ref, after = [] } = options ?? {}
  if (ref !== undefined && typeof ref !== 'string') throw refused('ref', 'ref: a text by which other jobs of the call name this one.')
  if (!Array.isArray(after) || !after.every((one) => typeof one === 'number' || typeof one === 'string'))
    throw refused('after', 'after: a list of numbers of jobs, and of refs of the same call.')
  if (after.length > limits.after) throw tooManyAfter()
}

// One batch writes them all, and others wait for it.
function checkTies(ties: number): void {
  if (ties <= limits.bulkTies) return
  throw refused(
    'jobs',
    `jobs: the lock keys and \`after\` of all jobs of one call are at most ${limits.bulkTies} together, not ${ties}. Submit them in several calls.`,
  )
}

// Which of the jobs an error is about.
function naming(index: number, check: () => void): void {
  try {
    check()
  } catch (error) {
    rethrow(index, error)
  }
}

function rethrow(index: number, error: unknown): never {
  if (!(error instanceof HoldfastError)) throw error
  throw new HoldfastError(error.code, `jobs[${index}]: ${error.message}`, { details: { ...error.details, index }, cause: error })
}

/** What the store answered, as the library's caller gets it. @throws HoldfastError `active_exists`, `invalid_input` */
export function submittedOrThrow(answers: readonly SubmittedJob[]): Submitted[] {
  return answers.map((answer) => {
    if ('job' in answer) return { job: publicJob(answer.job), created: answer.created }
    if ('unknownJob' in answer)
      throw new HoldfastError('invalid_input', `after: there is no job ${answer.unknownJob}.`, {
        details: { field: 'after', id: answer.unknownJob },
      })
    if ('waitsForReplaced' in answer)
      throw new HoldfastError(
        'invalid_input',
        `after: job ${answer.waitsForReplaced} has the same unique key and is replaced by this one.`,
        {
          details: { field: 'after', id: answer.waitsForReplaced },
        },
      )
    if ('twice' in answer)
      throw new HoldfastError('invalid_input', `unique: two jobs of this call have the key "${answer.twice}".`, {
        details: { field: 'unique' },
      })
    const { id, kind, state } = answer.refusedFor
    throw new HoldfastError('active_exists', `Job ${id} of kind "${kind}" with the same unique key is ${state}.`, { details: { id } })
  })
}

/** Checked numbers of jobs that must succeed first. @throws HoldfastError `invalid_input` */
export function checkAfter(after: readonly number[]): number[] {
  if (!Array.isArray(after)) throw refused('after', 'after: a list of numbers of jobs.')
  const ids = [...new Set(after)]
  const wrong = ids.find((id) => !Number.isSafeInteger(id) || id < 1)
  if (wrong !== undefined) throw refused('after', `after: ${JSON.stringify(wrong)} is no number of a job.`)
  if (ids.length > limits.after) throw tooManyAfter()
  return ids
}

function tooManyAfter(): HoldfastError {
  return refused('after', `after: at most ${limits.after} jobs.`)
}

function afterOf(jobs: readonly JobToSubmit[], after: readonly (number | string)[], placeOf: ReadonlyMap<number, number>): NewJob['after'] {
  const numbers = checkAfter(after.filter((one) => typeof one === 'number'))
  const refs = [...new Set(after.filter((one) => typeof one === 'string'))]
  return [...numbers, ...refs.map((ref) => ({ index: placeOf.get(indexOf(jobs, ref)) ?? 0 }))]
}

function indexOf(jobs: readonly JobToSubmit[], ref: string): number {
  const index = jobs.findIndex((job) => job.options?.ref === ref)
  if (index >= 0) return index
  throw refused('after', `after: no job of this call has the ref "${ref}".`)
}

// Depth first, each job behind those it comes after. A ref that leads back to itself is a circle in which everybody would wait for ever.
function inOrder(jobs: readonly JobToSubmit[]): number[] {
  const refs = jobs.flatMap((job) => job.options?.ref ?? [])
  const twice = refs.find((ref, index) => refs.indexOf(ref) !== index)
  if (twice !== undefined) throw refused('ref', `ref: "${twice}" is given to two jobs.`)
  const done = new Set<number>()
  const visit = (index: number, path: readonly number[]): void => {
    if (done.has(index)) return
    if (path.includes(index)) throw circle([...path.slice(path.indexOf(index)), index].map((one) => jobs[one]?.options?.ref ?? String(one)))
    for (const one of jobs[index]?.options?.after ?? []) if (typeof one === 'string') visit(indexOf(jobs, one), [...path, index])
    done.add(index)
  }
  for (const index of jobs.keys()) visit(index, [])
  return [...done]
}

function circle(refs: readonly string[]): HoldfastError {
  return refused('after', `after: these jobs wait for each other in a circle: ${refs.join(' → ')}.`)
}

// Left out in silence, the job would be there without the caller's commit.
function transactionOfOne(): HoldfastError {
  return refused('transaction', 'transaction: it is given once for all, as submitMany(jobs, { transaction }).')
}

function refused(field: string, message: string): HoldfastError {
  return new HoldfastError('invalid_input', message, { details: { field } })
}

function noSuchJob(): never {
  throw new Error('A job of the call was lost.')
}
