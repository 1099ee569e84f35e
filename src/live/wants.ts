// What the parts of a page want to be told besides what is active, and how that of several tabs becomes one question. Pure.
import type { ActivityFilter } from '../client/index.ts'
import { kindItem } from './known.ts'
import type { Wanted } from './live.ts'

/** The server's own bounds. */
const mostJobs = 100
const mostNames = 50

export class Wants {
  readonly #counts = { job: new Map<number, number>(), kind: new Map<string, number>(), artifact: new Map<string, number>() }

  /** Returns what takes it back, once. What cannot be is not asked for: one wrong number would have all of them refused. */
  add({ job, kind, artifact }: Wanted): () => void {
    const taken = [
      job !== undefined && isNumber(job) && counted(this.#counts.job, job),
      kind !== undefined && isKind(kind) && counted(this.#counts.kind, kindItem(kind.name, kind.key)),
      artifact !== undefined && isName(artifact) && counted(this.#counts.artifact, artifact),
    ]
    return () => {
      for (const back of taken.splice(0)) if (back) back()
    }
  }

  /** All of it, however much. */
  filter(): ActivityFilter {
    const { job, kind, artifact } = this.#counts
    return ordered({ job: [...job.keys()], kind: [...kind.keys()], artifact: [...artifact.keys()] })
  }
}

/** A number that a job can have. */
export function isNumber(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0
}

/** A name that something can have. */
export function isName(name: string): boolean {
  return /^[\w.-]{1,200}$/.test(name)
}

function isKind({ name, key = '' }: { name: string; key?: string }): boolean {
  return isName(name) && key.length <= longestKey && key.isWellFormed() && !key.includes('\0')
}

const longestKey = 500

/** As few questions as the server allows for it; one where nothing is wanted. */
export function questions({ job = [], kind = [], artifact = [] }: ActivityFilter): ActivityFilter[] {
  const count = Math.max(1, Math.ceil(job.length / mostJobs), Math.ceil(kind.length / mostNames), Math.ceil(artifact.length / mostNames))
  const part = <Item>(items: readonly Item[], most: number, place: number) => items.slice(place * most, (place + 1) * most)
  return Array.from({ length: count }, (_, place) =>
    ordered({ job: part(job, mostJobs, place), kind: part(kind, mostNames, place), artifact: part(artifact, mostNames, place) }),
  )
}

/** One question for all of them; the first ones go first where there are too many. What other pages say is not taken on trust. */
export function together(filters: Iterable<ActivityFilter>): ActivityFilter {
  const all = [...filters]
  const unique = <Item>(items: readonly Item[], most: number) => [...new Set(items)].slice(0, most)
  return ordered({
    job: unique(all.flatMap(({ job = [] }) => job).filter(isNumber), mostJobs),
    kind: unique(
      all.flatMap(({ kind = [] }) => kind).filter((item) => isName(item.split('/')[0] ?? '')),
      mostNames,
    ),
    artifact: unique(all.flatMap(({ artifact = [] }) => artifact).filter(isName), mostNames),
  })
}

/** All that `part` asks for is in `whole`. */
export function covers(whole: ActivityFilter, part: ActivityFilter): boolean {
  const within = <Item>(all: readonly Item[] = [], some: readonly Item[] = []) => some.every((item) => all.includes(item))
  return within(whole.job, part.job) && within(whole.kind, part.kind) && within(whole.artifact, part.artifact)
}

// In order, so that the same wants make the same address.
function ordered({ job = [], kind = [], artifact = [] }: ActivityFilter): ActivityFilter {
  return {
    ...(job.length > 0 && { job: job.toSorted((one, other) => one - other) }),
    ...(kind.length > 0 && { kind: kind.toSorted() }),
    ...(artifact.length > 0 && { artifact: artifact.toSorted() }),
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
