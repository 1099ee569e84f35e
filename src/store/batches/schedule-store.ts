// Batches about schedules. A firing and the job it asks for are one batch, so that it happens once whoever fires it.
import { number, toSchedule } from '../rows.ts'
import { type Batch, noWrites, type SqlDatabase, type Step } from '../sql-database.ts'
import * as statements from '../statements/schedules.ts'
import type { ScheduleRecord, Store, SubmittedJob } from '../store.ts'
import { submitBatch } from './submitting.ts'

export function scheduleStore(database: SqlDatabase): Store['schedules'] {
  const writeOne = async (step: Step): Promise<ScheduleRecord | null> =>
    database.batch<ScheduleRecord | null>(
      { reads: [], decide: () => ({ writes: [step], answer: ([rows = []]) => (rows[0] ? toSchedule(rows[0]) : null) }) },
      'caller',
    )
  return {
    list: async (options) => (options.kinds?.length === 0 ? [] : (await database.query(statements.listSchedules(options))).map(toSchedule)),
    async put({ schedule, now }) {
      const stored = await writeOne(statements.putSchedule(schedule, now))
      if (!stored) throw new Error('A schedule that was stored must be there.')
      return stored
    },
    pause: (options) => database.batch(pauseBatch(options), 'caller'),
    fire: (options) => database.batch(fireBatch(options), 'supervisor'),
    remove: ({ name }) =>
      database.batch<boolean>(
        { reads: [], decide: () => ({ writes: [statements.removeSchedule(name)], answer: ([rows = []]) => rows.length > 0 }) },
        'caller',
      ),
  }
}

function pauseBatch({ name, paused, nextAt, by, now }: Parameters<Store['schedules']['pause']>[0]): Batch<ScheduleRecord | null> {
  return {
    locks: [statements.lockSchedule(name)],
    reads: [statements.scheduleByName(name)],
    decide([own = []]) {
      const [row] = own
      if (!row) return noWrites(null)
      const schedule = toSchedule(row)
      // It goes on already: a firing that is due would be dropped.
      if (!paused && schedule.pausedAt === null && schedule.nextAt !== null) return noWrites(schedule)
      const write = statements.pauseSchedule({ name, pausedAt: paused ? now : null, by: paused ? by : null, nextAt, now })
      return { writes: [write], answer: ([written = []]) => (written[0] ? toSchedule(written[0]) : null) }
    },
  }
}

type FireOptions = Parameters<Store['schedules']['fire']>[0]
type Fired = Awaited<ReturnType<Store['schedules']['fire']>>

function fireBatch({ schedule, nextAt, job, trouble, now }: FireOptions): Batch<Fired> {
  const submit = job ? submitBatch([job], new Set(), now) : null
  return {
    locks: [statements.lockSchedule(schedule.name), ...(submit?.locks ?? [])],
    reads: [
      statements.scheduleByName(schedule.name),
      ...(submit?.reads.map((read): Step => (typeof read === 'function' ? ([, ...rest]) => read(rest) : read)) ?? []),
    ],
    decide([own = [], ...rest]) {
      if (!own[0] || number(own[0].version) !== schedule.version) return noWrites('fired by another')
      const moveOn = (came: { jobId: number | null; trouble: string | null }) => statements.moveOn({ schedule, nextAt, ...came, now })
      if (!submit) return { writes: [moveOn({ jobId: null, trouble })], answer: () => null }
      const decision = submit.decide(rest)
      const submitted = (written: Parameters<typeof decision.answer>[0]): SubmittedJob => {
        const [answer] = decision.answer(written)
        if (!answer) throw new Error('A submit of one job has one answer.')
        return answer
      }
      return {
        writes: [...decision.writes, (written) => moveOn(becameOf(submitted(written), trouble))],
        answer: submitted,
      }
    },
  }
}

function becameOf(answer: SubmittedJob, trouble: string | null): { jobId: number | null; trouble: string | null } {
  if ('job' in answer) return { jobId: answer.job.id, trouble }
  if ('refusedFor' in answer)
    return { jobId: null, trouble: `no job: job ${answer.refusedFor.id} with the same unique key is ${answer.refusedFor.state}` }
  return { jobId: null, trouble: `no job: the submit was refused (${Object.keys(answer).join()})` }
}
