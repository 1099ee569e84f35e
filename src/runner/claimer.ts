// Finds work: makes ready what is due, claims what there are slots for. What is claimed is handed on.
import { limits } from '../core/limits.ts'
import type { Claimed } from '../store/store.ts'
import { alarm } from './alarm.ts'
import type { House } from './house.ts'

export interface ClaimerOptions {
  kinds: () => readonly string[]
  /** There is more to find than one look takes, or something is due soon. */
  wake: () => void
  take: (claimed: Claimed) => void
}

export interface Claimer {
  /** One look for at most so many jobs. */
  look(freeSlots: number): Promise<void>
  close(): void
}

export function openClaimer(house: House, { kinds, wake, take }: ClaimerOptions): Claimer {
  const { claims } = house.store
  const due = alarm(house, wake)

  async function claim(limit: number): Promise<void> {
    if (kinds().length === 0 || limit <= 0 || house.closing.aborted) return
    const now = house.clock.now()
    const { claimed, again } = await claims.claim({ place: house.place, kinds: kinds(), limit, leaseUntil: now + limits.leaseMs, now })
    for (const one of claimed) take(one)
    if (again) wake()
  }

  return {
    async look(freeSlots) {
      const promoted = await claims.promote({ now: house.clock.now() })
      if (promoted.again) wake()
      due.set(promoted.nextAt)
      await claim(freeSlots)
    },
    close: () => due.set(null),
  }
}
