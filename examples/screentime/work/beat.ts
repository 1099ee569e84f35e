// A stage's signs of life: numbered, at most one in so many seconds, and only where the work has got on. A stage that hangs does not beat.
import type { JobContext } from 'holdfast/job'
import { settingsFrom } from '../settings.ts'

interface Amounts {
  frames: number
  total: number
  faces: number
}

interface Beat {
  /** Of the last one; an attempt that goes on from a checkpoint numbers on. */
  seq(): number
  /** True: it beat, and this is the time to save. */
  tell(amounts: Amounts): boolean
}

/** What is told first is a beat: it has begun. */
export function startBeating(job: JobContext<{ episode: string }>, seq = 0): Beat {
  const everyMs = settingsFrom(process.env).beatSeconds * 1_000
  let lastAt = Number.NEGATIVE_INFINITY
  return {
    seq: () => seq,
    tell({ frames, total, faces }) {
      if (performance.now() - lastAt < everyMs) return false
      lastAt = performance.now()
      seq++
      job.heartbeat()
      job.log(`hb seq=${seq} frames=${frames} pct=${total === 0 ? 0 : Math.floor((frames / total) * 100)} faces=${faces}`)
      return true
    },
  }
}
