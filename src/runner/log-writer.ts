// Takes over what an attempt writes into the store, in fenced batches, at its own pace; never on the job's path.
// Reading goes on only from where the store has acknowledged, so a kill at any moment loses and doubles nothing (I7).
import type { Progress } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { maskSaid } from '../core/mask-said.ts'
import { heard } from '../core/progress.ts'
import type { Begun, Claimed, Fence, JobRecord, Observation } from '../store/store.ts'
import { type Bundle, type ReadPosition, readWritten } from './attempt-reader.ts'
import type { House } from './house.ts'
import { openLogBound } from './log-bound.ts'
import { openPace, openWake, watchGrowth } from './log-pace.ts'

export interface LogWriter {
  /**
   * Resolves with what is known when everything the attempt wrote is stored. Call it when the attempt has ended. With `keepsLast` what comes last
   * is left to whoever writes the end. @throws LeaseLostError
   */
  drained(options: { keepsLast: boolean }): Promise<Drained>
}

/** What is known at the end. `unstored`: what was observed last, to be stored with it. */
export interface Drained extends Claimed {
  unstored?: Observation
}

export interface Written {
  /** Of the attempt. */
  folder: string
  /** What is to be recorded of its start, with the first that is observed. */
  begun: Begun | null
  signal: AbortSignal
}

/** Thrown where a fenced write was refused: somebody else looks after the job now. */
export class LeaseLostError extends Error {}

/** Gives up when `signal` is aborted: the attempt is over for this runner. */
export async function openLogWriter(house: House, claimed: Claimed, { folder, begun, signal }: Written): Promise<LogWriter> {
  const { job, attempt } = claimed
  const fence: Fence = { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }
  let position: ReadPosition = { stdout: attempt.files.stdout, stderr: attempt.files.stderr, events: attempt.eventsBytes }
  const known = openKnown(house, claimed, begun)
  let [isComplete, keepsLast] = [false, false]
  const ended = new AbortController()
  const hurry = AbortSignal.any([signal, ended.signal])
  const wake = openWake(house.clock, signal)
  const pace = openPace(house.clock)
  const growth = watchGrowth()
  const bound = openLogBound(house, claimed)
  const files = house.launcher.follow(folder, wake.ring)
  // A refused fence is told to whoever waits for the end; it must not be an unhandled rejection before that.
  const loop = follow().finally(() => files.close())
  loop.catch(() => undefined)

  async function follow(): Promise<Drained> {
    // What lives for a moment only is recorded whole, in one go.
    if (begun) await house.clock.sleep(limits.begunMs, hurry).catch(() => undefined)
    for (let isPaced = false; ; ) {
      signal.throwIfAborted()
      const completeNow = isComplete
      const bundle = readFrom(position, completeNow)
      const pauseMs = isPaced || completeNow || bundle.isEmpty || bundle.isBehind ? 0 : pace.pauseMs()
      if (pauseMs > 0) {
        // What comes meanwhile is taken along.
        await house.clock.sleep(pauseMs, hurry).catch(() => undefined)
        isPaced = true
        continue
      }
      isPaced = false
      if (completeNow && keepsLast && isLast(bundle)) return known.withUnstored(known.observation(bundle, house.clock.now()))
      if (known.isNews(bundle) || bound.isDue(known.job())) await store(bundle)
      else if (completeNow) return known.all()
      // A line that grows and does not end: nothing to number yet, but the job lives.
      else if (growth.isSignOfLife(bundle.size, house.clock.now())) await observe({ blocks: [], heartbeatAt: house.clock.now() })
      else await wake.next()
      // A long backlog is read in one turn after the other; the app that we live in gets its turns in between.
      await house.clock.sleep(0)
    }
  }

  function readFrom(from: ReadPosition, complete: boolean): Bundle {
    return readWritten(files, from, { isComplete: complete, now: house.clock.now() })
  }

  // Something, with nothing behind it, and no bound that asks for more.
  function isLast(bundle: Bundle): boolean {
    if (!known.isNews(bundle) || bound.isPassed(known.observation(bundle, 0), known.job())) return false
    return readFrom(bundle.next, true).isEmpty
  }

  async function store(bundle: Bundle): Promise<void> {
    const now = house.clock.now()
    const before = known.job()
    wake.found()
    const seen = await bound.added(known.observation(bundle, now), before)
    await observe(seen, now)
    pace.stored(now)
    growth.stored(bundle.size, now)
    position = bundle.next
    await bound.stored(seen, before, known.job())
  }

  async function observe(seen: Observation, now = house.clock.now()): Promise<void> {
    const stored = await house.store.claims.observe({ fence, seen, now })
    if (stored === 'lease lost') throw new LeaseLostError()
    known.stored(seen, stored)
  }

  return {
    drained(options) {
      isComplete = true
      keepsLast = options.keepsLast
      ended.abort()
      wake.ring()
      return loop
    },
  }
}

// What the store knows of the attempt, and what it has not been told yet of its start.
function openKnown({ masks }: House, { job, attempt }: Claimed, begun: Begun | null) {
  let latest: Claimed = { job, attempt }
  let unrecorded = begun

  function withSaid({ saidError, saidNext }: Observation, changed: JobRecord): Claimed {
    const said = { ...(saidError === undefined ? {} : { saidError }), ...(saidNext === undefined ? {} : { saidNext }) }
    return { job: changed, attempt: { ...latest.attempt, ...said } }
  }

  return {
    job: () => latest.job,
    all: () => latest,
    isNews: (bundle: Bundle) => !bundle.isEmpty || unrecorded !== null,
    observation(bundle: Bundle, now: number): Observation {
      const mask = masks?.now()
      const masked = mask ? { ...bundle, says: maskSaid(mask, bundle.says) } : bundle
      const seen = bundle.isEmpty ? { blocks: [] } : observation(masked, latest.job.progress, now)
      return unrecorded ? { ...seen, begun: unrecorded } : seen
    },
    stored(seen: Observation, changed: JobRecord): void {
      latest = withSaid(seen, changed)
      if (seen.begun) unrecorded = null
    },
    withUnstored: (unstored: Observation): Drained => ({
      ...withSaid(unstored, { ...latest.job, progress: unstored.progress ?? latest.job.progress }),
      unstored,
    }),
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
