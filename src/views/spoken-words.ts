// What is said aloud of a job, for those who do not see it. Pure.
import type { Job } from '../client/index.ts'
import type { ProgressView } from './job-progress.ts'
import { endingOf, isActive, isSettled, lookOf } from './job-words.ts'

/** How it ended and why, or where it is, in quarters: nobody wants to hear each per cent. */
export function spokenWords(job: Job, view: ProgressView | null): string {
  if (isSettled(job)) return [endingOf(job), job.state === 'failed' ? job.failure?.message : null].filter(Boolean).join(': ')
  const quarter = isActive(job) && view !== null && view.fraction !== null ? `${Math.floor(view.fraction * 4) * 25} percent` : null
  return [lookOf(job).word, view?.phase, quarter].filter(Boolean).join(', ')
}
