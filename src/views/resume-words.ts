// What going on from a checkpoint is called: by what the job had done when it saved that, which may be less than it had reached. Pure.
import type { Job } from '../client/index.ts'
import { percent } from './format.ts'
import { fractionOf } from './job-progress.ts'
import { isCommand } from './job-words.ts'

/** "Resume from 42 %"; only "Resume" where it has entered another phase since, of which nobody knows how much is kept. Null: it can only begin anew. */
export function resumeWords(job: Job): string | null {
  const { saved, progress } = job
  if (saved === null || isCommand(job)) return null
  const fraction = saved.phase === (progress?.phase?.name ?? null) ? fractionOf(saved) : null
  return fraction === null ? 'Resume' : `Resume from ${percent(fraction)}`
}
