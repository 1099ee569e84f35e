// How many jobs of a kind may wait when they come over HTTP: a loop in a caller's program is told to slow down before it fills the database.
import { HoldfastError } from '../supervisor/errors.ts'
import type { Holdfast } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'

/** @throws HoldfastError `too_many` when so many are queued that no more are taken */
export type Admit = (kind: string) => Promise<void>

interface Counted {
  at: number
  queued: Promise<number>
  /** Let in since. */
  since: number
}

/** Counting is remembered for a second; what is let in meanwhile is added, what others submit is not. */
export function admission(holdfast: Holdfast, maxQueued: number): Admit {
  const counted = new Map<string, Counted>()
  return async (kind) => {
    const now = performance.now()
    let known = counted.get(kind)
    if (!known || now - known.at > httpBounds.queuedCountMs) {
      if (counted.size >= httpBounds.queuedKinds) counted.clear()
      known = { at: now, queued: holdfast.queued(kind, maxQueued), since: 0 }
      counted.set(kind, known)
    }
    known.since += 1
    if ((await known.queued) + known.since <= maxQueued) return
    known.since -= 1
    const words = `${maxQueued.toLocaleString('en')} jobs of kind "${kind}" are queued already.`
    throw new HoldfastError('too_many', words, { details: { kind, retryAfterMs: httpBounds.tooManyRetryMs } })
  }
}
