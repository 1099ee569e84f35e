// The state machine of a job as one table of data, and the question that is asked of it. No I/O, no clock.
// Used by the deciding code, by the `where state in (…)` of the statements and by the documentation.
import type { JobState, StopReason } from './job.ts'

export type Happening =
  | 'claimed'
  | 'cancel asked'
  | 'adopted'
  | 'ended well'
  | 'ended well, output refused'
  | 'ended badly'
  | 'process gone without an exit record'

export interface Transition {
  from: readonly JobState[]
  happening: Happening
  /** Only for a job that is being stopped for this reason. */
  reason?: StopReason
  to: JobState | 'same'
}

export const transitions: readonly Transition[] = [
  { from: ['queued'], happening: 'claimed', to: 'running' },
  { from: ['queued'], happening: 'cancel asked', to: 'cancelled' },
  { from: ['running'], happening: 'cancel asked', to: 'stopping' },
  { from: ['stopping'], happening: 'cancel asked', to: 'same' },
  { from: ['running', 'stopping'], happening: 'adopted', to: 'same' },
  { from: ['running', 'stopping'], happening: 'ended well', to: 'succeeded' },
  { from: ['running', 'stopping'], happening: 'ended well, output refused', to: 'failed' },
  { from: ['stopping'], happening: 'ended badly', reason: 'cancel', to: 'cancelled' },
  { from: ['running', 'stopping'], happening: 'ended badly', to: 'failed' },
  { from: ['stopping'], happening: 'process gone without an exit record', reason: 'cancel', to: 'cancelled' },
  { from: ['running', 'stopping'], happening: 'process gone without an exit record', to: 'interrupted' },
]

const settledStates: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'cancelled', 'interrupted', 'expired'])

/** States that only a person's retry or resume can leave. */
export function isSettled(state: JobState): boolean {
  return settledStates.has(state)
}

/** States that something is still to happen to. */
export const activeStates: readonly JobState[] = ['queued', 'running', 'stopping']

/** The state that follows, or null when the happening does not apply: a lost race, never an error. The first row that fits wins. */
export function nextState(job: { state: JobState; stopReason: StopReason | null }, happening: Happening): JobState | null {
  const row = transitions.find(
    (t) => t.happening === happening && t.from.includes(job.state) && (t.reason === undefined || t.reason === job.stopReason),
  )
  if (!row) return null
  return row.to === 'same' ? job.state : row.to
}

/** The states a happening applies to, for the `where` of the statement that writes it. */
export function statesBefore(happening: Happening): JobState[] {
  return [...new Set(transitions.filter((t) => t.happening === happening).flatMap((t) => t.from))]
}
