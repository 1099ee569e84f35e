// What a fake command does, as data.
import type { ProcessDoing } from '../core/stall-words.ts'

/** One step after the other, on the machine's clock. */
export interface FakeScript {
  steps?: readonly FakeStep[]
  /** After the last step; null: it goes on until it is stopped. Default 0. */
  endsAfterMs?: number | null
  /** Default 0. */
  exitCode?: number
  /** It disappears at its end with everybody of its tree, without an exit record: as when the kernel kills for want of memory. */
  vanishes?: boolean
  /** Between the start and the first instruction. What is killed before that never began. */
  beginsAfterMs?: number
  /** How long it goes on after TERM; null: for ever. Default 0. */
  ignoresTermMs?: number | null
  /** How long the kernel needs to end it after KILL. Default 0. */
  diesAfterKillMs?: number
  /** KILL takes its shim as well, and nobody writes down how it ended. */
  diesUnseen?: boolean
  /** It leaves a process behind, which ends so long after its parent, or when it is stopped. */
  leavesBehindMs?: number
  /** What each of its processes uses. Default: nothing. */
  memoryBytes?: number
  cpuPercent?: number
  /** What it is seen doing. Default: running where it uses the processor, else sleeping. */
  doing?: ProcessDoing
}

export interface FakeStep {
  afterMs?: number
  /** Text, as it is written: with its newline. */
  stdout?: string
  stderr?: string
  /** What it says in $HOLDFAST_EVENTS: `{ progress: { done: 1 } }`. */
  says?: unknown
}
