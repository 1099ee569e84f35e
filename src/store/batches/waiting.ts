// What queued jobs wait for, found for a page of them with one statement per reason. Reading only.
import type { WaitingFor } from '../../core/job.ts'
import { limits } from '../../core/limits.ts'
import { holdersInTheWay } from '../../core/locks.ts'
import { uniqueLockPrefix } from '../../core/uniqueness.ts'
import { knownKinds, number, string, stringOrNull, toMode } from '../rows.ts'
import type { Row, SqlDatabase } from '../sql-database.ts'
import { stillNeeded } from '../statements/dependencies.ts'
import { holdersOf } from '../statements/locks.ts'
import { doors } from '../statements/queues.ts'
import { allRunners } from '../statements/runners.ts'
import type { JobRecord, SubmittedJob } from '../store.ts'

export async function withWaiting(database: SqlDatabase, jobs: readonly JobRecord[]): Promise<JobRecord[]> {
  const queued = jobs.filter((job) => job.state === 'queued')
  if (queued.length === 0) return [...jobs]
  const holders = await ask(
    database,
    queued.flatMap((job) => job.parkedKey ?? []),
    (keys) => holdersOf(keys, limits.waitingNamed),
  )
  const needed = await ask(
    database,
    queued.flatMap((job) => (job.hold === 'job' ? [job.id] : [])),
    stillNeeded,
  )
  const isReady = queued.some((job) => job.hold === 'ready')
  const all = isReady ? await database.query(doors()) : []
  const known = knownKinds(isReady ? await database.query(allRunners()) : [])
  return jobs.map((job) => (job.state === 'queued' ? { ...job, waitingFor: waitingOf(job, { holders, needed, doors: all, known }) } : job))
}

/** The same for the answer of a submit. It is recorded already: not being able to say more is no error. */
export async function withWaitingSaid(database: SqlDatabase, answers: readonly SubmittedJob[]): Promise<SubmittedJob[]> {
  const held = answers.flatMap((answer) => ('job' in answer && answer.job.hold !== 'ready' ? [answer.job] : []))
  if (held.length === 0) return [...answers]
  const told = new Map((await withWaiting(database, held).catch(() => held)).map((job) => [job.id, job]))
  return answers.map((answer) => ('job' in answer ? { ...answer, job: told.get(answer.job.id) ?? answer.job } : answer))
}

async function ask(
  database: SqlDatabase,
  ids: readonly number[],
  statement: (ids: readonly number[]) => Parameters<SqlDatabase['query']>[0],
): Promise<Row[]> {
  return ids.length === 0 ? [] : database.query(statement([...new Set(ids)]))
}

interface Found {
  holders: Row[]
  needed: Row[]
  doors: Row[]
  known: ReadonlySet<string>
}

function waitingOf(job: JobRecord, { holders, needed, doors: all, known }: Found): WaitingFor | null {
  if (job.hold === 'time') return { for: 'time', until: job.availableAt }
  if (job.hold === 'key')
    return waitingForKey(
      job,
      holders.filter((row) => row.id === job.parkedKey),
    )
  if (job.hold === 'job') {
    const jobs = needed.filter((row) => row.job_id === job.id).map((row) => number(row.needs_job_id))
    return { for: 'job', jobs: jobs.slice(0, limits.waitingNamed) }
  }
  return closedDoor(
    job,
    all.find((row) => row.queue === job.queue && row.kind === job.kind),
    known,
  )
}

function waitingForKey(job: JobRecord, rows: Row[]): WaitingFor | null {
  if (!rows[0]) return null
  const key = string(rows[0].name)
  const wish = job.locks.find((lock) => lock.key === key)?.mode ?? 'exclusive'
  const holders = rows.flatMap((row) => (row.job_id === null ? [] : [{ jobId: number(row.job_id), mode: toMode(row.mode) }]))
  const isFull = rows[0].capacity !== null && number(rows[0].held) >= number(rows[0].capacity)
  const heldBy = holdersInTheWay(wish, holders, isFull)
    .map(({ jobId }) => jobId)
    .sort((a, b) => a - b)
  return key.startsWith(uniqueLockPrefix) ? { for: 'unique key', heldBy } : { for: 'key', key, heldBy }
}

function closedDoor(job: JobRecord, door: Row | undefined, known: ReadonlySet<string>): WaitingFor | null {
  if (door && door.queue_paused_at !== null) return { for: 'queue paused', queue: job.queue, by: stringOrNull(door.queue_paused_by) }
  if (door && door.kind_paused_at !== null) return { for: 'kind paused', by: stringOrNull(door.kind_paused_by) }
  if (!known.has(job.kind)) return { for: 'runner that knows this kind' }
  if (door && door.concurrency !== null && number(door.running) >= number(door.concurrency))
    return { for: 'queue full', queue: job.queue, concurrency: number(door.concurrency) }
  return { for: 'slot' }
}
