// The port: starts commands that outlive whoever started them, finds them again, stops their whole tree. Knows processes, not jobs.
import type { Sighting } from '../core/liveness.ts'

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
}

/** Names one process among all that ever had its number. */
export interface ProcessIdentity {
  pid: number
  /** As the kernel gives it; null where it cannot be had. */
  startedAt: string | null
}

export type Started =
  | { started: true; process: ProcessIdentity }
  /** Another start took the latch first: look at the attempt as one that lives. */
  | { started: false; refused: 'already began' }
  | { started: false; refused: 'not found' | 'not executable' | 'no folder' | 'too long'; exitCode: number; message: string }

export interface StopPlan {
  folder: string
  mark: string
  process: ProcessIdentity | null
  graceMs: number
  /** Cuts the grace short, or gives the stop up because the runner closes. */
  signal: AbortSignal
}

export interface StopReport {
  /** Somebody was there to be stopped. */
  found: boolean
  /** Nobody of the tree is left: the FIFO is let go, and no process carries the attempt's mark. */
  gone: boolean
  /** The polite request was not enough. */
  killed: boolean
}

export interface Launcher {
  /** Makes the attempt's folder with its files, or finds the one an earlier runner made. Returns its path. */
  prepare(folderName: string): Promise<string>
  /** Starts the command once, whoever else tries to. @throws Error when the system has no room for it now; trying again is safe */
  start(command: Command): Promise<Started>
  /** The attempt's process, when whoever started it died before it could write down which one it is. */
  find(folder: string, mark: string): ProcessIdentity | null
  /** What can be seen of an attempt from outside, now. */
  look(folder: string): Sighting
  /** Resolves when the attempt has ended, or vanished. @throws the signal's reason when aborted */
  ended(folder: string, signal: AbortSignal): Promise<Sighting>
  /** When the exit record was written; null where that cannot be had. */
  exitedAt(folder: string): number | null
  /** TERM to the group, grace, then KILL to the tree until it is empty. */
  stop(plan: StopPlan): Promise<StopReport>
  /** Resolves when nothing of the launcher is at work any more. */
  close(): Promise<void>
}
