// Batches about jobs: submit, read, ask to stop. The rules are core's; this file only asks them and writes what they say.
import { cancelledFailure } from '../core/failure.ts'
import { jobStates } from '../core/job.ts'
import { nextState } from '../core/transitions.ts'
import { serveSubmit } from '../core/uniqueness.ts'
import { claimedFrom, claimWrites } from './claim-store.ts'
import { event, systemLine } from './record.ts'
import { number, toAttempt, toEvent, toJob, toListedJob, toPublicAttempt } from './rows.ts'
import { firstRow, noWrites, type SqlDatabase, type Write } from './sql-database.ts'
import { attemptsOf, attemptsUnsettled } from './statements/attempts.ts'
import * as statements from './statements/jobs.ts'
import type { Claimed, JobRecord, NewJob, RunnerPlace, Store } from './store.ts'

export function jobStore(database: SqlDatabase): Store['jobs'] {
  return {
    submit: (options) => submit(database, options),
    async get({ id }) {
      const row = (await database.query(statements.jobById(id)))[0]
      return row ? toJob(row) : null
    },
    list: async (filter) => (filter.state?.length === 0 ? [] : (await database.query(statements.listJobs(filter))).map(toListedJob)),
    async count() {
      const counts = Object.fromEntries(jobStates.map((state) => [state, 0]))
      for (const row of await database.query(statements.countByState())) counts[String(row.state)] = number(row.jobs)
      return counts as Awaited<ReturnType<Store['jobs']['count']>>
    },
    unsettled: () => unsettled(database),
    askStop: (options) => askStop(database, options),
    history: async ({ id }) => (await database.query(attemptsOf(id))).map(toPublicAttempt),
    events: async ({ id, limit }) => (await database.query(statements.eventsOf(id, limit))).map(toEvent).reverse(),
  }
}

type SubmitAnswer = Awaited<ReturnType<Store['jobs']['submit']>>

function submit(database: SqlDatabase, { job, claimFor, now }: { job: NewJob; claimFor?: RunnerPlace; now: number }) {
  return database.batch<SubmitAnswer>(
    {
      reads: job.uniqueKey === null ? [] : [statements.activeWithKey(job.kind, job.uniqueKey)],
      decide([sameKey = []]) {
        const existing = sameKey[0] ? toJob(sameKey[0]) : null
        if (existing && serveSubmit(existing) !== 'insert') return noWrites({ job: existing, created: false, attempt: null })
        const insert: Write[] = [
          statements.insertJob(job, now),
          event({ jobId: (written) => number(firstRow(written[0]).id), name: 'submitted', by: job.submittedBy, now }),
        ]
        if (!claimFor) return { writes: insert, answer: ([rows]) => ({ job: toJob(firstRow(rows)), created: true, attempt: null }) }
        const claim = claimWrites({ id: (written) => number(firstRow(written[0]).id), place: claimFor, now, at: insert.length })
        return {
          writes: [...insert, ...claim],
          answer(written) {
            const claimed = claimedFrom(written, insert.length)
            return { job: claimed.job, created: true, attempt: claimed.attempt }
          },
        }
      },
    },
    'caller',
  )
}

// Two plain reads without the write lock. A job that is claimed in between is seen the next time.
async function unsettled(database: SqlDatabase): Promise<Claimed[]> {
  const jobs = await database.query(statements.unsettledJobs())
  if (jobs.length === 0) return []
  const attemptOf = new Map((await database.query(attemptsUnsettled())).map((row) => [number(row.job_id), toAttempt(row)]))
  return jobs.flatMap((row) => {
    const job = toJob(row)
    const attempt = attemptOf.get(job.id)
    return attempt?.attempt === job.attempts ? [{ job, attempt }] : []
  })
}

function askStop(database: SqlDatabase, { id, by, now }: { id: number; by: string | null; now: number }) {
  return database.batch<JobRecord | null>(
    {
      reads: [statements.jobById(id)],
      decide([rows = []]) {
        if (!rows[0]) return noWrites(null)
        const job = toJob(rows[0])
        const state = nextState(job, 'cancel asked')
        if (state === null || state === job.state) return noWrites(job)
        const failure = state === 'cancelled' ? cancelledFailure(by) : null
        const mark = statements.markStopAsked({ id, state, reason: 'cancel', by, failure, now })
        const line = job.attempts > 0 ? systemLine(job, `stop asked${by ? ` by ${by}` : ''}`, now) : []
        const names = state === 'cancelled' ? ['cancel asked', state] : ['cancel asked']
        const events = names.map((name) => event({ jobId: id, name, by, now }))
        return { writes: [mark, ...line, ...events], answer: (written) => toJob(firstRow(written[line.length])) }
      },
    },
    'caller',
  )
}
