// What is asked of storage about jobs, attempts, logs and runners, and what it answers with: nouns of the port, without its verbs.
import type { EndedAttempt } from '../core/ending.ts'
import type { Attempt, Job, JobFlag, JobSpec, JobState, Json, Progress, SaidNext, StopReason, Stream } from '../core/job.ts'
import type { Checkpoint } from '../core/progress.ts'
import type { Stalled } from '../core/stall-words.ts'
import type { Telemetry } from '../core/telemetry.ts'
import type { UniquePolicy } from '../core/uniqueness.ts'
import type { ScheduleView } from '../core/views.ts'
import type { NewSnapshot } from './artifact-records.ts'

/** A job as the runner needs it: with its policy and its lease. */
export interface JobRecord extends Job {
  spec: JobSpec
  leaseToken: number
  runnerId: string | null
  attemptsExcused: number
  interruptions: number
  /** The attempt starts from the checkpoint. */
  fromCheckpoint: boolean
  /** How many lock keys it has. */
  lockCount: number
  /** The lock key it waits for, by the store's number. */
  parkedKey: number | null
  logKept: KeptLog
}

/** How much of a job's log there is. */
export interface KeptLog {
  /** Bytes in its files, without what was taken out. */
  bytes: number
  /** The first line behind the beginning that is always kept, or the one that stands for those that were taken out; null while all of it is the beginning. */
  middle: number | null
}

/** An attempt with what is needed to find its folder and its process. */
export interface AttemptRecord extends Attempt {
  folder: string
  files: LogFiles
  processStartedAt: string | null
  eventsBytes: number
  saidError: string | null
  saidNext: SaidNext | null
}

/** The right to act on a job. Writes by the holder of an older token change nothing. */
export interface Fence {
  jobId: number
  attempt: number
  leaseToken: number
}

export type LeaseLost = 'lease lost'

/** Where a runner lives. */
export interface RunnerPlace {
  runnerId: string
  hostId: string
  bootId: string
}

export interface NewJob {
  kind: string
  name: string | null
  queue: string
  unique: { key: string; policy: UniquePolicy } | null
  input: Json
  spec: JobSpec
  fingerprint: string | null
  submittedBy: string | null
  /** Smaller goes first. */
  priority: number
  /** Not started before; in the past or now: at once. */
  availableAt: number
  /** Given up when it has not begun so long after it could: after its time, and after the jobs it waits for. */
  expireAfterMs: number | null
  /** Jobs that must succeed first: their numbers, or `{ index }` of an earlier one of the same submit. */
  after: (number | { index: number })[]
  /** The schedule that asks. */
  schedule: string | null
}

/** What a submit came to. */
export type SubmittedJob =
  | { job: JobRecord; created: boolean }
  /** The policy of its unique key refuses while this job is active. */
  | { refusedFor: JobRecord }
  /** There is no such job to wait for. */
  | { unknownJob: number }
  /** It would take the place of a job that it is to come after. */
  | { waitsForReplaced: number }
  /** Two jobs of one submit have this unique key, and its policy is not to share one. */
  | { twice: string }

/** Why a retry or resume was refused. */
export type RetryRefused =
  | { refused: 'no such job' }
  | { refused: 'wrong state'; state: JobState }
  | { refused: 'active exists'; id: number }
  | { refused: 'needed job'; id: number; state: JobState }

export interface KindRecord {
  kind: string
  pausedAt: number | null
  pausedBy: string | null
}

/** A schedule with its next firing only. */
export interface ScheduleRecord extends Omit<ScheduleView, 'nextAt'> {
  nextAt: number | null
  version: number
}

export interface Claimed {
  job: JobRecord
  attempt: AttemptRecord
}

/** How far a stream's file was taken over, and which life of it. */
export interface FilePosition {
  fileNumber: number
  bytes: number
}

/** A stretch that a file is short of. */
export interface Hole {
  at: number
  bytes: number
}

/** The log files of an attempt. */
export interface LogFiles {
  attempt: number
  /** Name of the attempt's folder. */
  folder: string
  /** How often they were written anew; they have other names then. */
  sealed: number
  stdout: LogFile
  stderr: LogFile
}

export interface LogFile extends FilePosition {
  /** What was left out when it was written anew. */
  hole: Hole
}

/** Written anew, its files are short of these holes. */
export interface Sealed {
  attempt: number
  /** How often they had been written anew before. */
  after: number
  stdout: Hole
  stderr: Hole
}

/** A stretch of whole lines in a stream's file, or with the text itself. */
export interface LogBlock {
  stream: Stream
  /** Which life of the file: a job can cut its own log off, and then writes from 0 again. */
  fileNumber: number
  byteOffset: number
  byteLength: number
  lineCount: number
  at: number
  /** The text, of lines that are in no file. */
  body?: string
}

export interface StoredBlock extends Omit<LogBlock, 'body'> {
  attempt: number
  /** Name of the attempt's folder. */
  folder: string
  firstSeq: number
  /** Which writing of the file holds it. Its `byteOffset` is in that one. */
  sealed: number
  /** The text, for lines that are in no file. */
  body: string | null
  /** It stands for lines that were taken out: their bytes. */
  dropped: { stdout: number; stderr: number } | null
  /** The job has cut it off its file. */
  isGone: boolean
}

/** Which process an attempt is, and the line that tells its start. */
export interface Begun {
  pid: number
  processStartedAt: string | null
  line: string
  /** When it was started. */
  at: number
}

/** What was seen of a running attempt since the last time. Absent fields are unchanged. */
export interface Observation {
  /** Its start, before everything else. */
  begun?: Begun
  blocks: LogBlock[]
  /** Lines of ours, before the blocks. */
  notes?: string[]
  /** Takes lines out of the middle, those that are stored already and so many at a time, until so many bytes are left. */
  keepBytes?: number
  eventsBytes?: number
  progress?: Progress | null
  checkpoint?: Checkpoint
  result?: Json
  saidError?: string
  saidNext?: SaidNext
  /** Absent: no sign of life of the job itself. For a job whose policy takes only beats, it counts when `isBeat`. */
  heartbeatAt?: number
  isBeat?: boolean
  /** The whole series. */
  telemetry?: Telemetry
  /** All that are set from now on. */
  flags?: readonly JobFlag[]
  /** Null: it gives signs of life again. */
  stalled?: Stalled | null
}

export interface StopAsked {
  id: number
  by: string | null
  now: number
  reason?: StopReason
  leaseToken?: number
  why?: string
}

export interface AttemptEnd extends EndedAttempt {
  signal: string | null
  progress: Progress | null
  /** The system line that tells the end in the log. */
  line: string
  published: NewSnapshot[]
  /** From 0 to 1; spreads the attempts of jobs that failed together. */
  random: number
  now: number
}

export interface RunnerRecord extends RunnerPlace {
  pid: number
  startedAt: number
  leaseUntil: number
  /** What it claims. */
  kinds: string[]
}

export interface JobFilter {
  state?: readonly JobState[]
  kind?: string
  queue?: string
  ids?: readonly number[]
  before?: number
  /** Only those whose files still hold what was taken out of their logs. */
  unsealed?: true
}
