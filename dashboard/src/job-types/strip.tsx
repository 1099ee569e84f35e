// The last jobs of a job type as bars, oldest left: height is how long, colour is how it ended. Success is grey.
import type { SettledJob } from 'holdfast/client'
import { stripWords, tookOf } from './kind-words.ts'

const most = 30
const step = 6
const height = 24

export function Strip({ recent }: { recent: readonly SettledJob[] }) {
  const shown = recent.slice(-most)
  const longest = Math.max(1, ...shown.map((job) => tookOf(job) ?? 0))
  return (
    <svg class="strip30" viewBox={`0 0 ${most * step} ${height}`} role="img" aria-label={stripWords(shown)}>
      {shown.map((job, place) => {
        // The square root keeps a job of a second in sight beside one of an hour.
        const size = 4 + Math.sqrt((tookOf(job) ?? 0) / longest) * (height - 4)
        return <rect key={job.id} class={job.state} x={place * step} y={height - size} width={step - 2} height={size} rx={1} />
      })}
    </svg>
  )
}
