// What a runner does besides its jobs: fires schedules, tidies up, removes what is kept no longer. Each by itself, so that none keeps another waiting.
import { limits } from '../core/limits.ts'
import type { Retention } from '../core/retention.ts'
import type { House } from './house.ts'
import { prune, sweep } from './janitor.ts'
import { fireDue, type ScheduledJobs } from './schedule-ticker.ts'
import { tell } from './tell.ts'
import { wakeful } from './wakeful.ts'

export interface ChoresOptions {
  /** Makes the jobs that schedules ask for; absent: it fires none. */
  schedules?: ScheduledJobs
  /** How long settled jobs are kept; absent: it removes none. */
  retention?: () => Retention
}

export interface Chores {
  /** A schedule may be due. */
  tick(): void
  /** There may be something to tidy up. */
  sweep(): void
  /** Resolves when nothing of it is at work any more. */
  close(): Promise<void>
}

export function openChores(house: House, { schedules, retention }: ChoresOptions): Chores {
  const fire = async () => {
    if (schedules) await fireDue(house, schedules)
  }
  const ticks = wakeful(() => fire().catch((error) => tell(house, 'the runner could not fire schedules', error)), house.closing)
  const sweeps = wakeful(() => sweep(house), house.closing)
  const prunes = wakeful(() => prune(house, retention?.() ?? null), house.closing)
  const stops = [house.clock.every(limits.sweepMs, sweeps.wake), house.clock.every(limits.pruneMs, prunes.wake)]
  sweeps.wake()
  prunes.wake()
  return {
    tick: ticks.wake,
    sweep: sweeps.wake,
    async close() {
      for (const stop of stops) stop()
      await Promise.all([ticks.idle(), sweeps.idle(), prunes.idle()])
    },
  }
}
