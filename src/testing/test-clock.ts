// The clock of an app's tests: time passes when it is told to, and what is due on the way happens at its own instant. Executes no job.
import type { Clock } from '../core/clock.ts'
import { limits } from '../core/limits.ts'
import type { Store } from '../store/store.ts'
import type { FakeClock } from './fake-clock.ts'

export interface TestClock {
  /** Epoch milliseconds. */
  now(): number
  /**
   * Lets so much time pass. Schedules fire on the way, each at its own time; delays end, and jobs that waited too long expire. Jobs that have
   * become ready are executed by the next `drain`.
   */
  advance(ms: number): Promise<void>
}

export interface TestClockOptions {
  clock: FakeClock
  schedules: Store['schedules']
  /** Does what is due now. */
  catchUp: () => Promise<void>
}

export function testClock({ clock, schedules, catchUp }: TestClockOptions): TestClock {
  async function nextFiringAt(): Promise<number> {
    const now = clock.now()
    const all = await schedules.list({ limit: limits.schedules })
    return Math.min(...all.flatMap(({ nextAt }) => (nextAt !== null && nextAt > now ? nextAt : [])), Number.POSITIVE_INFINITY)
  }
  return {
    now: clock.now,
    async advance(ms) {
      if (!(ms >= 0 && Number.isFinite(ms))) throw new TypeError(`advance: ms must be milliseconds, 0 or more, not ${ms}`)
      const until = clock.now() + ms
      for (let firings = 0; firings <= firingsAtMost; firings++) {
        const at = Math.min(await nextFiringAt(), until)
        await clock.advance(at - clock.now())
        await catchUp()
        if (at === until) return
      }
      throw new Error(`advance: schedules fired ${firingsAtMost} times; let less time pass, or pause them`)
    },
  }
}

/** A schedule of every minute fires so often in a day. A second or two. */
const firingsAtMost = 1_440

/**
 * The clock of whoever watches jobs: woken by changes alone. In memory no wake-up is lost, and the poll behind it would make a month that passes
 * two million looks.
 */
export function withoutPolls(clock: Clock): Clock {
  return { ...clock, sleep: (ms, signal) => (ms > 0 && signal ? whenAborted(signal) : clock.sleep(ms, signal)) }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
