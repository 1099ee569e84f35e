// The hooks, typed by an app's kinds. Types only but for one object.
import type { ClientKinds } from '../client/index.ts'
import { type JobOptions, type JobStanding, useJob } from './use-job.ts'
import { type KindOptions, type KindState, useKind } from './use-kind.ts'

type Name<Kinds> = keyof Kinds & string

export interface TypedHooks<Kinds extends ClientKinds> {
  useKind<Kind extends Name<Kinds>>(name: Kind, options?: KindOptions): KindState<Kinds[Kind]['input'], Kinds[Kind]['result']>
  /** By a kind its result is known; by a number it is that of any of them, unless it is said. */
  useJob<Kind extends Name<Kinds>>(
    target: { kind: Kind; key?: string | undefined } | null,
    options?: JobOptions,
  ): JobStanding<Kinds[Kind]['result']>
  useJob<Kind extends Name<Kinds> = Name<Kinds>>(target: number | null, options?: JobOptions): JobStanding<Kinds[Kind]['result']>
}

/** `const { useKind, useJob } = createHooks<KindsOf<typeof kinds>>()`: the same hooks, and a wrong kind or input does not compile. */
export function createHooks<Kinds extends ClientKinds>(): TypedHooks<Kinds> {
  return { useKind, useJob } as TypedHooks<Kinds>
}
