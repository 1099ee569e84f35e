// Measures the process trees of a runner's attempts, all in one look, and keeps what it saw. A tree that uses more than it may is asked to stop;
// one whose shim is gone is told as disconnected. Telemetry is no sign of life of the job.
import { limits } from '../core/limits.ts'
import { overLimit } from '../core/over-limit.ts'
import type { ProcessFacts } from '../core/stall-words.ts'
import { isTelling, type Telemetry, withSample } from '../core/telemetry.ts'
import type { AttemptTree, Measured } from '../launch/launcher.ts'
import type { Claimed } from '../store/store.ts'
import type { AttemptFlags } from './attempt-flags.ts'
import type { House } from './house.ts'
import { tell } from './tell.ts'
import { wakeful } from './wakeful.ts'

export interface WatchedAttempt {
  claimed: Claimed
  tree: AttemptTree
  flags: AttemptFlags
  /** Aborted when the attempt is over for this runner. */
  signal: AbortSignal
}

export interface ProcessWatch {
  /** Measures it from now on: a second later, then every five, or every second where there are limits to look at. */
  add(attempt: WatchedAttempt): void
  /** What was last seen of a job's processes; null: nothing yet. */
  factsOf(jobId: number): ProcessFacts | null
  /** Resolves when no look is under way. */
  idle(): Promise<void>
}

interface Watched extends WatchedAttempt {
  telemetry: Telemetry | null
  written: Telemetry | null
  last: Measured | null
  facts: ProcessFacts | null
  isAsked: boolean
}

export function openProcessWatch(house: House): ProcessWatch {
  const watched = new Set<Watched>()
  let ticks = 0
  let isTold = false
  let stopTicking: (() => void) | null = null
  const looks = wakeful(look, house.closing)

  // One look for all that are due, and one turn for all that is to be written: it shares a commit.
  async function look(): Promise<void> {
    const isRound = ticks % everyTicks === 0
    const due = [...watched].filter((one) => isRound || one.telemetry === null || one.last === null || hasLimits(one))
    if (due.length === 0) return
    try {
      const seen = await house.launcher.measure(due.map(toMeasure))
      await Promise.all(due.map((one, index) => seen[index] && !one.signal.aborted && take(house, one, seen[index])))
    } catch (error) {
      // Told once: it is looked again every second.
      if (!isTold) tell(house, 'the runner could not measure its processes', error)
      isTold = true
    }
  }

  function remove(one: Watched): void {
    watched.delete(one)
    if (watched.size > 0) return
    stopTicking?.()
    stopTicking = null
  }

  return {
    add(attempt) {
      if (attempt.signal.aborted) return
      const { telemetry } = attempt.claimed.attempt
      const one: Watched = { ...attempt, telemetry, written: telemetry, last: null, facts: null, isAsked: false }
      watched.add(one)
      attempt.signal.addEventListener('abort', () => remove(one), { once: true })
      stopTicking ??= house.clock.every(limits.limitLookMs, () => {
        ticks++
        looks.wake()
      })
    },
    factsOf: (jobId) => [...watched].find(({ claimed }) => claimed.job.id === jobId)?.facts ?? null,
    idle: looks.idle,
  }
}

const everyTicks = limits.telemetryMs / limits.limitLookMs

function hasLimits({ claimed, isAsked }: Watched): boolean {
  const { memoryBytes, cpuSeconds } = claimed.job.spec.limits
  return !isAsked && (memoryBytes !== undefined || cpuSeconds !== undefined)
}

// Shared pages count once where it matters: from half of what it may use.
function toMeasure({ tree, claimed }: Watched) {
  const { memoryBytes } = claimed.job.spec.limits
  return { ...tree, closelyFromBytes: memoryBytes === undefined ? null : memoryBytes / 2 }
}

async function take(house: House, one: Watched, seen: Measured): Promise<void> {
  const cpuPercent = cpuOf(one.last, seen)
  one.last = seen
  one.facts = { processes: seen.processes, cpuPercent, memoryBytes: seen.memoryBytes, doing: seen.doing }
  await Promise.all([
    cpuPercent !== null && seen.processes > 0 && keepSample(house, one, cpuPercent),
    seen.hasShim === false && seen.processes > 0 && tellDisconnected(house, one, seen),
    stopBeyondLimits(house, one, seen),
  ])
}

// Since the look before; at the first one since its start, unless it was adopted long after that.
function cpuOf(before: Measured | null, seen: Measured): number | null {
  const tookMs = before ? seen.takenMs - before.takenMs : seen.ageMs
  if (tookMs === null || tookMs <= 0 || (!before && tookMs > limits.telemetryMs * 2)) return null
  return Math.round(((seen.processorMs - (before?.processorMs ?? 0)) / tookMs) * 100)
}

async function keepSample(house: House, one: Watched, cpuPercent: number): Promise<void> {
  const { job, attempt } = one.claimed
  const now = house.clock.now()
  const { memoryBytes, processes } = one.last ?? { memoryBytes: 0, processes: 0 }
  one.telemetry = withSample(one.telemetry, { at: now, cpuPercent, memoryBytes, processes })
  if (!isTelling(one.written, one.telemetry)) return
  one.written = one.telemetry
  const fence = { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken }
  await house.store.claims.observe({ fence, seen: { blocks: [], telemetry: one.telemetry }, now })
}

// The look at its folder comes after the one at its processes: a shim that ended as it should has left its record by now.
async function tellDisconnected(house: House, { tree, flags }: Watched, { processes }: Measured): Promise<void> {
  const { alive, exitCode } = house.launcher.look(tree.folder)
  if (!alive || exitCode !== null) return
  const live = processes === 1 ? '1 process of it lives' : `${processes} processes of it live`
  await flags.set('disconnected', `its launcher is gone, but ${live}: followed to the end, whose exit code nobody will know`)
}

async function stopBeyondLimits(house: House, one: Watched, seen: Measured): Promise<void> {
  const { job } = one.claimed
  const why = one.isAsked ? null : overLimit(job.spec.limits, seen)
  if (why === null) return
  one.isAsked = true
  await house.store.jobs.askStop({ id: job.id, reason: 'limit', why, leaseToken: job.leaseToken, by: null, now: house.clock.now() })
}
