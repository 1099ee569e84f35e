// The rows of new jobs: the job, its event, its wishes for lock keys, the jobs it waits for. Plain jobs of one submit go in together.
import type { Sql } from 'sql-template-tag'
import { replacedFailure } from '../../core/ending.ts'
import type { JobState, Lock } from '../../core/job.ts'
import { isSettled } from '../../core/transitions.ts'
import { uniqueLockPrefix } from '../../core/uniqueness.ts'
import { number } from '../rows.ts'
import { firstRow, type Row, type Step } from '../sql-database.ts'
import { ensureArtifact, insertBuilds } from '../statements/artifacts.ts'
import { insertDependency } from '../statements/dependencies.ts'
import * as statements from '../statements/jobs.ts'
import { ensureKey, wishFor, wishLimit } from '../statements/locks.ts'
import { ensureKind, ensureQueue, ensureQueueKind } from '../statements/queues.ts'
import type { JobRecord, NewJob } from '../store.ts'
import { settleQueued } from './leaving.ts'

/** A job that serves a submitter: one that was there, or a new one, whose row is known once it is written. */
export type Placed = { existing: JobRecord } | { rowOf: (written: Row[][]) => Row }

export interface Circumstances {
  after: readonly (number | Placed)[]
  /** The queued job whose place it takes. */
  replaces: JobRecord | null
  /** The running job with its unique key. */
  behind: JobRecord | null
}

export interface Insertion {
  add(job: NewJob, around: Circumstances): Placed
  writes(): Step[]
  /** @throws a lost race when a lock key was removed while a job was about to name it */
  check(written: Row[][]): void
}

export interface InsertionStart {
  /** Of the jobs that are waited for. */
  stateOf: ReadonlyMap<number, JobState>
  knownDoors: ReadonlySet<string>
  now: number
}

export function openInsertion({ stateOf, knownDoors, now }: InsertionStart): Insertion {
  const writes: Step[] = []
  const needed = neededFirst(knownDoors, now)
  // How many writes come before ours; known when all are there.
  let first = 0
  let plain: NewJob[] = []
  const wishes: ((written: Row[][]) => Row[])[] = []

  /** Puts the steps at the end and returns the way to the rows of the first. */
  function put(...steps: Step[]): (written: Row[][]) => Row[] {
    const at = writes.push(...steps) - steps.length
    return (written) => written[first + at] ?? []
  }

  function flush(): void {
    if (plain.length === 0) return
    const jobs = plain
    plain = []
    const rowsOf = put(
      statements.insertJobs(
        jobs.map((job) => ({ job, hold: job.availableAt > now ? 1 : 0, locks: 0, needs: 0 })),
        now,
      ),
    )
    const idOf = (written: Row[][], index: number) => number(firstRow(rowsOf(written).slice(index)).id)
    put((written) => statements.insertEvents(jobs.map((job, index) => ({ ...submittedEvent(job, now), jobId: idOf(written, index) }))))
    put((written) => buildsOf(jobs, (index) => idOf(written, index)))
  }

  function addPlain(job: NewJob): Placed {
    if (plain.length >= rowsPerInsert) flush()
    // Where its run of jobs will stand once it is flushed.
    const at = writes.length
    const index = plain.push(job) - 1
    return { rowOf: (written) => firstRow(written[first + at]?.slice(index)) }
  }

  function addWithTies(job: NewJob, { after, replaces, behind }: Circumstances): Placed {
    flush()
    const locks = [...job.spec.locks, ...(behind ? [uniqueLock(job)] : [])]
    for (const lock of locks) needed.key(lock)
    if (replaces)
      put(...settleQueued(replaces, { state: 'cancelled', failure: replacedFailure(null), line: 'replaced by a newer one', now }))
    const needs = distinct(after).map((one) => toldOf(one, stateOf))
    const waits = needs.filter((one) => !one.told).length
    const hold = waits > 0 ? 3 : job.availableAt > now ? 1 : 0
    const rowsOf = put(statements.insertJobs([{ job, hold, locks: locks.length, needs: waits }], now))
    const rowOf = (written: Row[][]) => firstRow(rowsOf(written))
    const idOf = (written: Row[][]) => number(rowOf(written).id)
    put((written) => statements.insertEvent({ ...submittedEvent(job, now), jobId: idOf(written) }))
    put((written) => buildsOf([job], () => idOf(written)))
    for (const lock of locks) wishes.push(put((written) => wishFor({ jobId: idOf(written), lock, priority: job.priority })))
    if (behind)
      put(wishFor({ jobId: behind.id, lock: uniqueLock(job), priority: behind.priority, stage: 2 }), statements.addLock(behind.id, now))
    if (replaces) put((written) => statements.setFailure(replaces.id, replacedFailure(idOf(written))))
    put(...needs.map((one) => (written: Row[][]) => insertDependency(idOf(written), one.idOf(written), one.told)))
    put(...needs.flatMap((one) => (one.lost === null ? [] : [statements.markToTell(one.lost)])))
    return { rowOf }
  }

  return {
    add(job, around) {
      needed.door(job)
      needed.artifacts(job)
      return isPlain(job, around) ? addPlain(job) : addWithTies(job, around)
    },
    check(written) {
      for (const rowsOf of wishes) assertWished(rowsOf(written))
    },
    writes() {
      flush()
      const before = needed.writes()
      first = before.length
      return [...before, ...writes]
    },
  }
}

// Queues, kinds, lock keys and artifacts exist from the first submit on that names them. In one order for everybody, so that no two submits wait for each other.
function neededFirst(knownDoors: ReadonlySet<string>, now: number) {
  const doors = new Map<string, NewJob>()
  const keys = new Map<string, Lock>()
  const artifacts = new Set<string>()
  return {
    artifacts(job: NewJob): void {
      for (const artifact of job.spec.artifacts) artifacts.add(artifact)
    },
    door(job: NewJob): void {
      const name = doorName(job.queue, job.kind)
      if (!knownDoors.has(name)) doors.set(name, job)
    },
    key(lock: Lock): void {
      // Of several limits in one submit the last one counts; none says nothing.
      if (lock.limit !== undefined || !keys.has(lock.key)) keys.set(lock.key, lock)
    },
    writes(): Step[] {
      const sorted = [...doors].sort(byName).map(([, job]) => job)
      const names = (of: (job: NewJob) => string) => [...new Set(sorted.map(of))].sort()
      return [
        ...names(({ queue }) => queue).map(ensureQueue),
        ...names(({ kind }) => kind).map(ensureKind),
        ...sorted.map(({ queue, kind }) => ensureQueueKind(queue, kind)),
        ...[...keys]
          .sort(byName)
          .flatMap(([, { key, limit }]) => [ensureKey(key), ...(limit === undefined ? [] : [wishLimit(key, limit, now)])]),
        ...[...artifacts].sort().map(ensureArtifact),
      ]
    },
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

/** Postgres only: the key was there when we made sure of it. Trying again makes it anew. */
export function assertWished(rows: readonly Row[] | undefined): void {
  if (!rows?.[0]) throw Object.assign(new Error('A lock key was removed while a job was about to name it.'), { code: '40001' })
}

/** 64 rows of 18 values: well under what both databases bind. */
const rowsPerInsert = 64

/** Which artifacts the jobs are to build. */
function buildsOf(jobs: readonly NewJob[], idOf: (index: number) => number): Sql | null {
  const builds = jobs.flatMap((job, index) => job.spec.artifacts.map((artifact) => ({ artifact, jobId: idOf(index) })))
  return builds.length === 0 ? null : insertBuilds(builds)
}

function isPlain(job: NewJob, { after, replaces, behind }: Circumstances): boolean {
  return job.spec.locks.length === 0 && after.length === 0 && replaces === null && behind === null
}

export function doorName(queue: string, kind: string): string {
  return `${queue}\n${kind}`
}

function uniqueLock({ kind, unique }: NewJob): Lock {
  return { key: `${uniqueLockPrefix}${kind}/${unique?.key}`, mode: 'exclusive' }
}

function submittedEvent(job: NewJob, now: number): Omit<statements.EventRow, 'jobId'> {
  return { version: 1, name: 'submitted', by: job.submittedBy, details: job.schedule === null ? null : { schedule: job.schedule }, now }
}

interface Need {
  idOf: (written: Row[][]) => number
  /** It has succeeded: nothing is to be waited for. */
  told: boolean
  /** It has settled, and not well: whoever waits for it is to be told. */
  lost: number | null
}

type New = Extract<Placed, { rowOf: unknown }>

// A job that was there has its number, however it is named; a new one is the same object wherever it serves.
function distinct(after: readonly (number | Placed)[]): (number | New)[] {
  return [...new Set(after.map((one) => (typeof one !== 'number' && 'existing' in one ? one.existing.id : one)))]
}

// One whose state was not asked for is active: it serves another submitter of this call.
function toldOf(one: number | New, stateOf: ReadonlyMap<number, JobState>): Need {
  if (typeof one !== 'number') return { idOf: (written) => number(one.rowOf(written).id), told: false, lost: null }
  const state = stateOf.get(one)
  const isLost = state !== undefined && isSettled(state) && state !== 'succeeded'
  return { idOf: () => one, told: state === 'succeeded', lost: isLost ? one : null }
}
