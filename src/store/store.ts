// The port: what the rest of the house may ask of storage, grouped by noun. No SQL is known here.
// Every method takes one named-argument object. One that can lose a race says so in its type and does not throw.
import type { Attempt, JobEvent, JobState, Json, Stream } from '../core/job.ts'
import type { SettledState } from '../core/retention.ts'
import type { LockKeyView, QueueView } from '../core/views.ts'
import type { AccessStore } from './access-store.ts'
import type { ArtifactChange, ArtifactRecord, KeptArtifact, MoveRefused, PinHolder, SnapshotRecord } from './artifact-records.ts'
import type { NotificationStore } from './notification-store.ts'
import type { Overview } from './overview.ts'
import type {
  AttemptEnd,
  Claimed,
  Fence,
  JobFilter,
  JobRecord,
  KindRecord,
  LeaseLost,
  LogFiles,
  NewJob,
  Observation,
  RetryRefused,
  RunnerPlace,
  RunnerRecord,
  ScheduleRecord,
  Sealed,
  StopAsked,
  StoredBlock,
  SubmittedJob,
} from './records.ts'

export type * from './access-store.ts'
export type * from './artifact-records.ts'
export type * from './notification-store.ts'
export type * from './records.ts'

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
    /** Keys that somebody holds or waits for, or that have a limit; with `key` only that one. */
    lockKeys(options: { limit: number; key?: string }): Promise<LockKeyView[]>
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
    /** By name, at most `limits.artifacts`; `names`: only those that are there of these. `builds`: how many of its newest jobs come along; default none. */
    list(options?: { names?: readonly string[]; builds?: number }): Promise<ArtifactRecord[]>
    kept(options: { name: string }): Promise<KeptArtifact>
    /** Says what is wanted, or moves the pointer. Nothing happens where that is so already. */
    change(options: { name: string; to: ArtifactChange; by: string | null; now: number }): Promise<ArtifactRecord | MoveRefused>
    /**
     * From now on `holder` reads these and no others: the snapshots of `keep`, and of the artifacts of `names` the current ones, all of one instant; or, for
     * one name, the `number` of it. Answers with those of `names`, in their order; null: there is none.
     */
    hold(options: {
      holder: PinHolder
      names: readonly string[]
      number?: number
      keep: readonly number[]
      now: number
    }): Promise<(SnapshotRecord | null)[]>
    /** Removes the row of a snapshot that is neither current nor read. False: it is, or was removed before. */
    forget(options: { id: number }): Promise<boolean>
  }
  /** Who is told of jobs, and what is still to be told; a port of its own. */
  notifications: NotificationStore
  runners: {
    /** Makes it known, or what it claims from now on. */
    register(options: { runner: RunnerRecord }): Promise<void>
    renew(options: { runnerId: string; leaseUntil: number }): Promise<void>
    list(): Promise<RunnerRecord[]>
    /** Kinds that only it knew keep nobody in line any more. */
    remove(options: { runnerId: string; now: number }): Promise<void>
  }
  access: AccessStore
  /** Looks over all jobs at once, for people. */
  overview: Overview
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
