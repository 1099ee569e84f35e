// How long we wait for a database that cannot be written now, and how: between turns of the event loop, with jitter, never inside one.
import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { Patience } from './sql-database.ts'

export interface Waiting {
  patience: Patience
  /** Ends every wait. */
  closed: AbortSignal
  /** Told what keeps the supervisor waiting, and null when it has gone on. */
  onTrouble: (trouble: string | null) => void
}

/** Tries until it works, or patience ends. @throws HoldfastError `database_busy`, `database_unavailable` for a caller; `closed` */
export async function patiently<R>(work: () => R, { patience, closed, onTrouble }: Waiting): Promise<R> {
  const deadline = performance.now() + limits.callerBusyMs
  for (let tries = 0; ; tries++) {
    closed.throwIfAborted()
    try {
      const result = work()
      if (tries > 0) onTrouble(null)
      return result
    } catch (error) {
      const trouble = troubleOf(error)
      if (trouble === null) throw error
      if (patience === 'caller') refuseCaller(trouble, error, deadline)
      if (trouble !== 'busy') onTrouble(`the database cannot be written: ${messageOf(error)}`)
      const longestMs = trouble === 'busy' ? Math.min(limits.busyRetryMs, 1 + tries) : limits.pollMs
      await sleep(Math.random() * longestMs + 1)
    }
  }
}

function refuseCaller(trouble: Trouble, cause: unknown, deadline: number): void {
  if (trouble !== 'busy') throw new HoldfastError('database_unavailable', `The database cannot be written: ${messageOf(cause)}.`, { cause })
  if (performance.now() <= deadline) return
  throw new HoldfastError('database_busy', `The database has been locked by another process for ${limits.callerBusyMs / 1000} s.`, {
    cause,
  })
}

type Trouble = 'busy' | 'full' | 'unwritable'

// SQLite's primary result codes; the extended ones carry them in their low byte.
function troubleOf(error: unknown): Trouble | null {
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  if (code === 5 || code === 6) return 'busy'
  if (code === 13) return 'full'
  return code === 8 || code === 10 || code === 14 ? 'unwritable' : null
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
