// Fires the schedules that are due: the rule is core's, the meaning of a cron expression is croner's, the firing is one batch of the store.
import { Cron } from 'croner'
import { limits } from '../core/limits.ts'
import { firingOf } from '../core/schedule.ts'
import type { NewJob, ScheduleRecord } from '../store/store.ts'
import type { House } from './house.ts'

export interface ScheduledJobs {
  /** Kinds that can be made here; the schedules of others are left to whoever knows them. */
  knows(kind: string): boolean
  /** @throws Error that says why the schedule's input makes no job */
  make(schedule: ScheduleRecord): Promise<NewJob>
}

/** Trouble with one schedule is stored with it and never keeps another waiting. */
export async function fireDue(house: House, jobs: ScheduledJobs): Promise<void> {
  const due = await house.store.schedules.list({ dueAt: house.clock.now(), limit: limits.listPage })
  for (const schedule of due) if (jobs.knows(schedule.kind)) await fire(house, jobs, schedule)
}

/** The first firing of a cron expression after an instant; null when there is none any more. @throws Error for an expression or a time zone that is none */
export function nextFiring({ cron, timeZone }: Pick<ScheduleRecord, 'cron' | 'timeZone'>, after: number): number | null {
  return new Cron(cron, { timezone: timeZone, paused: true }).nextRun(new Date(after))?.getTime() ?? null
}

async function fire(house: House, jobs: ScheduledJobs, schedule: ScheduleRecord): Promise<void> {
  const now = house.clock.now()
  const { fires, nextAt } = firingOf({
    dueAt: schedule.nextAt ?? now,
    missed: schedule.missed,
    now,
    nextAfter: (at) => nextFiring(schedule, at),
  })
  const made = fires ? await make(jobs, schedule) : { job: null, trouble: `missed at ${new Date(schedule.nextAt ?? now).toISOString()}` }
  if (made.trouble !== null) house.logger.warn(`schedule ${schedule.name}: ${made.trouble}`)
  await house.store.schedules.fire({ schedule, nextAt, ...made, now })
}

async function make(jobs: ScheduledJobs, schedule: ScheduleRecord): Promise<{ job: NewJob | null; trouble: string | null }> {
  try {
    return { job: await jobs.make(schedule), trouble: null }
  } catch (error) {
    return { job: null, trouble: error instanceof Error ? error.message : String(error) }
  }
}
