// When a log writer looks, and when it stores: at once where little comes, in bundles where much does. Knows the clock, and no log.
import type { Clock } from '../core/clock.ts'
import { limits } from '../core/limits.ts'

export interface Wake {
  /** Resolves when the attempt's files may have grown, or the signal is aborted; at the latest after the poll. */
  next(): Promise<void>
  ring(): void
  /** There was something. Found by a poll, it shows that not everything rings here: from then on it polls more often. */
  found(): void
}

export function openWake(clock: Clock, signal: AbortSignal): Wake {
  let rung = false
  let isPoll = false
  let everyMs: number = limits.backstopMs
  let waiter: AbortController | null = null
  function ring(): void {
    rung = true
    waiter?.abort()
  }
  signal.addEventListener('abort', ring, { once: true })
  return {
    async next() {
      if (!rung) {
        waiter = new AbortController()
        await clock.sleep(everyMs, waiter.signal).catch(() => undefined)
        waiter = null
      }
      isPoll = !rung
      rung = false
    },
    ring,
    found() {
      if (isPoll) everyMs = limits.pollMs
    },
  }
}

export interface Pace {
  /** How long to wait before what was read is stored. */
  pauseMs(): number
  /** A batch that was begun then is stored. */
  stored(begunAt: number): void
}

/** A batch after a rest is stored at once; one right after another waits for what else comes. How long a rest is depends on what a batch costs here. */
export function openPace(clock: Clock): Pace {
  let storedAt: number | null = null
  let restMs: number = limits.logRestMs
  return {
    pauseMs() {
      if (storedAt === null) return 0
      // A clock that was set back must not make anybody wait.
      const sinceMs = Math.max(0, clock.now() - storedAt)
      return sinceMs >= restMs ? 0 : Math.max(0, limits.logFlushMs - sinceMs)
    },
    stored(begunAt) {
      storedAt = clock.now()
      // On a slow disk a fifth of the time at most.
      restMs = Math.min(limits.logFlushMs, Math.max(limits.logRestMs, (storedAt - begunAt) * 4))
    },
  }
}

export interface Growth {
  /** Whether the files have grown since the last sign of life, and that is long enough ago. */
  isSignOfLife(bytes: number, now: number): boolean
  /** What is stored is a sign of life itself. */
  stored(bytes: number, now: number): void
}

/** Whether something is written that is no whole line yet. */
export function watchGrowth(): Growth {
  let known: { bytes: number; at: number } | null = null
  return {
    isSignOfLife(bytes, now) {
      const before = known
      // What was there before we came is no sign of now.
      known ??= { bytes, at: now }
      if (before === null || bytes === before.bytes || Math.abs(now - before.at) < limits.signOfLifeMs) return false
      known = { bytes, at: now }
      return true
    },
    stored(bytes, now) {
      known = { bytes, at: now }
    },
  }
}
