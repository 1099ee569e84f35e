// Secrets as an app names them, and jobs as people see them: without what is in fields whose names say that it is secret, and without secrets that are known.
import { HoldfastError } from '../core/errors.ts'
import type { Job, Json } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { maskFailure, maskJob } from '../core/mask-said.ts'
import { withoutSecretFields, withSecretFields } from '../core/masking.ts'
import type { JobDetail, ScheduleView } from '../core/views.ts'
import type { Masks } from '../runner/masks.ts'
import type { JobDefinition } from './define-job.ts'
import type { Activity, Holdfast, Submitted } from './holdfast.ts'
import type { Instance } from './instance.ts'

/** @throws HoldfastError `invalid_config` */
export function checkSecrets(secrets: unknown): readonly string[] {
  const isList = Array.isArray(secrets) && secrets.every((one) => typeof one === 'string' && one.length <= limits.secretCharacters)
  if (isList && secrets.length <= limits.secrets && secrets.join('').length <= limits.secretsCharacters) return secrets
  // Not what it is instead: it would stand in a log.
  const bound = `at most ${limits.secrets} texts of up to ${limits.secretCharacters} characters, together ${limits.secretsCharacters}`
  throw new HoldfastError('invalid_config', `secrets must be a list of ${bound}.`, { details: { field: 'secrets' } })
}

interface Known {
  secrets: readonly string[]
  kinds: ReadonlyMap<string, JobDefinition<unknown>>
}

export function learnSecrets({ house: { masks } }: Instance, { secrets, kinds }: Known): void {
  if (secrets.length > 0) masks?.add(secrets)
  for (const { environment } of kinds.values()) if (environment) masks?.learn(environment)
}

const known = new WeakMap<Holdfast, Masks>()

/** Remembers what this front door knows, for `forPeople`. */
export function withMasks(holdfast: Holdfast, masks: Masks | undefined): Holdfast {
  if (masks) known.set(holdfast, masks)
  return holdfast
}

/** The same front door, for what is shown to people: what is stored stays as it is, and so does what a rerun takes. */
export function forPeople(holdfast: Holdfast): Holdfast {
  const show = shower(known.get(holdfast))
  const job = async (asked: Promise<Job>) => show.job(await asked)
  const submitted = async (asked: Promise<Submitted>) => show.within(await asked)
  return {
    ...holdfast,
    submit: (...asked) => submitted(holdfast.submit(...asked)),
    submitMany: async (...asked) => (await holdfast.submitMany(...asked)).map(show.within),
    async rerun(id, { input, ...asked } = {}) {
      const stored = input === undefined ? null : await holdfast.get(id)
      return show.within(await holdfast.rerun(id, { ...asked, ...(input !== undefined && { input: handedBack(input, stored) }) }))
    },
    check: async (...asked) => show.within(await holdfast.check(...asked)),
    get: async (id) => orNull(await holdfast.get(id), show.job),
    detail: async (id) => orNull(await holdfast.detail(id), show.detail),
    async list(filter) {
      const page = await holdfast.list(filter)
      return { ...page, jobs: page.jobs.map(show.job) }
    },
    activity: async (...asked) => activityForPeople(await holdfast.activity(...asked), show),
    cancel: (...asked) => job(holdfast.cancel(...asked)),
    retry: (...asked) => job(holdfast.retry(...asked)),
    resume: (...asked) => job(holdfast.resume(...asked)),
    keepWaiting: (...asked) => job(holdfast.keepWaiting(...asked)),
    wait: (...asked) => job(holdfast.wait(...asked)),
    async *watch(...asked) {
      for await (const seen of holdfast.watch(...asked)) yield show.job(seen)
    },
    schedules: schedulesForPeople(holdfast.schedules, show),
  }
}

function activityForPeople(activity: Activity, show: Shower): Activity {
  return {
    ...activity,
    active: activity.active.map(show.job),
    settled: activity.settled.map(show.job),
    jobs: activity.jobs.map(show.job),
    kinds: activity.kinds.map((kind) => ({ ...kind, active: orNull(kind.active, show.job), last: orNull(kind.last, show.job) })),
  }
}

function schedulesForPeople(schedules: Holdfast['schedules'], show: Shower): Holdfast['schedules'] {
  const one = async (asked: Promise<ScheduleView>) => show.input(await asked)
  return {
    ...schedules,
    list: async () => (await schedules.list()).map(show.input),
    async put(asked) {
      const stored = (await schedules.list()).find(({ name }) => name === asked.name) ?? null
      return one(
        schedules.put({ ...asked, ...(asked.input !== undefined && { input: handedBack(asked.input, stored) as typeof asked.input }) }),
      )
    },
    pause: (...asked) => one(schedules.pause(...asked)),
    resume: (...asked) => one(schedules.resume(...asked)),
    runNow: async (...asked) => show.within(await schedules.runNow(...asked)),
  }
}

// Whoever changes what he was shown, in a form, hands back what he was not shown as it was shown.
function handedBack(input: unknown, stored: { input: Json } | null): unknown {
  return stored ? withSecretFields(input as Json, stored.input) : input
}

function orNull<Value>(value: Value | null, show: (value: Value) => Value): Value | null {
  return value === null ? null : show(value)
}

type Shower = ReturnType<typeof shower>

function shower(masks: Masks | undefined) {
  const json = (value: Json): Json => {
    const shown = withoutSecretFields(value)
    return masks?.now()?.json(shown) ?? shown
  }
  const input = <One extends { input: Json }>(one: One): One => ({ ...one, input: json(one.input) })
  const job = <One extends Job>(one: One): One => {
    const mask = masks?.now()
    return mask ? maskJob(mask, input(one)) : input(one)
  }
  const detail = (one: JobDetail): JobDetail => {
    const mask = masks?.now()
    const shown = job(one)
    if (!mask) return shown
    const history = one.history.map((attempt) => ({ ...attempt, failure: attempt.failure && maskFailure(mask, attempt.failure) }))
    return { ...shown, history, events: one.events.map((event) => ({ ...event, details: mask.json(event.details) })) }
  }
  const within = <One extends { job: Job }>(one: One): One => ({ ...one, job: job(one.job) })
  return { input, job, detail, within }
}
