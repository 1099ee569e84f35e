// Watches a running job's row: a stop that is asked for is carried out; a lease that somebody else took is let go; too long an attempt is asked to
// stop; one that has gone silent is told.
import { limits } from '../core/limits.ts'
import type { Claimed, JobRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { openStallKeeper } from './stall-keeper.ts'
import { stopInTime } from './time-limit.ts'
import { wakeful } from './wakeful.ts'

export interface KeptAttempt {
  /** Stops it, for as long as that takes. False: it cannot be stopped now, and is to be tried again. */
  stop(job: JobRecord): Promise<boolean>
  /** How long it has been at work, by a clock that nobody sets. Absent, or null: nobody can tell. */
  ageMs?: () => Promise<number | null>
  /** Aborted when the attempt is over for this runner. */
  signal: AbortSignal
}

export interface StopKeeper {
  /** Rejects when the lease was lost. Never resolves. */
  lost: Promise<never>
}

export function stopWhenAsked(house: House, claimed: Claimed, kept: KeptAttempt): StopKeeper {
  const { job } = claimed
  const { promise: lost, reject } = Promise.withResolvers<never>()
  lost.catch(() => undefined)
  let stopping = false
  const stall = openStallKeeper(house, claimed)
  const looks = wakeful(look, kept.signal)

  async function look(): Promise<void> {
    try {
      const now = await house.store.jobs.get({ id: job.id })
      if (!now || now.leaseToken !== job.leaseToken) return reject(new LeaseLostError())
      if (now.state === 'stopping' && !stopping) {
        stopping = true
        carryOut(now).catch(reject)
      }
      await stall?.look(now)
    } catch (error) {
      if (!kept.signal.aborted) house.logger.warn(`could not look at job ${job.id}: ${error}`)
    }
  }

  async function carryOut(now: JobRecord): Promise<void> {
    if (await kept.stop(now)) return
    house.logger.error(`job ${job.id} cannot be killed: some of its processes do not end`)
    stopping = false
  }

  const unsubscribe = house.store.onChange(looks.wake, 'jobs')
  const stopPolling = house.clock.every(limits.pollMs, looks.wake)
  const over = () => {
    unsubscribe()
    stopPolling()
  }
  if (kept.signal.aborted) over()
  else kept.signal.addEventListener('abort', over, { once: true })
  stopInTime(house, claimed, { signal: kept.signal, ageMs: kept.ageMs ?? (async () => null) }).catch(reject)
  looks.wake()
  return { lost }
}
