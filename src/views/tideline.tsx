// The tideline: one segment a phase. The current one fills to its own percentage, or is hatched when that is unknown.
import type { ProgressView } from './job-progress.ts'
import type { Tone } from './job-words.ts'

export interface TidelineProps {
  view: ProgressView
  tone: Tone
  thin?: boolean
}

export function Tideline({ view, tone, thin = false }: TidelineProps) {
  if (view.segments.length === 0) return null
  const value = view.fraction === null ? {} : { 'aria-valuenow': Math.floor(view.fraction * 100) }
  return (
    <div
      class={thin ? 'tide thin' : 'tide'}
      data-state={tone}
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={view.sentence}
      {...value}
    >
      {view.segments.map((look, place) => (
        // A segment is its place.
        <i key={place} class={look} style={look === 'now' ? { '--p': `${(view.fraction ?? 0) * 100}%` } : {}} />
      ))}
    </div>
  )
}
