// The attempts that a runner is looking after now. Knows nothing of how that is done.
import type { Claimed } from '../store/store.ts'
import type { Followed } from './execute-attempt.ts'
import { isInline } from './perform-inline.ts'

export interface Executing {
  /** `work` says when the end is about to be written. */
  add(claimed: Claimed, work: (onEnding: () => void) => Promise<Followed>, told: Told): Promise<Followed>
  size(): number
  /** Those that have a slot: one whose end is being written leaves it to whoever is claimed behind that. */
  slotsTaken(): number
  ids(): ReadonlySet<number>
  all(): Promise<Followed>[]
  /** Those that are functions of this process, with the longest time that one of them gets to stop. */
  inline(): { work: Promise<Followed>[]; graceMs: number }
}

interface One {
  claimed: Claimed
  isEnding: boolean
  followed: Promise<Followed>
}

export interface Told {
  ended(ended: Followed): void
  failed(error: unknown): void
}

export function openExecuting(): Executing {
  const executing = new Map<number, One>()
  return {
    add(claimed, work, told) {
      const { id } = claimed.job
      // A job that is tried again may have been claimed for its next attempt before the last one is all tidied up.
      const done = () => {
        if (executing.get(id) === one) executing.delete(id)
      }
      const one: One = { claimed, isEnding: false, followed: Promise.resolve('let go') }
      const onEnding = () => {
        one.isEnding = true
      }
      one.followed = work(onEnding).then(
        (ended): Followed => {
          done()
          told.ended(ended)
          return ended
        },
        (error: unknown): Followed => {
          done()
          told.failed(error)
          return 'let go'
        },
      )
      executing.set(id, one)
      return one.followed
    },
    size: () => executing.size,
    slotsTaken: () => [...executing.values()].filter(({ isEnding }) => !isEnding).length,
    ids: () => new Set(executing.keys()),
    all: () => [...executing.values()].map(({ followed }) => followed),
    inline() {
      const inline = [...executing.values()].filter(({ claimed }) => isInline(claimed))
      const graceMs = Math.max(0, ...inline.map(({ claimed }) => claimed.job.spec.stopGraceMs))
      return { work: inline.map(({ followed }) => followed), graceMs }
    },
  }
}
