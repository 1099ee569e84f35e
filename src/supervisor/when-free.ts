// An app's own SQLite file, which its pages and its jobs share: waiting for it as we wait for ours. Knows no table.
import { patiently } from '../store/patience.ts'
import { troubleOf } from '../store/sqlite/errors.ts'

export interface WhenFreeOptions {
  /** Milliseconds that it is tried for. */
  forMs: number
  /** Ends the wait. */
  signal?: AbortSignal
}

const never = new AbortController().signal

/**
 * Does `work` on a SQLite database of the app's own, and again while another connection holds it, without standing still in between: SQLite's own
 * busy timeout stops the whole process, with all its pages, streams and timers. Open the handle with a timeout of 0, and let `work` be one
 * statement or one whole transaction, so that it has done nothing when it says "busy".
 *
 * @example const episodes = await whenFree(() => all.all(), { forMs: 3_000 })
 * @throws HoldfastError `database_busy` when it is still held; `database_unavailable` at once where it cannot be written; the signal's reason; what `work` throws
 */
export function whenFree<Result>(work: () => Result | Promise<Result>, { forMs, signal = never }: WhenFreeOptions): Promise<Result> {
  return patiently(work, { patience: 'caller', closed: signal, onTrouble: () => {}, troubleOf, callerMs: forMs })
}
