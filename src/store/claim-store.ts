// Batches of whoever holds, or takes, the right to act on a job. Every one of them reads the job through its fence first.
import { cancelledFailure } from '../core/failure.ts'
import { nextState } from '../core/transitions.ts'
import { event, systemLine } from './record.ts'
import { toAttempt, toJob } from './rows.ts'
import { firstRow, noWrites, type Row, type SqlDatabase, type Write } from './sql-database.ts'
import { insertSnapshot, nextSnapshotNumber, pointToNewest } from './statements/artifacts.ts'
import { attemptOf, beginAttempt, endAttempt, giveAttempt, observeAttempt } from './statements/attempts.ts'
import * as statements from './statements/claims.ts'
import { readyJobs } from './statements/jobs.ts'
import { insertBlocks, insertSystemLine } from './statements/logs.ts'
import { renewRunner } from './statements/runners.ts'
import type { AttemptEnd, Claimed, Fence, JobRecord, LeaseLost, Observation, RunnerPlace, Store } from './store.ts'

/** Number of the protocol of PROTOCOL.md that new attempts are started with. */
const protocol = 1

export function claimStore(database: SqlDatabase): Store['claims'] {
  return {
    claim: (options) => claim(database, options),
    takeOver: (options) => takeOver(database, options),
    begun: (options) => begun(database, options),
    observe: (options) => observe(database, options),
    finish: (options) => finish(database, options),
  }
}

async function claim(database: SqlDatabase, options: Parameters<Store['claims']['claim']>[0]): Promise<Claimed[]> {
  const { place, kinds, limit, leaseUntil, now } = options
  if (kinds.length === 0) return []
  const ready = readyJobs({ queue: 'default', kinds, limit })
  // A look without the write lock: an idle runner disturbs nobody.
  if ((await database.query(ready)).length === 0) return []
  return database.batch<Claimed[]>(
    {
      reads: [ready],
      decide([rows = []]) {
        const jobs = rows.map(toJob)
        const perJob = claimWrites({ id: () => 0, place, now, at: 0 }).length
        const writes = jobs.flatMap((job, index) => claimWrites({ id: () => job.id, place, now, at: index * perJob }))
        return {
          writes: [...writes, renewRunner(place.runnerId, leaseUntil)],
          answer: (written) => jobs.map((_, index) => claimedFrom(written, index * perJob)),
        }
      },
    },
    'supervisor',
  )
}

/** The writes of one claim; `at` is the place of the first among all writes of the batch. Their rows are read by `claimedFrom`. */
export function claimWrites(options: { id: (written: Row[][]) => number; place: RunnerPlace; now: number; at: number }): Write[] {
  const { id, place, now, at } = options
  const claimed = (written: Row[][]) => toJob(firstRow(written[at]))
  return [
    (written) => statements.claimJob({ id: id(written), runnerId: place.runnerId, now }),
    (written) => statements.insertAttempt({ jobId: claimed(written).id, attempt: claimed(written).attempts, protocol, place, now }),
  ]
}

export function claimedFrom(written: Row[][], at: number): Claimed {
  return { job: toJob(firstRow(written[at])), attempt: toAttempt(firstRow(written[at + 1])) }
}

function takeOver(database: SqlDatabase, options: Parameters<Store['claims']['takeOver']>[0]) {
  const { fence, place, adopting, now } = options
  return database.batch<Claimed | LeaseLost>(
    {
      reads: [statements.leasedJob(fence)],
      decide([rows = []]) {
        if (!rows[0]) return noWrites('lease lost')
        const job = toJob(rows[0])
        const writes: Write[] = [
          statements.takeLease({ fence, runnerId: place.runnerId, now }),
          giveAttempt({ fence, runnerId: place.runnerId, adoptedAt: adopting ? now : null }),
        ]
        if (adopting)
          writes.push(
            ...systemLine(job, 'adopted: another runner looks after it now, the process went on', now),
            event({ jobId: fence.jobId, name: 'adopted', by: null, now: now }),
          )
        return { writes, answer: (written) => ({ ...claimedFrom(written, 0), ...(adopting ? { job: toJob(firstRow(written[3])) } : {}) }) }
      },
    },
    'supervisor',
  )
}

function begun(database: SqlDatabase, options: Parameters<Store['claims']['begun']>[0]) {
  const { fence, line, now } = options
  return database.batch<'ok' | LeaseLost>(
    {
      reads: [statements.leasedJob(fence)],
      decide([rows = []]) {
        if (!rows[0]) return noWrites('lease lost')
        const writes = [
          statements.touchJob({ fence, now }),
          beginAttempt(options),
          ...systemLine(toJob(rows[0]), line, now),
          event({ jobId: fence.jobId, name: 'started', by: null, now: now }),
        ]
        return { writes, answer: () => 'ok' }
      },
    },
    'supervisor',
  )
}

function observe(database: SqlDatabase, options: { fence: Fence; seen: Observation; now: number }) {
  const { fence, seen, now } = options
  return database.batch<JobRecord | LeaseLost>(
    {
      reads: [statements.leasedJob(fence)],
      changes: 'lines',
      decide([rows = []]) {
        if (!rows[0]) return noWrites('lease lost')
        const { logLines } = toJob(rows[0])
        const writes: Write[] = [statements.observeJob(options)]
        for (const [index, text] of (seen.notes ?? []).entries())
          writes.push(insertSystemLine({ ...fence, afterSeq: logLines + index, text, now }))
        if (seen.blocks.length > 0)
          writes.push(insertBlocks({ ...fence, afterSeq: logLines + (seen.notes?.length ?? 0), blocks: seen.blocks }))
        if (seen.eventsBytes !== undefined || seen.saidError !== undefined) writes.push(observeAttempt(options))
        if (seen.checkpoint !== undefined) writes.push(statements.saveCheckpoint({ fence, value: JSON.stringify(seen.checkpoint), now }))
        return { writes, answer: ([changed]) => toJob(firstRow(changed)) }
      },
    },
    'supervisor',
  )
}

function finish(database: SqlDatabase, { fence, end }: { fence: Fence; end: AttemptEnd }) {
  return database.batch<JobRecord | LeaseLost>(
    {
      reads: [statements.leasedJob(fence), attemptOf(fence)],
      decide([rows = []]) {
        const job = rows[0] && toJob(rows[0])
        const state = job && nextState(job, end.happening)
        if (!job || !state) return noWrites('lease lost')
        const published = state === 'succeeded' ? end.published : []
        // Known for certain only here: the stop may have been asked for while the end was being written up.
        const failure =
          state === 'cancelled'
            ? { ...cancelledFailure(job.stopAskedBy), ...(end.exitCode === null ? {} : { exitCode: end.exitCode }) }
            : end.failure
        const writes: Write[] = [
          statements.settleJob({ fence, state, end: { ...end, failure } }),
          ...systemLine(job, end.line, end.now),
          endAttempt({ fence, end: { ...end, failure }, stopReason: job.stopReason }),
          event({ jobId: fence.jobId, name: state, by: null, now: end.now }),
          ...published.flatMap((snapshot) => [
            nextSnapshotNumber(snapshot.artifact),
            insertSnapshot({ ...fence, snapshot, now: end.now }),
            pointToNewest(snapshot.artifact),
          ]),
        ]
        return { writes, answer: (written) => toJob(firstRow(written[2])) }
      },
    },
    'supervisor',
  )
}
