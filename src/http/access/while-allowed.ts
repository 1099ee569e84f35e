// Ends what goes on for long when whoever reads it may not any more. Knows no route.
import { httpBounds } from '../bounds.ts'

/** Aborted once `isStillAllowed` says no; `stop` ends the looking. Trouble with looking ends nothing: it was allowed when last seen. */
export function whileAllowed(
  isStillAllowed: () => Promise<boolean>,
  everyMs: number = httpBounds.recheckMs,
): { signal: AbortSignal; stop(): void } {
  const over = new AbortController()
  const look = async () => {
    if (!(await isStillAllowed().catch(() => true))) over.abort()
  }
  const timer = setInterval(look, everyMs).unref()
  return { signal: over.signal, stop: () => clearInterval(timer) }
}
