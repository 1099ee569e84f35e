// What a job's function throws to say what should become of it: no other try, a try at a certain time, or a rest that counts as none.
import type { SaidNext } from '../core/job.ts'

// Not the class: the job's file may have its own copy of this module.
const brand = Symbol.for('holdfast.nextAttempt')

class NextAttempt extends Error {
  readonly [brand]: SaidNext
  constructor(message: string, next: SaidNext) {
    super(message)
    this.name = 'NextAttempt'
    this[brand] = next
  }
}

/**
 * An error after which the job is not tried again, whatever its retry policy says.
 *
 * @example throw doNotRetry('this video has no sound')
 */
export function doNotRetry(message: string): Error {
  return new NextAttempt(message, { next: 'never' })
}

/**
 * An error after which the next try comes so many milliseconds from now, if the retry policy has one left.
 *
 * @example throw retryLater(60_000, 'the server asked us to wait')
 */
export function retryLater(ms: number, message = 'to be tried again later'): Error {
  return new NextAttempt(message, { next: 'later', ms: checked(ms) })
}

/**
 * Puts the job back for so many milliseconds, a second at least; it then goes on from its checkpoint. It is no failure, counts as no try, and nothing is published.
 *
 * @example if (await isBusy()) throw snooze(30_000)
 */
export function snooze(ms: number): Error {
  return new NextAttempt('snoozed', { next: 'snooze', ms: checked(ms) })
}

/** What a thrown value says of the next attempt; null for any other. */
export function saidNextOf(thrown: unknown): SaidNext | null {
  return thrown instanceof Error && brand in thrown ? (thrown[brand] as SaidNext) : null
}

function checked(ms: number): number {
  if (Number.isFinite(ms) && ms >= 0) return ms
  throw new TypeError(`ms must be milliseconds, 0 or more, not ${ms}`)
}
