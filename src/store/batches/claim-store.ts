// Batches of whoever holds, or takes, the right to act on a job. Every one of them reads the job through its fence first.
import { type Ending, endingOf, isUnproven, unprovenWords } from '../../core/ending.ts'
import type { Json } from '../../core/job.ts'
import { number, string, toAttempt, toJob } from '../rows.ts'
import { firstRow, noWrites, type SqlDatabase, type Step } from '../sql-database.ts'
import { endAttempt, giveAttempt } from '../statements/attempts.ts'
import * as statements from '../statements/claims.ts'
import { lockJob, newerQueued } from '../statements/jobs.ts'
import { wishes } from '../statements/notifications.ts'
import type { AttemptEnd, Claimed, Fence, JobRecord, LeaseLost, Observation, Store } from '../store.ts'
import { claim } from './claiming.ts'
import { giveUpKeys, letGoOfKeys, locksToLeave } from './leaving.ts'
import { linesOf, observe, observeWrites } from './observing.ts'
import { promote } from './promoting.ts'
import { artifactsToPublish, lockToPublish, type Publishing, publishing } from './publishing.ts'
import { event, systemLine } from './record.ts'
import { tellEnd } from './telling.ts'

export function claimStore(database: SqlDatabase): Store['claims'] {
  return {
    claim: (options) => claim(database, options),
    promote: (options) => promote(database, options),
    takeOver: (options) => takeOver(database, options),
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
        // That it waits for the app was said by who could not look at its output. Who takes it can, or says it again: else everybody who can would
        // take it from everybody.
        const flags = job.flags.filter((flag) => flag !== 'unchecked')
        const writes: Step[] = [
          statements.takeLease({ fence, runnerId: place.runnerId, flags, isLogged: adopting, now }),
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

function finish(database: SqlDatabase, { fence, end, seen }: { fence: Fence; end: AttemptEnd; seen?: Observation }) {
  return database.batch<JobRecord | LeaseLost>(
    {
      locks: [...locksToLeave(fence.jobId), lockToPublish(end.published)],
      bringsWork: true,
      reads: [
        statements.leasedJobToEnd(fence),
        ([rows]) => {
          const job = rows?.[0] && toJob(rows[0])
          return job && job.uniqueKey !== null ? newerQueued({ ...job, uniqueKey: job.uniqueKey }) : null
        },
        artifactsToPublish(end.published),
        ([rows]) => (rows?.[0] && number(rows[0].targets) > 0 ? wishes() : null),
      ],
      decide([rows = [], newer = [], artifactRows = [], wishRows = []]) {
        const leased = rows[0] && toJob(rows[0])
        const ending =
          leased && endingOf(leased, end, { newerQueued: newer[0] ? number(newer[0].id) : null, random: end.random, now: end.now })
        if (!leased || !ending) return noWrites('lease lost')
        const told = seen ? observeWrites(leased, { fence, seen, now: end.now }, []) : []
        const job = seen ? { ...leased, version: leased.version + 1, logLines: leased.logLines + linesOf(seen) } : leased
        const published = ending.state === 'succeeded' ? end.published : []
        const publish = publishing({ job, fence, published, now: end.now }, artifactRows)
        return {
          writes: [...told, ...endWrites(job, { fence, end, ending }, publish), ...tellEnd(job, { ending, now: end.now }, wishRows)],
          answer: (written) => toJob(firstRow(written[told.length])),
        }
      },
    },
    'supervisor',
  )
}

// The first one returns the job's row.
function endWrites(job: JobRecord, { fence, end, ending }: { fence: Fence; end: AttemptEnd; ending: Ending }, publish: Publishing): Step[] {
  const isSettled = ending.availableAt === null
  return [
    statements.endJob({ fence, ending, end }),
    systemLine(job, closingLine(job, { ...end, line: `${end.line}${publish.words}` }, ending), { now: end.now }),
    endAttempt({ fence, end, failure: ending.failure, stopReason: job.stopReason }),
    event({
      job,
      name: isSettled ? ending.state : 'queued again',
      details: isSettled ? null : { availableAt: ending.availableAt },
      now: end.now,
    }),
    ...(isSettled ? giveUpKeys(job, end.now) : letGoOfKeys(job, end.now)),
    ...publish.writes,
  ]
}

function closingLine(job: JobRecord, end: AttemptEnd, { availableAt }: Ending): string {
  const line = isUnproven(job, end) ? `${end.line} (${unprovenWords})` : end.line
  return availableAt === null ? line : `${line}; ${againWords(availableAt - end.now)}`
}

function againWords(ms: number): string {
  return ms <= 0 ? 'queued again' : `queued again in ${ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 1_000)} s`}`
}
