// What a job says of itself in its events file, and what follows for its progress. Pure: the time comes in.
import type { Json, PhaseSpan, Progress, SaidNext, Saved } from './job.ts'
import { limits } from './limits.ts'

/** What a job said, and when if it said that too. */
export interface Said {
  event: JobSays
  at: number | null
}

export type JobSays =
  | { says: 'progress'; done: number | null; total: number | null; unit: string | null; message: string | null }
  | { says: 'phase'; name: string; index: number | null; of: number | null }
  | { says: 'heartbeat' }
  | { says: 'checkpoint'; value: Json }
  | { says: 'result'; value: Json }
  | { says: 'error'; message: string; next: SaidNext | null }
  | { says: 'snooze'; ms: number }

/** One line of the events file. Null for anything that is not understood: a job's typing error must not fail it. */
export function parseEvent(line: string): Said | null {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    return null
  }
  if (!isRecord(event)) return null
  const says = understood(event)
  return says && { event: says, at: amount(event.at) }
}

function understood(event: Record<string, unknown>): JobSays | null {
  if (isRecord(event.progress)) return parseProgress(event.progress)
  if (isRecord(event.phase)) return parsePhase(event.phase)
  if ('heartbeat' in event) return { says: 'heartbeat' }
  if ('checkpoint' in event) return { says: 'checkpoint', value: event.checkpoint as Json }
  if ('result' in event) return { says: 'result', value: event.result as Json }
  if (isRecord(event.error) && typeof event.error.message === 'string')
    return { says: 'error', message: event.error.message, next: nextOf(event.error) }
  if (isRecord(event.snooze) && amount(event.snooze.ms) !== null)
    return { says: 'snooze', ms: Math.max(limits.snoozeMs, delayMs(event.snooze.ms)) }
  return null
}

// `retry: false` ends the tries, `retryAfterMs` names the time of the next one.
function nextOf(error: Record<string, unknown>): SaidNext | null {
  if (error.retry === false) return { next: 'never' }
  return amount(error.retryAfterMs) === null ? null : { next: 'later', ms: delayMs(error.retryAfterMs) }
}

function delayMs(value: unknown): number {
  return Math.min(Math.round(amount(value) ?? 0), limits.retryDelayMs)
}

/** When it was said: the job's own word for it, as far as that can be. A log that is read late is not a job that was slow. */
export function saidAt({ at }: Said, before: Progress | null, now: number): number {
  return Math.min(now, Math.max(at ?? now, before?.updatedAt ?? 0))
}

/** The progress after the job said something. Within a phase `done` never goes backwards. */
export function withEvent(before: Progress | null, event: JobSays, now: number): Progress | null {
  if (event.says === 'phase') return withPhase(before ?? nothingYet(now), event, now)
  if (event.says !== 'progress') return before
  const progress = before ?? nothingYet(now)
  const done = event.done === null ? progress.done : Math.max(event.done, progress.done ?? 0)
  return {
    ...progress,
    done,
    total: event.total ?? progress.total,
    unit: event.unit ?? progress.unit,
    message: event.message ?? progress.message,
    updatedAt: now,
  }
}

/** What a job saved, and where it stood then: what it said afterwards is not in it. */
export interface Checkpoint {
  value: Json
  saved: Saved
}

/** What all that was said comes to. Absent: nothing new. */
export interface Heard {
  progress?: Progress | null
  checkpoint?: Checkpoint
  result?: Json
  saidError?: string
  saidNext?: SaidNext
  /** It said so itself that it lives. */
  isBeat?: true
}

export function heard(says: readonly Said[], before: Progress | null, now: number): Heard {
  const all: Heard = {}
  let progress = before
  for (const said of says) {
    const at = saidAt(said, progress, now)
    progress = withEvent(progress, said.event, at)
    Object.assign(all, saidBy(said.event, progress, at))
  }
  return progress === before ? all : { ...all, progress }
}

function saidBy(event: JobSays, progress: Progress | null, at: number): Heard {
  if (event.says === 'heartbeat') return { isBeat: true }
  if (event.says === 'checkpoint') return { checkpoint: { value: event.value, saved: savedAt(progress, at) } }
  if (event.says === 'result') return { result: event.value }
  if (event.says === 'snooze') return { saidNext: { next: 'snooze', ms: event.ms } }
  return event.says === 'error' ? { saidError: event.message, ...(event.next ? { saidNext: event.next } : {}) } : {}
}

function savedAt(progress: Progress | null, at: number): Saved {
  const { phase, done, total, unit } = progress ?? nothingYet(at)
  return { at, phase: phase?.name ?? null, done, total, unit }
}

/** Closes the last phase when the job has settled, so that its duration stands still. */
export function closedProgress(progress: Progress | null, now: number): Progress | null {
  return progress && { ...progress, phases: closeLast(progress.phases, now) }
}

function withPhase(progress: Progress, event: { name: string; index: number | null; of: number | null }, now: number): Progress {
  const phase = { name: event.name, index: event.index, of: event.of }
  if (progress.phase?.name === event.name) return { ...progress, phase, updatedAt: now }
  const entered: PhaseSpan = { name: event.name, startedAt: now, finishedAt: null }
  const phases = [...closeLast(progress.phases, now), entered].slice(-limits.phases)
  return { phase, done: null, total: null, unit: null, message: null, phases, updatedAt: now }
}

function closeLast(phases: PhaseSpan[], now: number): PhaseSpan[] {
  return phases.map((span) => (span.finishedAt === null ? { ...span, finishedAt: now } : span))
}

function nothingYet(now: number): Progress {
  return { phase: null, done: null, total: null, unit: null, message: null, phases: [], updatedAt: now }
}

function parseProgress(value: Record<string, unknown>): JobSays {
  return { says: 'progress', done: amount(value.done), total: amount(value.total), unit: text(value.unit), message: text(value.message) }
}

function parsePhase(value: Record<string, unknown>): JobSays | null {
  const name = text(value.name)
  return name ? { says: 'phase', name, index: amount(value.index), of: amount(value.of) } : null
}

function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, limits.progressText) : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
