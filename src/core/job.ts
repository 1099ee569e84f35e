// The nouns: job, attempt, failure, progress. Plain data as SQL, JSON and people see it; knows no rule and no I/O.

import type { StallPolicy } from './stall.ts'
import type { Stalled } from './stall-words.ts'
import type { Telemetry } from './telemetry.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export const jobStates = ['queued', 'running', 'stopping', 'succeeded', 'failed', 'cancelled', 'interrupted', 'expired'] as const
export type JobState = (typeof jobStates)[number]

/** Why a queued job is not ready to be claimed. */
export type Hold = 'ready' | 'time' | 'key' | 'job' | 'kind paused'

/** Why a running job was asked to stop. */
export type StopReason = 'cancel' | 'timeout' | 'stall' | 'limit' | 'resume' | 'shutdown' | 'lease' | 'replaced'

export type Stream = 'stdout' | 'stderr' | 'system'

export type FailureKind =
  | 'exit'
  | 'signal'
  | 'error'
  | 'launch'
  | 'publish'
  | 'timeout'
  | 'stall'
  | 'limit'
  | 'interrupted'
  | 'poison'
  | 'cancelled'
  | 'replaced'
  | 'dependency'
  | 'expired'

/**
 * What is to be told of a running job beside its state: processes that its command left behind, or that cannot be killed, keep its keys;
 * its launcher is gone but its processes live; it has ended, and its output waits for the app that can look whether it is whole.
 */
export type JobFlag = 'leftovers' | 'killIncomplete' | 'disconnected' | 'stalled' | 'unchecked'

/** The recorded reason why a job did not succeed. */
export interface Failure {
  kind: FailureKind
  /** One line of at most 200 characters. */
  message: string
  /** What a person can do about it. */
  hint?: string
  /** The phase it happened in. */
  phase?: string
  exitCode?: number
  signal?: string
  /** The last lines the job wrote, at most ten. */
  lastLines: string[]
  /** Number of the log line that shows the reason, or the last one. Null when there is no log. */
  logSeq: number | null
}

/** A phase that was entered, in the order they were entered. */
export interface PhaseSpan {
  name: string
  startedAt: number
  /** Null while it is the current phase. */
  finishedAt: number | null
}

/** What the job last said of itself. Unknown amounts are null, never zero. */
export interface Progress {
  phase: { name: string; index: number | null; of: number | null } | null
  done: number | null
  total: number | null
  unit: string | null
  message: string | null
  phases: PhaseSpan[]
  updatedAt: number
}

/** How far a job had got when it saved its checkpoint; `done` and `total` are of the phase. Null: it had not said. */
export interface Saved {
  at: number
  phase: string | null
  done: number | null
  total: number | null
  unit: string | null
}

/** One thing asked for: one row, one number, one life, however many tries. Instants are epoch milliseconds. */
export interface Job {
  /** From 1; never reused. */
  id: number
  kind: string
  /** What a person called it, or null. */
  name: string | null
  queue: string
  state: JobState
  hold: Hold
  priority: number
  uniqueKey: string | null
  input: Json
  result: Json
  /** Which of the two are left out here and read as null, because they are long and this is a list. */
  omitted: ('input' | 'result')[]
  /** The argv that runs, or null where the job is a module. */
  command: string[] | null
  submittedBy: string | null
  /** The schedule that asked for it. */
  schedule: string | null
  submittedAt: number
  /** Not started before. */
  availableAt: number
  /** Given up if it has not begun by then. */
  expireAt: number | null
  /** What a queued job waits for; null when it is ready, or not queued. */
  waitingFor: WaitingFor | null
  /** The lock keys it holds while it runs. */
  locks: Lock[]
  /** Milliseconds that an attempt may take; null: any. */
  timeoutMs: number | null
  /** What the process tree of an attempt may use. */
  limits: ResourceLimits
  startedAt: number | null
  finishedAt: number | null
  /** How many attempts were started. */
  attempts: number
  /** How many it may have by its retry policy; a snoozed attempt and one that a person asked for do not count. */
  mostAttempts: number
  /** Exit code of the last attempt; null while it runs or when its end was not seen. */
  exitCode: number | null
  signal: string | null
  failure: Failure | null
  stopReason: StopReason | null
  /** What made its runner stop it, as the end of a sentence: "took longer than 10 min". Null when a person asked. */
  stopWhy: string | null
  stopAskedBy: string | null
  flags: JobFlag[]
  progress: Progress | null
  /** Where a resume goes on: its checkpoint, of whichever attempt. Null: it has saved none, and a resume begins at the start. */
  saved: Saved | null
  /** Last output, progress or explicit beat. */
  heartbeatAt: number | null
  /** When silence is too long, and what is done about it; null: it may be silent for as long as it likes. */
  stall: StallPolicy | null
  /** The facts while it is stalled, else null. */
  stalled: Stalled | null
  /** When a person last said to go on waiting. */
  waitedAt: number | null
  /** Number of the newest log line. */
  logLines: number
  artifacts: string[]
  fingerprint: string | null
  /** Grows with every change of the row. */
  version: number
}

/** A lock key that a job holds while it runs. */
export interface Lock {
  key: string
  /** Exclusive excludes everybody else on the key; shared only the exclusive ones. */
  mode: LockMode
  /** At most so many running jobs hold the key; absent: any number of shared ones. */
  limit?: number
}

export type LockMode = 'shared' | 'exclusive'

/** What a queued job waits for. Job numbers are at most ten. */
export type WaitingFor =
  | { for: 'time'; until: number }
  /** `heldBy` is empty when an earlier job in the key's line is to start first. */
  | { for: 'key'; key: string; heldBy: number[] }
  /** The job with the same unique key that runs now. */
  | { for: 'unique key'; heldBy: number[] }
  /** Jobs that must succeed first. */
  | { for: 'job'; jobs: number[] }
  | { for: 'queue paused'; queue: string; by: string | null }
  | { for: 'kind paused'; by: string | null }
  | { for: 'queue full'; queue: string; concurrency: number }
  | { for: 'runner that knows this kind' }
  /** Nothing but a free slot of a runner. */
  | { for: 'slot' }

export type AttemptState = 'starting' | 'running' | 'ended'

/** One try at a job, numbered from 1. */
export interface Attempt {
  attempt: number
  state: AttemptState
  /** Number of the protocol between runner and process. */
  protocol: number
  runnerId: string
  hostId: string
  bootId: string
  pid: number | null
  startedAt: number
  finishedAt: number | null
  exitCode: number | null
  signal: string | null
  /** Why it did not end well; null while it runs and when it did. */
  failure: Failure | null
  /** When a later runner attached to the process; null if none had to. */
  adoptedAt: number | null
  /** What its process tree used; null before the first sample. */
  telemetry: Telemetry | null
}

/** Who asked what, and when. */
export interface JobEvent {
  version: number
  at: number
  name: string
  by: string | null
  details: Json
}

/** One numbered line of a job's log. */
export interface LogLine {
  /** From 1, one sequence over all attempts and streams of the job. */
  seq: number
  attempt: number
  stream: Stream
  at: number
  text: string
  /** Whole length in bytes when the text was cut, else absent. */
  cutFromBytes?: number
  /** It stands for so many numbered lines that were taken out, and `seq` is the last of them; else absent. */
  lines?: number
}

/** What stands behind the last newline of a stream: a progress bar, a prompt. It has no number yet. */
export interface UnfinishedLine {
  stream: Stream
  /** What a terminal would show: after the last carriage return. */
  text: string
}

/** How a job is to be run. Written into its row at submit, so that any runner can do it. */
export interface JobSpec {
  run: { type: 'command'; argv: string[] } | { type: 'module'; file: string } | { type: 'inline' }
  cwd: string
  /** Variables the definition sets. */
  environment: Record<string, string>
  /** Name of a 0600 file in the data folder that holds the whole environment instead; for `holdfast run`. */
  environmentFile: string | null
  artifacts: string[]
  /** What their folders hold at the start: nothing, or a copy of the current snapshot. */
  from: 'empty' | 'current'
  /** Its kind has a function that looks at the output before it is published. */
  validates: boolean
  /** Milliseconds between TERM and KILL. */
  stopGraceMs: number
  locks: Lock[]
  /** Null: one attempt. */
  retry: RetryPolicy | null
  /** An attempt whose outcome nobody saw may be followed by another one. */
  safeToRepeat: boolean
  /** `merged`: stdout and stderr are one stream, in the exact order they were written. */
  output: 'split' | 'merged'
  /** Milliseconds that an attempt may take; null: any. */
  timeoutMs: number | null
  limits: ResourceLimits
  /** What becomes of processes that outlive their command: killed, or waited for. The job holds its keys until they are gone. */
  leftovers: 'kill' | 'allow'
  /** Bytes of log that are kept on the disk: half of it from the beginning, half from the end. */
  logBytes: number
  /** What becomes of a log beyond that where the middle cannot be taken out of a file that is being written. */
  logLimit: 'warn' | 'stop'
  stall: StallPolicy | null
  /** The input as it was given, where the kind's schema made something else of it; a rerun is checked again. */
  given?: Json
}

/** What the process tree of one attempt may use. Absent: any amount. */
export interface ResourceLimits {
  /** All processes of it together. */
  memoryBytes?: number
  /** Processor time of all processes of it together, in seconds. */
  cpuSeconds?: number
  /** Open files of each process. */
  openFiles?: number
}

/** How a failed attempt is followed by another one. */
export interface RetryPolicy {
  /** Attempts in all, with the first. */
  attempts: number
  /** Before the second attempt. */
  delayMs: number
  backoff: 'fixed' | 'exponential'
  /** The longest delay that exponential back-off comes to. */
  maxDelayMs: number
  /** Further attempts go on from the checkpoint, where one was saved. */
  resume?: boolean
}

/** What a job said of its next attempt. */
export type SaidNext = { next: 'never' } | { next: 'later'; ms: number } | { next: 'snooze'; ms: number }
