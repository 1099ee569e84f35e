// Which of these jobs may not run at the same time, by their lock keys. Written anew here: the product's own rule is what is being checked.
import type { JobRecord } from '../../src/store/store.ts'

/** What two or more of them hold against each other, in words; null when nothing. */
export function conflictAmong(jobs: readonly JobRecord[]): string | null {
  const held = jobs.flatMap(({ id, locks }) => locks.map((lock) => ({ id, ...lock })))
  for (const [key, holders] of Map.groupBy(held, (lock) => lock.key)) {
    const limit = Math.min(...holders.map((holder) => holder.limit ?? Number.POSITIVE_INFINITY))
    const isExclusive = holders.some(({ mode }) => mode === 'exclusive')
    if (holders.length > 1 && (isExclusive || holders.length > limit))
      return `jobs ${holders.map(({ id, mode }) => `${id} (${mode})`).join(', ')} all with the lock key ${key}`
  }
  return null
}
