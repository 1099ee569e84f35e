// The time of day for what counts on: one timer for all hooks, and none while nobody looks.
import { useSyncExternalStore } from 'react'

const tickMs = 1_000

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** Epoch milliseconds, a second apart while `isTicking`, this is mounted and the page is seen. */
export function useNow(isTicking: boolean): number {
  return useSyncExternalStore(isTicking ? subscribe : standStill, read, read)
}

function standStill(): () => void {
  return () => {}
}

function subscribe(onTick: () => void): () => void {
  listeners.add(onTick)
  if (listeners.size === 1) {
    document.addEventListener('visibilitychange', seen)
    seen()
  }
  return () => {
    listeners.delete(onTick)
    if (listeners.size > 0) return
    document.removeEventListener('visibilitychange', seen)
    clearInterval(timer)
  }
}

// Between two ticks it is the same for all, or React would draw for ever.
function read(): number {
  if (listeners.size === 0 && Math.abs(Date.now() - now) > tickMs) now = Date.now()
  return now
}

function seen(): void {
  clearInterval(timer)
  if (document.hidden) return
  tick()
  timer = setInterval(tick, tickMs)
}

function tick(): void {
  now = Date.now()
  for (const listener of [...listeners]) listener()
}
