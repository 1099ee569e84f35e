// Reading jobs, and wiring of the batches that change them from outside.
import { jobStates } from '../../core/job.ts'
import { limits } from '../../core/limits.ts'
import { number, toAttempt, toEvent, toFiles, toJob, toListedJob, toPublicAttempt } from '../rows.ts'
import type { Row, SqlDatabase, Step } from '../sql-database.ts'
import { attemptsOf, attemptsUnsettled } from '../statements/attempts.ts'
import { neededBy } from '../statements/dependencies.ts'
import * as statements from '../statements/jobs.ts'
import type { Claimed, NewJob, RunnerPlace, Store } from '../store.ts'
import { askStop, note, retry } from './asking.ts'
import { claimedFrom, claimWrites } from './claiming.ts'
import { doorName } from './inserting.ts'
import { prune } from './pruning.ts'
import { submitBatch } from './submitting.ts'
import { withWaiting, withWaitingSaid } from './waiting.ts'

export function jobStore(database: SqlDatabase): Store['jobs'] {
  // Queues and kinds are never removed, so what was there once is there.
  const knownDoors = new Set<string>()
  return {
    async submit({ jobs, now, transaction }) {
      const batch = submitBatch(jobs, knownDoors, now)
      if (transaction) return database.batchWithin(batch, transaction)
      const submitted = await database.batch(batch, 'caller')
      // Only what was inserted opened its door: a refusal, or an answer with a job that was there, wrote none.
      for (const answer of submitted) if ('job' in answer && answer.created) knownDoors.add(doorName(answer.job.queue, answer.job.kind))
      return withWaitingSaid(database, submitted)
    },
    submitClaimed: (options) => submitClaimed(database, options),
    async get({ id }) {
      const row = (await database.query(statements.jobById(id)))[0]
      return row ? ((await withWaiting(database, [toJob(row)]))[0] ?? null) : null
    },
    async list(filter) {
      if (filter.state?.length === 0 || filter.ids?.length === 0) return []
      return withWaiting(database, (await database.query(statements.listJobs(filter))).map(toListedJob))
    },
    async count() {
      const counts = Object.fromEntries(jobStates.map((state) => [state, 0]))
      for (const row of await database.query(statements.countByState())) counts[String(row.state)] = number(row.jobs)
      return counts as Awaited<ReturnType<Store['jobs']['count']>>
    },
    unsettled: (options = {}) => unsettled(database, options.except ?? new Set()),
    askStop: (options) => askStop(database, options),
    note: (options) => note(database, options),
    retry: (options) => retry(database, options),
    async detail({ id, events }) {
      const [attempts, newest, needed] = await Promise.all([
        database.query(attemptsOf(id, limits.listPage)),
        database.query(statements.eventsOf(id, events)),
        database.query(neededBy(id)),
      ])
      return {
        history: attempts.map(toPublicAttempt).reverse(),
        files: attempts.map(toFiles).reverse(),
        events: newest.map(toEvent).reverse(),
        after: needed.map((row) => number(row.needs_job_id)),
      }
    },
    prune: (options) => prune(database, options),
  }
}

function submitClaimed(database: SqlDatabase, { job, place, now }: { job: NewJob; place: RunnerPlace; now: number }): Promise<Claimed> {
  const submitted = submitBatch([job], new Set(), now)
  return database.batch<Claimed>(
    {
      ...submitted,
      decide(rows) {
        const decision = submitted.decide(rows)
        const idOf = (written: Parameters<typeof decision.answer>[0]) => {
          const [submitted] = decision.answer(written)
          if (!submitted || !('job' in submitted)) throw new Error('A job without ties is always served.')
          return submitted.job.id
        }
        const at = decision.writes.length
        const claim: Step[] = claimWrites({ job: (written) => ({ id: idOf(written), attempts: 0, locks: 0 }), place, now })
        return { writes: [...decision.writes, ...claim], answer: (written) => claimedFrom(written, at) }
      },
    },
    'caller',
  )
}

// Two plain reads without the write lock. A job that is claimed in between is seen the next time.
async function unsettled(database: SqlDatabase, except: ReadonlySet<number>): Promise<Claimed[]> {
  const isMeant = (row: Row) => !except.has(number(row.id))
  // Asked every second, mostly for nobody: their numbers first.
  if (except.size > 0 && !(await database.query(statements.unsettledNumbers())).some(isMeant)) return []
  const jobs = (await database.query(statements.unsettledJobs())).filter(isMeant)
  if (jobs.length === 0) return []
  const attemptOf = new Map((await database.query(attemptsUnsettled())).map((row) => [number(row.job_id), toAttempt(row)]))
  return jobs.flatMap((row) => {
    const job = toJob(row)
    const attempt = attemptOf.get(job.id)
    return attempt?.attempt === job.attempts ? [{ job, attempt }] : []
  })
}
