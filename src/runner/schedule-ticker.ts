// Fires the schedules that are due: the rule is core's, the meaning of a cron expression is croner's, the firing is one batch of the store.
import { Cron } from 'croner'
import { limits } from '../core/limits.ts'
import { oneLine } from '../core/one-line.ts'
import { type Firing, firingOf } from '../core/schedule.ts'
import type { NewJob, ScheduleRecord } from '../store/store.ts'
import type { House } from './house.ts'

export interface ScheduledJobs {
  /** Kinds that can be made here; the schedules of others are left to whoever knows them. */
  kinds: readonly string[]
  /** @throws Error that says why the schedule's input makes no job */
  make(schedule: ScheduleRecord): Promise<NewJob>
}

/** Trouble with one schedule is stored with it and never keeps another waiting; what cannot be stored is told. */
export async function fireDue(house: House, jobs: ScheduledJobs): Promise<void> {
  const due = await house.store.schedules.list({ dueAt: house.clock.now(), kinds: jobs.kinds, limit: limits.listPage })
  // Side by side: one whose input is checked for long holds up nobody.
  await Promise.all(
    due.map((schedule) =>
      fire(house, jobs, schedule).catch((error) => {
        if (!house.closing.aborted) house.logger.error(`schedule ${schedule.name} could not be fired: ${messageOf(error)}`)
      }),
    ),
  )
}

/** The first firing of a cron expression after an instant; null when there is none any more. @throws Error for an expression or a time zone that is none */
export function nextFiring({ cron, timeZone }: Pick<ScheduleRecord, 'cron' | 'timeZone'>, after: number): number | null {
  return new Cron(cron, { timezone: timeZone, paused: true }).nextRun(new Date(after))?.getTime() ?? null
}

async function fire(house: House, jobs: ScheduledJobs, schedule: ScheduleRecord): Promise<void> {
  const now = house.clock.now()
  const { nextAt, ...firing } = firingNow(schedule, now)
  const made = firing.fires ? await make(house, jobs, schedule) : { job: null, trouble: firing.trouble }
  if (house.closing.aborted) return
  if (made.trouble !== null) house.logger.warn(`schedule ${schedule.name}: ${made.trouble}`)
  await house.store.schedules.fire({ schedule, nextAt, ...made, now })
}

// A time that cannot be worked out here would be looked at again and again: the schedule rests until somebody puts it right.
function firingNow(schedule: ScheduleRecord, now: number): Firing & { trouble: string | null } {
  const dueAt = schedule.nextAt ?? now
  try {
    const firing = firingOf({ dueAt, missed: schedule.missed, now, nextAfter: (at) => nextFiring(schedule, at) })
    return { ...firing, trouble: firing.fires ? null : `missed at ${new Date(dueAt).toISOString()}` }
  } catch (error) {
    return { fires: false, nextAt: null, trouble: `fires no more until it is stored again or resumed: ${messageOf(error)}` }
  }
}

async function make(house: House, jobs: ScheduledJobs, schedule: ScheduleRecord): Promise<{ job: NewJob | null; trouble: string | null }> {
  try {
    return { job: await inTime(house, jobs.make(schedule)), trouble: null }
  } catch (error) {
    return { job: null, trouble: messageOf(error) }
  }
}

/** A schema's own check may never answer. */
async function inTime<T>(house: House, work: Promise<T>): Promise<T> {
  const over = new AbortController()
  const end = () => over.abort(house.closing.reason)
  house.closing.addEventListener('abort', end, { once: true })
  const tooLong = house.clock.sleep(makeMs, over.signal).then((): never => {
    throw new Error(`its input was not checked within ${makeMs / 1_000} seconds`)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    house.closing.removeEventListener('abort', end)
    end()
  }
}

/** Longest time to make a scheduled job. */
const makeMs = 10_000

function messageOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error))
}
