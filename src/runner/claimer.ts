// Finds work: makes ready what is due, claims what there are slots for. What is claimed is handed on.
import { limits } from '../core/limits.ts'
import type { Claimed } from '../store/store.ts'
import { alarm } from './alarm.ts'
import type { House } from './house.ts'
import { tell } from './tell.ts'

export interface ClaimerOptions {
  kinds: () => readonly string[]
  /** How many jobs may be claimed now. */
  freeSlots: () => number
  /** There is more to find than one look takes, or something is due soon. */
  wake: () => void
  take: (claimed: Claimed) => void
}

export interface Claimer {
  /** One look for what there are slots for. */
  look(): Promise<void>
  /** Resolves when no claim is on its way any more. */
  idle(): Promise<void>
  close(): Promise<void>
}

export function openClaimer(house: House, { kinds, freeSlots, wake, take }: ClaimerOptions): Claimer {
  const { claims } = house.store
  const due = alarm(house, wake)
  let claiming: Promise<void> | null = null

  // One at a time: what is on its way will take slots, nobody knows yet how many.
  function claim(expected: boolean): Promise<void> {
    const limit = freeSlots()
    if (claiming || kinds().length === 0 || limit <= 0 || house.closing.aborted) return claiming ?? Promise.resolve()
    claiming = ask(limit, expected).finally(() => {
      claiming = null
    })
    return claiming
  }

  async function ask(limit: number, expected: boolean): Promise<void> {
    const now = house.clock.now()
    const { claimed, again } = await claims.claim({
      place: house.place,
      kinds: kinds(),
      limit,
      leaseUntil: now + limits.leaseMs,
      now,
      expected,
    })
    for (const one of claimed) take(one)
    if (again) wake()
  }

  async function idle(): Promise<void> {
    await claiming?.catch(() => undefined)
  }

  // Together with the submit or the end that it follows: one write to the disk instead of two, and nobody has to be woken.
  const unsubscribe = house.store.onChange(() => {
    if (!claiming) claim(true).catch((error) => tell(house, 'the runner could not claim', error))
  }, 'coming')

  return {
    async look() {
      const promoted = await claims.promote({ now: house.clock.now() })
      if (promoted.again) wake()
      due.set(promoted.nextAt)
      // One that was on its way looked at what was there before.
      await idle()
      await claim(false)
    },
    idle,
    async close() {
      unsubscribe()
      due.set(null)
      await idle()
    },
  }
}
