// Waiting for tables that another connection holds: without standing still, for a while, and not longer than anybody wants it. SQLite's
// own way of waiting would hold up everything else that its process does.
import { setTimeout as pause } from 'node:timers/promises'

export interface Patience {
  /** So long at most. */
  forMs: number
  signal?: AbortSignal
  /** What is thrown when it is over. */
  otherwise: () => Error
}

const lookEveryMs = 50
/** SQLITE_BUSY, and in the upper bytes of what exactly. */
const busy = 5

/** What `use` says once the tables are free for it. It has done nothing at all when it throws that they are not. */
export async function whenFree<T>(use: () => T, { forMs, signal, otherwise }: Patience): Promise<T> {
  const until = performance.now() + forMs
  for (;;) {
    try {
      return use()
    } catch (error) {
      if (!isHeld(error)) throw error
    }
    if (performance.now() >= until) throw otherwise()
    await pause(lookEveryMs, undefined, { signal })
  }
}

const isHeld = (error: unknown): boolean => error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === busy
