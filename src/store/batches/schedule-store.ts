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
    list: async (options) => (await database.query(statements.listSchedules(options))).map(toSchedule),
    async put({ schedule, now }) {
      const stored = await writeOne(statements.putSchedule(schedule, now))
      if (!stored) throw new Error('A schedule that was stored must be there.')
      return stored
    },
    pause: ({ name, paused, nextAt, by, now }) =>
      writeOne(statements.pauseSchedule({ name, pausedAt: paused ? now : null, by: paused ? by : null, nextAt, now })),
    fire: (options) => database.batch(fireBatch(options), 'supervisor'),
    remove: ({ name }) =>
      database.batch<boolean>(
        { reads: [], decide: () => ({ writes: [statements.removeSchedule(name)], answer: ([rows = []]) => rows.length > 0 }) },
        'caller',
      ),
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
      const moveOn = (jobId: number | null): Step => statements.moveOn({ schedule, nextAt, jobId, trouble, now })
      if (!submit) return { writes: [moveOn(null)], answer: () => null }
      const decision = submit.decide(rest)
      const submitted = (written: Parameters<typeof decision.answer>[0]): SubmittedJob => {
        const [answer] = decision.answer(written)
        if (!answer) throw new Error('A submit of one job has one answer.')
        return answer
      }
      const idOf = (answer: SubmittedJob) => ('job' in answer ? answer.job.id : 'refusedFor' in answer ? answer.refusedFor.id : null)
      return {
        writes: [...decision.writes, (written) => statements.moveOn({ schedule, nextAt, jobId: idOf(submitted(written)), trouble, now })],
        answer: submitted,
      }
    },
  }
}
