// The attempts that a runner is looking after now. Knows nothing of how that is done.
import type { Claimed } from '../store/store.ts'
import type { Followed } from './execute-attempt.ts'
import { isInline } from './perform-inline.ts'

export interface Executing {
  add(claimed: Claimed, work: Promise<Followed>, told: Told): Promise<Followed>
  size(): number
  ids(): ReadonlySet<number>
  all(): Promise<Followed>[]
  /** Those that are functions of this process, with the longest time that one of them gets to stop. */
  inline(): { work: Promise<Followed>[]; graceMs: number }
}

export interface Told {
  ended(ended: Followed): void
  failed(error: unknown): void
}

export function openExecuting(): Executing {
  const executing = new Map<number, { claimed: Claimed; followed: Promise<Followed> }>()
  return {
    add(claimed, work, told) {
      const { id } = claimed.job
      // A job that is tried again may have been claimed for its next attempt before the last one is all tidied up.
      const done = () => {
        if (executing.get(id)?.followed === followed) executing.delete(id)
      }
      const followed = work.then(
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
      executing.set(id, { claimed, followed })
      return followed
    },
    size: () => executing.size,
    ids: () => new Set(executing.keys()),
    all: () => [...executing.values()].map(({ followed }) => followed),
    inline() {
      const inline = [...executing.values()].filter(({ claimed }) => isInline(claimed))
      const graceMs = Math.max(0, ...inline.map(({ claimed }) => claimed.job.spec.stopGraceMs))
      return { work: inline.map(({ followed }) => followed), graceMs }
    },
  }
}
