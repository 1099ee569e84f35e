// Takes over what an attempt writes into the store, in fenced batches, at its own pace; never on the job's path.
// Reading goes on only from where the store has acknowledged, so a kill at any moment loses and doubles nothing (I7).
import type { Clock } from '../core/clock.ts'
import type { Progress } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { heard } from '../core/progress.ts'
import type { Claimed, Fence, Observation } from '../store/store.ts'
import { type Bundle, type ReadPosition, readWritten } from './attempt-reader.ts'
import type { House } from './house.ts'

export interface LogWriter {
  /** Resolves with what is known when everything the attempt wrote is stored. Call it when the attempt has ended. @throws LeaseLostError */
  drained(): Promise<Claimed>
}

/** Thrown where a fenced write was refused: somebody else looks after the job now. */
export class LeaseLostError extends Error {}

/** Gives up when `signal` is aborted: the attempt is over for this runner. */
export async function openLogWriter(
  house: House,
  claimed: Claimed,
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<LogWriter> {
  const { job, attempt } = claimed
  const fence: Fence = { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }
  const read = await house.store.logs.read({ jobId: job.id, attempt: attempt.attempt })
  let position: ReadPosition = { ...read, events: attempt.eventsBytes }
  let latest = job
  let { saidError, saidNext } = attempt
  let isComplete = false
  const ended = new AbortController()
  const hurry = AbortSignal.any([signal, ended.signal])
  const wake = openWake(house.clock)
  const files = house.launcher.follow(folder, wake.ring)
  // A refused fence is told to whoever waits for the end; it must not be an unhandled rejection before that.
  const loop = follow().finally(() => files.close())
  loop.catch(() => undefined)

  async function follow(): Promise<Claimed> {
    for (;;) {
      const completeNow = isComplete
      const bundle = readWritten(files, position, { isComplete: completeNow, now: house.clock.now() })
      if (!bundle.isEmpty) await store(bundle)
      else if (completeNow) return { job: latest, attempt: { ...attempt, saidError, saidNext } }
      else await wake.next(signal)
      if (!isComplete) await house.clock.sleep(limits.logFlushMs, hurry).catch(() => undefined)
      // A long backlog is read in one turn after the other; the app that we live in gets its turns in between.
      await house.clock.sleep(0)
      signal.throwIfAborted()
    }
  }

  async function store(bundle: Bundle): Promise<void> {
    const now = house.clock.now()
    const seen = observation(bundle, latest.progress, now)
    const stored = await house.store.claims.observe({ fence, seen, now })
    if (stored === 'lease lost') throw new LeaseLostError()
    saidError = seen.saidError ?? saidError
    saidNext = seen.saidNext ?? saidNext
    latest = stored
    position = bundle.next
  }

  return {
    drained() {
      isComplete = true
      ended.abort()
      wake.ring()
      return loop
    },
  }
}

function observation(bundle: Bundle, before: Progress | null, now: number): Observation {
  return {
    blocks: bundle.blocks,
    notes: bundle.notes,
    eventsBytes: bundle.next.events,
    heartbeatAt: now,
    ...heard(bundle.says, before, now),
  }
}

interface Wake {
  /** Resolves when the attempt's files may have grown; at the latest after the poll. */
  next(signal: AbortSignal): Promise<void>
  ring(): void
}

function openWake(clock: Clock): Wake {
  let rung = false
  let waiter: AbortController | null = null
  return {
    async next(signal) {
      if (!rung) {
        waiter = new AbortController()
        await clock.sleep(limits.pollMs, AbortSignal.any([signal, waiter.signal])).catch(() => undefined)
        waiter = null
      }
      rung = false
    },
    ring() {
      rung = true
      waiter?.abort()
    },
  }
}
