// The port: what the rest of the house may ask of storage, grouped by noun. No SQL is known here.
// Every method takes one named-argument object. One that can lose a race says so in its type and does not throw.
import type { EndedAttempt } from '../core/ending.ts'
import type {
  Attempt,
  Job,
  JobEvent,
  JobFlag,
  JobSpec,
  JobState,
  Json,
  Progress,
  SaidNext,
  Snapshot,
  StopReason,
  Stream,
  Telemetry,
} from '../core/job.ts'
import type { SettledState } from '../core/retention.ts'
import type { Stalled } from '../core/stall-words.ts'
import type { UniquePolicy } from '../core/uniqueness.ts'
import type { LockKeyView, QueueView, ScheduleView } from '../core/views.ts'

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
  checkpoint?: Json
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

export interface Store {
  jobs: {
    /** All or none. Within `transaction`, a handle of the caller's, they are there if and when he commits. */
    submit(options: { jobs: readonly NewJob[]; now: number; transaction?: object }): Promise<SubmittedJob[]>
    /** Submits and claims in one batch, so that the job can never wait for anybody else. It must have no unique key, lock key or time. */
    submitClaimed(options: { job: NewJob; place: RunnerPlace; now: number }): Promise<Claimed>
    get(options: { id: number }): Promise<JobRecord | null>
    list(options: JobFilter & { limit: number }): Promise<JobRecord[]>
    count(): Promise<Record<JobState, number>>
    /** Running and stopping jobs with their last attempt, oldest first. */
    unsettled(options?: { except?: ReadonlySet<number> }): Promise<Claimed[]>
    /**
     * Asks for a stop; by default a cancel by a person. A cancel wins over every other reason; any other one is for a job that runs, and the first counts.
     * With `leaseToken` it is the doing of the runner that holds this lease, and nothing happens when that is lost; `why` goes on after "it".
     */
    askStop(options: StopAsked): Promise<JobRecord | null>
    /** Writes into the log of a running job what a person did or saw. `forgive`: its silence is counted from now. Any other job is answered unchanged. */
    note(options: { id: number; name: string; line: string; forgive: boolean; by: string | null; now: number }): Promise<JobRecord | null>
    /** Queues a settled job for another attempt; from its checkpoint, or from the start. A running one is stopped first when it is to go on from its checkpoint. */
    retry(options: { id: number; fromCheckpoint: boolean; by: string | null; now: number }): Promise<JobRecord | RetryRefused>
    /** Its tries with their files, oldest first; the newest `events`, oldest first; and the jobs it must come after. */
    detail(options: { id: number; events: number }): Promise<{ history: Attempt[]; files: LogFiles[]; events: JobEvent[]; after: number[] }>
    /** Removes settled jobs that retention no longer keeps, oldest first, and none that another job waits for; and lock keys that no job names. Returns what was removed, at most `limit`. */
    prune(options: {
      state: SettledState
      before: number | null
      keep: number | null
      limit: number
    }): Promise<{ id: number; folders: string[] }[]>
  }
  claims: {
    /** In queue order. Renews the runner's lease in the same batch. `again`: it stopped at a bound, and there may be more for the slots that are left. */
    claim(options: {
      place: RunnerPlace
      kinds: readonly string[]
      limit: number
      leaseUntil: number
      now: number
      /** There will be something when it is carried out: the look beforehand, without the write lock, is left out. */
      expected?: boolean
    }): Promise<{ claimed: Claimed[]; again: boolean }>
    /** Makes ready what is due, expires what waited too long, and tells jobs what became of those they wait for. `again`: there is more. */
    promote(options: { now: number }): Promise<{ again: boolean; nextAt: number | null }>
    /** Takes the job over from a runner that is gone; `adopting` when its process lives and is attached to. */
    takeOver(options: { fence: Fence; place: RunnerPlace; adopting: boolean; now: number }): Promise<Claimed | LeaseLost>
    /** Only that it was started; the same can be said with the first that is observed. */
    begun(options: { fence: Fence; begun: Begun; now: number }): Promise<'ok' | LeaseLost>
    observe(options: { fence: Fence; seen: Observation; now: number }): Promise<JobRecord | LeaseLost>
    /** Settles the job, or queues it for another attempt, as core/ending.ts says. `seen`: what was not yet told of the attempt, in the same batch. */
    finish(options: { fence: Fence; end: AttemptEnd; seen?: Observation }): Promise<JobRecord | LeaseLost>
    checkpoint(options: { jobId: number }): Promise<Json>
  }
  queues: {
    list(): Promise<{ queues: QueueView[]; kinds: KindRecord[] }>
    /** Sets what is given. */
    setQueue(options: { queue: string; concurrency?: number | null; paused?: boolean; by: string | null; now: number }): Promise<void>
    setKind(options: { kind: string; paused: boolean; by: string | null; now: number }): Promise<void>
    /** Keys that somebody holds or waits for, or that have a limit. */
    lockKeys(options: { limit: number }): Promise<LockKeyView[]>
    setLimit(options: { key: string; limit: number | null; now: number }): Promise<void>
  }
  schedules: {
    /** By name; with `dueAt` only those that fire by then, the earliest first; with `kinds` or `name` only those. */
    list(options: { dueAt?: number; kinds?: readonly string[]; name?: string; limit: number }): Promise<ScheduleRecord[]>
    /** Stores a new one or changes what is given of an old one. One whose time is the same keeps its next firing, if it has one. */
    put(options: {
      schedule: Pick<ScheduleRecord, 'name' | 'kind' | 'cron' | 'timeZone' | 'input' | 'missed' | 'nextAt'>
      now: number
    }): Promise<ScheduleRecord>
    /** To resume one that is not paused, and fires some day, changes nothing. */
    pause(options: { name: string; paused: boolean; nextAt: number | null; by: string | null; now: number }): Promise<ScheduleRecord | null>
    /** Moves on to the next firing and submits the job in the same batch, unless another runner did. `job` null: this one was missed, or has the trouble told. A submit that makes no job is kept as its trouble. */
    fire(options: {
      schedule: ScheduleRecord
      nextAt: number | null
      job: NewJob | null
      trouble: string | null
      now: number
    }): Promise<SubmittedJob | 'fired by another' | null>
    remove(options: { name: string }): Promise<boolean>
  }
  logs: {
    blocks(options: { jobId: number; after?: number; before?: number; streams?: readonly Stream[]; limit: number }): Promise<StoredBlock[]>
    /** The files of a settled job were written anew; with none: there is nothing more to do about them. False when it is not settled any more, or somebody else was faster. */
    seal(options: { jobId: number; attempts: readonly Sealed[] }): Promise<boolean>
  }
  artifacts: {
    current(options: { name: string }): Promise<SnapshotRecord | null>
    /** Newest first. */
    list(options: { name: string }): Promise<SnapshotRecord[]>
    names(): Promise<string[]>
    forget(options: { name: string; number: number }): Promise<void>
  }
  runners: {
    /** Makes it known, or what it claims from now on. */
    register(options: { runner: RunnerRecord }): Promise<void>
    renew(options: { runnerId: string; leaseUntil: number }): Promise<void>
    list(): Promise<RunnerRecord[]>
    /** Kinds that only it knew keep nobody in line any more. */
    remove(options: { runnerId: string; now: number }): Promise<void>
  }
  /** What keeps our own writes waiting now, such as a full disk; null when nothing does. */
  trouble(): string | null
  /** Random name of this data folder's life. A copied folder gets another one. */
  readonly installationId: string
  /**
   * Calls back soon after anything may have changed: jobs, or also their lines and progress. A hint; losing one costs latency only.
   * `coming`: before this process writes a submit or an end, where several batches share a transaction; a claim that is asked for at once, as
   * `expected`, is carried out right behind it, in the same transaction.
   */
  onChange(listener: () => void, of?: 'jobs' | 'lines' | 'coming'): () => void
  close(): Promise<void>
}
