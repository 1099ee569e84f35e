// A clock that stands still until it is told to go on. Whatever waits by it wakes in order, without real time passing.
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import { timeline } from './timeline.ts'

export interface FakeClock extends Clock {
  /** Lets so much time pass: wakes what is due, one after the other, and waits until each has come to its next wait. */
  advance(ms: number): Promise<void>
  /** Milliseconds until the next one that waits wakes up; null when nobody waits. */
  nextMs(): number | null
}

/** A clock that shows `startAt` until `advance` is called. */
export function fakeClock(startAt: number = Date.UTC(2026, 0, 1)): FakeClock {
  const time = timeline()
  const clock = clockOn(
    () => startAt + time.now(),
    (ms, act) => time.at(time.now() + ms, act),
  )
  return {
    ...clock,
    async advance(ms) {
      const until = time.now() + ms
      await turn()
      while ((time.nextAt() ?? Number.POSITIVE_INFINITY) <= until) {
        time.next()
        await turn()
      }
      time.skipTo(until)
    },
    nextMs() {
      const next = time.nextAt()
      return next === null ? null : next - time.now()
    },
  }
}

/** Does something later, unless it is called off before. */
export type After = (ms: number, act: () => void) => () => void

/** The clock port on anything that can do something later. */
export function clockOn(now: () => number, after: After): Clock {
  return {
    now,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const onAbort = () => {
          callOff()
          reject(signal?.reason)
        }
        const callOff = after(Math.max(0, ms), () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    every(ms, listener) {
      let callOff = arm()
      function arm(): () => void {
        return after(ms, () => {
          callOff = arm()
          listener()
        })
      }
      return () => callOff()
    },
  }
}
