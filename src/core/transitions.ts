// The state machine of a job as one table of data, and the question that is asked of it. No I/O, no clock.
// Used by the deciding code, by the `where state in (…)` of the statements and by the documentation.
import type { JobState, StopReason } from './job.ts'

export type Happening =
  | 'claimed'
  | 'stop asked'
  | 'replaced'
  | 'needed job did not succeed'
  | 'waited too long'
  | 'adopted'
  | 'ended well'
  | 'ended well, output refused'
  | 'ended badly, tries left'
  | 'ended badly'
  | 'snoozed'
  | 'superseded'
  | 'snoozed, superseded'
  | 'process gone without an exit record, safe to repeat'
  | 'process gone without an exit record, once too often'
  | 'process gone without an exit record'
  | 'retry or resume asked'

export interface Transition {
  from: readonly JobState[]
  happening: Happening
  /** Only for a job that is being stopped for one of these reasons. */
  reasons?: readonly StopReason[]
  to: JobState | 'same'
}

export const transitions: readonly Transition[] = [
  { from: ['queued'], happening: 'claimed', to: 'running' },
  { from: ['queued'], happening: 'stop asked', to: 'cancelled' },
  { from: ['queued'], happening: 'replaced', to: 'cancelled' },
  { from: ['queued'], happening: 'needed job did not succeed', to: 'cancelled' },
  { from: ['queued'], happening: 'waited too long', to: 'expired' },
  { from: ['running'], happening: 'stop asked', to: 'stopping' },
  { from: ['stopping'], happening: 'stop asked', to: 'same' },
  { from: ['running', 'stopping'], happening: 'adopted', to: 'same' },
  { from: ['running', 'stopping'], happening: 'ended well', to: 'succeeded' },
  { from: ['running', 'stopping'], happening: 'ended well, output refused', to: 'failed' },
  // Who is cancelled does not try again, however it ended.
  { from: ['stopping'], happening: 'ended badly, tries left', reasons: ['cancel'], to: 'cancelled' },
  { from: ['stopping'], happening: 'ended badly', reasons: ['cancel'], to: 'cancelled' },
  { from: ['stopping'], happening: 'snoozed', reasons: ['cancel'], to: 'cancelled' },
  { from: ['stopping'], happening: 'process gone without an exit record, safe to repeat', reasons: ['cancel'], to: 'cancelled' },
  { from: ['stopping'], happening: 'process gone without an exit record, once too often', reasons: ['cancel'], to: 'cancelled' },
  { from: ['stopping'], happening: 'process gone without an exit record', reasons: ['cancel'], to: 'cancelled' },
  // Stopped in order to go on from its checkpoint, or because the program that ran it closes.
  { from: ['stopping'], happening: 'ended badly', reasons: ['resume', 'shutdown'], to: 'queued' },
  { from: ['running', 'stopping'], happening: 'ended badly, tries left', to: 'queued' },
  { from: ['running', 'stopping'], happening: 'ended badly', to: 'failed' },
  { from: ['running', 'stopping'], happening: 'snoozed', to: 'queued' },
  // It would be queued again, but a newer job of its unique key is: there is no place for both.
  { from: ['running', 'stopping'], happening: 'superseded', to: 'failed' },
  { from: ['running', 'stopping'], happening: 'snoozed, superseded', to: 'cancelled' },
  { from: ['running', 'stopping'], happening: 'process gone without an exit record, safe to repeat', to: 'queued' },
  { from: ['running', 'stopping'], happening: 'process gone without an exit record, once too often', to: 'failed' },
  { from: ['running', 'stopping'], happening: 'process gone without an exit record', to: 'interrupted' },
  { from: ['failed', 'cancelled', 'interrupted', 'expired'], happening: 'retry or resume asked', to: 'queued' },
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
    (t) =>
      t.happening === happening &&
      t.from.includes(job.state) &&
      (t.reasons === undefined || (job.stopReason !== null && t.reasons.includes(job.stopReason))),
  )
  if (!row) return null
  return row.to === 'same' ? job.state : row.to
}

/** The states a happening applies to, for the `where` of the statement that writes it. */
export function statesBefore(happening: Happening): JobState[] {
  return [...new Set(transitions.filter((t) => t.happening === happening).flatMap((t) => t.from))]
}
