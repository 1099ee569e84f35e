// The stores the contract is run on: one per database, each with our schema in it, and how to say SQL to it.

import { after } from 'node:test'
import { noArtifacts } from '../../../src/core/artifact.ts'
import type { JobSpec, Json, Saved } from '../../../src/core/job.ts'
import { unlimited } from '../../../src/core/process-limits.ts'
import type { Checkpoint } from '../../../src/core/progress.ts'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import type { Row } from '../../../src/store/sql-database.ts'
import { sqlStore } from '../../../src/store/sql-store.ts'
import type { AttemptEnd, Claimed, Fence, JobRecord, NewJob, RunnerPlace, Store } from '../../../src/store/store.ts'
import { type DatabaseAdapter, type OpenedDatabase, postgres, sqliteInFile, sqliteInMemory, write } from './databases.ts'

export interface OpenedStore {
  store: Store
  /** For what the port cannot say: illegal rows, priorities, looking at what was written. */
  sql(text: string): Promise<Row[]>
  close(): Promise<void>
}

/** What a job saved, and how far it was then where that matters. */
export const checkpointOf = (value: Json, own: Partial<Saved> = {}): Checkpoint => ({
  value,
  saved: { at: 3, phase: null, done: null, total: null, unit: null, ...own },
})

export interface StoreAdapter {
  name: string
  open(): Promise<OpenedStore>
}

function storeOn({ name, open }: DatabaseAdapter): StoreAdapter {
  return {
    name,
    async open() {
      const { database, close } = await open()
      const installationId = await migrate({ database, copy: null, folderInode: 'test', now: 1 })
      const sql = async (text: string) => (await write(database, text)).map((row) => ({ ...row }))
      return { store: sqlStore(database, installationId), sql, close }
    },
  }
}

/** A schema takes a third of a second to make on Postgres, so the tests of a file have it one after the other, emptied. */
const postgresEmptied: DatabaseAdapter = {
  name: postgres.name,
  async open() {
    const kept = spare.pop() ?? (await postgres.open())
    all.add(kept)
    const another: OpenedDatabase['another'] = () => kept.another()
    const close = async () => {
      await write(kept.database, emptied)
      spare.push(kept)
    }
    return { database: kept.database, another, close }
  },
}

const spare: OpenedDatabase[] = []
const all = new Set<OpenedDatabase>()
after(async () => {
  for (const kept of all) await kept.close()
})
const tables = [
  'jobs',
  'runners',
  'pins',
  'artifact_events',
  'artifacts',
  'snapshots',
  'queue_kinds',
  'queues',
  'kinds',
  'lock_keys',
  'schedules',
  'tokens',
  'users',
  'notification_targets',
  'notifications',
]
const numbered = ['jobs', 'job_events', 'snapshots', 'lock_keys', 'tokens', 'notifications']
// Rows, not "truncate": that makes forty files anew.
const emptied = `do $$ begin
  ${tables.map((table) => `delete from ${table};`).join(' ')}
  ${numbered.map((table) => `perform setval(pg_get_serial_sequence('${table}', 'id'), 1, false);`).join(' ')}
end $$`

export const stores: readonly StoreAdapter[] = [sqliteInMemory, sqliteInFile, postgresEmptied].map(storeOn)

/** Opens a store for one test. */
export async function withStore(adapter: StoreAdapter, work: (opened: OpenedStore) => Promise<void>): Promise<void> {
  const opened = await adapter.open()
  try {
    await work(opened)
  } finally {
    await opened.close()
  }
}

export const place: RunnerPlace = { runnerId: 'runner-1', hostId: 'host', bootId: 'boot' }
export const otherPlace: RunnerPlace = { ...place, runnerId: 'runner-2' }

export const spec: JobSpec = {
  run: { type: 'command', argv: ['true'] },
  cwd: '/',
  environment: {},
  environmentFile: null,
  ...noArtifacts,
  stopGraceMs: 1_000,
  locks: [],
  retry: null,
  safeToRepeat: false,
  ...unlimited,
}

export function newJob(given: Partial<NewJob> = {}): NewJob {
  const what = { kind: 'rebuild', name: null, queue: 'default', unique: null, input: null, spec, fingerprint: null, submittedBy: null }
  return { ...what, priority: 0, availableAt: 0, expireAfterMs: null, after: [], schedule: null, ...given }
}

/** Submits one job. */
export async function submit(store: Store, given: Partial<NewJob> = {}, now = 1): Promise<{ job: JobRecord; created: boolean }> {
  const [submitted] = await store.jobs.submit({ jobs: [newJob(given)], now })
  if (!submitted || !('job' in submitted)) throw new Error(`it was refused: ${JSON.stringify(submitted)}`)
  return submitted
}

/** Submits a job and claims it in one batch. */
export async function submitClaimed(store: Store, given: Partial<NewJob> = {}): Promise<Claimed & { fence: Fence }> {
  return fenced(await store.jobs.submitClaimed({ job: newJob(given), place, now: 1 }))
}

export function fenced({ job, attempt }: Claimed): Claimed & { fence: Fence } {
  return { job, attempt, fence: { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken } }
}

export async function claim(store: Store, given: Partial<Parameters<Store['claims']['claim']>[0]> = {}): Promise<Claimed[]> {
  const { claimed } = await store.claims.claim({ place, kinds: ['rebuild'], limit: 100, leaseUntil: 1_000, now: 2, ...given })
  return claimed
}

export function endOf(end: AttemptEnd['end'], given: Partial<AttemptEnd> = {}): AttemptEnd {
  const how = { end, exitCode: 0, signal: null, failure: null, saidNext: null, progress: null, line: end, published: [] }
  return { ...how, random: 0.5, now: 9, ...given }
}
