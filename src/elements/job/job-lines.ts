// What a card says of a job besides its progress: one line that counts, and one that explains. Pure.
import type { Job } from '../../client/index.ts'
import { capital, duration, shortTime } from '../../views/format.ts'
import { factsOf, isStalled, outcomeOf, tookMs } from '../../views/job-words.ts'

export interface JobLines {
  /** In the colour of its state. */
  say: string | null
  lines: string[]
}

export function jobLines(job: Job, now: number): JobLines {
  switch (job.state) {
    case 'queued':
      return { say: null, lines: [`${waitWords(outcomeOf(job, now))}. ${startsWords(job)}`] }
    case 'running':
      return { say: isStalled(job) ? outcomeOf(job, now) : null, lines: [] }
    case 'stopping':
      return { say: null, lines: [`${capital(outcomeOf(job, now) || 'Its processes are being ended')}.`] }
    case 'succeeded':
      return { say: null, lines: [finishedWords(job, now), factsOf(job.result).join(' · ')].filter(Boolean) }
    case 'cancelled':
      return { say: null, lines: [`${['Cancelled', outcomeOf(job, now)].filter(Boolean).join(' ')}.`] }
    default:
      return { say: job.failure?.message ?? null, lines: [job.failure?.hint ?? '', endedWords(job, now)].filter(Boolean) }
  }
}

/** "Waits for key servers, held by #419" */
function waitWords(what: string): string {
  return what.startsWith('for ') ? `Waits ${what}` : capital(what)
}

/** What to expect of one that waits. */
function startsWords({ waitingFor }: Job): string {
  if (waitingFor?.for === 'queue paused' || waitingFor?.for === 'kind paused') return 'Starts when somebody opens it again.'
  return waitingFor?.for === 'runner that knows this kind' ? 'Starts when its app is there.' : 'Starts by itself.'
}

/** "Finished 11:14 after 58 s. Published taste-profile." */
function finishedWords(job: Job, now: number): string {
  const published = job.artifacts.length === 0 ? '' : ` Published ${job.artifacts.join(', ')}.`
  return `Finished ${afterWords(job, now)}.${published}`
}

function endedWords(job: Job, now: number): string {
  const unchanged = job.artifacts.length === 0 ? '' : ` ${job.artifacts.join(', ')} ${job.artifacts.length === 1 ? 'is' : 'are'} unchanged.`
  return job.finishedAt === null ? '' : `Ended ${afterWords(job, now)}.${unchanged}`
}

function afterWords(job: Job, now: number): string {
  if (job.finishedAt === null) return ''
  const took = tookMs(job, job.finishedAt)
  const at = shortTime(job.finishedAt, now)
  return took === null ? at : `${at} after ${duration(took)}`
}
