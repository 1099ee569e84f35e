// What follows from what is seen of an attempt whose runner is gone. Pure: the looking is done in launch/.

/** What can be seen of an attempt from outside, without asking its process. */
export interface Sighting {
  /** The exit record: 0 to 255, or null while there is none. */
  exitCode: number | null
  /** Some process of the attempt holds its FIFO open. */
  alive: boolean
  /** The start-once latch was taken: a process began, whatever became of it. */
  began: boolean
}

export type Verdict = 'running' | 'ended' | 'ended with leftovers' | 'vanished' | 'never began'

/** Alive is decided by the FIFO alone, never by a clock or a pid. */
export function verdict(seen: Sighting): Verdict {
  if (seen.exitCode !== null) return seen.alive ? 'ended with leftovers' : 'ended'
  if (seen.alive) return 'running'
  return seen.began ? 'vanished' : 'never began'
}

/** What can be seen of the runner that looks after an attempt. */
export interface RunnerSighting {
  /** It signed on in this life of the machine and has not signed off. */
  isSignedOn: boolean
  /** Its process lives: it holds the proof of its life. */
  holds: boolean
  leaseIsOver: boolean
}

/**
 * Whether its attempts need another runner. Frozen: it holds on but has not renewed its lease; the fence makes taking over safe, for what is in a process
 * of its own. A function inside the frozen process may go on any time: until that process is gone it keeps its job and its keys.
 */
export function isGone(runner: RunnerSighting, isInline: boolean): boolean {
  if (!runner.isSignedOn || !runner.holds) return true
  return runner.leaseIsOver && !isInline
}
