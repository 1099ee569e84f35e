// The port: starts commands that outlive whoever started them, finds them again, reads what they write, stops their whole tree.
// Knows processes and their folders, not jobs. Everything that a runner sees of processes and attempt folders comes through here.
import type { ResourceLimits } from '../core/job.ts'
import type { Sighting } from '../core/liveness.ts'
import type { ProcessDoing } from '../core/stall-words.ts'

/** What is to run, and where its files are. */
export interface Command {
  argv: string[]
  /** Working folder of the command. */
  cwd: string
  environment: Record<string, string>
  /** The attempt's folder (from `prepare`). */
  folder: string
  /** Put into the environment of the tree, so that its members can be told from everybody else's. */
  mark: string
  /** `merged`: what it writes to stderr stands in stdout.log too, in the exact order. Default: split. */
  output?: 'split' | 'merged'
  limits?: ResourceLimits
}

/** What is put into the attempt's folder before it starts. */
export interface Given {
  /** JSON text. */
  input: string
  /** JSON text of what an earlier attempt saved; null: nothing. */
  checkpoint: string | null
  /** Names of the folders that the attempt may fill. */
  outputs: readonly string[]
}

/** A file that grows while it is read. One that is not there reads as empty. */
export interface GrowingFile {
  /** Bytes it has now. */
  size(): number
  /** When it was last written, by the clock of whoever keeps it: tells which of two files was the later one. 0 when it is not there. */
  writtenAt(): number
  /** Bytes from `offset`, at most `length`; fewer when the file has no more yet. They are the caller's until the next read of any file. */
  readAt(offset: number, length: number): Uint8Array
}

/** The files that an attempt writes. */
export interface WrittenFiles {
  stdout: GrowingFile
  stderr: GrowingFile
  events: GrowingFile
  close(): void
}

export interface FileRange {
  byteOffset: number
  byteLength: number
  /** Which writing of the file: 0 is the job's own. */
  sealed: number
}

/** Bytes of a file from one place up to another. */
export interface Stretch {
  from: number
  to: number
}

/** A file that an attempt writes, or that its log was written to anew. */
export interface AttemptFile {
  folder: string
  file: 'stdout' | 'stderr' | 'events'
  sealed: number
}

export interface Rewriting {
  /** How often it was written anew before. */
  after: number
  leaveOut: Stretch
  /** Of the file as it is, as far as it counts. */
  bytes: number
}

/** The runners on this data folder: each has a folder of its own, and holds the proof of its life in it. */
export interface RunnerFolders {
  /** Makes the runner's folder and proves from now on that it lives. Returns the way to let go, which removes the folder. */
  hold(runnerId: string): Promise<() => void>
  /** @throws Error when it cannot be looked at: that proves nothing */
  isHeld(runnerId: string): boolean
  /** Folders that are there, whoever made them, with when they last changed. */
  list(): { runnerId: string; changedAt: number }[]
  remove(runnerId: string): void
}

/** Names one process among all that ever had its number. */
export interface ProcessIdentity {
  pid: number
  /** As the kernel gives it; null where it cannot be had. */
  startedAt: string | null
}

export type Started =
  | { started: true; process: ProcessIdentity; applied: AppliedLimits }
  /** Another start took the latch first: look at the attempt as one that lives. */
  | { started: false; refused: 'already began' }
  | { started: false; refused: 'not found' | 'not executable' | 'no folder' | 'too long'; exitCode: number; message: string }

/** Which of the limits the kernel holds by itself from now on. Processor time it holds for each process alone, never for the tree. */
export interface AppliedLimits {
  /** For all processes together. */
  memoryBytes: boolean
  openFiles: boolean
}

/** Names an attempt's tree of processes. */
export interface AttemptTree {
  folder: string
  mark: string
  process: ProcessIdentity | null
}

export interface StopPlan extends AttemptTree {
  graceMs: number
  /** Cuts the grace short, or gives the stop up because the runner closes. */
  signal: AbortSignal
}

export interface StopReport {
  /** Somebody was there to be stopped. */
  found: boolean
  /** Nobody of the tree is left: the FIFO is let go, its cgroup is empty, and nobody else is seen to belong to it. */
  gone: boolean
  /** The polite request was not enough. */
  killed: boolean
  /** How many are left; 0 when gone. */
  survivors: number
}

/**
 * The best that this machine has to end a tree. `cgroup`: the kernel names and ends all of it, whatever they do. `subreaper`: orphans come back to the shim,
 * whose end proves that nobody is left. `marks`: whoever clears its environment, closes its descriptors and leaves its session, and whose
 * parents have ended, is not seen. `group`: nor is any orphan that has left its group.
 */
export type KillTier = 'cgroup' | 'subreaper' | 'marks' | 'group'

/** What the machine lends. */
export interface Facilities {
  killTier: KillTier
  /** The kernel can bound the memory of a whole tree. */
  limitsMemory: boolean
  /** The middle of a file can be given back to the disk. */
  punchesHoles: boolean
}

/** An attempt whose tree is to be measured. */
export interface ToMeasure extends AttemptTree {
  /** From so many bytes on its memory is looked at closely: pages that its processes share count once. */
  closelyFromBytes: number | null
}

/** What the tree of an attempt uses now. */
export interface Measured {
  /** How many live, the shim not counted. */
  processes: number
  /** Processor time of all of it so far, as far as it can be known also of those that have ended. */
  processorMs: number
  memoryBytes: number
  /** What the liveliest of them is doing. */
  doing: ProcessDoing
  /** Whether its shim lives; null: unknown. */
  hasShim: boolean | null
  /** Since it was started, by the kernel: no clock that was set counts. Null where that cannot be had. */
  ageMs: number | null
  /** By a clock that only goes on. */
  takenMs: number
}

export interface Launcher {
  /** Makes the attempt's folder with its files, or finds the one an earlier runner made. Returns its path. */
  prepare(folderName: string): Promise<string>
  /** Puts what it is given into the attempt's folder. Doing it again changes nothing. */
  layOut(folder: string, given: Given): void
  /** Starts the command once, whoever else tries to. @throws Error when the system has no room for it now; trying again is safe */
  start(command: Command): Promise<Started>
  /** Takes the start-once latch for nobody: from now on no start of this attempt goes on, not even one that was long under way. False when it has begun. */
  bar(folder: string): boolean
  /** The attempt's process, when whoever started it died before it could write down which one it is. */
  find(folder: string, mark: string): Promise<ProcessIdentity | null>
  /** What can be seen of an attempt from outside, now. */
  look(folder: string): Sighting
  /** Resolves when the attempt has ended, or vanished. @throws the signal's reason when aborted */
  ended(folder: string, signal: AbortSignal): Promise<Sighting>
  /** What trees use, all in one look at the machine, in the order asked for. @throws Error when the machine cannot be looked at */
  measure(attempts: readonly ToMeasure[]): Promise<Measured[]>
  /** When the exit record was written; null where that cannot be had. */
  exitedAt(folder: string): number | null
  /** Was one of its processes killed because memory ran out? `likely`: somebody of this machine was, since it was started. */
  outOfMemory(folder: string): 'yes' | 'likely' | 'no'
  /** Opens what the attempt writes. `onGrowth` is called soon after it wrote something; a hint, it may be lost. */
  follow(folder: string, onGrowth: () => void): WrittenFiles
  /** A stretch of its log, also long after its end; null when the file is gone. */
  readBack(folder: string, stream: 'stdout' | 'stderr', range: FileRange): Uint8Array | null
  /** What stands behind the last newline of a stream, and not before `from`; the last part of it when it is long. */
  tail(folder: string, stream: 'stdout' | 'stderr', from: number): Uint8Array
  /** Gives the disk back what a stretch of a file holds; it reads as zeros from then on. One at a time. False when it was not done. */
  punch(file: AttemptFile, stretch: Stretch): Promise<boolean>
  /** Writes a log file of an ended attempt anew, on the disk when it resolves. False when there is nothing to write it from. */
  rewriteLog(folder: string, stream: 'stdout' | 'stderr', rewriting: Rewriting): Promise<boolean>
  /** Removes all writings of an attempt's log files but one. */
  removeOtherWritings(folder: string, kept: number): Promise<void>
  /** Removes what only a living attempt needs: the folders it filled. */
  clear(folder: string): void
  /** All that is in the folder, and the folder, is on the disk when it resolves. @throws Error when the disk says that it could not be written */
  syncTree(folder: string): Promise<void>
  /** The names in the folder are on the disk when it resolves. */
  syncFolder(folder: string): Promise<void>
  /** This very process, and where its number means it: two containers of one machine number theirs apart. */
  self(): ProcessIdentity & { numbering: string }
  /** Whether this process of this machine still lives. */
  lives(process: ProcessIdentity): boolean
  /** How many of its processes live now, besides the shim. */
  left(tree: AttemptTree): Promise<number>
  /** TERM to the group, grace, then KILL to the tree until it is empty. */
  stop(plan: StopPlan): Promise<StopReport>
  /** Nobody of the tree is seen any more: is it certain that nobody is left? By the means that the attempt was started with. */
  provesEnd(tree: AttemptTree): boolean
  /** What was found when first asked for. */
  facilities(): Promise<Facilities>
  /** Folders of attempts that are there, with when they last changed. */
  list(): { folderName: string; changedAt: number }[]
  /** Removes all that it wrote and was given, but not the start-once latch: a start that is still under way finds it taken. */
  strip(folderName: string): Promise<void>
  /** Removes the folder of an attempt that nobody needs any more. */
  remove(folderName: string): Promise<void>
  readonly runners: RunnerFolders
  /** Resolves when nothing of the launcher is at work any more. */
  close(): Promise<void>
}
