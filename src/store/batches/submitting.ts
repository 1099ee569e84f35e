// The batch behind submit. Who serves a submitter is core's to say; this asks, and writes what follows. All jobs or none.
import type { JobState } from '../../core/job.ts'
import { type Served, serveSubmit } from '../../core/uniqueness.ts'
import { number, string, toJob } from '../rows.ts'
import type { Batch, Decision, Row, Step } from '../sql-database.ts'
import * as statements from '../statements/jobs.ts'
import { lockKeysNamed } from '../statements/locks.ts'
import type { JobRecord, NewJob, SubmittedJob } from '../store.ts'
import { openInsertion, type Placed } from './inserting.ts'

/** `knownDoors`: queues and kinds (`doorName`) that are there for certain. */
export function submitBatch(jobs: readonly NewJob[], knownDoors: ReadonlySet<string>, now: number): Batch<SubmittedJob[]> {
  const unique = uniqueKeysOf(jobs)
  const keys = [...new Set(jobs.flatMap((job) => job.spec.locks.map((lock) => lock.key)))]
  const needed = [...new Set(jobs.flatMap((job) => job.after.filter((one) => typeof one === 'number')))]
  return {
    bringsWork: true,
    // Advisory locks, jobs, lock keys: everybody takes them in this order.
    locks: [
      ...unique.flatMap(({ kind, key }): Step[] => [statements.uniqueKeyLock(kind, key), statements.lockActiveWithKey(kind, key)]),
      () => (needed.length > 0 ? statements.lockJobsForReading(needed) : null),
      () => (keys.length > 0 ? lockKeysNamed(keys) : null),
    ],
    reads: [
      () => (needed.length > 0 ? statements.statesOf(needed) : null),
      ...unique.map(({ kind, key }) => statements.activeWithKey(kind, key)),
    ],
    decide([states = [], ...active]) {
      const stateOf = new Map(states.map((row) => [number(row.id), string(row.state) as JobState]))
      const unknown = needed.find((id) => !stateOf.has(id))
      if (unknown !== undefined) return refusal({ unknownJob: unknown })
      return decideSubmit(jobs, { active: active.flat().map(toJob), stateOf, knownDoors, now })
    },
  }
}

// In one order for everybody, so that two bulk submits never wait for each other on Postgres.
function uniqueKeysOf(jobs: readonly NewJob[]): { kind: string; key: string }[] {
  const keys = jobs.flatMap(({ kind, unique }) => (unique ? [[`${kind}\n${unique.key}`, { kind, key: unique.key }] as const] : []))
  return [...new Map(keys)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)
}

interface Known {
  /** Active jobs with one of the unique keys. */
  active: readonly JobRecord[]
  /** Of the jobs that are waited for. */
  stateOf: ReadonlyMap<number, JobState>
  knownDoors: ReadonlySet<string>
  now: number
}

function decideSubmit(jobs: readonly NewJob[], known: Known): Decision<SubmittedJob[]> {
  const insertion = openInsertion(known)
  const servedBy: Placed[] = []
  // Some of this submit may wait for one that another of it replaces.
  const replaced: number[] = []
  // What served the first of this submit with each unique key: a second one with it meets that.
  const firstWith = new Map<string, Placed>()
  const find = (id: number) => known.active.find((job) => job.id === id) ?? neverRead(id)
  const place = (job: NewJob): Placed | SubmittedJob => {
    const served = serve(job, known)
    if (served.by === 'nobody') return { refusedFor: find(served.active) }
    if (served.by === 'existing') return { existing: find(served.id) }
    const replaces = served.replaces === null ? null : find(served.replaces)
    if (replaces && job.after.includes(replaces.id)) return { waitsForReplaced: replaces.id }
    if (replaces) replaced.push(replaces.id)
    const after = job.after.map((one) => (typeof one === 'number' ? one : (servedBy[one.index] ?? neverRead(one.index))))
    return insertion.add(job, { after, replaces, behind: served.behind === null ? null : find(served.behind) })
  }
  for (const job of jobs) {
    const key = job.unique && `${job.kind}\n${job.unique.key}`
    const met = key === null ? undefined : firstWith.get(key)
    if (met && job.unique?.policy !== 'return') return refusal({ twice: job.unique?.key ?? '' })
    const placed = met ?? place(job)
    if (!isPlaced(placed)) return refusal(placed)
    servedBy.push(placed)
    if (key !== null) firstWith.set(key, placed)
  }
  const writes = [...insertion.writes(), ...replaced.filter((id) => known.stateOf.has(id)).map(statements.markToTell)]
  return {
    writes,
    answer(written) {
      insertion.check(written)
      return answers(servedBy, written)
    },
  }
}

function isPlaced(placed: Placed | SubmittedJob): placed is Placed {
  return 'existing' in placed || 'rowOf' in placed
}

function serve(job: NewJob, { active, now }: Known): Served {
  if (!job.unique) return { by: 'new', replaces: null, behind: null }
  const sameKey = active.filter((other) => other.kind === job.kind && other.uniqueKey === job.unique?.key)
  const queued = sameKey.find((other) => other.state === 'queued')
  const running = sameKey.find((other) => other.state !== 'queued')
  const queuedIsSame = queued !== undefined && asksTheSame(queued, job, now)
  return serveSubmit(job.unique.policy, { running: running?.id ?? null, queued: queued?.id ?? null, queuedIsSame })
}

function asksTheSame(queued: JobRecord, job: NewJob, now: number): boolean {
  const soon = (at: number) => Math.max(at, now)
  return (
    JSON.stringify(queued.input) === JSON.stringify(job.input) &&
    queued.fingerprint === job.fingerprint &&
    soon(queued.availableAt) === soon(job.availableAt)
  )
}

// Two of one submit that are served by one new job: it is new for the first of them.
function answers(servedBy: readonly Placed[], written: Row[][]): SubmittedJob[] {
  const seen = new Set<Placed>()
  return servedBy.map((placed) => {
    if ('existing' in placed) return { job: placed.existing, created: false }
    const created = !seen.has(placed)
    seen.add(placed)
    return { job: toJob(placed.rowOf(written)), created }
  })
}

function refusal(answer: SubmittedJob): Decision<SubmittedJob[]> {
  return { writes: [], answer: () => [answer] }
}

function neverRead(id: number): never {
  throw new Error(`Job ${id} was not read.`)
}
