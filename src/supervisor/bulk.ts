// Cancelling and retrying all jobs that fit: page by page from the newest to the oldest, so that jobs which come meanwhile are none of it, and it ends.
import { HoldfastError } from '../core/errors.ts'
import type { Job, JobState } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { isSettled } from '../core/transitions.ts'
import type { BulkAnswer, JobsFilter } from '../core/views.ts'
import type { JobRecord } from '../store/store.ts'
import { checkBy, checkFilter, checkRange } from './checks.ts'
import type { BulkOptions, By, Holdfast } from './holdfast.ts'
import type { Instance } from './instance.ts'

type One = Pick<Holdfast, 'cancel' | 'retry'>

export function bulk(instance: Instance, { cancel, retry }: One): Pick<Holdfast, 'cancelMany' | 'retryMany'> {
  return {
    cancelMany: (filter, options) =>
      forEach(instance, asked(filter, options, ['queued', 'running']), async (id, by) => refuseSettled(await cancel(id, by))),
    retryMany: (filter, options) => forEach(instance, asked(filter, options, ['failed', 'interrupted']), retry),
  }
}

interface Asked extends BulkOptions {
  filter: JobsFilter
}

// Who names jobs by number means them, whatever state they are in.
function asked(filter: JobsFilter, options: BulkOptions = {}, usual: readonly JobState[]): Asked {
  checkBy(options, { by: true, before: true, limit: true, signal: true })
  const { ids } = checkFilter(filter, ['state', 'kind', 'queue', 'submittedBy', 'schedule', 'ids'])
  const isList = ids === undefined || (Array.isArray(ids) && ids.length <= limits.bulk && ids.every(Number.isSafeInteger))
  if (!isList)
    throw new HoldfastError('invalid_request', `ids must be a list of at most ${limits.bulk} numbers of jobs.`, {
      details: { field: 'ids' },
    })
  for (const field of ['before', 'limit'] as const) checkRange(field, options[field] ?? 1, [1, Number.MAX_SAFE_INTEGER])
  return { ...options, filter: ids === undefined ? { state: usual, ...withoutUndefined(filter) } : filter }
}

function withoutUndefined(filter: JobsFilter): JobsFilter {
  const { state, ...others } = filter
  return state === undefined ? others : filter
}

async function forEach(
  { store }: Instance,
  { filter, by, before = Number.MAX_SAFE_INTEGER, limit = Number.POSITIVE_INFINITY, signal }: Asked,
  act: (id: number, by: By) => Promise<unknown>,
): Promise<BulkAnswer> {
  const answer: BulkAnswer = { done: [], refused: [], before }
  for (let left = limit; answer.before !== null && left > 0 && !signal?.aborted; ) {
    const page = await pageOf(store, filter, { before: answer.before, limit: Math.min(left, limits.listPage) })
    // Those of one page share a transaction.
    await Promise.all(
      page.ids.map((id) =>
        act(id, by === undefined ? {} : { by }).then(
          () => answer.done.push(id),
          (error) => answer.refused.push({ id, reason: messageOrThrow(error) }),
        ),
      ),
    )
    left -= page.ids.length
    answer.before = page.before
  }
  return answer
}

interface Page {
  ids: number[]
  before: number | null
}

async function pageOf(store: Instance['store'], filter: JobsFilter, { before, limit }: { before: number; limit: number }): Promise<Page> {
  const { ids, ...others } = filter
  if (ids !== undefined) return pageOfNamed(store, filter, { before, limit })
  const page = await store.overview.page({ ...others, before, limit })
  return { ids: page.jobs.map((job) => job.id), before: page.before }
}

// A number that no job has goes along: whoever named it is told.
async function pageOfNamed(
  store: Instance['store'],
  filter: JobsFilter,
  { before, limit }: { before: number; limit: number },
): Promise<Page> {
  const left = [...new Set(filter.ids)].filter((id) => id < before).sort((a, b) => b - a)
  const some = left.slice(0, limit)
  const found = new Map((await store.jobs.list({ ids: some, limit: some.length })).map((job) => [job.id, job]))
  const ids = some.filter((id) => {
    const job = found.get(id)
    return job === undefined || fits(job, filter)
  })
  return { ids, before: left.length > some.length ? (some.at(-1) ?? null) : null }
}

function fits(job: JobRecord, { state, kind, queue, submittedBy, schedule }: JobsFilter): boolean {
  return (
    (state?.includes(job.state) ?? true) &&
    (kind ?? job.kind) === job.kind &&
    (queue ?? job.queue) === job.queue &&
    (submittedBy ?? job.submittedBy) === job.submittedBy &&
    (schedule ?? job.schedule) === job.schedule
  )
}

function refuseSettled({ id, state }: Job): void {
  if (isSettled(state) && state !== 'cancelled')
    throw new HoldfastError('wrong_state', `Job ${id} is ${state}.`, { details: { id, state } })
}

// A refusal is an answer; trouble with the database is not.
function messageOrThrow(error: unknown): string {
  if (error instanceof HoldfastError && ['wrong_state', 'active_exists', 'job_not_found'].includes(error.code)) return error.message
  throw error
}
