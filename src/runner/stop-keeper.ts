// Stops an attempt when its row says so; lets go of it when somebody else took its lease; asks one that takes too long to stop.
import type { Claimed, JobRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { watchRow } from './row-watch.ts'
import { stopInTime } from './time-limit.ts'

export interface KeptAttempt {
  /** Stops it, for as long as that takes. False: it cannot be stopped now, and is to be tried again. */
  stop(job: JobRecord): Promise<boolean>
  /** How long it has been at work, by a clock that nobody sets. Null: nobody can tell. */
  ageMs(): Promise<number | null>
  /** Aborted when nothing of it runs any more: what is done with its output is not its time, nor its silence. */
  ended: AbortSignal
  /** Aborted when the attempt is over for this runner. */
  signal: AbortSignal
}

export interface StopKeeper {
  /** Rejects when the lease was lost. Never resolves. */
  lost: Promise<never>
}

export function stopWhenAsked(house: House, claimed: Claimed, { stop, ageMs, ended, signal }: KeptAttempt): StopKeeper {
  const { promise: lost, reject } = Promise.withResolvers<never>()
  lost.catch(() => undefined)
  let stopping = false

  async function carryOut(job: JobRecord): Promise<void> {
    if (await stop(job)) return
    house.logger.error(`job ${job.id} cannot be killed: some of its processes do not end`)
    stopping = false
  }

  const unwatch = watchRow(house, claimed, {
    onStop(job) {
      if (stopping) return
      stopping = true
      carryOut(job).catch(reject)
    },
    onLost: reject,
    mayBeSilent: () => ended.aborted,
  })
  if (signal.aborted) unwatch()
  else signal.addEventListener('abort', unwatch, { once: true })
  stopInTime(house, claimed, { signal: AbortSignal.any([signal, ended]), ageMs }).catch(reject)
  return { lost }
}
