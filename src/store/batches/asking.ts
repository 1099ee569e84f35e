// What people ask of a job that is there: to stop, to be tried again. Batches; the state table decides what applies.
import { cancelledFailure } from '../../core/failure.ts'
import type { JobState, StopReason } from '../../core/job.ts'
import { isSettled, nextState } from '../../core/transitions.ts'
import { number, string, stringOrNull, toJob } from '../rows.ts'
import { type Decision, firstRow, noWrites, type Row, type SqlDatabase, type Step } from '../sql-database.ts'
import { lockNeeded, statesNeeded, tellOf, untell } from '../statements/dependencies.ts'
import * as statements from '../statements/jobs.ts'
import { ensureKey, wishFor } from '../statements/locks.ts'
import type { JobRecord, RetryRefused, StopAsked, Store } from '../store.ts'
import { assertWished } from './inserting.ts'
import { locksToLeave, settleQueued } from './leaving.ts'
import { event, systemLine } from './record.ts'

interface Asked {
  id: number
  by: string | null
  now: number
}

export function askStop(database: SqlDatabase, asked: StopAsked): Promise<JobRecord | null> {
  const { id, leaseToken, reason = 'cancel' } = asked
  return database.batch<JobRecord | null>(
    {
      locks: locksToLeave(id),
      reads: [statements.jobById(id)],
      decide([rows = []]) {
        if (!rows[0]) return noWrites(null)
        const job = toJob(rows[0])
        const state = nextState(job, 'stop asked')
        if (state === null || (leaseToken !== undefined && leaseToken !== job.leaseToken) || !isNews(job, reason)) return noWrites(job)
        return { writes: stopWrites(job, state, { ...asked, reason }), answer: ([changed]) => toJob(firstRow(changed)) }
      },
    },
    leaseToken === undefined ? 'caller' : 'supervisor',
  )
}

// Stopped for another reason, it might be tried again: who asks to cancel asks for more. Of all others the first counts.
function isNews({ state, stopReason }: JobRecord, reason: StopReason): boolean {
  return reason === 'cancel' ? stopReason !== 'cancel' : state === 'running'
}

type StopToWrite = StopAsked & { reason: StopReason }

function stopWrites(job: JobRecord, state: JobState, { reason, why, by, now }: StopToWrite): Step[] {
  const line = why === undefined ? `stop asked${byWhom(by)}` : `stopped: it ${why}`
  if (state === 'cancelled') return settleQueued(job, { state, failure: cancelledFailure(by), by, asked: true, line, now })
  return [
    statements.markStopAsked({ id: job.id, state, reason, why: why ?? null, by, isLogged: true, now }),
    systemLine(job, line, { now }),
    reason === 'cancel'
      ? event({ job, name: 'cancel asked', by, now })
      : event({ job, name: 'stop asked', by, details: { reason, ...(why === undefined ? {} : { why }) }, now }),
  ]
}

export function note(database: SqlDatabase, noted: Parameters<Store['jobs']['note']>[0]): Promise<JobRecord | null> {
  const { id, name, line, by, now } = noted
  return database.batch<JobRecord | null>(
    {
      locks: [statements.lockJob(id)],
      reads: [statements.jobById(id)],
      decide([rows = []]) {
        const job = rows[0] && toJob(rows[0])
        if (job?.state !== 'running') return noWrites(job ?? null)
        const writes = [statements.noteOnJob(noted), systemLine(job, line, { now }), event({ job, name, by, now })]
        return { writes, answer: ([changed]) => toJob(firstRow(changed)) }
      },
    },
    'caller',
  )
}

export type RetryAsked = Asked & { fromCheckpoint: boolean }

export function retry(database: SqlDatabase, asked: RetryAsked): Promise<JobRecord | RetryRefused> {
  return database.batch<JobRecord | RetryRefused>(
    {
      locks: [statements.lockJob(asked.id), ([locked]) => uniqueLockOf(locked?.[0]), lockNeeded(asked.id)],
      reads: [
        statements.jobById(asked.id),
        ([rows]) =>
          rows?.[0] && stringOrNull(rows[0].unique_key) !== null
            ? statements.activeWithKey(string(rows[0].kind), string(rows[0].unique_key))
            : null,
        statesNeeded(asked.id),
      ],
      decide([rows = [], active = [], needed = []]) {
        if (!rows[0]) return noWrites({ refused: 'no such job' })
        const job = toJob(rows[0])
        const other = active.find((row) => number(row.id) !== asked.id)
        if (other && (job.state === 'running' || nextState(job, 'retry or resume asked')))
          return noWrites({ refused: 'active exists', id: number(other.id) })
        if (job.state === 'running' && asked.fromCheckpoint) return stopToResume(job, asked)
        if (nextState(job, 'retry or resume asked') === null) return noWrites({ refused: 'wrong state', state: job.state })
        if (active[0]) return noWrites({ refused: 'active exists', id: number(active[0].id) })
        return queueAgain(job, asked, needed)
      },
    },
    'caller',
  )
}

function uniqueLockOf(row: Row | undefined) {
  const key = row ? stringOrNull(row.unique_key) : null
  return row && key !== null ? statements.uniqueKeyLock(string(row.kind), key) : null
}

// A living one that has gone silent: its tree is stopped first, then it goes on.
function stopToResume(job: JobRecord, { by, now }: RetryAsked): Decision<JobRecord> {
  const writes = [
    statements.markStopAsked({ id: job.id, state: 'stopping', reason: 'resume', why: null, by, isLogged: true, now }),
    systemLine(job, `resume asked${byWhom(by)}: it is stopped first`, { now }),
    event({ job, name: 'resume asked', by, now }),
  ]
  return { writes, answer: ([changed]) => toJob(firstRow(changed)) }
}

function queueAgain(job: JobRecord, { id, by, now, fromCheckpoint }: RetryAsked, needed: Row[]): Decision<JobRecord | RetryRefused> {
  const states = needed.map((row) => ({ id: number(row.id), state: string(row.state) as JobState }))
  const lost = states.find(({ state }) => isSettled(state) && state !== 'succeeded')
  if (lost) return noWrites({ refused: 'needed job', ...lost })
  const waitsFor = states.filter(({ state }) => state !== 'succeeded').map((one) => one.id)
  const succeeded = states.filter(({ state }) => state === 'succeeded').map((one) => one.id)
  const { locks } = job.spec
  const name = fromCheckpoint ? 'resume asked' : 'retry asked'
  const writes: Step[] = [
    statements.queueAgain({ id, hold: waitsFor.length > 0 ? 3 : 0, needs: waitsFor.length, locks: locks.length, fromCheckpoint, now }),
    systemLine(job, `${name}${byWhom(by)}`, { now }),
    event({ job, name, by, now }),
    ...locks.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map((lock) => ensureKey(lock.key)),
    ...(waitsFor.length > 0 ? [untell(id, waitsFor)] : []),
    // One that has succeeded and not told yet must not count a second time.
    ...(succeeded.length > 0 ? [tellOf(id, succeeded)] : []),
  ]
  const wishes = locks.map((lock) => wishFor({ jobId: id, lock, priority: job.priority }))
  return {
    writes: [...writes, ...wishes],
    answer(written) {
      for (const rows of written.slice(writes.length)) assertWished(rows)
      return toJob(firstRow(written[0]))
    },
  }
}

function byWhom(by: string | null): string {
  return by ? ` by ${by}` : ''
}
