// Looks at the rows of the jobs that a runner executes, at all of them in one look: who is asked to stop, whose lease another took, who has gone silent.
// Knows nothing of how a job is stopped.
import { limits } from '../core/limits.ts'
import type { Claimed, JobRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { openStallKeeper, type StallKeeper } from './stall-keeper.ts'
import { tell } from './tell.ts'
import { wakeful } from './wakeful.ts'

export interface RowListener {
  /** It is asked to stop. Called at every look until the attempt is over. */
  onStop(job: JobRecord): void
  onLost(error: LeaseLostError): void
  /** Nothing of it runs now that could give a sign of life. Default: something does. */
  mayBeSilent?(): boolean
}

export interface RowWatch {
  /** Looks at the job soon, at every change, and every second. Returns the way to stop that. */
  add(claimed: Claimed, listener: RowListener): () => void
  close(): void
}

interface Watched {
  leaseToken: number
  listener: RowListener
  stall: StallKeeper | null
  /** Its silence is being looked at, or told: a database that is locked takes its time, and what is told once is not told again. */
  isLooking: boolean
}

export function openRowWatch(house: House): RowWatch {
  const watched = new Map<number, Watched>()
  const telling = (look: () => Promise<void>) => () => look().catch((error) => tell(house, 'the runner could not look at its jobs', error))
  // A change may be a stop, and those are few; everything else can wait for the poll.
  const looks = wakeful(telling(lookForStops), house.closing)
  const polls = wakeful(telling(poll), house.closing)

  async function lookForStops(): Promise<void> {
    for (const job of await rowsOf([...watched.keys()], ['stopping'])) seen(job)
  }

  async function poll(): Promise<void> {
    const before = new Map(watched)
    const jobs = await rowsOf([...before.keys()])
    for (const job of jobs) {
      seen(job)
      lookForSilence(job)
      before.delete(job.id)
    }
    for (const [id, one] of before) if (watched.get(id) === one) one.listener.onLost(new LeaseLostError())
  }

  function lookForSilence(job: JobRecord): void {
    const one = watched.get(job.id)
    if (!one?.stall || one.isLooking || one.listener.mayBeSilent?.()) return
    one.isLooking = true
    one.stall
      .look(job)
      .catch((error) => tell(house, `could not look whether job ${job.id} is silent`, error))
      .finally(() => {
        one.isLooking = false
      })
  }

  async function rowsOf(ids: readonly number[], state?: JobRecord['state'][]): Promise<JobRecord[]> {
    const rows: JobRecord[] = []
    for (let at = 0; at < ids.length; at += limits.listPage) {
      const some = ids.slice(at, at + limits.listPage)
      rows.push(...(await house.store.jobs.list({ ids: some, ...(state ? { state } : {}), limit: some.length })))
    }
    return rows
  }

  function seen(job: JobRecord): void {
    const one = watched.get(job.id)
    if (!one) return
    if (job.leaseToken !== one.leaseToken) one.listener.onLost(new LeaseLostError())
    else if (job.state === 'stopping') one.listener.onStop(job)
  }

  const wakeIfAny = (work: { wake(): void }) => () => {
    if (watched.size > 0) work.wake()
  }
  const unsubscribe = house.store.onChange(wakeIfAny(looks), 'jobs')
  const stopPolling = house.clock.every(limits.pollMs, wakeIfAny(polls))

  return {
    add(claimed, listener) {
      const { job } = claimed
      const one = { leaseToken: job.leaseToken, listener, stall: openStallKeeper(house, claimed), isLooking: false }
      watched.set(job.id, one)
      looks.wake()
      return () => {
        if (watched.get(job.id) === one) watched.delete(job.id)
      }
    },
    close() {
      unsubscribe()
      stopPolling()
    },
  }
}

/** By the runner's own watch; where nobody stays to look after many, by one for this job. Returns the way to stop that. */
export function watchRow(house: House, claimed: Claimed, listener: RowListener): () => void {
  if (house.rows) return house.rows.add(claimed, listener)
  const rows = openRowWatch(house)
  rows.add(claimed, listener)
  return rows.close
}
