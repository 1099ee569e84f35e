// The stores the contract is run on. Another database is another entry of `stores`: how to open one, and how to say SQL to it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { raw } from 'sql-template-tag'
import type { JobSpec } from '../../../src/core/job.ts'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import type { Row } from '../../../src/store/sql-database.ts'
import { sqlStore } from '../../../src/store/sql-store.ts'
import { openSqlite } from '../../../src/store/sqlite.ts'
import type { Claimed, Fence, NewJob, RunnerPlace, Store } from '../../../src/store/store.ts'

export interface OpenedStore {
  store: Store
  /** For what the port cannot say: illegal rows, priorities, looking at what was written. */
  sql(text: string): Promise<Row[]>
  close(): Promise<void>
}

export interface StoreAdapter {
  name: string
  open(): Promise<OpenedStore>
}

async function openIn(folder: string | null): Promise<OpenedStore> {
  const bell = (name: string) => (folder ? join(folder, name) : null)
  const database = await openSqlite(bell('holdfast.db') ?? ':memory:', { jobs: bell('doorbell'), lines: bell('doorbell-lines') })
  const installationId = await migrate({ database, copyFile: null, folderInode: 'test', now: 1 })
  const close = async () => {
    await database.close()
    if (folder) rmSync(folder, { recursive: true, force: true })
  }
  const write = (text: string) =>
    database.batch({ reads: [], decide: () => ({ writes: [raw(text)], answer: ([rows]) => rows ?? [] }) }, 'caller')
  return { store: sqlStore(database, installationId), sql: write, close }
}

export const stores: readonly StoreAdapter[] = [
  { name: 'SQLite in memory', open: () => openIn(null) },
  { name: 'SQLite in a file', open: () => openIn(mkdtempSync(join(tmpdir(), 'holdfast-store-'))) },
]

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

const spec: JobSpec = {
  run: { type: 'command', argv: ['true'] },
  cwd: '/',
  environment: {},
  environmentFile: null,
  artifacts: [],
  stopGraceMs: 1_000,
}

export function newJob(given: Partial<NewJob> = {}): NewJob {
  const job = { kind: 'rebuild', name: null, queue: 'default', uniqueKey: null, input: null, spec, fingerprint: null, submittedBy: null }
  return { ...job, ...given }
}

/** Submits a job and claims it in one batch. */
export async function submitClaimed(store: Store, given: Partial<NewJob> = {}): Promise<Claimed & { fence: Fence }> {
  const { job, attempt } = await store.jobs.submit({ job: newJob(given), claimFor: place, now: 1 })
  if (!attempt) throw new Error('it was not claimed')
  return { job, attempt, fence: { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken } }
}

export function claim(store: Store, given: Partial<Parameters<Store['claims']['claim']>[0]> = {}): Promise<Claimed[]> {
  return store.claims.claim({ place, kinds: ['rebuild'], limit: 100, leaseUntil: 1_000, now: 2, ...given })
}

type End = Parameters<Store['claims']['finish']>[0]['end']

export function endOf(happening: End['happening'], given: Partial<End> = {}): End {
  return { happening, exitCode: 0, signal: null, failure: null, progress: null, line: happening, published: [], now: 9, ...given }
}
