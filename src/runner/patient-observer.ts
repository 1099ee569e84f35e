// Stores what is seen of an attempt whose text is nowhere else: trouble with the database is waited out, and nothing is stored twice.
import { limits } from '../core/limits.ts'
import type { Claimed, LogBlock, Observation } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { tell } from './tell.ts'

export interface Observer {
  /** What is known of it, with `seen` although that may not be stored yet. */
  with(seen: Observation): Claimed
  /** @throws LeaseLostError; the closing's reason when the runner closes first */
  store(seen: Observation): Promise<void>
}

/** `lost` is told when the fence refuses: from then on nothing is written. */
export function patientObserver(house: House, claimed: Claimed, lost: (error: LeaseLostError) => void): Observer {
  const { id: jobId, leaseToken } = claimed.job
  const { attempt } = claimed.attempt
  let latest = claimed
  let isLost = false

  function merged({ saidError, saidNext, progress }: Observation): Claimed {
    const { job, attempt } = latest
    return {
      job: { ...job, progress: progress ?? job.progress },
      attempt: { ...attempt, saidError: saidError ?? attempt.saidError, saidNext: saidNext ?? attempt.saidNext },
    }
  }

  async function storeOnce(seen: Observation): Promise<void> {
    const { observe } = house.store.claims
    const stored = isLost ? 'lease lost' : await observe({ fence: { jobId, attempt, leaseToken }, seen, now: house.clock.now() })
    if (stored !== 'lease lost') {
      latest = { job: stored, attempt: merged(seen).attempt }
      return
    }
    isLost = true
    const error = new LeaseLostError()
    lost(error)
    throw error
  }

  // A connection that was lost leaves in doubt what it wrote.
  async function isStored(blocks: readonly LogBlock[]): Promise<boolean> {
    const last = blocks.at(-1)
    if (!last) return false
    const [newest] = await house.store.logs.blocks({ jobId, before: Number.MAX_SAFE_INTEGER, streams: [last.stream], limit: 1 })
    return newest?.attempt === attempt && newest.byteOffset >= last.byteOffset
  }

  return {
    with: merged,
    async store(seen) {
      for (;;) {
        try {
          return await storeOnce(seen)
        } catch (error) {
          if (error instanceof LeaseLostError || house.closing.aborted) throw error
          tell(house, `what job ${jobId} wrote could not be stored; it is tried again`, error)
          await house.clock.sleep(limits.pollMs, house.closing)
          if (await isStored(seen.blocks)) return
        }
      }
    },
  }
}
