// Schedules as people set them, and the jobs they ask for. When they fire is core's and the runner's.
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import { nextFiring, type ScheduledJobs } from '../runner/schedule-ticker.ts'
import type { NewJob, ScheduleRecord } from '../store/store.ts'
import { checkBy, checkOptions, isName, nameRule } from './checks.ts'
import type { By, ScheduleOptions, Schedules, ScheduleView } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { definitionOf } from './kinds.ts'
import { asJson, newJob } from './submit.ts'
import { submittedOrThrow } from './submit-many.ts'

export function scheduleControl(instance: Instance): Schedules {
  const { store, house } = instance
  const now = () => house.clock.now()
  async function stored(name: string): Promise<ScheduleRecord | null> {
    const [schedule] = isName(name) ? await store.schedules.list({ name, limit: 1 }) : []
    return schedule ?? null
  }
  const find = async (name: string) => (await stored(name)) ?? notFound(name)
  async function pause(name: string, paused: boolean, asked: By | undefined): Promise<ScheduleView> {
    const by = checkBy(asked)
    const schedule = await find(name)
    const nextAt = paused ? null : nextOrThrow(schedule, now())
    return view((await store.schedules.pause({ name, paused, nextAt, by, now: now() })) ?? notFound(name))
  }
  return {
    list: async () => (await store.schedules.list({ limit: limits.schedules })).map(view),
    async get(name) {
      const schedule = await stored(name)
      return schedule && view(schedule)
    },
    put: async (schedule) => view(await putSchedule(instance, schedule)),
    pause: (name, by) => pause(name, true, by),
    resume: (name, by) => pause(name, false, by),
    async runNow(name, by) {
      const submittedBy = checkBy(by)
      const job = await jobOf(instance, await find(name))
      const [submitted] = submittedOrThrow(await store.jobs.submit({ jobs: [{ ...job, submittedBy }], now: now() }))
      return submitted ?? notFound(name)
    },
    async remove(name) {
      if (!(await store.schedules.remove({ name }))) notFound(name)
    },
  }
}

/** What a runner needs to fire schedules. */
export function scheduledJobs(instance: Instance): ScheduledJobs {
  return {
    // More may come.
    get kinds() {
      return [...instance.kinds.keys()]
    },
    make: (schedule) => jobOf(instance, schedule),
  }
}

/** @throws HoldfastError `invalid_input`, `unknown_kind` */
export async function putSchedule(instance: Instance, options: ScheduleOptions): Promise<ScheduleRecord> {
  checkOptions({ of: 'a schedule', code: 'invalid_input' }, options, scheduleOptions)
  const { name, kind, cron, timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone, missed = 'skip' } = options
  // As it will be read back from the store.
  const input = options.input ?? undefined
  const now = instance.house.clock.now()
  if (!isName(name)) throw wrong('name', nameRule)
  if (missed !== 'skip' && missed !== 'once') throw wrong('missed', 'skip or once')
  const definition = definitionOf(instance.kinds, kind)
  const nextAt = nextOrThrow({ cron, timeZone }, now)
  // Checked now, so that a mistake is told to whoever makes it and not to the log at three in the morning.
  await newJob(definition, input, { now })
  // As it was given: the schema makes of it what it makes, each time anew.
  const schedule = { name, kind: definition.kind, cron, timeZone, input: asJson(input), missed, nextAt }
  return instance.store.schedules.put({ schedule, now })
}

const scheduleOptions = {
  name: true,
  kind: true,
  cron: true,
  timeZone: true,
  input: true,
  missed: true,
} satisfies Record<keyof ScheduleOptions, true>

function nextOrThrow({ cron, timeZone }: { cron: string; timeZone: string }, now: number): number {
  // croner would take a date as well, which is over some day.
  if (typeof cron !== 'string' || !/^(@\w+|\S+(\s+\S+){4,5})$/.test(cron.trim()))
    throw wrong('cron', `five or six fields, or @daily and the like; not ${JSON.stringify(cron)}`)
  if (!isTimeZone(timeZone)) throw wrong('timeZone', `a time zone such as Europe/Berlin; not ${JSON.stringify(timeZone)}`)
  const next = firstFiring({ cron, timeZone }, now)
  if (next === null) throw wrong('cron', `an expression that fires some day; ${JSON.stringify(cron)} never does`)
  return next
}

function firstFiring(times: { cron: string; timeZone: string }, now: number): number | null {
  try {
    return nextFiring(times, now)
  } catch (error) {
    throw wrong('cron', `a cron expression (${error instanceof Error ? error.message : error})`)
  }
}

function isTimeZone(timeZone: unknown): boolean {
  try {
    return typeof timeZone === 'string' && Boolean(new Intl.DateTimeFormat('en', { timeZone }))
  } catch {
    return false
  }
}

function wrong(field: string, expected: string): HoldfastError {
  return new HoldfastError('invalid_input', `Schedule rejected: ${field} must be ${expected}.`, { details: { field } })
}

async function jobOf({ kinds, house }: Instance, { kind, input, name }: ScheduleRecord): Promise<NewJob> {
  const job = await newJob(definitionOf(kinds, kind), input ?? undefined, { now: house.clock.now() })
  return { ...job, schedule: name }
}

function view({ version: _version, nextAt, ...schedule }: ScheduleRecord): ScheduleView {
  const times: number[] = []
  let next = schedule.pausedAt === null ? nextAt : null
  while (next !== null && times.length < timesShown) {
    times.push(next)
    next = firingKnown(schedule, next)
  }
  return { ...schedule, nextAt: times }
}

// Another machine may have stored a time zone that this one does not know: it is listed like the others.
function firingKnown(schedule: Pick<ScheduleRecord, 'cron' | 'timeZone'>, after: number): number | null {
  try {
    return nextFiring(schedule, after)
  } catch {
    return null
  }
}

const timesShown = 5

function notFound(name: string): never {
  throw new HoldfastError('schedule_not_found', `There is no schedule "${name}".`, { details: { name } })
}
