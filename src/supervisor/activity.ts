// All that is going on in one view, with what somebody asked for by name. The part that is the same for everybody is looked at once for all.
import type { ActiveJob, ActivityFilter, KindActivity } from '../core/activity.ts'
import type { ArtifactView } from '../core/artifact.ts'
import { HoldfastError } from '../core/errors.ts'
import { type RemainingTime, remainingTime } from '../core/eta.ts'
import type { Job } from '../core/job.ts'
import { kindCondition } from '../core/kind-condition.ts'
import { limits } from '../core/limits.ts'
import type { KindView, Summary } from '../core/views.ts'
import type { KindStanding, WantedKind } from '../store/overview.ts'
import type { JobRecord } from '../store/records.ts'
import { artifacts } from './artifacts.ts'
import { checkId, checkOptions } from './checks.ts'
import type { Holdfast } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { isRequired, kindViews, summaryOf } from './overview.ts'
import type { UsualTimes } from './usual.ts'
import { publicJob } from './watch.ts'

export function activityLook(instance: Instance, usual: UsualTimes): Holdfast['activity'] {
  const timed = withRemaining(instance, usual)
  const look = () => lookForAll(instance)
  const shared = sharedLook(instance, look)
  return async (filter = {}, options = {}) => {
    checkOptions({ of: 'activity' }, filter, { job: true, kind: true, artifact: true })
    checkOptions({ of: 'activity' }, options, { shared: true })
    const wanted = wantedOf(filter)
    const [all, named, known, nextAt] = await Promise.all([
      options.shared === true ? shared() : look(),
      instance.store.overview.wanted(wanted),
      wanted.kinds.length === 0 ? [] : kindViews(instance),
      nextFirings(instance, wanted.kinds),
    ])
    const kinds = wanted.kinds.flatMap(({ kind, key }, index) => {
      const view = known.find((one) => one.kind === kind)
      const standing = named.kinds[index]
      return view && standing
        ? [{ view, key, standing, published: all.published, nextAt: key === null ? (nextAt.get(kind) ?? null) : null }]
        : []
    })
    return {
      summary: all.summary,
      active: await Promise.all(all.active.map(timed)),
      settled: all.settled.map(publicJob),
      jobs: await Promise.all(named.jobs.map(timed)),
      kinds: await Promise.all(kinds.map(async (one) => kindOf(one, one.standing.active && (await timed(one.standing.active))))),
      artifacts: all.published.filter(({ name }) => wanted.artifacts.has(name)),
    }
  }
}

interface ForAll {
  summary: Summary
  published: ArtifactView[]
  active: JobRecord[]
  settled: JobRecord[]
}

async function lookForAll(instance: Instance): Promise<ForAll> {
  const published = await artifacts(instance).list()
  const [summary, current] = await Promise.all([
    summaryOf(instance, published),
    instance.store.overview.current({ active: limits.activityActive, settled: limits.activitySettled }),
  ])
  return { summary, published, ...current }
}

/** A look serves all who come until the next change is told, and no longer than a lost hint may cost. */
function sharedLook({ store, house }: Instance, look: () => Promise<ForAll>): () => Promise<ForAll> {
  let last: { seen: Promise<ForAll>; at: number; forget(): void } | null = null
  return () => {
    const now = house.clock.now()
    if (last !== null && Math.abs(now - last.at) < limits.pollMs) return last.seen
    last?.forget()
    const forget = () => {
      stop()
      if (last === mine) last = null
    }
    const stop = store.onChange(forget)
    const mine = { seen: look(), at: now, forget }
    last = mine
    mine.seen.catch(forget)
    return mine.seen
  }
}

/** As told when it last said something of itself: told of now, a job that says nothing would be another one at every look. */
function withRemaining({ house }: Instance, usual: UsualTimes): (record: JobRecord) => Promise<ActiveJob> {
  return async (record) => {
    const job = publicJob(record)
    if (job.state !== 'running') return { ...job, remaining: null }
    const usualTime = await usual(job.kind)
    const at = job.progress?.updatedAt ?? job.startedAt ?? house.clock.now()
    const isSaid = remainingTime(job, usualTime, house.clock.now()) !== null
    const left: RemainingTime | null = isSaid ? remainingTime(job, usualTime, at) : null
    return { ...job, remaining: left && { ...left, at } }
  }
}

interface Known {
  view: KindView
  key: string | null
  standing: KindStanding
  published: readonly ArtifactView[]
  nextAt: number | null
}

function kindOf({ view, key, standing, published, nextAt }: Known, active: ActiveJob | null): KindActivity {
  const required = published.filter((one) => view.artifacts.includes(one.name) && isRequired(one)).map(({ name }) => name)
  const { recent, succeededAt } = standing
  const last: Job | null = standing.last && publicJob(standing.last)
  const { kind, title, isDefined, unique, pausedAt, pausedBy } = view
  return {
    ...{ kind, key, title, condition: kindCondition({ active, required, recent }), isDefined, unique, pausedAt, pausedBy },
    ...{ active, last, succeededAt, recent, nextAt, artifacts: view.artifacts, required },
  }
}

/** When a schedule submits each of these kinds next. */
async function nextFirings({ store }: Instance, wanted: readonly WantedKind[]): Promise<Map<string, number>> {
  const kinds = [...new Set(wanted.filter(({ key }) => key === null).map(({ kind }) => kind))]
  if (kinds.length === 0) return new Map()
  const schedules = await store.schedules.list({ dueAt: Number.MAX_SAFE_INTEGER, kinds, limit: limits.schedules })
  // The earliest first, so that of several the last one to be put in is the earliest.
  return new Map(schedules.toReversed().flatMap(({ kind, nextAt }) => (nextAt === null ? [] : [[kind, nextAt] as const])))
}

interface Wanted {
  ids: readonly number[]
  kinds: readonly WantedKind[]
  artifacts: ReadonlySet<string>
}

/** @throws HoldfastError `invalid_request` */
function wantedOf({ job = [], kind = [], artifact = [] }: ActivityFilter): Wanted {
  checkList('job', job, limits.activityJobs)
  for (const text of ['kind', 'artifact'] as const) {
    const given = { kind, artifact }[text]
    checkList(text, given, { kind: limits.activityKinds, artifact: limits.activityArtifacts }[text])
    const wrong = given.find((one) => typeof one !== 'string' || one.includes('\0'))
    if (wrong !== undefined) throw refused(text, 'must be texts without NUL')
  }
  return { ids: [...new Set(job.map(checkId))], kinds: [...new Set(kind)].map(wantedKind), artifacts: new Set(artifact) }
}

function wantedKind(asked: string): WantedKind {
  const at = asked.indexOf('/')
  if (at === -1) return { kind: asked, key: null }
  try {
    return { kind: asked.slice(0, at), key: decodeURIComponent(asked.slice(at + 1)) }
  } catch {
    throw refused('kind', `must be kind/key with the key URI-encoded, not ${JSON.stringify(asked.slice(0, 50))}`)
  }
}

function checkList(field: string, given: unknown, atMost: number): void {
  if (!Array.isArray(given)) throw refused(field, 'must be a list')
  if (given.length > atMost) throw refused(field, `must name at most ${atMost}, not ${given.length}`)
}

function refused(field: string, expected: string): HoldfastError {
  return new HoldfastError('invalid_request', `${field} ${expected}.`, { details: { field } })
}
