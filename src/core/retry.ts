// Whether a failed attempt is followed by another one, and when. Pure: time and randomness come in as arguments.
import type { RetryPolicy } from './job.ts'

/** How many attempts a policy allows; a person's retry and a snooze add one each by being excused. */
export function mostAttempts(policy: RetryPolicy | null): number {
  return policy?.attempts ?? 1
}

/** The tries that count: started, less those excused because they were snoozed or asked for by a person. */
export function countedAttempts(job: { attempts: number; attemptsExcused: number }): number {
  return job.attempts - job.attemptsExcused
}

/**
 * Milliseconds until the next attempt, after `failed` of them (1 or more). `random` is from 0 to 1: exponential back-off is spread over the
 * later half of its delay, so that jobs that failed together do not come back together.
 */
export function retryDelayMs(policy: RetryPolicy, failed: number, random: number): number {
  if (policy.backoff === 'fixed') return Math.round(policy.delayMs)
  // 2 to the 40th milliseconds is 35 years: no delay needs more doublings.
  const fullMs = Math.min(policy.maxDelayMs, policy.delayMs * 2 ** Math.min(failed - 1, 40))
  return Math.round(fullMs / 2 + (fullMs / 2) * random)
}
