// What was told last, by number and name. What has not changed stays the same object, so that nothing is drawn again for it.
import type { ActiveJob, Activity, ActivityFilter, ArtifactView, KindActivity } from '../client/index.ts'
import { kept } from './kept.ts'

/** Null: it was asked for and is not there. */
type Views<Name, View> = ReadonlyMap<Name, View | null>

export class Known {
  #activity: Activity | null = null
  #asked: ActivityFilter = {}
  #jobs: Views<number, ActiveJob> = new Map()
  #kinds: Views<string, KindActivity> = new Map()
  #artifacts: Views<string, ArtifactView> = new Map()

  activity(): Activity | null {
    return this.#activity
  }

  asked(): ActivityFilter {
    return this.#asked
  }

  /**
   * `asked` is what the view was asked to hold. What is `wanted` and was not asked for, as in a view for another tab, stays what it was. True when
   * anything has changed.
   */
  take(told: Activity, asked: ActivityFilter, wanted: ActivityFilter): boolean {
    const activity = kept(this.#activity, told)
    const asks = kept(this.#asked, asked)
    if (activity === this.#activity && asks === this.#asked) return false
    this.#activity = activity
    this.#asked = asks
    const settled = activity.settled.map((job) => kept(this.#jobs.get(job.id), { ...job, remaining: null }))
    const jobs = [...settled, ...activity.active, ...activity.jobs].map((job): [number, ActiveJob] => [job.id, job])
    const kinds = activity.kinds.map((kind): [string, KindActivity] => [kindItem(kind.kind, kind.key ?? undefined), kind])
    const artifacts = activity.artifacts.map((artifact): [string, ArtifactView] => [artifact.name, artifact])
    this.#jobs = views(this.#jobs, jobs, { asked: asks.job, wanted: wanted.job })
    this.#kinds = views(this.#kinds, kinds, { asked: asks.kind, wanted: wanted.kind })
    this.#artifacts = views(this.#artifacts, artifacts, { asked: asks.artifact, wanted: wanted.artifact })
    return true
  }

  /** Of a view that is older than the last one: only what that one was not asked for. True when anything has changed. */
  fill({ jobs, kinds, artifacts }: Activity, asked: ActivityFilter): boolean {
    const before = [this.#jobs, this.#kinds, this.#artifacts]
    const named = (kind: KindActivity) => kindItem(kind.kind, kind.key ?? undefined)
    const told = this.#asked
    this.#jobs = filled(this.#jobs, new Map(jobs.map((job) => [job.id, job])), { asked: asked.job, told: told.job })
    this.#kinds = filled(this.#kinds, new Map(kinds.map((kind) => [named(kind), kind])), { asked: asked.kind, told: told.kind })
    const ofArtifacts = { asked: asked.artifact, told: told.artifact }
    this.#artifacts = filled(this.#artifacts, new Map(artifacts.map((artifact) => [artifact.name, artifact])), ofArtifacts)
    return [this.#jobs, this.#kinds, this.#artifacts].some((now, place) => now !== before[place])
  }

  job(id: number): ActiveJob | null | undefined {
    return this.#jobs.get(id)
  }

  kind(name: string, key?: string): KindActivity | null | undefined {
    return this.#kinds.get(kindItem(name, key))
  }

  artifact(name: string): ArtifactView | null | undefined {
    return this.#artifacts.get(name)
  }
}

function filled<Name, View>(
  before: Views<Name, View>,
  views: ReadonlyMap<Name, View>,
  { asked = [], told = [] }: { asked: readonly Name[] | undefined; told: readonly Name[] | undefined },
): Views<Name, View> {
  const missing = asked.filter((name) => !told.includes(name))
  const fresh = missing.map((name): [Name, View | null] => [name, kept(before.get(name), views.get(name) ?? null)])
  return fresh.every(([name, view]) => before.has(name) && before.get(name) === view) ? before : new Map([...before, ...fresh])
}

interface Names<Name> {
  asked: readonly Name[] | undefined
  wanted: readonly Name[] | undefined
}

function views<Name, View>(before: Views<Name, View>, told: [Name, View][], { asked = [], wanted = [] }: Names<Name>): Views<Name, View> {
  const now = new Map<Name, View | null>(told)
  for (const name of asked) if (!now.has(name)) now.set(name, null)
  for (const name of wanted) {
    const view = before.get(name)
    if (!now.has(name) && view !== undefined) now.set(name, view)
  }
  return now
}

/** How a kind, or one key of it, is asked for. */
export function kindItem(name: string, key?: string): string {
  return key === undefined ? name : `${name}/${encodeURIComponent(key.toWellFormed())}`
}
