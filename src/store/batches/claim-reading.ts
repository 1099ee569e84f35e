// What a claim pass reads, as core/locks.ts wants it: doors, candidates with their wishes, the lines of their keys. Rows in, plain data out.
import type { Candidate, KeyLine, Rank } from '../../core/locks.ts'
import { number, numberOrNull, string, toMode } from '../rows.ts'
import type { Row } from '../sql-database.ts'

/** One kind in one queue. */
export interface Door {
  queue: string
  kind: string
  /** Neither queue nor kind is paused. */
  isOpen: boolean
  /** How many of the queue may still start. */
  room: number
  /** The first ready job behind it. */
  head: Rank | null
}

export function readDoors(rows: readonly Row[]): Door[] {
  return rows.map((row) => ({
    queue: string(row.queue),
    kind: string(row.kind),
    isOpen: row.queue_paused_at === null && row.kind_paused_at === null,
    room: row.concurrency === null ? Number.POSITIVE_INFINITY : number(row.concurrency) - number(row.running),
    head: rankOf(row.head_id, row.head_priority),
  }))
}

export interface CandidateRow extends Candidate {
  kind: string
  attempts: number
  /** The key it was parked on; null when it was ready. */
  parkedKey: number | null
}

export function readCandidates(rows: readonly Row[], wishes: ReadonlyMap<number, Candidate['wishes']>): CandidateRow[] {
  return rows.map((row) => ({
    jobId: number(row.id),
    priority: number(row.priority),
    queue: string(row.queue),
    kind: string(row.kind),
    attempts: number(row.attempts),
    parkedKey: numberOrNull(row.parked_key),
    wishes: wishes.get(number(row.id)) ?? [],
  }))
}

export function toWishes(rows: readonly Row[]): Map<number, Candidate['wishes']> {
  const byJob = Map.groupBy(rows, (row) => number(row.job_id))
  return new Map([...byJob].map(([jobId, own]) => [jobId, own.map((row) => ({ keyId: number(row.key_id), mode: toMode(row.mode) }))]))
}

/** `limited`: the first ones in line of keys that have a limit. */
export function toKeyLines(rows: readonly Row[], limited: readonly Row[]): Map<number, KeyLine> {
  const lineOf = Map.groupBy(limited, (row) => number(row.key_id))
  return new Map(
    rows.map((row) => {
      const keyId = number(row.id)
      const first = rankOf(row.first_id, row.first_priority)
      const line: KeyLine = {
        capacity: numberOrNull(row.capacity),
        sharedHeld: number(row.shared_held),
        exclusiveHeld: number(row.exclusive_held) > 0,
        line: lineOf.has(keyId) ? distinct(lineOf.get(keyId) ?? []) : first ? [first] : [],
        firstExclusive: rankOf(row.exclusive_id, row.exclusive_priority),
      }
      return [keyId, line]
    }),
  )
}

function rankOf(id: unknown, priority: unknown): Rank | null {
  return id === null ? null : { jobId: number(id), priority: number(priority) }
}

// Lists of keys are rounded up by naming the last one again, so its line may have come several times.
function distinct(rows: readonly Row[]): Rank[] {
  return [...new Map(rows.map((row) => [number(row.job_id), { jobId: number(row.job_id), priority: number(row.priority) }])).values()]
}
