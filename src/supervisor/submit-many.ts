// Several jobs in one submit: in an order in which each comes after those it waits for, and the store's answers as the caller's errors.
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { NewJob, SubmittedJob } from '../store/store.ts'
import type { JobToSubmit, SubmitOptions, Submitted } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { definitionOf } from './kinds.ts'
import { newJob } from './submit.ts'
import { publicJob } from './watch.ts'

/** @throws HoldfastError `invalid_input` that names the job by its place, `unknown_kind`, `active_exists` */
export async function submitMany(
  { store, kinds, house }: Instance,
  jobs: readonly JobToSubmit[],
  { transaction }: Pick<SubmitOptions, 'transaction'> = {},
): Promise<Submitted[]> {
  if (!Array.isArray(jobs) || jobs.length > limits.bulk)
    throw new HoldfastError('invalid_input', `jobs: submitMany takes a list of at most ${limits.bulk} jobs at a time.`, {
      details: { field: 'jobs' },
    })
  const now = house.clock.now()
  const order = inOrder(jobs)
  const placeOf = new Map(order.map((index, place) => [index, place]))
  const made = await Promise.all(
    order.map((index) =>
      naming(index, async () => {
        const { kind, input, options: { ref: _ref, after, ...options } = {} } = jobs[index] ?? noSuchJob()
        if ('transaction' in options) throw transactionOfOne()
        const job = await newJob(definitionOf(kinds, kind), input, { ...options, now })
        return { ...job, after: afterOf(jobs, after ?? [], placeOf) }
      }),
    ),
  )
  if (made.length === 0) return []
  const submitted = submittedOrThrow(await store.jobs.submit({ jobs: made, now, ...(transaction ? { transaction } : {}) }))
  return jobs.map((_, index) => submitted[placeOf.get(index) ?? 0] ?? noSuchJob())
}

// Which of the jobs an error is about.
async function naming<T>(index: number, make: () => Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    throw new HoldfastError(error.code, `jobs[${index}]: ${error.message}`, { details: { ...error.details, index }, cause: error })
  }
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
  if (!Array.isArray(after)) throw new HoldfastError('invalid_input', 'after: a list of numbers of jobs.', { details: { field: 'after' } })
  const ids = [...new Set(after)]
  const wrong = ids.find((id) => !Number.isSafeInteger(id) || id < 1)
  if (wrong !== undefined)
    throw new HoldfastError('invalid_input', `after: ${JSON.stringify(wrong)} is no number of a job.`, { details: { field: 'after' } })
  if (ids.length > limits.after)
    throw new HoldfastError('invalid_input', `after: at most ${limits.after} jobs.`, { details: { field: 'after' } })
  return ids
}

function afterOf(jobs: readonly JobToSubmit[], after: readonly (number | string)[], placeOf: ReadonlyMap<number, number>): NewJob['after'] {
  const numbers = checkAfter(after.filter((one) => typeof one === 'number'))
  const refs = [...new Set(after.filter((one) => typeof one === 'string'))]
  return [...numbers, ...refs.map((ref) => ({ index: placeOf.get(indexOf(jobs, ref)) ?? 0 }))]
}

function indexOf(jobs: readonly JobToSubmit[], ref: string): number {
  const index = jobs.findIndex((job) => job.options?.ref === ref)
  if (index >= 0) return index
  throw new HoldfastError('invalid_input', `after: no job of this call has the ref "${ref}".`, { details: { field: 'after' } })
}

// Depth first, each job behind those it comes after. A ref that leads back to itself is a circle in which everybody would wait for ever.
function inOrder(jobs: readonly JobToSubmit[]): number[] {
  const refs = jobs.flatMap((job) => job.options?.ref ?? [])
  const twice = refs.find((ref, index) => refs.indexOf(ref) !== index)
  if (twice !== undefined) throw new HoldfastError('invalid_input', `ref: "${twice}" is given to two jobs.`, { details: { field: 'ref' } })
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
  return new HoldfastError('invalid_input', `after: these jobs wait for each other in a circle: ${refs.join(' → ')}.`, {
    details: { field: 'after' },
  })
}

// Left out in silence, the job would be there without the caller's commit.
function transactionOfOne(): HoldfastError {
  return new HoldfastError('invalid_input', 'transaction: it is given once for all, as submitMany(jobs, { transaction }).', {
    details: { field: 'transaction' },
  })
}

function noSuchJob(): never {
  throw new Error('A job of the call was lost.')
}
