// What becomes ready, or too old, without anybody asking: delays that are over, jobs that waited too long, jobs that wait for one that has settled.
import { dependencyFailure, expiredFailure } from '../../core/ending.ts'
import type { JobState } from '../../core/job.ts'
import { limits } from '../../core/limits.ts'
import { number, numberOrNull, string, toJob } from '../rows.ts'
import { type Decision, noWrites, type Row, type SqlDatabase, type Step } from '../sql-database.ts'
import * as statements from '../statements/dependencies.ts'
import type { Store } from '../store.ts'
import { settleQueued } from './leaving.ts'

type Promoted = Awaited<ReturnType<Store['claims']['promote']>>

/** One look without the write lock; a batch only where there is something to do. Whoever promoted something looks again. */
export async function promote(database: SqlDatabase, { now }: { now: number }): Promise<Promoted> {
  const [row] = await database.query(statements.promotable())
  const [dueAt, expiresAt, settledId] = [numberOrNull(row?.due_at), numberOrNull(row?.expires_at), numberOrNull(row?.settled_id)]
  let again = false
  if (dueAt !== null && dueAt <= now) again = (await promoteDue(database, now)) || again
  if (expiresAt !== null && expiresAt <= now) again = (await expire(database, now)) || again
  if (settledId !== null) again = (await tellDependents(database, now)) || again
  const later = [dueAt, expiresAt].filter((at) => at !== null && at > now) as number[]
  return { again, nextAt: later.length > 0 ? Math.min(...later) : null }
}

function promoteDue(database: SqlDatabase, now: number): Promise<boolean> {
  const due = statements.promoteDue(now, limits.promoted)
  return database.batch<boolean>(
    { reads: [], decide: () => ({ writes: [due], answer: ([rows = []]) => rows.length > 0, changes: ([rows = []]) => rows.length > 0 }) },
    'supervisor',
  )
}

function expire(database: SqlDatabase, now: number): Promise<boolean> {
  return database.batch<boolean>(
    {
      reads: [statements.expiredJobs(now, limits.promoted)],
      decide([rows = []]) {
        const line = 'expired: it was not started in time'
        const writes = rows.map(toJob).flatMap((job) => settleQueued(job, { state: 'expired', failure: expiredFailure(), line, now }))
        return { writes, answer: () => rows.length > 0 }
      },
    },
    'supervisor',
  )
}

/** One settled job and at most `limits.promoted` of those that wait for it. There may be more of both. */
function tellDependents(database: SqlDatabase, now: number): Promise<boolean> {
  return database.batch<boolean>(
    {
      reads: [
        statements.settledToTell(),
        ([settled]) => (settled?.[0] ? statements.dependentsToTell(number(settled[0].id), limits.promoted) : null),
        ([, waiting = []]) => (waiting.length > 0 ? statements.jobsByNumber(waiting.map((row) => number(row.id))) : null),
      ],
      decide: ([settled = [], , dependents = []]) => (settled[0] ? decideTelling(settled[0], dependents, now) : noWrites(false)),
    },
    'supervisor',
  )
}

function decideTelling(settled: Row, dependents: Row[], now: number): Decision<boolean> {
  const id = number(settled.id)
  const state = string(settled.state) as JobState
  const jobs = dependents.map(toJob)
  const ids = jobs.map((job) => job.id)
  const failure = dependencyFailure(id, state)
  const waiting = jobs.filter((job) => job.state === 'queued')
  const writes: Step[] = ids.length === 0 ? [] : [statements.tell(id, ids)]
  if (state === 'succeeded' && ids.length > 0) writes.push(statements.needOneLess(ids, now))
  if (state !== 'succeeded')
    writes.push(...waiting.flatMap((job) => settleQueued(job, { state: 'cancelled', failure, line: failure.message, now })))
  if (ids.length < limits.promoted) writes.push(statements.allTold(id))
  return { writes, answer: () => true }
}
