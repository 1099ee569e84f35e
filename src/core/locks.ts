// Who may start now: the walk over a claim pass's candidates in queue order, against the lines of their lock keys (LOCKS.md). Pure.
import type { LockMode } from './job.ts'

/** A place in every line: smaller priority first, then the smaller number. */
export interface Rank {
  priority: number
  jobId: number
}

export interface Candidate extends Rank {
  queue: string
  wishes: readonly { keyId: number; mode: LockMode }[]
}

/** What is known of one key before the walk. */
export interface KeyLine {
  /** At most so many shared holders; null: any number. */
  capacity: number | null
  sharedHeld: number
  exclusiveHeld: boolean
  /** The first ones in line, in order: one is enough, or as many as `capacity`. */
  line: readonly Rank[]
  firstExclusive: Rank | null
}

export interface Room {
  /** How many may be claimed in all. */
  slots: number
  /** Queues with a limit, and how many of each may still start. */
  queues: ReadonlyMap<string, number>
}

export interface Granted {
  claimed: number[]
  /** With the first key that keeps it waiting. From now on it is in the line of each of its keys. */
  parked: { jobId: number; keyId: number }[]
  /** Not looked at: there was no room. */
  unreached: number[]
}

/** `candidates` in any order; `lines` must know every key they wish for. */
export function grantInOrder(candidates: readonly Candidate[], lines: ReadonlyMap<number, KeyLine>, room: Room): Granted {
  const keys = new Map([...lines].map(([keyId, line]) => [keyId, { ...line, line: [...line.line] }]))
  const queues = new Map(room.queues)
  const granted: Granted = { claimed: [], parked: [], unreached: [] }
  for (const candidate of candidates.toSorted(byRank)) {
    const left = queues.get(candidate.queue) ?? Number.POSITIVE_INFINITY
    if (granted.claimed.length >= room.slots || left <= 0) {
      granted.unreached.push(candidate.jobId)
      continue
    }
    const blocking = candidate.wishes.find((wish) => !isFree(wish.mode, candidate, lineOf(keys, wish.keyId)))
    for (const wish of candidate.wishes) {
      const line = lineOf(keys, wish.keyId)
      if (blocking) enter(line, candidate, wish.mode)
      else hold(line, candidate, wish.mode)
    }
    if (blocking) granted.parked.push({ jobId: candidate.jobId, keyId: blocking.keyId })
    else {
      granted.claimed.push(candidate.jobId)
      queues.set(candidate.queue, left - 1)
    }
  }
  return granted
}

/** The holders that keep a wish waiting. A shared one waits for exclusive holders, or for a place; else for an earlier one in line, which holds nothing yet. */
export function holdersInTheWay<H extends { mode: LockMode }>(wish: LockMode, holders: readonly H[], isFull: boolean): readonly H[] {
  if (wish === 'exclusive') return holders
  const exclusive = holders.filter(({ mode }) => mode === 'exclusive')
  return exclusive.length > 0 || !isFull ? exclusive : holders
}

export function byRank(a: Rank, b: Rank): number {
  return a.priority - b.priority || a.jobId - b.jobId
}

interface WalkedLine extends KeyLine {
  line: Rank[]
}

// Nothing later that conflicts overtakes what is in line.
function isFree(mode: LockMode, candidate: Rank, { capacity, sharedHeld, exclusiveHeld, line, firstExclusive }: WalkedLine): boolean {
  if (exclusiveHeld) return false
  const earlier = line.filter((other) => byRank(other, candidate) < 0).length
  if (mode === 'exclusive') return sharedHeld === 0 && earlier === 0
  if (firstExclusive && byRank(firstExclusive, candidate) < 0) return false
  return capacity === null || sharedHeld + earlier < capacity
}

function enter(line: WalkedLine, candidate: Rank, mode: LockMode): void {
  if (!line.line.some((other) => other.jobId === candidate.jobId)) line.line = [...line.line, candidate].sort(byRank)
  if (mode === 'exclusive' && (!line.firstExclusive || byRank(candidate, line.firstExclusive) < 0)) line.firstExclusive = candidate
}

// A holder is no longer in line, or it would count twice against a capacity.
function hold(line: WalkedLine, candidate: Rank, mode: LockMode): void {
  line.line = line.line.filter((other) => other.jobId !== candidate.jobId)
  if (mode === 'exclusive') line.exclusiveHeld = true
  else line.sharedHeld++
}

function lineOf(lines: Map<number, WalkedLine>, keyId: number): WalkedLine {
  const line = lines.get(keyId)
  if (!line) throw new Error(`The line of key ${keyId} was not read.`)
  return line
}
