// A job in words: its state, its name, and the one line that says how it goes or went. Pure; draws nothing.
import type { Job, JobState, Json } from '../client/index.ts'
import { count, duration, roundDuration, shortTime } from './format.ts'

/** Which colours a state has; `data-state` in the style sheet. */
export type Tone = 'queued' | 'running' | 'stalled' | 'cancelling' | 'succeeded' | 'failed' | 'interrupted' | 'cancelled'

export type StateIcon = 'queued' | 'clock' | 'lock' | 'pause' | 'running' | 'warn' | 'stop' | 'check' | 'cross' | 'slash' | 'broken'

export interface StateLook {
  tone: Tone
  icon: StateIcon
  word: string
  /** Fill is kept for what runs or needs somebody. */
  filled: boolean
}

const settledLooks = {
  succeeded: { tone: 'succeeded', icon: 'check', word: 'Succeeded', filled: false },
  failed: { tone: 'failed', icon: 'cross', word: 'Failed', filled: true },
  interrupted: { tone: 'interrupted', icon: 'broken', word: 'Interrupted', filled: true },
  cancelled: { tone: 'cancelled', icon: 'slash', word: 'Cancelled', filled: false },
  expired: { tone: 'queued', icon: 'clock', word: 'Expired', filled: false },
} satisfies Partial<Record<JobState, StateLook>>

const queuedLooks: Record<Job['hold'], StateLook> = {
  ready: { tone: 'queued', icon: 'queued', word: 'Queued', filled: false },
  time: { tone: 'queued', icon: 'clock', word: 'Scheduled', filled: false },
  key: { tone: 'queued', icon: 'lock', word: 'Waiting', filled: false },
  job: { tone: 'queued', icon: 'lock', word: 'Waiting', filled: false },
  'kind paused': { tone: 'queued', icon: 'pause', word: 'Paused', filled: false },
}

export function lookOf(job: Job): StateLook {
  if (job.state === 'queued') return queuedLook(job)
  if (isStalled(job)) return { tone: 'stalled', icon: 'warn', word: 'Stalled', filled: true }
  if (job.state === 'running') return { tone: 'running', icon: 'running', word: 'Running', filled: true }
  if (job.state === 'stopping') {
    return { tone: 'cancelling', icon: 'stop', word: job.stopReason === 'cancel' ? 'Cancelling' : 'Stopping', filled: true }
  }
  return settledLooks[job.state]
}

function queuedLook({ hold, attempts, waitingFor }: Job): StateLook {
  if (hold === 'time' && attempts > 0) return { ...queuedLooks.time, word: 'Retrying' }
  return waitingFor?.for === 'queue paused' || waitingFor?.for === 'kind paused' ? queuedLooks['kind paused'] : queuedLooks[hold]
}

/** It runs, and has given no sign of life for longer than its kind allows: a warning, no state of its own. */
export function isStalled({ state, stalled }: Job): boolean {
  return state === 'running' && stalled !== null
}

/** How long it has been silent, with what has passed since somebody looked. */
export function silentMs(stalled: NonNullable<Job['stalled']>, now: number): number {
  return stalled.silentMs + Math.max(0, now - stalled.lookedAt)
}

/** Silence after which it is called stalled; 0 where it may be silent for as long as it likes. */
export function stallLimitMs({ stall, heartbeatAt }: Job): number {
  if (stall === null) return 0
  return heartbeatAt === null ? (stall.firstHeartbeatWithinMs ?? stall.stallAfterMs) : stall.stallAfterMs
}

export function isSettled(job: Job): boolean {
  return job.finishedAt !== null || job.state in settledLooks
}

export function isActive(job: Job): boolean {
  return job.state === 'running' || job.state === 'stopping'
}

/** The kind of what `holdfast run` runs: no job type, so that its command is its name. */
const commandKind = 'command'
const longestCommand = 80

/** What the job is called, in one line: a long command is cut. */
export function titleOf(job: Job, kindTitles: ReadonlyMap<string, string>): string {
  return job.name ?? cut(wholeTitleOf(job, kindTitles), longestCommand)
}

/** What `holdfast run` was given, and no job type. */
export function isCommand({ kind, command }: Job): boolean {
  return kind === commandKind && command !== null
}

export function isCalledByCommand(job: Job): boolean {
  return job.name === null && job.kind === commandKind && job.command !== null
}

/** The same with the whole command. */
export function wholeTitleOf(job: Job, kindTitles: ReadonlyMap<string, string>): string {
  if (job.name !== null) return job.name
  if (job.kind === commandKind && job.command !== null) return shellWords(job.command)
  return kindTitles.get(job.kind) ?? job.kind
}

/** What tells it from its like: the job type or the command when it has a name of its own, else what it was asked with. */
export function subtitleOf(job: Job, kindTitles: ReadonlyMap<string, string>): string {
  if (job.kind === commandKind && job.command !== null) return job.name === null ? '' : cut(shellWords(job.command), longestCommand)
  const kind = kindTitles.get(job.kind) ?? job.kind
  return job.name !== null && job.name !== kind ? kind : tellingParts(job.input)
}

/** An argv as one could type it. */
export function shellWords(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`
}

/** "Succeeded in 5.5 s", "Cancelled after 3 s", or the bare word for what never started. */
export function endingOf(job: Job): string {
  const { word } = lookOf(job)
  const took = job.finishedAt === null ? null : tookMs(job, job.finishedAt)
  if (took === null) return word
  return `${word} ${job.state === 'succeeded' ? 'in' : 'after'} ${duration(took).replace(/^<\s/, 'less than ')}`
}

/** The line for the list: why it waits, what it does, what it made, why it failed. */
export function outcomeOf(job: Job, now: number): string {
  switch (job.state) {
    case 'queued':
      return waitOf(job, now)
    case 'running':
      return job.stalled === null ? (job.progress?.message ?? '') : silenceOf(job, job.stalled, now)
    case 'stopping':
      return stopOf(job)
    case 'succeeded':
      return resultLine(job)
    case 'cancelled':
      return cancelOf(job)
    default:
      return job.failure?.message ?? ''
  }
}

/** Number of the log line that says what the failure says; null where `logSeq` is only the last line. */
export function reasonLine({ state, failure }: Job): number | null {
  if (failure === null || state !== 'failed') return null
  const said = failure.message.replace(/…$/, '')
  return failure.lastLines.some((line) => line.includes(said)) ? failure.logSeq : null
}

/** Milliseconds the job has taken so far or took; null when it has not started or its end was not seen. */
export function tookMs(job: Job, now: number): number | null {
  if (job.startedAt === null || job.state === 'queued') return null
  return Math.max(0, (job.finishedAt ?? now) - job.startedAt)
}

/** "exit code 1", "SIGKILL", or null when the end was not seen. */
export function exitWords(of: { exitCode: number | null; signal: string | null }): string | null {
  if (of.signal !== null) return `ended by ${of.signal}`
  return of.exitCode === null ? null : `exit code ${of.exitCode}`
}

/** A JSON value in one line: "412 words", "mode: full, 7 chapters". */
export function oneLine(value: Json): string {
  if (value === null) return ''
  if (typeof value === 'number') return count(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.length === 1 ? '1 entry' : `${count(value.length)} entries`
  const scalars = Object.entries(value).filter(([, inner]) => inner !== null && typeof inner !== 'object')
  return scalars.slice(0, 4).map(namedScalar).join(', ')
}

const mostFacts = 3
const longestFact = 40

/** The first facts of a result that is flat and small enough to be read at a glance: "2,659 films", "mode: full". Else none. */
export function factsOf(result: Json): string[] {
  if (result === null || typeof result !== 'object' || Array.isArray(result)) return []
  const entries = Object.entries(result)
  if (entries.length > 12 || entries.some(([, value]) => typeof value !== 'number' && typeof value !== 'string')) return []
  const facts = entries.map(namedScalar).filter((fact) => fact.length <= longestFact)
  return facts.slice(0, mostFacts)
}

function namedScalar([name, value]: [string, Json]): string {
  return typeof value === 'number' ? `${count(value)} ${name}` : `${name}: ${String(value)}`
}

function silenceOf(job: Job, stalled: NonNullable<Job['stalled']>, now: number): string {
  const sign = stalled.heartbeats === 'any' ? 'sign of life' : 'heartbeat'
  return `No ${sign} for ${roundDuration(silentMs(stalled, now))} (limit ${roundDuration(stallLimitMs(job))})`
}

function waitOf(job: Job, now: number): string {
  const waiting = job.waitingFor
  if (waiting === null) return `in line, queue ${job.queue}`
  switch (waiting.for) {
    case 'time':
      return job.attempts > 0
        ? [`tries again at ${shortTime(waiting.until, now)}`, job.failure?.message].filter(Boolean).join(': ')
        : `starts at ${shortTime(waiting.until, now)}`
    case 'key':
      return `for key ${waiting.key}, ${waiting.heldBy.length === 0 ? 'in line behind an earlier job' : `held by ${numbers(waiting.heldBy)}`}`
    case 'unique key':
      return `for ${numbers(waiting.heldBy)}, which does the same`
    case 'job':
      return `for ${numbers(waiting.jobs)} to succeed`
    case 'queue paused':
      return `queue ${waiting.queue} is paused${byWhom(waiting.by)}`
    case 'kind paused':
      return `this job type is paused${byWhom(waiting.by)}`
    case 'queue full':
      return `in line, queue ${waiting.queue} runs ${waiting.concurrency} at a time`
    case 'runner that knows this kind':
      return 'no runner knows this job type: is its app running?'
    case 'slot':
      return 'in line for a free slot'
  }
}

function numbers(ids: readonly number[]): string {
  return ids.map((id) => `#${id}`).join(', ')
}

function byWhom(person: string | null): string {
  return person === null ? '' : ` by ${person}`
}

function stopOf(job: Job): string {
  if (job.stopReason === 'cancel') return job.stopAskedBy === null ? 'asked to stop' : `asked to stop by ${job.stopAskedBy}`
  return job.stopReason === null ? '' : `because of ${job.stopReason}`
}

function cancelOf(job: Job): string {
  const when = job.startedAt === null ? 'before it started' : ''
  const who = job.stopAskedBy === null ? '' : `by ${job.stopAskedBy}`
  return [who, when].filter(Boolean).join(', ') || (job.failure?.message ?? '')
}

function resultLine(job: Job): string {
  const result = oneLine(job.result)
  const published = job.artifacts.length === 0 ? '' : `published ${job.artifacts.join(', ')}`
  return [published, result].filter(Boolean).join('; ') || (job.progress?.message ?? '')
}

function tellingParts(input: Json): string {
  if (typeof input === 'string') return input
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return ''
  const texts = Object.values(input).filter((value) => typeof value === 'string' && value !== '')
  return texts.slice(0, 2).join(', ')
}
