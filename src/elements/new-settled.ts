// The jobs that settled while this page was open, as they are seen: each end once. Pure but for what it remembers.
import type { Activity, Job } from '../client/index.ts'

/** Larger than what the view holds, so that no end that is still in it is told twice. */
const mostRemembered = 200

export class NewSettled {
  #seen: Set<string> | null = null

  /** Those that are new since the last time; none of the first time, when everything is old. */
  take({ settled }: Activity): Job[] {
    const seen = this.#seen
    const keys = settled.map(keyOf)
    if (seen === null) {
      this.#seen = new Set(keys)
      return []
    }
    const fresh = settled.filter((job) => !seen.has(keyOf(job))).toReversed()
    this.#seen = new Set([...keys, ...seen].slice(0, mostRemembered))
    return fresh
  }
}

/** A job that is retried ends again. */
function keyOf({ id, finishedAt }: Job): string {
  return `${id} ${finishedAt}`
}
