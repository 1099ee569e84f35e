// The app's own look at an output before it is published. What it throws, or returns as a text, is the reason why nothing is.
import type { Json } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import type { Claimed } from '../store/store.ts'
import type { House } from './house.ts'
import { rejectedWhen } from './rejected-when.ts'
import { watchRow } from './row-watch.ts'

/** What is told of the job whose output is looked at. */
export interface OutputToValidate {
  id: number
  attempt: number
  input: Json
  /** Aborted when the job is asked to stop, when it takes longer than ten minutes, and when the program closes. */
  signal: AbortSignal
}

/** `staging` holds a folder for each artifact. */
export type Validator = (staging: string, job: OutputToValidate) => unknown

/** The function of a kind, if this program has it. */
export type Validators = (kind: string) => Validator | undefined

/** Can this program settle the job? Not when its output is to be looked at by a function that it does not have. */
export function canValidate({ validatorOf }: Pick<House, 'validatorOf'>, { job }: Claimed): boolean {
  return !job.spec.validates || validatorOf?.(job.kind) !== undefined
}

/** The job was asked to stop before the app had said what it thinks of the output. */
export class StoppedError extends Error {}

/** The reason why it is refused; null: it is not. @throws StoppedError, LeaseLostError, the closing's reason; Error when it takes too long */
export async function validateOutput(house: House, claimed: Claimed, staging: string): Promise<string | null> {
  const { job, attempt } = claimed
  if (!job.spec.validates) return null
  const validator = house.validatorOf?.(job.kind)
  if (!validator) throw new Error(`kind "${job.kind}" has no validate in this program`)
  // One that ended well after it was asked to stop is not looked at any more, however fast that would be.
  if ((await house.store.jobs.get({ id: job.id }))?.state === 'stopping')
    throw new StoppedError('it was asked to before its output was looked at')
  const over = new AbortController()
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, house.closing])
  const unwatch = watchRow(house, claimed, {
    onStop: () => stop.abort(new StoppedError('it was asked to while its output was looked at')),
    onLost: (error) => stop.abort(error),
    mayBeSilent: () => true,
  })
  const tooLong = house.clock.sleep(limits.validateMs, over.signal).then(
    () => stop.abort(new Error(`validate took longer than ${limits.validateMs / 60_000} min`)),
    () => undefined,
  )
  try {
    const said = await Promise.race([
      settledBy(validator, staging, { id: job.id, attempt: attempt.attempt, input: job.input, signal }),
      rejectedWhen(signal),
    ])
    return typeof said === 'string' && said !== '' ? said : null
  } finally {
    unwatch()
    over.abort()
    await tooLong
  }
}

// Whatever it throws is its answer, also trouble with a disk; but not what it throws because it was told to end.
async function settledBy(validator: Validator, staging: string, job: OutputToValidate): Promise<unknown> {
  try {
    return await validator(staging, { ...job, input: structuredClone(job.input) })
  } catch (error) {
    job.signal.throwIfAborted()
    return (error instanceof Error ? error.message : String(error)) || 'validate threw an error without a message'
  }
}
