// The real clock: the system's time of day, and Node's timers. Everything else is given a clock and knows neither.
import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    const options = signal ? { signal } : {}
    try {
      await (ms > 0 ? wait(ms, undefined, options) : breathe(undefined, options))
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  },
  every(ms, listener) {
    const timer = setInterval(listener, ms)
    return () => clearInterval(timer)
  },
}
