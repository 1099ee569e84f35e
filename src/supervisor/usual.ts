// What jobs of a kind usually take, remembered for a moment: a page that looks every second must not read the past each time.
import { type Usual, usualOf } from '../core/eta.ts'
import { limits } from '../core/limits.ts'
import type { House } from '../runner/house.ts'

export type UsualTimes = (kind: string) => Promise<Usual | null>

export function usualTimes({ store, clock }: Pick<House, 'store' | 'clock'>): UsualTimes {
  const known = new Map<string, { usual: Usual | null; readAt: number }>()
  return async (kind) => {
    const now = clock.now()
    const before = known.get(kind)
    if (before && Math.abs(now - before.readAt) < limits.usualMs) return before.usual
    const usual = usualOf((await store.overview.page({ kind, state: ['succeeded'], limit: limits.pastJobs })).jobs)
    // The oldest goes first: an app has some kinds, not thousands.
    if (known.size >= limits.listPage) known.delete(known.keys().next().value ?? kind)
    known.set(kind, { usual, readAt: now })
    return usual
  }
}
