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
