// A job type in words: how it stands, how its last job went, what its rule is. Pure; draws nothing.
import type { Job, Json, KindActivity, KindView, SettledJob } from 'holdfast/client'
import { about, ago, duration, stopwatch } from '../../../src/views/format.ts'
import type { StateIcon, StateLook, Tone } from '../../../src/views/job-words.ts'
import { lookOf, outcomeOf, tookMs } from '../../../src/views/job-words.ts'

export interface ConditionLook extends Omit<StateLook, 'tone' | 'icon'> {
  tone: Tone | 'required'
  icon: StateIcon | 'required'
}

export function conditionLook({ condition, active }: KindActivity): ConditionLook {
  if (active !== null && (condition === 'active' || condition === 'stalled')) return lookOf(active)
  switch (condition) {
    case 'required':
      return { tone: 'required', icon: 'required', word: 'Rebuild required', filled: true }
    case 'failed':
      return { tone: 'failed', icon: 'cross', word: 'Failed', filled: true }
    case 'succeeded':
      return { tone: 'succeeded', icon: 'check', word: 'Up to date', filled: false }
    default:
      return { tone: 'queued', icon: 'queued', word: 'Never run', filled: false }
  }
}

/** "Succeeded 5 min ago in 41 s", "Failed 2 h ago: out of memory". */
export function lastWords(last: Job | null, now: number): string {
  if (last === null) return 'No job of it has ended yet'
  const took = tookMs(last, now)
  const when = last.finishedAt === null ? '' : ` ${ago(now - last.finishedAt)}`
  const why = last.state === 'succeeded' ? '' : outcomeOf(last, now)
  if (why !== '') return `${lookOf(last).word}${when}: ${why}`
  return `${lookOf(last).word}${when}${took === null ? '' : `, took ${duration(took)}`}`
}

export function ruleWords({ unique, queue }: KindView): string {
  const line = queue === null ? '' : ` Jobs wait in queue ${queue}.`
  return unique ? `One at a time: a second start of the same gets the first job.${line}` : `Each start is a job of its own.${line}`
}

/** Nothing has to be said to start one. */
export function takesNothing(inputSchema: Json): boolean {
  if (inputSchema === null) return true
  if (typeof inputSchema !== 'object' || Array.isArray(inputSchema)) return false
  const { type, properties } = inputSchema
  return type === 'object' && (properties === undefined || Object.keys(properties ?? {}).length === 0)
}

/** "Last 30 jobs: 28 succeeded, 2 failed; the newest took 0:41". */
export function stripWords(recent: readonly SettledJob[]): string {
  if (recent.length === 0) return 'No job of it has ended yet'
  const totals = new Map<string, number>()
  for (const { state } of recent) totals.set(state, (totals.get(state) ?? 0) + 1)
  const said = [...totals].map(([state, total]) => `${total} ${state}`).join(', ')
  const newest = tookOf(recent.at(-1))
  return `Last ${recent.length === 1 ? 'job' : `${recent.length} jobs`}: ${said}${newest === null ? '' : `; the newest took ${stopwatch(newest)}`}`
}

export function tookOf(job: SettledJob | undefined): number | null {
  if (job === undefined || job.startedAt === null || job.finishedAt === null) return null
  return Math.max(0, job.finishedAt - job.startedAt)
}

/** "in 22 h" */
export function nextWords(nextAt: number | null, now: number): string {
  return nextAt === null ? '' : `in ${about(Math.max(0, nextAt - now)).replace(/^about /, '')}`
}
