// What the tests of the queue do in one line each: submit with locks, claim all there is, end, tell who waits. It must not know SQL.
import assert from 'node:assert/strict'
import type { JobSpec, Lock, WaitingFor } from '../../../src/core/job.ts'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import { sqlStore } from '../../../src/store/sql-store.ts'
import type { AttemptEnd, Claimed, JobRecord, NewJob, RunnerPlace, Store, SubmittedJob } from '../../../src/store/store.ts'
import { type DatabaseAdapter, write } from './databases.ts'
import { endOf, fenced, newJob, type OpenedStore, place, spec, submit } from './stores.ts'

/** `exclusive('a')`, `shared('a', 2)`. */
export const exclusive = (key: string): Lock => ({ key, mode: 'exclusive' })
export const shared = (key: string, limit?: number): Lock => ({ key, mode: 'shared', ...(limit === undefined ? {} : { limit }) })

export interface Wanted extends Partial<NewJob> {
  locks?: Lock[]
  retry?: JobSpec['retry']
  safeToRepeat?: boolean
}

export function wanted({ locks = [], retry = null, safeToRepeat = false, ...given }: Wanted = {}): NewJob {
  return newJob({ spec: { ...spec, locks, retry, safeToRepeat }, ...given })
}

/** Submits one job and answers with its number. */
export async function ask(store: Store, given: Wanted = {}, now = 1): Promise<number> {
  return (await submit(store, wanted(given), now)).job.id
}

/** Submits several at once and answers with their numbers. */
export async function askAll(store: Store, given: readonly Wanted[], now = 1): Promise<number[]> {
  return jobsOf(await store.jobs.submit({ jobs: given.map(wanted), now })).map(({ id }) => id)
}

export function jobsOf(submitted: readonly SubmittedJob[]): JobRecord[] {
  return submitted.map((one) => ('job' in one ? one.job : assert.fail(`refused: ${JSON.stringify(one)}`)))
}

type ClaimOptions = Parameters<Store['claims']['claim']>[0]

/** Pass after pass, as a runner does it, until there is no more for its slots. */
export async function claimAll(store: Store, given: Partial<ClaimOptions> = {}): Promise<Claimed[]> {
  const options = { place, kinds: ['rebuild'], limit: 100, leaseUntil: 1_000, now: 2, ...given }
  const all: Claimed[] = []
  for (let passes = 0; passes < 1_000; passes++) {
    const { claimed, again } = await store.claims.claim({ ...options, limit: options.limit - all.length })
    all.push(...claimed)
    if (!again) return all
  }
  throw new Error('a thousand claim passes, and still there is said to be more')
}

export async function claimIds(store: Store, given: Partial<ClaimOptions> = {}): Promise<number[]> {
  return (await claimAll(store, given)).map(({ job }) => job.id)
}

/** Claims what there is, which must be this job. */
export async function claimOnly(store: Store, id: number, given: Partial<ClaimOptions> = {}) {
  const claimed = await claimAll(store, given)
  assert.deepEqual(
    claimed.map(({ job }) => job.id),
    [id],
  )
  return fenced(claimed[0] as Claimed)
}

/** Ends the running attempt of a job. */
export async function end(store: Store, id: number, how: AttemptEnd['end'] = 'well', given: Partial<AttemptEnd> = {}): Promise<JobRecord> {
  const job = await get(store, id)
  const fence = { jobId: id, attempt: job.attempts, leaseToken: job.leaseToken }
  const ended = await store.claims.finish({ fence, end: endOf(how, given) })
  return ended === 'lease lost' ? assert.fail(`#${id} is ${job.state}, there is nothing to end`) : ended
}

export async function get(store: Store, id: number): Promise<JobRecord> {
  return (await store.jobs.get({ id })) ?? assert.fail(`there is no #${id}`)
}

export async function stateOf(store: Store, id: number): Promise<string> {
  return (await get(store, id)).state
}

export async function waitingOf(store: Store, id: number): Promise<WaitingFor | null> {
  return (await get(store, id)).waitingFor
}

/** Promotes until there is no more, and answers with when there is again. */
export async function promoteAll(store: Store, now = 2): Promise<number | null> {
  for (let passes = 0; passes < 5_000; passes++) {
    const { again, nextAt } = await store.claims.promote({ now })
    if (!again) return nextAt
  }
  throw new Error('five thousand promotions, and still there is said to be more')
}

/** A registered runner that knows these kinds. */
export async function runnerFor(store: Store, kinds: string[], runnerId = 'runner-1'): Promise<RunnerPlace> {
  const here = { ...place, runnerId }
  await store.runners.register({ runner: { ...here, pid: 1, startedAt: 1, leaseUntil: 1_000, kinds } })
  return here
}

/** Nobody is in a line or holds a key but running jobs; nobody is parked; no key waits to be looked at. */
export async function assertNothingLeft({ sql }: Pick<OpenedStore, 'sql'>): Promise<void> {
  const left = await sql(`select jobs.id, jobs.state, jobs.hold, job_locks.stage from job_locks join jobs on jobs.id = job_locks.job_id
    where jobs.state not in ('queued', 'running', 'stopping')
    union all select id, state, hold, 9 from jobs where hold = 2`)
  assert.deepEqual(left, [], 'locks of settled jobs, or parked jobs')
}

/** Several connections to one database, each with a store of its own, as several processes have it. */
export async function withStores(
  adapter: DatabaseAdapter,
  work: (stores: { first: Store; second: Store; sql: OpenedStore['sql'] }) => Promise<void>,
): Promise<void> {
  const { database, another, close } = await adapter.open()
  try {
    const installationId = await migrate({ database, copy: null, folderInode: 'test', now: 1 })
    const [first, second] = [sqlStore(database, installationId), sqlStore(await another(), installationId)]
    await work({ first, second, sql: (text) => write(database, text) })
  } finally {
    await close()
  }
}
