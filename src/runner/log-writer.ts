// Takes over what an attempt writes into the store, in fenced batches, at its own pace; never on the job's path.
// Reading goes on only from where the store has acknowledged, so a kill at any moment loses and doubles nothing (I7).
import type { Progress } from '../core/job.ts'
import { heard } from '../core/progress.ts'
import type { Claimed, Fence, Observation } from '../store/store.ts'
import { type Bundle, type ReadPosition, readWritten } from './attempt-reader.ts'
import type { House } from './house.ts'
import { openLogBound } from './log-bound.ts'
import { openPace, openWake, watchGrowth } from './log-pace.ts'

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
  let position: ReadPosition = { stdout: attempt.files.stdout, stderr: attempt.files.stderr, events: attempt.eventsBytes }
  let latest = job
  let { saidError, saidNext } = attempt
  let isComplete = false
  const ended = new AbortController()
  const hurry = AbortSignal.any([signal, ended.signal])
  const wake = openWake(house.clock)
  const pace = openPace(house.clock)
  const growth = watchGrowth()
  const bound = openLogBound(house, claimed)
  const files = house.launcher.follow(folder, wake.ring)
  // A refused fence is told to whoever waits for the end; it must not be an unhandled rejection before that.
  const loop = follow().finally(() => files.close())
  loop.catch(() => undefined)

  async function follow(): Promise<Claimed> {
    for (let isPaced = false; ; ) {
      signal.throwIfAborted()
      const completeNow = isComplete
      const bundle = readWritten(files, position, { isComplete: completeNow, now: house.clock.now() })
      const pauseMs = isPaced || completeNow || bundle.isEmpty || bundle.isBehind ? 0 : pace.pauseMs()
      if (pauseMs > 0) {
        // What comes meanwhile is taken along.
        await house.clock.sleep(pauseMs, hurry).catch(() => undefined)
        isPaced = true
        continue
      }
      isPaced = false
      if (!bundle.isEmpty || bound.isDue(latest)) await store(bundle)
      else if (completeNow) return { job: latest, attempt: { ...attempt, saidError, saidNext } }
      else if (growth.isSignOfLife(bundle.size, house.clock.now())) await beat()
      else await wake.next(signal)
      // A long backlog is read in one turn after the other; the app that we live in gets its turns in between.
      await house.clock.sleep(0)
    }
  }

  async function store(bundle: Bundle): Promise<void> {
    const now = house.clock.now()
    const seen = bound.added(observation(bundle, latest.progress, now), latest)
    await observe(seen, now)
    pace.stored(now)
    growth.stored(bundle.size, now)
    saidError = seen.saidError ?? saidError
    saidNext = seen.saidNext ?? saidNext
    position = bundle.next
    await bound.stored(latest, position)
  }

  // A line that grows and does not end: nothing to number yet, but the job lives.
  async function beat(): Promise<void> {
    const now = house.clock.now()
    await observe({ blocks: [], heartbeatAt: now }, now)
  }

  async function observe(seen: Observation, now: number): Promise<void> {
    const stored = await house.store.claims.observe({ fence, seen, now })
    if (stored === 'lease lost') throw new LeaseLostError()
    latest = stored
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
