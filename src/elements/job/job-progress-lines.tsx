// How far a job is, in a card: phase and per cent, the tideline, amount and what is left.

import type { ActiveJob, Job } from '../../client/index.ts'
import { type ProgressView, progressOf } from '../../views/job-progress.ts'
import { lookOf } from '../../views/job-words.ts'
import { Tideline } from '../../views/tideline.tsx'

export interface ProgressLinesProps {
  job: ActiveJob | Job
  now: number
  /** The server is not heard. */
  isLost: boolean
}

export function ProgressLines({ job, now, isLost }: ProgressLinesProps) {
  const view = progressOf(job, now)
  if (view === null) return <p class="line">It has not said how far it is.</p>
  return (
    <div class={isLost ? 'progress aged' : 'progress'} part="progress">
      <div class="phase">
        <b>
          <bdi>{view.phase ?? view.amount ?? lookOf(job).word}</bdi>
        </b>
        <span class="quiet">{view.position}</span>
        <span class="pct">{view.percent}</span>
      </div>
      <Tideline view={view} tone={isLost ? 'queued' : lookOf(job).tone} />
      <Under view={view} message={job.progress?.message ?? null} isLost={isLost} />
    </div>
  )
}

interface UnderProps {
  view: ProgressView
  message: string | null
  isLost: boolean
}

function Under({ view, message, isLost }: UnderProps) {
  const done = view.phase === null ? message : (view.amount ?? message)
  const left = isLost ? null : view.left
  if (done === null && left === null) return null
  return (
    <div class="under">
      <span>
        <bdi>{done}</bdi>
      </span>
      <span>{left}</span>
    </div>
  )
}
