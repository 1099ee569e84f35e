// The claim pass of LOCKS.md: look at what is ready and at the heads of flagged lines, let core/locks.ts decide, write it. One batch.

import type { Sql } from 'sql-template-tag'
import { limits } from '../../core/limits.ts'
import { byRank, type Candidate, grantInOrder, type KeyLine } from '../../core/locks.ts'
import { knownKinds, number, toAttempt, toJob } from '../rows.ts'
import { type Batch, type Decision, firstRow, type Row, type SqlDatabase, type Step } from '../sql-database.ts'
import * as statements from '../statements/claims.ts'
import * as locks from '../statements/locks.ts'
import { anyReady, doorsWithHeads, readyBehind } from '../statements/queues.ts'
import { allRunners, renewRunner } from '../statements/runners.ts'
import type { Claimed, JobRecord, RunnerPlace, Store } from '../store.ts'
import { type CandidateRow, type Door, readCandidates, readDoors, toKeyLines, toWishes } from './claim-reading.ts'
import { event } from './record.ts'

/** Number of the protocol of PROTOCOL.md that new attempts are started with. */
const protocol = 1

type Options = Parameters<Store['claims']['claim']>[0]
type ClaimAnswer = Awaited<ReturnType<Store['claims']['claim']>>

const nothing: ClaimAnswer = { claimed: [], again: false }

export async function claim(database: SqlDatabase, options: Options): Promise<ClaimAnswer> {
  if (options.kinds.length === 0 || options.limit <= 0) return nothing
  if (options.expected) return database.batch(claimBatch(options), 'supervisor')
  // A look without the write lock: an idle runner disturbs nobody.
  const isReady = (await database.query(anyReady())).length > 0
  const isOpen = isReady && openDoors(readDoors(await database.query(doorsWithHeads())), options.kinds).length > 0
  if (!isOpen && (await database.query(locks.flaggedKeys())).length === 0) return nothing
  return database.batch(claimBatch(options), 'supervisor')
}

function claimBatch(options: Options): Batch<ClaimAnswer> {
  return {
    locks: [locks.claimPassLock],
    reads: [
      doorsWithHeads(),
      locks.takeFlagged(limits.keysWoken),
      ([all = []]) => readyOf(openDoors(readDoors(all), options.kinds)),
      ([, flagged = []]) => (flagged.length > 0 ? locks.parkedOn(ids(flagged), limits.parkedWoken) : null),
      ([, , ready = [], parked = []]) => (ready.length + parked.length > 0 ? statements.candidates(ids([...ready, ...parked])) : null),
      ([, , , , found = []]) => {
        const keyed = found.filter((row) => number(row.locks) > 0)
        return keyed.length > 0 ? locks.locksOf(ids(keyed)) : null
      },
      ([, , , , , wishes = []]) => (wishes.length > 0 ? locks.keyLines(keyIds(wishes)) : null),
      ([, , , , , , lines = []]) => limitedOf(lines),
      ([, , , parked = []]) => (parked.length > 0 ? allRunners() : null),
    ],
    decide: ([all = [], flagged = [], ready = [], parked = [], found = [], wishes = [], lines = [], limited = [], runners = []]) =>
      decideClaim(options, {
        doors: readDoors(all),
        flagged: ids(flagged),
        isReadyFull: ready.length >= limits.readyLooked,
        parked: parked.map((row) => ({ jobId: number(row.id), keyId: number(row.parked_key) })),
        candidates: readCandidates(found, toWishes(wishes)),
        lines: toKeyLines(lines, limited),
        knownElsewhere: knownKinds(runners),
      }),
  }
}

// The first so many ready jobs stand behind, at most, as many doors: those whose first one is the earliest.
function openDoors(all: readonly Door[], kinds: readonly string[]): Door[] {
  const open = all.filter((door) => door.isOpen && door.room > 0 && kinds.includes(door.kind))
  const heads = open.flatMap((door) => (door.head ? [{ door, head: door.head }] : []))
  return heads
    .sort((a, b) => byRank(a.head, b.head))
    .slice(0, limits.readyLooked)
    .map(({ door }) => door)
}

function readyOf(open: readonly Door[]) {
  return open.length > 0 ? readyBehind(open, limits.readyLooked) : null
}

function limitedOf(lines: readonly Row[]) {
  const limited = lines.flatMap((row) => (row.capacity === null ? [] : [{ keyId: number(row.id), capacity: number(row.capacity) }]))
  return limited.length > 0 ? locks.limitedLines(limited) : null
}

function ids(rows: readonly Row[]): number[] {
  return [...new Set(rows.map((row) => number(row.id)))]
}

function keyIds(rows: readonly Row[]): number[] {
  return [...new Set(rows.map((row) => number(row.key_id)))]
}

interface Seen {
  doors: Door[]
  flagged: number[]
  /** The heads of the flagged lines, as they were found. */
  parked: { jobId: number; keyId: number }[]
  /** There may be more ready jobs than were looked at. */
  isReadyFull: boolean
  candidates: CandidateRow[]
  lines: Map<number, KeyLine>
  /** Kinds that some registered runner claims. */
  knownElsewhere: ReadonlySet<string>
}

function decideClaim({ place, kinds, limit, leaseUntil, now }: Options, seen: Seen): Decision<ClaimAnswer> {
  const doorOf = (job: CandidateRow) => seen.doors.find((door) => door.queue === job.queue && door.kind === job.kind)
  const mayStart = seen.candidates.filter((job) => doorOf(job)?.isOpen === true && kinds.includes(job.kind))
  const others = seen.candidates.filter((job) => !mayStart.includes(job))
  const room = { slots: limit, queues: new Map(seen.doors.map((door) => [door.queue, door.room])) }
  const granted = grantInOrder(mayStart.map(toCandidate), seen.lines, room)
  const byId = new Map(seen.candidates.map((job) => [job.jobId, job]))
  const find = (jobId: number) => byId.get(jobId) ?? neverSeen(jobId)
  const claims = granted.claimed.map(find)
  const claimed = claims.map((job) =>
    claimWrites({ job: () => ({ id: job.jobId, attempts: job.attempts, locks: job.wishes.length }), place, now }),
  )
  const parks = granted.parked.flatMap(({ jobId, keyId }) => parkWrites(find(jobId), keyId, now))
  const unreached = granted.unreached.map(find).filter((job) => job.parkedKey !== null)
  const leaves = others.filter((job) => job.parkedKey !== null)
  const chained = chainedKeys(seen, granted.parked)
  const flagged = [...new Set([...chained, ...missedKeys(seen)])]
  const writes = [
    ...claimed.flat(),
    ...parks,
    ...unreached.map((job) => statements.unparkJob(job.jobId, now)),
    ...leaves.flatMap((job) => leaveWrites(job, { staysInLine: doorOf(job)?.isOpen === true && seen.knownElsewhere.has(job.kind), now })),
    ...(flagged.length > 0 ? [locks.flagKeys(flagged, now)] : []),
    ...(claims.length > 0 ? [renewRunner(place.runnerId, leaseUntil)] : []),
  ]
  // A key that is only flagged again is nobody's news: who holds its jobs' rows rings when he is done.
  const moved = claims.length + parks.length + unreached.length + leaves.length + chained.length > 0
  const again = moved && claims.length < limit && (seen.isReadyFull || chained.length > 0 || seen.flagged.length >= limits.keysWoken)
  return { writes, answer: (written) => ({ claimed: answersOf(claimed, written), again }), changes: () => moved }
}

function answersOf(claimed: readonly Step[][], written: Row[][]): Claimed[] {
  let at = 0
  return claimed.map((writes) => {
    const one = claimedFrom(written, at)
    at += writes.length
    return one
  })
}

function toCandidate({ jobId, priority, queue, wishes }: CandidateRow): Candidate {
  return { jobId, priority, queue, wishes }
}

function parkWrites(job: CandidateRow, keyId: number, now: number): Step[] {
  if (job.parkedKey === keyId) return []
  return [statements.parkJob(job.jobId, keyId, now), locks.setStage(job.jobId, locks.stages.inLine)]
}

// What cannot start here leaves its lines, unless another runner knows its kind: it keeps its place there, and is looked at by that one.
function leaveWrites(job: CandidateRow, { staysInLine, now }: { staysInLine: boolean; now: number }): Step[] {
  const unpark = statements.unparkJob(job.jobId, now)
  return staysInLine ? [unpark] : [unpark, locks.setStage(job.jobId, locks.stages.notInLine), locks.flagKeysOf(job.jobId, now)]
}

// A flagged key whose woken head has left whole: there may be more behind it that can start.
function chainedKeys({ flagged, candidates }: Seen, parked: readonly { jobId: number; keyId: number }[]): number[] {
  return flagged.filter((keyId) => {
    const woken = candidates.filter((job) => job.parkedKey === keyId)
    return woken.length >= limits.parkedWoken && !woken.some((job) => parked.some((one) => one.jobId === job.jobId && one.keyId === keyId))
  })
}

// On Postgres, a parked job that somebody has locked for a moment could not be looked at: its key stays flagged, for the next pass.
function missedKeys({ parked, candidates }: Seen): number[] {
  const looked = new Set(candidates.map((job) => job.jobId))
  return parked.filter(({ jobId }) => !looked.has(jobId)).map(({ keyId }) => keyId)
}

export interface ClaimToWrite {
  job: (written: Row[][]) => { id: number; attempts: number; locks: number }
  place: RunnerPlace
  now: number
}

/** The writes of one claim. The rows of the first two are read by `claimedFrom`. */
export function claimWrites({ job, place, now }: ClaimToWrite): Step[] {
  return [
    (written) => statements.claimJob({ id: job(written).id, runnerId: place.runnerId, now }),
    (written) => startWrites(toJob(firstRow(written.at(-1))), place, now),
    (written) => (job(written).locks > 0 ? locks.setStage(job(written).id, locks.stages.held) : null),
  ]
}

// A function of the runner's own process has begun as soon as it is claimed: nobody could tell later that it had not.
function startWrites(job: JobRecord, place: RunnerPlace, now: number): Sql[] {
  const isInline = job.spec.run.type === 'inline'
  const state = isInline ? 'running' : 'starting'
  const attempt = statements.insertAttempt({ jobId: job.id, attempt: job.attempts, state, protocol, place, now })
  return isInline ? [attempt, event({ job: { ...job, version: job.version - 1 }, name: 'started', now })] : [attempt]
}

/** `at`: the place of the claim's first write among all of the batch. */
export function claimedFrom(written: Row[][], at: number): Claimed {
  return { job: toJob(firstRow(written[at])), attempt: toAttempt(firstRow(written[at + 1])) }
}

function neverSeen(jobId: number): never {
  throw new Error(`Job ${jobId} was not read.`)
}
