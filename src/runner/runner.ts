// A runner's own life: rescues what was left, claims what is ready, lets go when it closes.
import { limits } from '../core/limits.ts'
import type { Claimed } from '../store/store.ts'
import { type ChoresOptions, openChores } from './chores.ts'
import { openClaimer } from './claimer.ts'
import { executeAttempt, type Followed } from './execute-attempt.ts'
import type { House } from './house.ts'
import { openLeaseKeeper } from './lease-keeper.ts'
import { register } from './open-house.ts'
import { openProcessWatch } from './process-watch.ts'
import { findOrphans, type Orphan, rescue } from './rescuer.ts'
import { tell } from './tell.ts'
import { wakeful } from './wakeful.ts'

export interface RunnerOptions extends ChoresOptions {
  /** Kinds it claims; none: it only looks after jobs given to it and orphans. */
  kinds: readonly string[]
  /** How many jobs it executes at the same time. */
  slots: number
  /** Which orphans it takes over. */
  adopts: 'all' | ((jobId: number) => boolean)
}

export interface Runner {
  /** Executes a job that was claimed for this runner's place. */
  execute(claimed: Claimed): Promise<Followed>
  /** Stops looking after jobs. Their processes go on; resolves when everything is let go. */
  close(): Promise<void>
}

export async function openRunner(given: House, options: RunnerOptions): Promise<Runner> {
  const processes = openProcessWatch(given)
  const house: House = { ...given, processes }
  const signOff = await register(house, options.kinds)
  const executing = new Map<number, Promise<Followed>>()
  const lease = openLeaseKeeper(house, () => executing.size > 0)
  const isToBeRescued = rescueRule(house, options)
  const chores = openChores(house, options)
  const passes = wakeful(pass, house.closing)
  const claimer = openClaimer(house, {
    ...options,
    wake: () => passes.wake(),
    take: (one) => follow(one.job.id, executeAttempt(house, one)),
  })

  async function safely(what: string, work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => tell(house, `the runner could not ${what}`, error))
  }

  // Trouble with the one does not keep the other from being done.
  async function pass(): Promise<void> {
    chores.tick()
    await safely('claim', () => claimer.look(options.slots - executing.size))
    await safely('look after jobs whose runner is gone', rescueOrphans)
  }

  async function rescueOrphans(): Promise<void> {
    const orphans = (await findOrphans(house, new Set(executing.keys()))).filter(isToBeRescued.now)
    if (orphans.length > 0) await lease.keep()
    for (const orphan of orphans) follow(orphan.claimed.job.id, rescue(house, orphan))
  }

  function follow(jobId: number, work: Promise<Followed>): Promise<Followed> {
    // A job that is tried again may have been claimed for its next attempt before the last one is all tidied up.
    const done = () => {
      if (executing.get(jobId) === followed) executing.delete(jobId)
    }
    const followed = work.then(
      (ended): Followed => {
        done()
        passes.wake()
        if (ended !== 'let go' && ended.artifacts.length > 0) chores.sweep()
        return ended
      },
      // Not woken: what failed now would fail at once again. The next poll but one takes it up.
      (error: unknown): Followed => {
        done()
        isToBeRescued.dropped(jobId)
        tell(house, `job ${jobId} was dropped and will be looked at again`, error)
        return 'let go'
      },
    )
    executing.set(jobId, followed)
    return followed
  }

  const unsubscribe = house.store.onChange(passes.wake, 'jobs')
  const stopPolling = house.clock.every(limits.pollMs, () => {
    isToBeRescued.nextPoll()
    passes.wake()
  })
  passes.wake()

  return {
    execute: (claimed) => follow(claimed.job.id, executeAttempt(house, claimed)),
    async close() {
      unsubscribe()
      stopPolling()
      claimer.close()
      lease.close()
      await Promise.all([passes.idle(), chores.close()])
      await Promise.all([...executing.values(), processes.idle()])
      await house.launcher.close()
      await signOff().catch((error) => tell(house, 'the runner could not sign off', error))
    },
  }
}

// A job of ours that nobody executes is either about to be given to us, or an error made us drop it: only a later poll can tell.
function rescueRule(house: House, options: RunnerOptions) {
  let polls = 0
  const droppedSince = new Map<number, number>()
  return {
    nextPoll() {
      polls++
      for (const [jobId, since] of droppedSince) if (since < polls - 1) droppedSince.delete(jobId)
    },
    dropped: (jobId: number) => void droppedSince.set(jobId, polls),
    now({ claimed: { job } }: Orphan): boolean {
      if (options.adopts !== 'all' && !options.adopts(job.id)) return false
      if (job.runnerId !== house.place.runnerId) return true
      const since = droppedSince.get(job.id) ?? polls
      droppedSince.set(job.id, since)
      return since < polls
    },
  }
}
