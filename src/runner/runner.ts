// A runner's own life: rescues what was left, claims what is ready, lets go when it closes.
import { limits } from '../core/limits.ts'
import type { Claimed } from '../store/store.ts'
import { type ChoresOptions, openChores } from './chores.ts'
import { openClaimer } from './claimer.ts'
import type { Environments } from './command-for.ts'
import { executeAttempt, type Followed } from './execute-attempt.ts'
import { openExecuting } from './executing.ts'
import { firstRepair } from './first-repair.ts'
import type { House } from './house.ts'
import { type Handlers, openInlineKeeper } from './inline-keeper.ts'
import { openLeaseKeeper } from './lease-keeper.ts'
import { noLonger } from './no-longer.ts'
import { register } from './open-house.ts'
import { openProcessWatch } from './process-watch.ts'
import { findOrphans, type Orphan, rescue, type Taken } from './rescuer.ts'
import { openRowWatch } from './row-watch.ts'
import { tell } from './tell.ts'
import type { Validators } from './validate-output.ts'
import { wakeful } from './wakeful.ts'

export interface RunnerOptions extends ChoresOptions {
  /** Kinds it claims; none: it only looks after jobs given to it and orphans. */
  kinds: readonly string[]
  /** How many jobs it executes at the same time. */
  slots: number
  /** Which orphans it takes over. */
  adopts: 'all' | ((jobId: number) => boolean)
  /** The functions of this program; absent: it has none. */
  handlerOf?: Handlers
  /** How this program looks at outputs before they are published; absent: it can look at none. */
  validatorOf?: Validators
  /** The variables of this program's kinds; absent: a job gets those that it was submitted with. */
  environmentOf?: Environments
}

export interface Runner {
  /** Executes a job that was claimed for this runner's place. */
  execute(claimed: Claimed): Promise<Followed>
  /** Claims these kinds from now on, and so many jobs at a time. */
  change(options: Pick<RunnerOptions, 'kinds' | 'slots'>): Promise<void>
  /** Claims nothing more, and asks the functions that run inside it to stop. Resolves when they have, or had their time. */
  leave(): Promise<void>
  /** Stops looking after jobs. Their processes go on; resolves when everything is let go. */
  close(): Promise<void>
}

export async function openRunner(outside: House, options: RunnerOptions): Promise<Runner> {
  const signOn = await register(outside, options.kinds)
  const inline = openInlineKeeper(options.handlerOf ?? (() => undefined))
  const processes = openProcessWatch(outside)
  const rows = openRowWatch({ ...outside, processes })
  const house: House = { ...outside, inline, processes, rows, ...knownOf(options) }
  const executing = openExecuting()
  let { kinds, slots } = options
  const lease = openLeaseKeeper(house, () => executing.size() > 0)
  const isToBeRescued = rescueRule(house, options)
  const tellRepair = firstRepair(house)
  const chores = openChores(house, options)
  const passes = wakeful(pass, house.closing)
  const claimer = openClaimer(house, {
    kinds: () => kinds,
    freeSlots: () => (inline.leaving.aborted ? 0 : slots - executing.slotsTaken()),
    wake: () => passes.wake(),
    take: (one) => execute(one),
  })

  // Trouble with the one does not keep the other from being done.
  async function pass(): Promise<void> {
    chores.tick()
    if (!inline.leaving.aborted) await safely(house, 'claim', () => claimer.look())
    await safely(house, 'look after jobs whose runner is gone', rescueOrphans)
  }

  async function rescueOrphans(): Promise<void> {
    const orphans = (await findOrphans(house, executing.ids())).filter(isToBeRescued.now)
    if (orphans.length > 0) await lease.keep()
    tellRepair(orphans.map((orphan) => takeUp(orphan, follow)))
  }

  function execute(claimed: Claimed): Promise<Followed> {
    return follow(claimed, (own) => executeAttempt(own, claimed))
  }

  function follow(claimed: Claimed, work: (own: House) => Promise<Followed>): Promise<Followed> {
    return executing.add(claimed, (onEnding) => work({ ...house, onEnding }), {
      ended(ended) {
        passes.wake()
        if (ended !== 'let go') chores.tidyAfter(ended)
      },
      // Not woken: what failed now would fail at once again. The next poll but one takes it up.
      failed(error) {
        isToBeRescued.dropped(claimed.job.id)
        tell(house, `job ${claimed.job.id} was dropped and will be looked at again`, error)
      },
    })
  }

  const unsubscribe = house.store.onChange(passes.wake, 'jobs')
  const stopPolling = house.clock.every(limits.pollMs, () => {
    isToBeRescued.nextPoll()
    passes.wake()
  })
  passes.wake()

  return {
    execute,
    async change(wanted) {
      ;({ kinds, slots } = wanted)
      await signOn.change(kinds)
      passes.wake()
    },
    async leave() {
      inline.leave()
      await noLonger(house, Promise.all([passes.idle(), claimer.idle()]), limits.closeMs)
      const { work, graceMs } = executing.inline()
      await noLonger(house, Promise.all(work).then(chores.tellAll), Math.min(graceMs, limits.closeGraceMs) + limits.closeMs)
    },
    async close() {
      unsubscribe()
      stopPolling()
      lease.close()
      await Promise.all([passes.idle(), claimer.close(), chores.close()])
      await Promise.all([...executing.all(), processes.idle()])
      rows.close()
      await house.launcher.close()
      await signOn.off(inline.running()).catch((error) => tell(house, 'the runner could not sign off', error))
    },
  }
}

type Follow = (claimed: Claimed, work: (own: House) => Promise<Followed>) => Promise<Followed>

function takeUp(orphan: Orphan, follow: Follow) {
  const { promise: taken, resolve } = Promise.withResolvers<Taken>()
  return { taken, followed: follow(orphan.claimed, (own) => rescue(own, orphan, resolve)) }
}

async function safely(house: House, what: string, work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: unknown) => tell(house, `the runner could not ${what}`, error))
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

/** What this program knows of its kinds. */
function knownOf({ validatorOf, environmentOf }: RunnerOptions): Pick<House, 'validatorOf' | 'environmentOf'> {
  return { ...(validatorOf && { validatorOf }), ...(environmentOf && { environmentOf }) }
}
