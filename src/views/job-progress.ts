// Progress as drawn: segments of the tideline, steps with their times, amount, rate and what is left. Pure.
import type { Job, JobDetail, PhaseSpan, Progress } from '../client/index.ts'
import { amount, rate } from './amounts.ts'
import { about, count, duration, percent } from './format.ts'
import { isSettled } from './job-words.ts'

export type SegmentLook = 'done' | 'now' | 'unknown' | 'later'

export interface Step {
  name: string
  look: SegmentLook
  /** How long it took or takes, or that it was not reached. */
  note: string
  /** How many segments it stands under: phases to come have no names yet. */
  span: number
  /** The segment it begins under, from 1, where that is not the next one: a job may begin in its second phase. */
  from: number | null
}

export interface ProgressView {
  segments: SegmentLook[]
  /** Of the phase, 0 to 1; null when the amount is unknown. */
  fraction: number | null
  /** "42 %" of the phase, or null. */
  percent: string | null
  phase: string | null
  /** "3 of 5", or null without phases. */
  position: string | null
  /** "1,344 of 3,201 films, 4.7 a second" */
  amount: string | null
  /** "about 7 min left in this phase" */
  left: string | null
  steps: Step[]
  /** The whole as a sentence. */
  sentence: string
}

/** No rate before both: earlier it is noise. */
const leastFraction = 0.1
const leastElapsedMs = 10_000
const mostSegments = 24

/** Of a job alone, as lists have it, nothing is said of the time that is left: it takes past jobs to tell. */
export function progressOf(job: Job & Partial<Pick<JobDetail, 'remaining'>>, now: number): ProgressView | null {
  const { progress } = job
  if (progress === null) return null
  const place = placeOf(progress)
  const settled = isSettled(job)
  const succeeded = job.state === 'succeeded'
  const fraction = succeeded ? 1 : fractionOf(progress)
  const segments = segmentsOf(place, succeeded ? 'done' : fraction === null && !settled ? 'unknown' : 'now')
  const perMs = settled || job.state === 'queued' ? null : paceOf(job, fraction)
  const position = place.of > 1 ? `${place.index} of ${place.of}` : null
  const said = [progress.done === null ? null : amount(progress.done, progress.total, progress.unit), perMs && rate(perMs, progress.unit)]
  const view = {
    segments: fractionOf(progress) === null && place.of === 0 ? [] : segments,
    fraction,
    percent: fraction === null ? null : percent(fraction),
    phase: progress.phase?.name ?? null,
    position,
    amount: said.filter(Boolean).join(', ') || null,
    left: leftOf(job.remaining ?? null, now),
    steps: stepsOf(job, progress, now),
  }
  return { ...view, sentence: succeeded ? 'All of it is done' : sentenceOf(view) }
}

interface Place {
  /** From 1; 0 without phases. */
  index: number
  of: number
}

function placeOf({ phase, phases }: Progress): Place {
  if (phase === null) return { index: 0, of: 0 }
  const index = Math.max(1, phase.index ?? phases.length)
  return { index, of: Math.max(index, phase.of ?? phases.length) }
}

export function fractionOf({ done, total }: Pick<Progress, 'done' | 'total'>): number | null {
  return done === null || total === null || total <= 0 ? null : Math.min(1, Math.max(0, done / total))
}

function segmentsOf({ index, of }: Place, current: SegmentLook): SegmentLook[] {
  const length = Math.max(1, Math.min(mostSegments, of))
  const at = Math.max(1, of > mostSegments ? Math.ceil((index * mostSegments) / of) : index)
  return Array.from({ length }, (_, place) =>
    place + 1 < at ? 'done' : place + 1 === at ? current : current === 'done' ? 'done' : 'later',
  )
}

/** Over the phase, up to the last report: a silent job does not get slower by the second, it gets silent. */
function paceOf(job: Job, fraction: number | null): number | null {
  const { progress } = job
  if (progress === null || fraction === null || progress.done === null || progress.total === null) return null
  const startedAt = progress.phases.at(-1)?.startedAt ?? job.startedAt
  const elapsedMs = startedAt === null ? 0 : progress.updatedAt - startedAt
  if (fraction < leastFraction || fraction >= 1 || elapsedMs < leastElapsedMs) return null
  return progress.done / elapsedMs
}

/** "about 7 min left", of the job where that can be said; it runs down while the page stands still. */
function leftOf(remaining: JobDetail['remaining'], now: number): string | null {
  if (remaining === null) return null
  const sinceMs = Math.max(0, now - remaining.at)
  const [ms, of] = remaining.jobMs === null ? [remaining.phaseMs, ' in this phase'] : [remaining.jobMs, '']
  return ms === null || ms <= sinceMs ? null : `${about(ms - sinceMs)} left${of}`
}

function stepsOf(job: Job, progress: Progress, now: number): Step[] {
  const settled = isSettled(job)
  const { index, of } = placeOf(progress)
  const steps = progress.phases.map((span, place): Step => {
    const last = place === progress.phases.length - 1
    const over = !last || job.state === 'succeeded' || (span.finishedAt !== null && !settled)
    const from = place === 0 && index > progress.phases.length ? index - progress.phases.length + 1 : null
    return { name: span.name, look: over ? 'done' : 'now', note: duration(spentMs(span, job.finishedAt ?? now)), span: 1, from }
  })
  const toCome = of - index
  if (toCome > 0 && job.state !== 'succeeded') {
    steps.push({
      name: toCome === 1 ? '1 more phase' : `${count(toCome)} more phases`,
      look: 'later',
      note: settled ? 'not reached' : '',
      span: toCome,
      from: null,
    })
  }
  return steps
}

function spentMs(span: PhaseSpan, until: number): number {
  return Math.max(0, (span.finishedAt ?? until) - span.startedAt)
}

function sentenceOf(view: Omit<ProgressView, 'sentence'>): string {
  const phase = view.phase === null ? null : view.position === null ? view.phase : `Phase ${view.position}, ${view.phase}`
  return [phase, view.amount, view.percent?.replace('\u202f%', ' percent') ?? 'amount unknown'].filter(Boolean).join(', ')
}
