// A page of a job's log, and the whole as text, as people ask for them: which lines, and what of them. Checks what is asked; reading is the runner's.
import { HoldfastError } from '../core/errors.ts'
import type { Stream } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { isSettled } from '../core/transitions.ts'
import type { LogPage, LogRange } from '../core/views.ts'
import type { House } from '../runner/house.ts'
import { openLogText } from '../runner/log-text.ts'
import { learnFrom } from '../runner/masks.ts'
import { type LogQuery, readAround, readLog, unfinishedLines } from '../runner/read-log.ts'
import { searchLog } from '../runner/search-log.ts'
import { checkId, checkList, checkOptions, checkRange } from './checks.ts'
import { notFound } from './control.ts'
import type { LogText } from './holdfast.ts'

const rangeOptions = {
  after: true,
  before: true,
  around: true,
  q: true,
  limit: true,
  stream: true,
  full: true,
} satisfies Record<keyof LogRange, true>

/** @throws HoldfastError `job_not_found`, `invalid_request` */
export async function readPage(house: House, id: number, range: LogRange): Promise<LogPage> {
  checkOptions({ of: 'log' }, range, rangeOptions)
  const { limit = defaultLines, stream, full = false, q, around } = range
  checkRange('limit', limit, [1, limits.logPage])
  checkList('stream', stream, ['stdout', 'stderr', 'system'])
  for (const field of ['after', 'before', 'around'] as const) checkRange(field, range[field] ?? 0, [0, Number.MAX_SAFE_INTEGER])
  checkSearch(q)
  checkTogether(range)
  const job = await house.store.jobs.get({ id: checkId(id) })
  if (!job) throw notFound(id)
  learnFrom(house, job)
  const from = range.before === undefined ? { after: range.after ?? 0 } : { before: range.before }
  const query: LogQuery = { jobId: id, ...from, limit, ...(stream ? { streams: stream } : {}), full }
  if (q !== undefined) return { ...(await searchLog(house, query, q)), lastSeq: job.logLines, unfinished: [] }
  const lines = await (around === undefined ? readLog(house, query) : readAround(house, query, around))
  return { lines, lastSeq: job.logLines, unfinished: await unfinishedLines(house, job) }
}

/** @throws HoldfastError `job_not_found`, `invalid_request` */
export async function readText(house: House, id: number, options: { stream?: readonly Stream[] }): Promise<LogText> {
  checkOptions({ of: 'logText' }, options, { stream: true })
  const { stream } = options
  checkList('stream', stream, ['stdout', 'stderr', 'system'])
  const job = await house.store.jobs.get({ id: checkId(id) })
  if (!job) throw notFound(id)
  learnFrom(house, job)
  const { middle } = job.logKept
  const text = await openLogText(house, { jobId: id, middle, lastSeq: job.logLines, ...(stream && { streams: stream }) })
  return {
    bytes: text.bytes,
    // Only another attempt writes more, and nothing is taken out any more.
    version: isSettled(job.state) ? `${id}-${job.attempts}-${job.logLines}-${text.bytes}` : null,
    read: ({ from = 0, to = text.bytes } = {}) => text.read(from, to),
  }
}

const defaultLines = 1_000

function checkSearch(q: string | undefined): void {
  if (q === undefined || (typeof q === 'string' && q.length >= 1 && q.length <= limits.searchText && !/[\0\n]/.test(q))) return
  throw new HoldfastError('invalid_request', `q must be a text of 1 to ${limits.searchText} characters on one line.`, {
    details: { field: 'q' },
  })
}

// One of them says where the page begins.
function checkTogether({ after, before, around, q }: LogRange): void {
  const excluded = [
    { field: 'before', isWrong: after !== undefined && before !== undefined, other: 'after' },
    { field: 'around', isWrong: around !== undefined && (after !== undefined || before !== undefined), other: 'after and before' },
    { field: 'q', isWrong: q !== undefined && around !== undefined, other: 'around' },
  ]
  const wrong = excluded.find(({ isWrong }) => isWrong)
  if (!wrong) return
  const message = `${wrong.field} cannot be combined with ${wrong.other}: one of them says where the page begins.`
  throw new HoldfastError('invalid_request', message, { details: { field: wrong.field } })
}
