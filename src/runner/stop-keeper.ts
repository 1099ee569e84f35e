// Watches a running job's row: a stop that is asked for is carried out; a lease that somebody else took is let go.

import { limits } from '../core/limits.ts'
import type { Claimed, JobRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { wakeful } from './wakeful.ts'

export interface KeptAttempt {
  /** Stops it, for as long as that takes. False: it cannot be stopped now, and is to be tried again. */
  stop(job: JobRecord): Promise<boolean>
  /** Aborted when the attempt is over for this runner. */
  signal: AbortSignal
}

export interface StopKeeper {
  /** Rejects when the lease was lost. Never resolves. */
  lost: Promise<never>
}

export function stopWhenAsked(house: House, { job }: Claimed, kept: KeptAttempt): StopKeeper {
  const { promise: lost, reject } = Promise.withResolvers<never>()
  lost.catch(() => undefined)
  let stopping = false
  const looks = wakeful(look, kept.signal)

  async function look(): Promise<void> {
    try {
      const now = await house.store.jobs.get({ id: job.id })
      if (!now || now.leaseToken !== job.leaseToken) return reject(new LeaseLostError())
      if (now.state === 'stopping' && !stopping) {
        stopping = true
        carryOut(now).catch(reject)
      }
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
  looks.wake()
  return { lost }
}
