// What a runner does besides its jobs: fires schedules, tidies up, removes what is kept no longer. Each by itself, so that none keeps another waiting.
import { limits } from '../core/limits.ts'
import type { Retention } from '../core/retention.ts'
import type { SnapshotKeep } from '../core/snapshots.ts'
import type { JobRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { prune, sweep } from './janitor.ts'
import { sealLogs } from './log-gaps.ts'
import { noLonger } from './no-longer.ts'
import { openNotifier } from './notifier.ts'
import { fireDue, type ScheduledJobs } from './schedule-ticker.ts'
import { tell } from './tell.ts'
import { wakeful } from './wakeful.ts'

export interface ChoresOptions {
  /** Makes the jobs that schedules ask for; absent: it fires none. */
  schedules?: ScheduledJobs
  /** How long settled jobs are kept; absent: it removes none. */
  retention?: () => Retention
  /** How long snapshots are kept. Default: ten minutes after they were replaced, and the newest four. */
  snapshotKeep?: () => SnapshotKeep
}

export interface Chores {
  /** A schedule may be due, or something to be told. */
  tick(): void
  /** What an attempt published may replace what was kept, and a log too long may be written anew. */
  tidyAfter(job: JobRecord): void
  /** Sends what is due to be told, as far as that takes no longer than a moment. */
  tellAll(): Promise<void>
  /** Resolves when nothing of it is at work any more. */
  close(): Promise<void>
}

export function openChores(house: House, { schedules, retention, snapshotKeep }: ChoresOptions): Chores {
  const fire = async () => {
    if (schedules) await fireDue(house, schedules)
  }
  const ticks = wakeful(() => fire().catch((error) => tell(house, 'the runner could not fire schedules', error)), house.closing)
  const sweeps = wakeful(() => sweep(house, snapshotKeep?.()), house.closing)
  const prunes = wakeful(() => prune(house, retention?.() ?? null), house.closing)
  const seals = wakeful(() => sealLogs(house).catch((error) => tell(house, 'the runner could not write logs anew', error)), house.closing)
  const notifier = openNotifier(house)
  const stops = [
    house.clock.every(limits.sweepMs, seals.wake),
    house.clock.every(limits.sweepMs, sweeps.wake),
    house.clock.every(limits.pruneMs, prunes.wake),
  ]
  sweeps.wake()
  prunes.wake()
  seals.wake()
  return {
    tick() {
      ticks.wake()
      notifier.look()
    },
    tidyAfter({ artifacts, logKept }) {
      if (artifacts.length > 0) sweeps.wake()
      if (logKept.middle !== null) seals.wake()
    },
    tellAll: () => noLonger(house, notifier.sendAll(), limits.closeMs),
    async close() {
      for (const stop of stops) stop()
      await Promise.all([ticks.idle(), sweeps.idle(), prunes.idle(), seals.idle(), notifier.close()])
    },
  }
}
