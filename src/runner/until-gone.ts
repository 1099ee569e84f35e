// A tree is stopped until it is gone. What cannot be killed is shown and tried again: its job keeps its keys, and nothing is settled (I3, I11).
import { limits } from '../core/limits.ts'
import type { StopReport } from '../launch/launcher.ts'
import type { AttemptFlags } from './attempt-flags.ts'
import type { House } from './house.ts'

export interface Stopping {
  flags: AttemptFlags
  /** Aborted when the attempt is over for this runner. */
  signal: AbortSignal
  stop: () => Promise<StopReport>
}

/** @throws the signal's reason when given up */
export async function untilGone({ clock }: Pick<House, 'clock'>, { flags, signal, stop }: Stopping): Promise<StopReport> {
  let found = false
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, limits.stopAgainMs)) {
    const report = await stop()
    found ||= report.found
    if (report.gone) {
      await flags.clear('killIncomplete', 'what could not be killed is gone')
      return { ...report, found }
    }
    await flags.set('killIncomplete', `${survivorWords(report.survivors)} cannot be killed: tried again until gone, its keys stay held`)
    await clock.sleep(pauseMs, signal)
  }
}

function survivorWords(survivors: number): string {
  return survivors === 0 ? 'some of its processes' : `${survivors} of its processes`
}

const firstPauseMs = 1_000
