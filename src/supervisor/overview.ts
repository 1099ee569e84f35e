// How everything stands, as people ask: pages of jobs, counts, kinds and runners. Reading only.
import type { ArtifactView } from '../core/artifact.ts'
import { limits } from '../core/limits.ts'
import { activeStates } from '../core/transitions.ts'
import type { JobPage, KindView, ListFilter, RunnerView, Summary } from '../core/views.ts'
import type { RunnerRecord } from '../store/store.ts'
import { artifacts } from './artifacts.ts'
import { checkFilter, checkName, checkRange } from './checks.ts'
import { kindView } from './define-job.ts'
import type { Holdfast } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { publicJob } from './watch.ts'

type Looks = Pick<Holdfast, 'kinds' | 'list' | 'count' | 'queued' | 'summary' | 'runners'>

export function looks(instance: Instance): Looks {
  const { store, house } = instance
  return {
    kinds: () => kindViews(instance),
    list: (filter = {}) => list(instance, filter),
    count: () => store.overview.counts({ now: house.clock.now() }),
    queued: async (kind, atMost = limits.listLooked) =>
      store.overview.queued({ kind: checkName({ field: 'kind' }, kind), atMost: checkRange('atMost', atMost, [1, 1_000_000]) }),
    summary: () => summary(instance),
    runners: () => runnerViews(instance),
  }
}

async function list({ store }: Instance, { limit = 50, ...filter }: ListFilter): Promise<JobPage> {
  checkRange('limit', limit, [1, limits.listPage])
  checkFilter(filter, ['state', 'kind', 'queue', 'submittedBy', 'schedule', 'before'])
  if (filter.before !== undefined) checkRange('before', filter.before, [0, Number.MAX_SAFE_INTEGER])
  const { jobs, before } = await store.overview.page({ ...filter, limit })
  return { jobs: jobs.map(publicJob), before }
}

// Those that are defined here in the order of their definition, then those of jobs that are there.
export async function kindViews({ store, kinds }: Instance): Promise<KindView[]> {
  const stored = await store.overview.kinds()
  const pauseOf = new Map(stored.map(({ kind, ...pause }) => [kind, pause]))
  const defined = [...kinds.values()].map((definition) => ({ ...kindView(definition), ...pauseOf.get(definition.kind) }))
  const others = stored.filter(({ kind }) => !kinds.has(kind)).map(({ kind, ...pause }): KindView => ({ ...unknownKind(kind), ...pause }))
  return [...defined, ...others]
}

function unknownKind(kind: string): KindView {
  const nothing = { description: null, unique: false, artifacts: [], inputSchema: null, queue: null, pausedAt: null, pausedBy: null }
  return { kind, title: kind, ...nothing, isDefined: false }
}

async function summary(instance: Instance): Promise<Summary> {
  return summaryOf(instance, await artifacts(instance).list())
}

/** Of artifacts that are known already. */
export async function summaryOf({ store, house }: Instance, published: readonly ArtifactView[]): Promise<Summary> {
  const now = house.clock.now()
  const [counts, standing, [next]] = await Promise.all([
    store.overview.counts({ now }),
    store.overview.standing({ since: now - dayMs }),
    store.schedules.list({ dueAt: Number.MAX_SAFE_INTEGER, limit: 1 }),
  ])
  const { last } = standing
  return {
    ...counts,
    active: activeStates.reduce((sum, state) => sum + counts[state], 0),
    stalled: standing.stalled,
    required: published.filter(isRequired).length,
    failed24h: standing.failed,
    succeeded24h: standing.succeeded,
    lastJobId: last?.id ?? null,
    lastKind: last?.kind ?? null,
    lastState: last?.state ?? null,
    lastFinishedAt: last?.finishedAt ?? null,
    oldestQueuedAt: standing.oldestQueuedAt,
    nextKind: next?.kind ?? null,
    nextAt: next?.nextAt ?? null,
    degraded: store.trouble(),
  }
}

/** It is not what is wanted, and nobody builds it. */
export function isRequired({ required, building }: ArtifactView): boolean {
  return required && building === null
}

const dayMs = 86_400_000

async function runnerViews(instance: Instance): Promise<RunnerView[]> {
  const { store } = instance
  const [runners, running] = await Promise.all([
    store.runners.list(),
    store.jobs.list({ state: ['running', 'stopping'], limit: limits.runnersJobs }),
  ])
  return runners.map((runner) => {
    const { runnerId: id, hostId, pid, startedAt, leaseUntil, kinds } = runner
    const jobs = running.filter((job) => job.runnerId === id).map((job) => job.id)
    return { id, hostId, pid, startedAt, leaseUntil, isAlive: isAlive(instance, runner), kinds, jobs: jobs.sort((a, b) => a - b) }
  })
}

// Of this machine it is seen, and no clock is asked: a frozen one lives.
function isAlive({ house }: Instance, { runnerId, hostId, bootId, leaseUntil }: RunnerRecord): boolean {
  const hasLease = leaseUntil > house.clock.now()
  if (hostId !== house.place.hostId) return hasLease
  try {
    return bootId === house.place.bootId && house.launcher.runners.isHeld(runnerId)
  } catch {
    return hasLease
  }
}
