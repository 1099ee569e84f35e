// When it is worth looking again. Knows the hint that something changed, not what did.
import { setTimeout as pause } from 'node:timers/promises'
import type { Holdfast } from '../supervisor/holdfast.ts'

export interface Pacing {
  /** Least time between two looks. */
  everyMs: number
  /** Longest time between them, for what rings nowhere; without it only a change makes it look again. */
  atLeastEveryMs?: number
  signal: AbortSignal
}

/** Now, and after every change, with a breath between. A change while the caller looks makes it look once more. */
export async function* changes(holdfast: Holdfast, { everyMs, atLeastEveryMs, signal }: Pacing): AsyncGenerator<void> {
  let bell = Promise.withResolvers<void>()
  const ring = () => bell.resolve()
  const stop = holdfast.onChange(ring)
  const timer = atLeastEveryMs === undefined ? undefined : setInterval(ring, atLeastEveryMs).unref()
  signal.addEventListener('abort', ring)
  try {
    while (!signal.aborted) {
      bell = Promise.withResolvers<void>()
      yield
      await pause(everyMs, undefined, { signal, ref: false })
      await bell.promise
    }
  } finally {
    stop()
    clearInterval(timer)
    signal.removeEventListener('abort', ring)
  }
}
