// Takes over what an attempt writes into the store, in fenced batches, at its own pace; never on the job's path.
// Reading goes on only from where the store has acknowledged, so a kill at any moment loses and doubles nothing (I7).
import { type FSWatcher, watch } from 'node:fs'
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import type { Json, Progress } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { type JobSays, saidAt, withEvent } from '../core/progress.ts'
import type { Claimed, Fence, Observation } from '../store/store.ts'
import { type Bundle, openAttemptReader, type ReadPosition } from './attempt-reader.ts'
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
  let saidError = attempt.saidError
  let isComplete = false
  const ended = new AbortController()
  const hurry = AbortSignal.any([signal, ended.signal])
  const reader = openAttemptReader(folder)
  const wake = openWake(folder)
  // A refused fence is told to whoever waits for the end; it must not be an unhandled rejection before that.
  const loop = follow().finally(() => {
    reader.close()
    wake.close()
  })
  loop.catch(() => undefined)

  async function follow(): Promise<Claimed> {
    for (;;) {
      const completeNow = isComplete
      const bundle = reader.read(position, { isComplete: completeNow, now: house.clock.now() })
      if (!bundle.isEmpty) await store(bundle)
      else if (completeNow) return { job: latest, attempt: { ...attempt, saidError } }
      else await wake.next(signal)
      if (!isComplete) await sleep(limits.logFlushMs, undefined, { signal: hurry }).catch(() => undefined)
      // A long backlog is read in one turn after the other; the app that we live in gets its turns in between.
      await breathe()
      signal.throwIfAborted()
    }
  }

  async function store(bundle: Bundle): Promise<void> {
    const now = house.clock.now()
    const seen = observation(bundle, latest.progress, now)
    const stored = await house.store.claims.observe({ fence, seen, now })
    if (stored === 'lease lost') throw new LeaseLostError()
    saidError = seen.saidError ?? saidError
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
  const seen: Observation = { blocks: bundle.blocks, notes: bundle.notes, eventsBytes: bundle.next.events, heartbeatAt: now }
  let progress = before
  for (const said of bundle.says) {
    progress = withEvent(progress, said.event, saidAt(said, progress, now))
    Object.assign(seen, saidBy(said.event))
  }
  return progress === before ? seen : { ...seen, progress }
}

function saidBy(event: JobSays): { checkpoint?: Json; result?: Json; saidError?: string } {
  if (event.says === 'checkpoint') return { checkpoint: event.value }
  if (event.says === 'result') return { result: event.value }
  return event.says === 'error' ? { saidError: event.message } : {}
}

interface Wake {
  /** Resolves when the folder's files may have grown; at the latest after the poll. */
  next(signal: AbortSignal): Promise<void>
  ring(): void
  close(): void
}

function openWake(folder: string): Wake {
  let rung = false
  let waiter: AbortController | null = null
  const ring = () => {
    rung = true
    waiter?.abort()
  }
  const watcher = tryWatch(folder, ring)
  return {
    async next(signal) {
      if (!rung) {
        waiter = new AbortController()
        await sleep(limits.pollMs, undefined, { signal: AbortSignal.any([signal, waiter.signal]) }).catch(() => undefined)
        waiter = null
      }
      rung = false
    },
    ring,
    close: () => watcher?.close(),
  }
}

function tryWatch(folder: string, listener: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, listener)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    // No watches left on this machine: the poll sees it.
    return null
  }
}
