// Ends what goes on for long when whoever reads it may not any more. Knows no route.
import { HoldfastError } from '../../supervisor/errors.ts'
import { httpBounds } from '../bounds.ts'

/**
 * Aborted once `isStillAllowed` says no, or throws: an app may say no so, and who may comes back. `stop` ends the looking. A database that is away
 * ends nothing: it was allowed when last seen.
 */
export function whileAllowed(
  isStillAllowed: () => Promise<boolean>,
  everyMs: number = httpBounds.recheckMs,
): { signal: AbortSignal; stop(): void } {
  const over = new AbortController()
  let unanswered = 0
  const look = async () => {
    // An app that does not answer does not say that he may. A database that is away answers in time for the second look.
    if (unanswered >= 2) return over.abort()
    unanswered++
    const isAllowed = await isStillAllowed().catch(isPassing)
    unanswered--
    if (!isAllowed) over.abort()
  }
  const timer = setInterval(look, everyMs).unref()
  return { signal: over.signal, stop: () => clearInterval(timer) }
}

function isPassing(error: unknown): boolean {
  return error instanceof HoldfastError && error.retryable
}
