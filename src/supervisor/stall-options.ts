// What a kind says of silence: the options of defineJob, their checks, and the policy that is written into a job's row.
import { defaultStallLimitMs, type StallPolicy } from '../core/stall.ts'

/** When a running job is called stalled, and what is done about it. Nothing of it is on unless `stallAfterMs` is given. */
export interface StallOptions {
  /** Milliseconds without a sign of life after which a running job is called stalled: a warning with facts. Default: never. */
  stallAfterMs?: number
  /** The same before its first sign of life. Default `stallAfterMs`. */
  firstHeartbeatWithinMs?: number
  /** What is a sign of life: `any` (default) output, progress or beat; `explicit`: only `heartbeat()`, for programs that print for ever. */
  heartbeats?: StallPolicy['heartbeats']
  /** `warn` (default): nothing but the warning. `cancel`: stopped at `stallLimitMs`, and failed. `retry`: stopped, and tried again as `retry` says. */
  onStall?: StallPolicy['onStall']
  /** Milliseconds without a sign of life until `onStall` is carried out; more than `stallAfterMs`. Default five times that. */
  stallLimitMs?: number
}

type Wrong = (field: string, expected: string) => void

/** Each option's own form is checked by defineJob; this is what they mean together. */
export function checkStall(options: StallOptions & { retry?: unknown }, wrong: Wrong): void {
  const { stallAfterMs, stallLimitMs, onStall } = options
  const others = ['firstHeartbeatWithinMs', 'heartbeats', 'onStall', 'stallLimitMs'] as const
  if (stallAfterMs === undefined) {
    for (const field of others) if (options[field] !== undefined) wrong(field, 'left out where there is no stallAfterMs')
    return
  }
  if (stallLimitMs !== undefined && stallLimitMs <= stallAfterMs)
    wrong('stallLimitMs', `milliseconds, more than stallAfterMs (${stallAfterMs})`)
  if (stallLimitMs !== undefined && (onStall === undefined || onStall === 'warn'))
    wrong('stallLimitMs', 'left out unless onStall is cancel or retry')
  if (onStall === 'retry' && options.retry === undefined) wrong('onStall', 'cancel or warn where there is no retry')
}

/** Null: it may be silent for as long as it likes. */
export function stallPolicyOf(options: StallOptions): StallPolicy | null {
  const { stallAfterMs, firstHeartbeatWithinMs, heartbeats = 'any', onStall = 'warn', stallLimitMs } = options
  if (stallAfterMs === undefined) return null
  return {
    stallAfterMs,
    firstHeartbeatWithinMs: firstHeartbeatWithinMs ?? null,
    heartbeats,
    onStall,
    stallLimitMs: stallLimitMs ?? defaultStallLimitMs(Math.max(stallAfterMs, firstHeartbeatWithinMs ?? 0)),
  }
}
