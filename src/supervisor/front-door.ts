// The library's API over an opened instance: each call is a line or two on the store, the rules are elsewhere.
import { HoldfastError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { isSettled } from '../core/transitions.ts'
import { readLog } from '../runner/read-log.ts'
import { artifactReader } from './artifacts.ts'
import { type JobDefinition, kindView } from './define-job.ts'
import type { Holdfast, ListFilter, LogRange } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { newJob } from './submit.ts'
import { followLog, publicJob, watchJob } from './watch.ts'

export function frontDoor(instance: Instance, close: () => Promise<void>): Holdfast {
  const { store, folder, kinds } = instance
  const watching = { store, folder, closing: instance.closing.signal }
  const now = () => instance.house.clock.now()
  return {
    data: instance.data,
    kinds: () => [...kinds.values()].map(kindView),
    async submit(kind, ...[input, options = {}]) {
      const job = await newJob(definitionOf(kinds, kind), input, options)
      const submitted = await store.jobs.submit({ job, now: now() })
      return { job: publicJob(submitted.job), created: submitted.created }
    },
    async get(id) {
      const job = await store.jobs.get({ id })
      return job && publicJob(job)
    },
    async detail(id) {
      const job = await store.jobs.get({ id })
      if (!job) return null
      const [history, events] = await Promise.all([store.jobs.history({ id }), store.jobs.events({ id, limit: limits.listPage })])
      return { ...publicJob(job), history, events }
    },
    list: (filter = {}) => list(instance, filter),
    count: () => store.jobs.count(),
    async cancel(id, { by } = {}) {
      const job = await store.jobs.askStop({ id, by: by ?? null, now: now() })
      if (!job) throw notFound(id)
      return publicJob(job)
    },
    wait: (id, { signal } = {}) => wait(watchJob(watching, id, signal)),
    watch: (id, { signal } = {}) => watchJob(watching, id, signal),
    log: (id, range = {}) => log(instance, id, range),
    followLog: (id, { after = 0, full = false, signal } = {}) => followLog(watching, id, { after, full, ...(signal ? { signal } : {}) }),
    onChange: (listener) => store.onChange(listener),
    artifact: (name) => artifactReader(store, folder, name),
    trouble: () => store.trouble(),
    closing: instance.closing.signal,
    close,
  }
}

function definitionOf(kinds: Instance['kinds'], kind: { kind: string } | string): JobDefinition<unknown> {
  const name = typeof kind === 'string' ? kind : kind.kind
  const definition = kinds.get(name)
  if (definition) return definition
  const known = [...kinds.keys()].join(', ') || 'none'
  throw new HoldfastError('unknown_kind', `There is no kind "${name}". Known kinds: ${known}.`, { details: { kind: name } })
}

async function list({ store }: Instance, { limit = 50, ...filter }: ListFilter) {
  checkRange('limit', limit, limits.listPage)
  const jobs = await store.jobs.list({ ...filter, limit: limit + 1 })
  const page = jobs.slice(0, limit).map(publicJob)
  return { jobs: page, before: jobs.length > limit ? (page.at(-1)?.id ?? null) : null }
}

async function log({ store, folder }: Instance, id: number, { after, before, limit = 1_000, stream, full }: LogRange) {
  checkRange('limit', limit, limits.logPage)
  if (after !== undefined && before !== undefined)
    throw new HoldfastError('invalid_request', 'after and before cannot be combined: one of them says where the page begins.')
  const job = await store.jobs.get({ id })
  if (!job) throw notFound(id)
  const range = before === undefined ? { after: after ?? 0 } : { before }
  const lines = await readLog(store, folder, { jobId: id, ...range, limit, ...(stream ? { streams: stream } : {}), full: full ?? false })
  return { lines, lastSeq: job.logLines }
}

async function wait(versions: AsyncIterable<Job>): Promise<Job> {
  for await (const job of versions) if (isSettled(job.state)) return job
  throw new HoldfastError('closed', 'Holdfast was closed.')
}

function checkRange(field: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new HoldfastError('invalid_request', `${field} must be a whole number from 1 to ${most}, not ${value}.`)
}

function notFound(id: number): HoldfastError {
  return new HoldfastError('job_not_found', `There is no job ${id}.`, { details: { id } })
}
