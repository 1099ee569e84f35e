// How long we wait for a database that cannot be written now, and how: between turns of the event loop, with jitter, never inside one.
// What counts as which trouble is the databases' own knowledge.
import { setTimeout as sleep } from 'node:timers/promises'
import { durationWords } from '../core/duration.ts'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { Patience } from './sql-database.ts'

/** `busy`: another has it, a moment. `unreachable`: gone for now, everybody waits. `unwritable`: full, read-only or broken; callers are told at once. */
export type Trouble = 'busy' | 'unreachable' | 'unwritable'

/** Called with what keeps the supervisor's own writes waiting, and with null when it is over. */
export type OnTrouble = (trouble: string | null) => void

export interface Waiting {
  patience: Patience
  /** Ends every wait. */
  closed: AbortSignal
  /** Told what keeps the supervisor waiting, and null when it has gone on. */
  onTrouble: OnTrouble
  /** Null: no trouble of the database, but a fault. */
  troubleOf: (error: unknown) => Trouble | null
  /** How long a caller waits; tests do not have that long. */
  callerMs?: number
}

/** How long is waited, where it is not as `limits` say: tests do not have that long. */
export interface WaitTimes {
  callerMs?: number
  /** After how long a lock that keeps the supervisor waiting is told as trouble. */
  lockToldMs?: number
}

/** Tries until it works, or patience ends. @throws HoldfastError `database_busy`, `database_unavailable` for a caller; `closed` */
export async function patiently<R>(
  work: () => R | Promise<R>,
  { patience, closed, onTrouble, troubleOf, callerMs = limits.callerBusyMs }: Waiting,
): Promise<R> {
  const since = performance.now()
  for (let tries = 0; ; tries++) {
    closed.throwIfAborted()
    try {
      const result = await work()
      if (tries > 0) onTrouble(null)
      return result
    } catch (error) {
      closed.throwIfAborted()
      const trouble = troubleOf(error)
      if (trouble === null) throw error
      const waitedMs = performance.now() - since
      if (patience === 'caller' && isOver(trouble, { waitedMs, callerMs })) throw refusal(trouble, error, waitedMs)
      const told = patience === 'supervisor' ? toldOf(trouble, error, { waitedMs }) : null
      if (told !== null) onTrouble(told)
      await waitABit({ trouble, tries, signal: closed })
    }
  }
}

/** Whether a caller waits no longer. */
export function isOver(trouble: Trouble, { waitedMs, callerMs }: { waitedMs: number; callerMs: number }): boolean {
  return trouble === 'unwritable' || waitedMs > callerMs
}

/** What is told of trouble that keeps the supervisor waiting; null for a lock that is held as briefly as locks are. */
export function toldOf(
  trouble: Trouble,
  cause: unknown,
  { waitedMs, lockToldMs = limits.lockToldMs }: { waitedMs: number; lockToldMs?: number },
): string | null {
  if (trouble !== 'busy') return sentence(trouble, cause)
  return waitedMs < lockToldMs ? null : `the database has been locked for ${durationWords(Math.floor(waitedMs / 1_000) * 1_000)}`
}

/** What a caller is told who waits no longer. */
export function refusal(trouble: Trouble, cause: unknown, waitedMs: number): HoldfastError {
  if (cause instanceof HoldfastError) return cause
  if (trouble !== 'busy') return new HoldfastError('database_unavailable', `${capital(sentence(trouble, cause))}.`, { cause })
  const message = `The database has been locked by another process for ${durationWords(Math.floor(waitedMs))}.`
  return new HoldfastError('database_busy', message, { cause })
}

export function sentence(trouble: Trouble, cause: unknown): string {
  return `the database cannot be ${trouble === 'unreachable' ? 'reached' : 'written'}: ${messageOf(cause).replace(/\.$/, '')}`
}

/** @throws the signal's reason */
export async function waitABit({ trouble, tries, signal }: { trouble: Trouble; tries: number; signal: AbortSignal }): Promise<void> {
  await sleep(Math.random() * longestMs(trouble, tries) + 1, undefined, { signal }).catch(() => signal.throwIfAborted())
}

function longestMs(trouble: Trouble, tries: number): number {
  if (trouble === 'busy') return Math.min(limits.busyRetryMs, 1 + tries)
  if (trouble === 'unwritable') return limits.pollMs
  return Math.min(limits.pollMs, 20 * 2 ** Math.min(tries, 10))
}

export function messageOf(error: unknown): string {
  // Several addresses were tried: the sentence is in the first one's error.
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
