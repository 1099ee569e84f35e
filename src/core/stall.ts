// When a running job is called stalled, and what follows from that. Pure. Silence is added up look by look, never taken from the difference of
// two clock readings: a machine that slept, a clock that jumped or a runner that was frozen has looked at nothing meanwhile, and proves nothing (I10).
import { limits } from './limits.ts'

/** What counts as a sign of life, how long its absence is borne, and what is done about it. */
export interface StallPolicy {
  /** Milliseconds without a sign of life until the job is called stalled. */
  stallAfterMs: number
  /** The same before the first sign; null: `stallAfterMs`. */
  firstHeartbeatWithinMs: number | null
  /** `any`: output, progress and beats; `explicit`: `{"heartbeat"}` alone. */
  heartbeats: 'any' | 'explicit'
  onStall: 'warn' | 'cancel' | 'retry'
  /** Milliseconds without a sign of life until `cancel` or `retry` is carried out. */
  stallLimitMs: number
}

/** How long a job has been silent while somebody looked. */
export interface Silence {
  /** Added up over the looks. */
  silentMs: number
  lookedAt: number
  /** The last sign of life that was known at the last look; null: none yet. */
  beatAt: number | null
  /** When a person said to go on waiting; the silence before it is forgiven. */
  waitedAt: number | null
}

export interface Beats {
  beatAt: number | null
  waitedAt: number | null
  now: number
}

/** At the first look of a runner. What was silent before it came shows as a warning at once, but counts for nothing more. */
export function firstSilence(policy: StallPolicy, { startedAt, ...beats }: Beats & { startedAt: number }): Silence {
  const since = Math.max(startedAt, beats.beatAt ?? 0, beats.waitedAt ?? 0)
  const silentMs = Math.min(Math.max(0, beats.now - since), limitOf(policy, beats.beatAt))
  return { silentMs, lookedAt: beats.now, beatAt: beats.beatAt, waitedAt: beats.waitedAt }
}

/** At every further look. `usualMs`: the time between two looks when nothing holds them up; one that was held up counts no more than that. */
export function nextSilence(before: Silence, { beatAt, waitedAt, now }: Beats, usualMs: number): Silence {
  const isBroken = beatAt !== before.beatAt || waitedAt !== before.waitedAt
  const countedMs = Math.min(usualMs, Math.max(0, now - before.lookedAt))
  return { silentMs: isBroken ? 0 : before.silentMs + countedMs, lookedAt: now, beatAt, waitedAt }
}

export type StallVerdict = 'alive' | 'stalled' | 'over its limit'

export function stallVerdict(policy: StallPolicy, { silentMs, beatAt }: Silence): StallVerdict {
  if (silentMs < limitOf(policy, beatAt)) return 'alive'
  return policy.onStall !== 'warn' && silentMs >= Math.max(policy.stallLimitMs, limitOf(policy, beatAt)) ? 'over its limit' : 'stalled'
}

/** Whether what was seen of a job is a sign of life by its policy. `isBeat`: it said so itself. */
export function isSignOfLife(policy: StallPolicy | null, isBeat: boolean): boolean {
  return policy?.heartbeats !== 'explicit' || isBeat
}

/** Milliseconds of silence after which it is called stalled. */
export function limitOf({ stallAfterMs, firstHeartbeatWithinMs }: StallPolicy, beatAt: number | null): number {
  return beatAt === null ? (firstHeartbeatWithinMs ?? stallAfterMs) : stallAfterMs
}

/** Where the policy sets no limit of its own, what is not only to be warned of is carried out after so many silences. */
export function defaultStallLimitMs(stallAfterMs: number): number {
  return Math.min(stallAfterMs * limits.stallLimitTimes, limits.retryDelayMs)
}
