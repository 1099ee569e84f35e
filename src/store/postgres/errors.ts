// What an error of Postgres or of the connection to it means for us: a lost race, trouble that passes, or a fault.
import type { Trouble } from '../patience.ts'

/** The server has not yet noticed the loss of the connection on which we committed. */
export class StillOpen extends Error {
  constructor() {
    super('the server has not yet decided about a transaction whose connection was lost')
    this.name = 'StillOpen'
  }
}

/** Null: a fault, of ours or of the statement. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof StillOpen) return 'busy'
  if (isConnectionLost(error)) return 'unreachable'
  return unwritable.has(codeOf(error)) ? 'unwritable' : null
}

/** Another transaction was there first: trying again sees what it did. */
export function isLostRace(error: unknown): boolean {
  // The last one: another process has just changed the schema.
  return lostRaces.has(codeOf(error)) || isPlanOutdated(error)
}

/** The connection's prepared statements are of an older schema. */
export function isPlanOutdated(error: unknown): boolean {
  return codeOf(error) === '0A000' && messageOf(error).includes('cached plan')
}

/** The connection is of no use any more, and nobody knows what became of what was sent last. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error)
  if (code.startsWith('08') || lostConnections.has(code)) return true
  // After FATAL the server hangs up, whatever the reason.
  if (typeof error === 'object' && error !== null && 'severity' in error && error.severity === 'FATAL') return true
  if (error instanceof AggregateError) return error.errors.some(isConnectionLost)
  return /^(Connection terminated|Query read timeout|timeout exceeded when trying|timeout expired|Client has encountered a connection|Client was closed)/.test(
    messageOf(error),
  )
}

/** Waiting does not help: the name, the password or the rights are wrong. */
export function isRefusedForGood(error: unknown): boolean {
  const code = codeOf(error)
  return code.startsWith('28') || code === '3D000' || code === '42501'
}

/** What to ask the server about has never been there. */
export function isUnknownTransaction(error: unknown): boolean {
  return codeOf(error) === '22023'
}

// Deadlock, serialization failure, unique violation, foreign key violation.
const lostRaces: ReadonlySet<string> = new Set(['40P01', '40001', '23505', '23503'])

// Disk full, out of memory, i/o error; a server that only reads.
const unwritable: ReadonlySet<string> = new Set(['53100', '53200', '58030', '25006'])

// Shut down, crashed, starting, timed out, too many connections; and what the network says.
const lostConnections: ReadonlySet<string> = new Set([
  ...['57P01', '57P02', '57P03', '57P05', '25P03', '53300'],
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOENT',
  ],
])

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
