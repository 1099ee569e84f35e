// Batches of whoever holds, or takes, the right to act on a job. Every one of them reads the job through its fence first.
import { type Ending, endingOf, isUnproven, unprovenWords } from '../../core/ending.ts'
import type { Json } from '../../core/job.ts'
import { number, string, toAttempt, toJob } from '../rows.ts'
import { firstRow, noWrites, type SqlDatabase, type Step } from '../sql-database.ts'
import { insertSnapshot, nextSnapshotNumber, pointToNewest } from '../statements/artifacts.ts'
import { endAttempt, giveAttempt } from '../statements/attempts.ts'
import * as statements from '../statements/claims.ts'
import { lockJob, newerQueued } from '../statements/jobs.ts'
import type { AttemptEnd, Claimed, Fence, JobRecord, LeaseLost, NewSnapshot, Observation, Store } from '../store.ts'
import { claim } from './claiming.ts'
import { giveUpKeys, letGoOfKeys, locksToLeave } from './leaving.ts'
import { linesOf, observe, observeWrites } from './observing.ts'
import { promote } from './promoting.ts'
import { event, systemLine } from './record.ts'

export function claimStore(database: SqlDatabase): Store['claims'] {
  return {
    claim: (options) => claim(database, options),
    promote: (options) => promote(database, options),
    takeOver: (options) => takeOver(database, options),
    begun: (options) => begun(database, options),
    observe: (options) => observe(database, options),
    finish: (options) => finish(database, options),
    async checkpoint({ jobId }) {
      const row = (await database.query(statements.checkpointOf(jobId)))[0]
      return row ? (JSON.parse(string(row.value)) as Json) : null
    },
  }
}

function takeOver(database: SqlDatabase, options: Parameters<Store['claims']['takeOver']>[0]) {
  const { fence, place, adopting, now } = options
  return database.batch<Claimed | LeaseLost>(
    {
      locks: [lockJob(fence.jobId)],
      reads: [statements.leasedJob(fence)],
      decide([rows = []]) {
        if (!rows[0]) return noWrites('lease lost')
        const job = toJob(rows[0])
        const writes: Step[] = [
          statements.takeLease({ fence, runnerId: place.runnerId, isLogged: adopting, now }),
          giveAttempt({ fence, runnerId: place.runnerId, adoptedAt: adopting ? now : null }),
        ]
        if (adopting)
          writes.push(
            systemLine(job, 'adopted: another runner looks after it now, the process went on', { now }),
            event({ job, name: 'adopted', now }),
          )
        return { writes, answer: ([taken, given]) => ({ job: toJob(firstRow(taken)), attempt: toAttempt(firstRow(given)) }) }
      },
    },
    'supervisor',
  )
}

async function begun(database: SqlDatabase, { begun, ...options }: Parameters<Store['claims']['begun']>[0]): Promise<'ok' | LeaseLost> {
  const observed = await observe(database, { ...options, seen: { begun, blocks: [] } })
  return observed === 'lease lost' ? observed : 'ok'
}

function finish(database: SqlDatabase, { fence, end, seen }: { fence: Fence; end: AttemptEnd; seen?: Observation }) {
  return database.batch<JobRecord | LeaseLost>(
    {
      locks: locksToLeave(fence.jobId),
      bringsWork: true,
      reads: [
        statements.leasedJob(fence),
        ([rows]) => {
          const job = rows?.[0] && toJob(rows[0])
          return job && job.uniqueKey !== null ? newerQueued({ ...job, uniqueKey: job.uniqueKey }) : null
        },
      ],
      decide([rows = [], newer = []]) {
        const leased = rows[0] && toJob(rows[0])
        const ending =
          leased && endingOf(leased, end, { newerQueued: newer[0] ? number(newer[0].id) : null, random: end.random, now: end.now })
        if (!leased || !ending) return noWrites('lease lost')
        const told = seen ? observeWrites(leased, { fence, seen, now: end.now }, []) : []
        const job = seen ? { ...leased, version: leased.version + 1, logLines: leased.logLines + linesOf(seen) } : leased
        return {
          writes: [...told, ...endWrites(job, { fence, end, ending })],
          answer: (written) => toJob(firstRow(written[told.length])),
        }
      },
    },
    'supervisor',
  )
}

// The first one returns the job's row.
function endWrites(job: JobRecord, { fence, end, ending }: { fence: Fence; end: AttemptEnd; ending: Ending }): Step[] {
  const isSettled = ending.availableAt === null
  return [
    statements.endJob({ fence, ending, end }),
    systemLine(job, closingLine(job, end, ending), { now: end.now }),
    endAttempt({ fence, end, failure: ending.failure, stopReason: job.stopReason }),
    event({
      job,
      name: isSettled ? ending.state : 'queued again',
      details: isSettled ? null : { availableAt: ending.availableAt },
      now: end.now,
    }),
    ...(isSettled ? giveUpKeys(job, end.now) : letGoOfKeys(job, end.now)),
    ...(ending.state === 'succeeded' ? end.published : []).flatMap((snapshot) => publishWrites(fence, snapshot, end.now)),
  ]
}

function closingLine(job: JobRecord, end: AttemptEnd, { availableAt }: Ending): string {
  const line = isUnproven(job, end) ? `${end.line} (${unprovenWords})` : end.line
  return availableAt === null ? line : `${line}; ${againWords(availableAt - end.now)}`
}

function againWords(ms: number): string {
  return ms <= 0 ? 'queued again' : `queued again in ${ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 1_000)} s`}`
}

function publishWrites(fence: Fence, snapshot: NewSnapshot, now: number): Step[] {
  return [nextSnapshotNumber(snapshot.artifact), insertSnapshot({ ...fence, snapshot, now }), pointToNewest(snapshot.artifact)]
}
