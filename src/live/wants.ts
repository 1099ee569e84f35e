// What the parts of a page want to be told besides what is active, and how that of several tabs becomes one question. Pure.
import type { ActivityFilter } from '../client/index.ts'
import { kindItem } from './known.ts'
import type { Wanted } from './live.ts'

/** The server's own bounds. */
const mostJobs = 100
const mostNames = 50

export class Wants {
  readonly #counts = { job: new Map<number, number>(), kind: new Map<string, number>(), artifact: new Map<string, number>() }

  /** Returns what takes it back, once. */
  add({ job, kind, artifact }: Wanted): () => void {
    const taken = [
      job !== undefined && counted(this.#counts.job, job),
      kind !== undefined && counted(this.#counts.kind, kindItem(kind.name, kind.key)),
      artifact !== undefined && counted(this.#counts.artifact, artifact),
    ]
    return () => {
      for (const back of taken.splice(0)) if (back) back()
    }
  }

  filter(): ActivityFilter {
    const { job, kind, artifact } = this.#counts
    return bounded({ job: [...job.keys()], kind: [...kind.keys()], artifact: [...artifact.keys()] })
  }
}

/** One question for all of them; the first ones go first where there are too many. */
export function together(filters: Iterable<ActivityFilter>): ActivityFilter {
  const all = [...filters]
  return bounded({
    job: all.flatMap(({ job = [] }) => job),
    kind: all.flatMap(({ kind = [] }) => kind),
    artifact: all.flatMap(({ artifact = [] }) => artifact),
  })
}

/** All that `part` asks for is in `whole`. */
export function covers(whole: ActivityFilter, part: ActivityFilter): boolean {
  const within = <Item>(all: readonly Item[] = [], some: readonly Item[] = []) => some.every((item) => all.includes(item))
  return within(whole.job, part.job) && within(whole.kind, part.kind) && within(whole.artifact, part.artifact)
}

// In order, so that the same wants make the same address.
function bounded({ job = [], kind = [], artifact = [] }: ActivityFilter): ActivityFilter {
  const unique = <Item>(items: readonly Item[], most: number) => [...new Set(items)].slice(0, most)
  const jobs = unique(job, mostJobs).sort((one, other) => one - other)
  const kinds = unique(kind, mostNames).sort()
  const artifacts = unique(artifact, mostNames).sort()
  return {
    ...(jobs.length > 0 && { job: jobs }),
    ...(kinds.length > 0 && { kind: kinds }),
    ...(artifacts.length > 0 && { artifact: artifacts }),
  }
}

function counted<Key>(counts: Map<Key, number>, key: Key): () => void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
  return () => {
    const left = (counts.get(key) ?? 1) - 1
    if (left === 0) counts.delete(key)
    else counts.set(key, left)
  }
}
