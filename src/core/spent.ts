// How long an attempt has taken, counted by waiting and not by two looks at a clock: what a clock jumps, or a machine sleeps, is not held against the job.

/**
 * One wait more. It counts for as long as it was meant to be, also when the clock was set back meanwhile; when it took longer,
 * because the machine was busy, slept, or its clock was set forward, for at most twice as long.
 */
export function spentAfter(spentMs: number, { waitedMs, tookMs }: { waitedMs: number; tookMs: number }): number {
  return spentMs + Math.min(Math.max(tookMs, waitedMs), waitedMs * 2)
}
