// What is told to the outside of a job: which of its ends and silences, who wants to hear of them, in what words, and when it is tried again. Pure.
import type { Failure, Job, JobState } from './job.ts'
import { limits } from './limits.ts'
import { oneLine } from './one-line.ts'
import { type Stalled, stalledWords } from './stall-words.ts'

export const notifyEvents = ['failed', 'stalled', 'interrupted', 'succeeded'] as const
export type NotifyEvent = (typeof notifyEvents)[number]

/** What a target is told of unless it says otherwise: what a person must not miss. */
export const defaultNotifyEvents: readonly NotifyEvent[] = ['failed', 'stalled', 'interrupted']

export const targetTypes = ['webhook', 'ntfy'] as const
export type TargetType = (typeof targetTypes)[number]

/** What a target wants to hear of. */
export interface Wish {
  events: readonly NotifyEvent[]
  /** Null: of jobs of every kind. */
  kinds: readonly string[] | null
}

export function isWanted({ events, kinds }: Wish, { event, kind }: { event: NotifyEvent; kind: string }): boolean {
  return events.includes(event) && (kinds === null || kinds.includes(kind))
}

/** What is told when a job has settled in this state; null: nothing. */
export function eventOfEnd(state: JobState): NotifyEvent | null {
  return state === 'failed' || state === 'interrupted' || state === 'succeeded' ? state : null
}

/** Whether a silence is news: each one once, and of a job that goes silent again and again not more often than once in so long. */
export function isNewsOfSilence({ since }: Pick<Stalled, 'since'>, toldAt: number | null, now: number): boolean {
  return toldAt === null || (since > toldAt && now - toldAt >= limits.stallToldMs)
}

/** The job as it was when it happened; kept until it is told. */
export interface ToldJob {
  id: number
  kind: string
  name: string | null
  state: JobState
  attempts: number
  submittedBy: string | null
  submittedAt: number
  startedAt: number | null
  finishedAt: number | null
  failure: ToldFailure | null
  /** The facts of its silence, in words. */
  stalled: string | null
}

/** Without its last lines: they may be long, and they are the app's own. */
export type ToldFailure = Omit<Failure, 'lastLines'>

type TellableJob = Pick<Job, 'id' | 'kind' | 'name' | 'command' | 'attempts' | 'submittedBy' | 'submittedAt' | 'startedAt'>

export function toldEnd(job: TellableJob, end: { state: JobState; failure: Failure | null; finishedAt: number }): ToldJob {
  const { state, failure, finishedAt } = end
  return { ...told(job), state, finishedAt, failure: failure && withoutLines(failure), stalled: null }
}

function withoutLines({ lastLines: _lastLines, ...failure }: Failure): ToldFailure {
  return failure
}

export function toldSilence(job: TellableJob, stalled: Stalled): ToldJob {
  return { ...told(job), state: 'running', finishedAt: null, failure: null, stalled: stalledWords(stalled) }
}

function told({ id, kind, name, command, attempts, submittedBy, submittedAt, startedAt }: TellableJob) {
  // A command of the moment has no name but itself.
  const called = name ?? (kind === 'command' && command ? oneLine(command.join(' '), limits.notificationName) : null)
  return { id, kind, name: called, attempts, submittedBy, submittedAt, startedAt }
}

/** What is told, before anybody is told it. `job` null: a test. */
export interface Message {
  id: string
  event: NotifyEvent | 'test'
  at: number
  job: ToldJob | null
}

/** "Nightly rebuild #42 failed". */
export function titleOfMessage({ event, job }: Pick<Message, 'event' | 'job'>): string {
  if (job === null) return 'Holdfast: a test'
  return oneLine(
    `${job.name ?? job.kind} #${job.id} ${event === 'stalled' ? 'is stalled' : `${event === 'interrupted' ? 'was ' : ''}${event}`}`,
  )
}

/** What is known of it, in a line. */
export function factsOfMessage({ job }: Pick<Message, 'job'>): string {
  if (job === null) return 'This is a test. Notifications of jobs come here.'
  if (job.stalled !== null) return oneLine(job.stalled, limits.notificationText)
  if (job.failure === null) return 'It has ended well.'
  const { message, hint } = job.failure
  const attempts = job.attempts > 1 ? ` (attempt ${job.attempts})` : ''
  const said = `${message}${attempts}`
  return oneLine(hint === undefined ? said : `${said}${/[.!?…]$/.test(said) ? '' : '.'} ${hint}`, limits.notificationText)
}

/** Unique and the same however often it is sent. It must hold no full stop: what is signed is joined by those. */
export function messageId(installationId: string, { id, at }: { id: number; at: number }): string {
  return `msg_${installationId.replaceAll(/[^0-9a-zA-Z]/g, '').slice(0, 12)}_${id}_${at.toString(36)}`
}

const secondMs = 1_000
const minuteMs = 60_000
const hourMs = 3_600_000
/** After so many failed tries; about a day in all. */
const delaysMs = [
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  hourMs,
  2 * hourMs,
  3 * hourMs,
  4 * hourMs,
  6 * hourMs,
  8 * hourMs,
] as const

export interface FailedTry {
  /** Tries that failed, with this one. */
  tries: number
  /** What the other side asked for. */
  retryAfterMs: number | null
  /** From 0 to 1. */
  random: number
}

/** Milliseconds until the next try, a tenth more or less; null: given up. */
export function nextTryMs({ tries, retryAfterMs, random }: FailedTry): number | null {
  const delayMs = delaysMs[tries - 1]
  if (delayMs === undefined) return null
  const spreadMs = Math.round(delayMs * (0.9 + 0.2 * random))
  return Math.max(spreadMs, holdMs(retryAfterMs))
}

/** For how long the whole target is left alone. */
export function holdMs(retryAfterMs: number | null): number {
  return Math.min(Math.max(0, retryAfterMs ?? 0), hourMs)
}

/** What `Retry-After` says: seconds, or a date. Null when it says neither. */
export function retryAfterOf(header: string | null, now: number): number | null {
  if (header === null) return null
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * secondMs
  const at = /^[A-Za-z]{3}, /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
