// What the indicator says: how many run, whether one is silent, whether one has just failed. Pure.
import type { ActiveJob, Activity, Job } from '../../client/index.ts'
import type { Standing } from '../../live/live.ts'
import { count } from '../../views/format.ts'
import type { IconName } from '../../views/icon.tsx'
import { isStalled } from '../../views/job-words.ts'

export interface IndicatorLook {
  state: 'loading' | 'idle' | 'active' | 'stalled' | 'failed' | 'offline' | 'denied'
  tone: string
  icon: IconName
  words: string
  /** The active jobs that count, and how many wait to start. */
  count: number
  running: ActiveJob[]
  waiting: number
}

export interface IndicatorFacts {
  activity: Activity | null
  standing: Standing
  /** Only these; none: all. */
  kinds: ReadonlySet<string>
  /** Jobs that failed while the page was open and that nobody has looked at. */
  failed: readonly Job[]
  /** What one and several are called, such as "task tasks"; null: only the number is said. */
  noun: string | null
}

export function indicatorLook({ activity, standing, kinds, failed, noun }: IndicatorFacts): IndicatorLook {
  const active = (activity?.active ?? []).filter(({ kind }) => kinds.size === 0 || kinds.has(kind))
  const running = active.filter(({ state }) => state !== 'queued')
  // The view holds the first of them; without a filter the summary knows how many there are.
  const all = kinds.size === 0 && activity !== null ? activity.summary.active : active.length
  const counts = { count: all, running, waiting: all - running.length }
  const silent = running.filter(isStalled).length
  const many = (amount: number) => countOf(amount, noun)
  const words = wordsOf(counts, silent, many)
  if (standing.state === 'denied') return { ...counts, state: 'denied', tone: 'queued', icon: 'user', words: deniedWords(standing) }
  if (standing.state === 'lost') return { ...counts, state: 'offline', tone: 'interrupted', icon: 'broken', words: 'Not connected' }
  if (activity === null) return { ...counts, state: 'loading', tone: 'queued', icon: 'queued', words: 'Loading…' }
  if (silent > 0) return { ...counts, state: 'stalled', tone: 'stalled', icon: 'warn', words }
  if (failed.length > 0)
    return { ...counts, state: 'failed', tone: 'failed', icon: 'cross', words: failedWords(failed.length, running.length, many) }
  if (all === 0) return { ...counts, state: 'idle', tone: 'queued', icon: 'check', words: 'Nothing running' }
  return {
    ...counts,
    state: 'active',
    tone: running.length > 0 ? 'running' : 'queued',
    icon: running.length > 0 ? 'running' : 'queued',
    words,
  }
}

type Many = (amount: number) => string

/** "2 tasks", or "2". */
function countOf(amount: number, noun: string | null): string {
  const [one = '', several = one] = (noun ?? '').split(/\s+/)
  return `${count(amount)} ${amount === 1 ? one : several}`.trim()
}

function wordsOf({ running, waiting }: Pick<IndicatorLook, 'running' | 'waiting'>, silent: number, many: Many): string {
  if (running.length === 0) return `${many(waiting)} waiting`
  return silent === 0 ? `${many(running.length)} running` : `${many(running.length)} running, ${count(silent)} stalled`
}

function failedWords(failed: number, running: number, many: Many): string {
  const words = `${many(failed)} failed just now`
  return running === 0 ? words : `${words}, ${count(running)} running`
}

function deniedWords({ error, heardAt }: Standing): string {
  if (error?.status !== 401) return 'Not allowed'
  return heardAt === null ? 'Sign in' : 'Sign in again'
}
