// The time as views show it: it goes on once a second while somebody can see it and something depends on it, and not else.
import { useEffect, useState } from 'preact/hooks'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

export function useNow(isTicking: boolean): number {
  const [, redraw] = useState(0)
  useEffect(() => {
    if (!isTicking) return
    const tick = () => redraw((count) => count + 1)
    listeners.add(tick)
    watch()
    return () => {
      listeners.delete(tick)
      watch()
    }
  }, [isTicking])
  return Date.now()
}

function watch(): void {
  clearInterval(timer)
  document.removeEventListener('visibilitychange', tellAll)
  if (listeners.size === 0) return
  timer = setInterval(tellAll, 1_000)
  document.addEventListener('visibilitychange', tellAll)
}

function tellAll(): void {
  if (!document.hidden) for (const tick of listeners) tick()
}
