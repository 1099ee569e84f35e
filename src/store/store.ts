// The port: what the rest of the house may ask of storage, grouped by noun. No SQL is known here.
// Every method takes one named-argument object. One that can lose a race says so in its type and does not throw.
import type { Attempt, Failure, Job, JobEvent, JobSpec, JobState, Json, Progress, Snapshot, Stream } from '../core/job.ts'

/** A job as the runner needs it: with its policy and its lease. */
export interface JobRecord extends Job {
  spec: JobSpec
  leaseToken: number
  runnerId: string | null
}

/** An attempt with what is needed to find its folder and its process. */
export interface AttemptRecord extends Attempt {
  folder: string
  processStartedAt: string | null
  eventsBytes: number
  saidError: string | null
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
  uniqueKey: string | null
  input: Json
  spec: JobSpec
  fingerprint: string | null
  submittedBy: string | null
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

/** A stretch of whole lines in a stream's file. */
export interface LogBlock {
  stream: Stream
  /** Which life of the file: a job can cut its own log off, and then writes from 0 again. */
  fileNumber: number
  byteOffset: number
  byteLength: number
  lineCount: number
  at: number
}

export interface StoredBlock extends LogBlock {
  attempt: number
  firstSeq: number
  /** The text, for lines that are in no file. */
  body: string | null
  /** The job has cut it off its file. */
  isGone: boolean
}

/** What was seen of a running attempt since the last time. Absent fields are unchanged. */
export interface Observation {
  blocks: LogBlock[]
  /** Lines of ours, before the blocks. */
  notes?: string[]
  eventsBytes?: number
  progress?: Progress | null
  checkpoint?: Json
  result?: Json
  saidError?: string
  heartbeatAt: number
}

export interface AttemptEnd {
  happening: 'ended well' | 'ended well, output refused' | 'ended badly' | 'process gone without an exit record'
  exitCode: number | null
  signal: string | null
  failure: Failure | null
  progress: Progress | null
  /** The system line that tells the end in the log. */
  line: string
  published: NewSnapshot[]
  now: number
}

export interface NewSnapshot {
  artifact: string
  folder: string
  fingerprint: string | null
  files: number
  bytes: number
}

/** A snapshot with its folder's name under snapshots/<artifact>/. */
export interface SnapshotRecord extends Omit<Snapshot, 'path'> {
  folder: string
  isCurrent: boolean
}

export interface RunnerRecord extends RunnerPlace {
  pid: number
  startedAt: number
  leaseUntil: number
}

export interface Store {
  jobs: {
    /** With `claimFor` the job is claimed in the same batch, so that it can never wait for anybody else. */
    submit(options: {
      job: NewJob
      claimFor?: RunnerPlace
      now: number
    }): Promise<{ job: JobRecord; created: boolean; attempt: AttemptRecord | null }>
    get(options: { id: number }): Promise<JobRecord | null>
    list(options: { state?: readonly JobState[]; kind?: string; before?: number; limit: number }): Promise<JobRecord[]>
    count(): Promise<Record<JobState, number>>
    /** Running and stopping jobs with their last attempt, oldest first. */
    unsettled(): Promise<Claimed[]>
    askStop(options: { id: number; by: string | null; now: number }): Promise<JobRecord | null>
    history(options: { id: number }): Promise<Attempt[]>
    events(options: { id: number; limit: number }): Promise<JobEvent[]>
  }
  claims: {
    /** Renews the runner's lease in the same batch. */
    claim(options: { place: RunnerPlace; kinds: readonly string[]; limit: number; leaseUntil: number; now: number }): Promise<Claimed[]>
    /** Takes the job over from a runner that is gone; `adopting` when its process lives and is attached to. */
    takeOver(options: { fence: Fence; place: RunnerPlace; adopting: boolean; now: number }): Promise<Claimed | LeaseLost>
    begun(options: { fence: Fence; pid: number; processStartedAt: string | null; line: string; now: number }): Promise<'ok' | LeaseLost>
    observe(options: { fence: Fence; seen: Observation; now: number }): Promise<JobRecord | LeaseLost>
    finish(options: { fence: Fence; end: AttemptEnd }): Promise<JobRecord | LeaseLost>
  }
  logs: {
    blocks(options: { jobId: number; after?: number; before?: number; streams?: readonly Stream[]; limit: number }): Promise<StoredBlock[]>
    /** How far each stream's file of an attempt has been taken over. */
    read(options: { jobId: number; attempt: number }): Promise<{ stdout: FilePosition; stderr: FilePosition }>
  }
  artifacts: {
    current(options: { name: string }): Promise<SnapshotRecord | null>
    /** Newest first. */
    list(options: { name: string }): Promise<SnapshotRecord[]>
    names(): Promise<string[]>
    forget(options: { name: string; number: number }): Promise<void>
  }
  runners: {
    register(options: { runner: RunnerRecord }): Promise<void>
    renew(options: { runnerId: string; leaseUntil: number }): Promise<void>
    list(): Promise<RunnerRecord[]>
    remove(options: { runnerId: string }): Promise<void>
  }
  /** What keeps our own writes waiting now, such as a full disk; null when nothing does. */
  trouble(): string | null
  /** Random name of this data folder's life. A copied folder gets another one. */
  readonly installationId: string
  /** Calls back soon after anything may have changed: jobs, or also their lines and progress. A hint; losing one costs latency only. */
  onChange(listener: () => void, of?: 'jobs' | 'lines'): () => void
  close(): Promise<void>
}
