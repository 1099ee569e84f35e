// What a runner keeps for the functions that run inside it: which one a kind has, who of them is asked to stop, and which still run.
// One look for all of them: there may be hundreds, for milliseconds each.
import { limits } from '../core/limits.ts'
import type { Claimed, JobRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import type { Handler } from './play-handler.ts'
import { openStallKeeper, type StallKeeper } from './stall-keeper.ts'
import { tell } from './tell.ts'
import { wakeful } from './wakeful.ts'

/** The function of a kind, if this program has it. */
export type Handlers = (kind: string) => Handler | undefined

export interface Listener {
  /** It is asked to stop. May be called more than once. */
  onStop(job: JobRecord): void
  onLost(error: LeaseLostError): void
}

export interface InlineKeeper {
  handlerOf: Handlers
  /** Aborted when the runner is about to close: no function is begun any more, and those that run are to stop. */
  leaving: AbortSignal
  /** Looks after an attempt whose function runs. Returns the way to stop that. */
  watch(claimed: Claimed, listener: Listener): () => void
  /** Remembers that a function runs until it has settled, whatever became of its job meanwhile. */
  remember(running: Promise<unknown>): void
}

export interface OpenedKeeper extends InlineKeeper {
  /** Begins no function any more and asks those that run to stop. */
  leave(): void
  /** Functions that have not settled. */
  running(): readonly Promise<unknown>[]
  close(): void
}

interface Watched {
  leaseToken: number
  listener: Listener
  stall: StallKeeper | null
}

export function openInlineKeeper(house: House, handlerOf: Handlers): OpenedKeeper {
  const leaving = new AbortController()
  const watched = new Map<number, Watched>()
  const running = new Set<Promise<unknown>>()
  const looks = wakeful(
    () => look(['stopping']).catch((error) => tell(house, 'the runner could not look at its jobs', error)),
    house.closing,
  )
  const checks = wakeful(() => look().catch((error) => tell(house, 'the runner could not look at its jobs', error)), house.closing)

  async function look(state?: JobRecord['state'][]): Promise<void> {
    const ids = [...watched.keys()]
    for (let at = 0; at < ids.length; at += limits.listPage) {
      const some = ids.slice(at, at + limits.listPage)
      const jobs = await house.store.jobs.list({ ids: some, ...(state ? { state } : {}), limit: some.length })
      for (const job of jobs) seen(job, state === undefined)
    }
  }

  function seen(job: JobRecord, isPoll: boolean): void {
    const one = watched.get(job.id)
    if (!one) return
    if (isPoll) one.stall?.look(job).catch((error) => tell(house, `could not look whether job ${job.id} is silent`, error))
    if (job.leaseToken !== one.leaseToken) one.listener.onLost(new LeaseLostError())
    else if (job.state === 'stopping') one.listener.onStop(job)
  }

  const unsubscribe = house.store.onChange(() => {
    if (watched.size > 0) looks.wake()
  }, 'jobs')
  const stopPolling = house.clock.every(limits.pollMs, () => {
    if (watched.size > 0) checks.wake()
  })

  return {
    handlerOf,
    leaving: leaving.signal,
    watch(claimed, listener) {
      const { job } = claimed
      watched.set(job.id, { leaseToken: job.leaseToken, listener, stall: openStallKeeper(house, claimed) })
      return () => {
        if (watched.get(job.id)?.listener === listener) watched.delete(job.id)
      }
    },
    remember(work) {
      running.add(work)
      const over = () => running.delete(work)
      work.then(over, over)
    },
    leave: () => leaving.abort(),
    running: () => [...running],
    close() {
      unsubscribe()
      stopPolling()
    },
  }
}
