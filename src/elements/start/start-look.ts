// How a start button looks and why it cannot be pressed: the first of the rules that holds. Pure.
import type { Job, KindActivity } from '../../client/index.ts'
import type { Standing } from '../../live/live.ts'
import { shortTime } from '../../views/format.ts'
import { isStalled, lookOf, outcomeOf } from '../../views/job-words.ts'
import { deniedWhy, lostWhy, noKindWords, roleWhy, type Why } from '../standing-words.ts'

export interface StartFacts {
  /** Undefined: not known yet. Null: there is no such kind. */
  kind: KindActivity | null | undefined
  name: string
  /** It is about one unique key. */
  isKeyed: boolean
  standing: Standing
  label: string | null
  busyLabel: string | null
  /** The app's own reason why it cannot be pressed. */
  reason: string | null
  isStarting: boolean
  /** What the server said to the last try. */
  refusal: string | null
  api: string
  now: number
}

export interface StartLook {
  state: string
  label: string
  /** It turns: something is under way. */
  isBusy: boolean
  isDisabled: boolean
  isPrimary: boolean
  why: Why | null
}

/** The key of a kind that has at most one active job. */
const onlyOne = '*'

export function startLook(facts: StartFacts): StartLook {
  const { kind, standing, name, reason, isStarting } = facts
  const label = labelOf(facts)
  const ready = { state: stateOf(facts), label, isBusy: false, isDisabled: false, isPrimary: isPrimary(kind), why: null }
  const cannot = (state: string, why: Why): StartLook => ({ ...ready, state, isDisabled: true, isPrimary: false, why })
  if (isStarting) return { ...ready, label: 'Starting…', isBusy: true, isDisabled: true }
  if (standing.state === 'denied') return cannot('denied', deniedWhy(standing, facts.api))
  if (standing.state === 'lost') return cannot('offline', lostWhy(standing))
  if (kind === undefined) return { ...ready, isDisabled: true }
  if (kind === null) return cannot('missing', { words: noKindWords(name === '' ? null : name) })
  const role = roleWhy(standing, 'start this')
  if (role !== null) return cannot('forbidden', role)
  if (reason !== null) return cannot('blocked', { words: reason })
  if (!kind.isDefined) return cannot('missing', { words: 'Its app is not running.' })
  const active = activeOf(kind, facts.isKeyed)
  if (active !== null) return { ...ready, ...activeLook(active, facts), isDisabled: true, isPrimary: false }
  return { ...ready, why: refusedWhy(facts) ?? pausedWhy(kind) ?? lastWhy(kind, facts.api) }
}

/** The job that a second start would only come back with. */
export function activeOf({ unique, active }: KindActivity, isKeyed: boolean): Job | null {
  return unique && active !== null && (isKeyed || active.uniqueKey === onlyOne) ? active : null
}

function stateOf({ kind }: StartFacts): string {
  return kind === undefined ? 'loading' : (kind?.condition ?? 'missing')
}

function isPrimary(kind: KindActivity | null | undefined): boolean {
  return kind == null || kind.condition === 'idle' || kind.condition === 'required'
}

function labelOf({ kind, label, name }: StartFacts): string {
  const words = label ?? kind?.title ?? name
  return kind?.condition === 'failed' && !words.endsWith(' again') ? `${words} again` : words
}

function activeLook(job: Job, { busyLabel, api, now }: StartFacts): Pick<StartLook, 'label' | 'isBusy' | 'why'> {
  const { word } = lookOf(job)
  const runs = job.state === 'running'
  const words = isStalled(job) || !runs ? waitingWords(job, word, now) : sinceWords(job, now)
  return {
    label: runs ? (busyLabel ?? 'Running…') : `${word}…`,
    isBusy: runs && !isStalled(job),
    why: { words, link: { words: 'View', href: `${api}jobs/${job.id}` } },
  }
}

/** "Running since 14:02, started by ana." */
function sinceWords({ startedAt, submittedAt, submittedBy }: Job, now: number): string {
  const since = `Running since ${shortTime(startedAt ?? submittedAt, now)}`
  return submittedBy === null ? `${since}.` : `${since}, started by ${submittedBy}.`
}

/** "Waiting for key servers, held by #419." */
function waitingWords(job: Job, word: string, now: number): string {
  const what = outcomeOf(job, now)
  if (what === '') return `${word}.`
  return `${word}${what.startsWith('for ') ? ' ' : ', '}${what[0]?.toLowerCase()}${what.slice(1)}.`
}

function refusedWhy({ refusal }: StartFacts): Why | null {
  return refusal === null ? null : { words: refusal, icon: 'cross', isBad: true }
}

function pausedWhy({ pausedAt, pausedBy }: KindActivity): Why | null {
  if (pausedAt === null) return null
  return { words: `Paused${pausedBy === null ? '' : ` by ${pausedBy}`}: it will wait until that is over.`, icon: 'pause' }
}

/** "The last one failed: rating file not found. Why" */
function lastWhy({ condition, last }: KindActivity, api: string): Why | null {
  if (condition !== 'failed' || last === null) return null
  const how = last.state === 'failed' ? 'failed' : `was ${last.state}`
  const reason = last.failure === null ? '' : `: ${last.failure.message.replace(/\.$/, '')}`
  return { words: `The last one ${how}${reason}.`, link: { words: 'Why', href: `${api}jobs/${last.id}` } }
}
