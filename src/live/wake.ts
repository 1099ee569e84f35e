// When a page is looked at again, and when it has not been looked at for a while. Knows nothing of jobs.

export interface WakeHooks {
  /** Somebody looks again, or there is a network again. */
  onWake(): void
  /** Hidden for so long that nobody waits for news. */
  onSleep(): void
}

const hiddenMs = 30_000
/** Coming back is told by several events at once. */
const togetherMs = 500

/** Returns what ends it. Without a page there is nothing to be woken by. */
export function watchPage({ onWake, onSleep }: WakeHooks): () => void {
  if (typeof document === 'undefined') return () => {}
  let sleep: ReturnType<typeof setTimeout> | undefined
  let wokeAt = Number.NEGATIVE_INFINITY
  const wake = () => {
    if (document.hidden || performance.now() - wokeAt < togetherMs) return
    wokeAt = performance.now()
    onWake()
  }
  const seen = () => {
    clearTimeout(sleep)
    if (document.hidden) sleep = setTimeout(onSleep, hiddenMs)
    else wake()
  }
  const fromCache = ({ persisted }: PageTransitionEvent) => persisted && wake()
  // One that was opened in the background has not been looked at either.
  if (document.hidden) seen()
  document.addEventListener('visibilitychange', seen)
  addEventListener('focus', wake)
  addEventListener('online', wake)
  addEventListener('pageshow', fromCache)
  return () => {
    clearTimeout(sleep)
    document.removeEventListener('visibilitychange', seen)
    removeEventListener('focus', wake)
    removeEventListener('online', wake)
    removeEventListener('pageshow', fromCache)
  }
}
