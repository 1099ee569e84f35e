// What going on from a checkpoint is called: by what the job had done when it saved that, which may be less than it had reached. Pure.
import type { Job } from '../client/index.ts'
import { percent } from './format.ts'
import { fractionOf } from './job-progress.ts'
import { isCommand } from './job-words.ts'

/** "Resume from 42 %", or from the phase it was in where it ended in another one. Null: there is nothing to go on from, and it can only begin anew. */
export function resumeWords(job: Job): string | null {
  const { saved, progress } = job
  if (saved === null || isCommand(job)) return null
  if (saved.phase !== null && saved.phase !== progress?.phase?.name) return `Resume from ${saved.phase}`
  const fraction = fractionOf(saved)
  return fraction === null ? 'Resume' : `Resume from ${percent(fraction)}`
}
