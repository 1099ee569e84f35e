// How long a running job will still take: from its own pace within the phase, and from how long past jobs of its kind took. Pure.
import type { Job, Progress } from './job.ts'

/** What jobs of a kind usually take. */
export interface Usual {
  durationMs: number
  /** In the order they are entered. */
  phases: { name: string; durationMs: number }[]
  /** Of how many past jobs this is said. */
  jobs: number
}

export type PastJob = Pick<Job, 'startedAt' | 'finishedAt' | 'progress' | 'attempts'>

/** The median of jobs that succeeded in one attempt; null when there is none. */
export function usualOf(past: readonly PastJob[]): Usual | null {
  const whole = past.filter(({ attempts, startedAt, finishedAt }) => attempts === 1 && startedAt !== null && finishedAt !== null)
  if (whole.length === 0) return null
  const durations = whole.map(({ startedAt, finishedAt }) => (finishedAt ?? 0) - (startedAt ?? 0))
  return { durationMs: median(durations), phases: usualPhases(whole), jobs: whole.length }
}

export interface RemainingTime {
  /** Of the whole job; null where only its phase can be told. */
  jobMs: number | null
  /** Of the phase it is in. */
  phaseMs: number | null
}

/** Null when nothing can be said: no past jobs, and no pace of its own yet. A job that is over its usual time says nothing rather than "0 s". */
export function remainingTime(job: Pick<Job, 'startedAt' | 'progress'>, usual: Usual | null, now: number): RemainingTime | null {
  if (job.startedAt === null) return null
  const phaseMs = ownPaceMs(job.startedAt, job.progress, now) ?? usualPhaseMs(job.progress, usual, now)
  const jobMs = jobRestMs(job, usual, { phaseMs, now })
  return phaseMs === null && jobMs === null ? null : { jobMs, phaseMs }
}

/** No pace before both: earlier it is noise. */
const leastFraction = 0.1
const leastElapsedMs = 10_000

// Up to the last report: a silent job does not get slower by the second, it gets silent.
function ownPaceMs(startedAt: number, progress: Progress | null, now: number): number | null {
  if (progress === null || progress.done === null || progress.total === null || progress.total <= 0) return null
  const since = progress.phases.at(-1)?.startedAt ?? startedAt
  const elapsedMs = progress.updatedAt - since
  const fraction = progress.done / progress.total
  if (fraction < leastFraction || fraction >= 1 || elapsedMs < leastElapsedMs) return null
  const restMs = ((progress.total - progress.done) / progress.done) * elapsedMs - (now - progress.updatedAt)
  return restMs > 0 ? restMs : null
}

function usualPhaseMs(progress: Progress | null, usual: Usual | null, now: number): number | null {
  const current = progress?.phases.at(-1)
  const before = usual?.phases.find(({ name }) => name === current?.name)
  if (!current || !before) return null
  const restMs = before.durationMs - (now - current.startedAt)
  return restMs > 0 ? restMs : null
}

// The phases to come as they usually take, after what is left of this one; without phases the whole, less what has passed.
function jobRestMs(
  { startedAt, progress }: Pick<Job, 'startedAt' | 'progress'>,
  usual: Usual | null,
  { phaseMs, now }: { phaseMs: number | null; now: number },
): number | null {
  const name = progress?.phase?.name
  if (usual === null) return progress?.phase ? null : phaseMs
  const at = name === undefined ? -1 : usual.phases.findIndex((phase) => phase.name === name)
  if (at === -1) {
    const restMs = usual.durationMs - (now - (startedAt ?? now))
    return restMs > 0 ? restMs : null
  }
  if (phaseMs === null) return null
  return usual.phases.slice(at + 1).reduce((sum, { durationMs }) => sum + durationMs, phaseMs)
}

function usualPhases(past: readonly PastJob[]): Usual['phases'] {
  const newest = past[0]?.progress?.phases ?? []
  return newest.map(({ name }) => {
    const spans = past.flatMap(({ progress }) => progress?.phases.filter((span) => span.name === name && span.finishedAt !== null) ?? [])
    return { name, durationMs: spans.length === 0 ? 0 : median(spans.map((span) => (span.finishedAt ?? 0) - span.startedAt)) }
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
