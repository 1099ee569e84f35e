// What is to be told of a running attempt beside its state. Written as a whole, with a line in its log when something came up.
import type { JobFlag } from '../core/job.ts'
import type { Claimed } from '../store/store.ts'
import type { House } from './house.ts'

export interface AttemptFlags {
  /** Tells it, unless it is told already. `line` is for the log. */
  set(flag: JobFlag, line: string): Promise<void>
  clear(flag: JobFlag, line?: string): Promise<void>
}

/** An adopter goes on with what was told before. */
export function openFlags(house: House, { job, attempt }: Claimed): AttemptFlags {
  const flags = new Set(job.flags)
  const fence = { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }

  // A lease that is lost is seen by who looks after the row: nothing is told any more.
  async function write(notes: string[]): Promise<void> {
    await house.store.claims.observe({ fence, seen: { blocks: [], notes, flags: [...flags].sort() }, now: house.clock.now() })
  }

  return {
    async set(flag, line) {
      if (flags.has(flag)) return
      flags.add(flag)
      await write([line])
    },
    async clear(flag, line) {
      if (flags.delete(flag)) await write(line === undefined ? [] : [line])
    },
  }
}
