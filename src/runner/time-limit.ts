// An attempt that takes longer than its job allows is asked to stop. Counted from the attempt's start, whoever looks after it:
// where the kernel tells how old its process is, an adopter takes that, so that no clock that was set meanwhile counts.
import { durationWords } from '../core/duration.ts'
import { limits } from '../core/limits.ts'
import { spentAfter } from '../core/spent.ts'
import type { Claimed } from '../store/store.ts'
import type { House } from './house.ts'

export interface Timed {
  /** Age of the attempt's process by the kernel; null where it cannot be had. */
  ageMs: () => Promise<number | null>
  /** Aborted when the attempt is over for this runner. */
  signal: AbortSignal
}

/** Resolves when the stop is asked for, or the attempt is over. */
export async function stopInTime(house: House, { job, attempt }: Claimed, { ageMs, signal }: Timed): Promise<void> {
  const { timeoutMs } = job.spec
  if (timeoutMs === null) return
  const { clock, store } = house
  try {
    let spentMs = await spentSoFar(clock.now() - attempt.startedAt, { timeoutMs, ageMs })
    while (spentMs < timeoutMs) {
      const waitedMs = Math.min(timeoutMs - spentMs, limits.pollMs)
      const before = clock.now()
      await clock.sleep(waitedMs, signal)
      spentMs = spentAfter(spentMs, { waitedMs, tookMs: clock.now() - before })
    }
    const why = `took longer than ${durationWords(timeoutMs)}`
    await store.jobs.askStop({ id: job.id, reason: 'timeout', why, leaseToken: job.leaseToken, by: null, now: clock.now() })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

// One that was started a moment ago needs no look, unless that moment is much of what it has: its runner may have been killed before it began.
async function spentSoFar(byClockMs: number, { timeoutMs, ageMs }: Pick<Timed, 'ageMs'> & { timeoutMs: number }): Promise<number> {
  if (byClockMs >= 0 && byClockMs < Math.min(limits.pollMs, timeoutMs / 10)) return byClockMs
  return (await ageMs()) ?? Math.max(0, byClockMs)
}
