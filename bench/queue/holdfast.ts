// Holdfast, as measured by bench/queue: jobs are submitted as an app does it, at the front door, and claimed and finished through the store's port, in one
// process, without the processes that its runner starts.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises'
import { defineJob, openHoldfast } from 'holdfast'
import { noArtifacts } from '../../src/core/artifact.ts'
import { limits } from '../../src/core/limits.ts'
import { unlimited } from '../../src/core/process-limits.ts'
import { systemClock } from '../../src/runner/system-clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Claimed, NewJob, RunnerPlace, Store } from '../../src/store/store.ts'
import type { MeasuredSystem, OpenSystem } from './measured-system.ts'

export const benchKind = 'noop'

export const openSystem: OpenSystem = async ({ address }) => {
  // Beside a Postgres there is a data folder too, for what runs.
  const data = isPostgres(address) ? mkdtempSync(join(tmpdir(), 'holdfast-bench-data-')) : address
  if (data !== address) process.on('exit', () => rmSync(data, { recursive: true, force: true }))
  const kind = defineJob<{ sentAt: number }>({ kind: benchKind, command: ['true'] })
  const holdfast = await openHoldfast({ kinds: [kind], data, runner: false, ...(isPostgres(address) ? { database: address } : {}) })
  const store = await openAt(address)
  const system: MeasuredSystem = {
    async submit(sentAt) {
      await holdfast.submit(kind, { sentAt })
    },
    async submitBatch(size) {
      await holdfast.submitMany(Array.from({ length: size }, () => ({ kind: benchKind, input: { sentAt: 0 } })))
    },
    async unsettled() {
      // A query on SQLite is answered at once: whoever asks in a loop would keep the worker of the same process from its turn.
      await breathe()
      const { queues } = await store.queues.list()
      return queues.reduce((sum, { queued, running }) => sum + queued + running, 0)
    },
    work: (worker) => work(store, worker),
    async close() {
      await store.close()
      await holdfast.close()
    },
  }
  return system
}

function isPostgres(address: string): boolean {
  return address.startsWith('postgres')
}

/** A folder, or the address of a Postgres. */
export function openAt(address: string): Promise<Store> {
  return openStore(isPostgres(address) ? { folder: '', database: address, clock: systemClock } : { folder: address, clock: systemClock })
}

export function noop(input: { sentAt: number }): NewJob {
  return {
    kind: benchKind,
    name: null,
    queue: 'default',
    unique: null,
    input,
    spec: {
      run: { type: 'command', argv: ['true'] },
      cwd: '/',
      environment: {},
      environmentFile: null,
      ...noArtifacts,
      stopGraceMs: limits.stopGraceMs,
      locks: [],
      retry: null,
      safeToRepeat: false,
      ...unlimited,
    },
    fingerprint: null,
    submittedBy: null,
    priority: 0,
    availableAt: 0,
    expireAfterMs: null,
    after: [],
    schedule: null,
  }
}

/** Signs a runner of this process on. */
export async function place(store: Store): Promise<RunnerPlace> {
  const here = { runnerId: `bench-${process.pid}-${Math.random()}`, hostId: 'bench', bootId: 'bench' }
  const now = Date.now()
  await store.runners.register({
    runner: { ...here, pid: process.pid, startedAt: now, leaseUntil: now + limits.leaseMs, kinds: [benchKind] },
  })
  return here
}

export async function claim(store: Store, here: RunnerPlace, limit: number): Promise<{ claimed: Claimed[]; again: boolean }> {
  const now = Date.now()
  return await store.claims.claim({ place: here, kinds: [benchKind], limit, leaseUntil: now + limits.leaseMs, now })
}

/** The end that the runner writes when a command has ended well. */
export async function finish(store: Store, { job, attempt }: Claimed): Promise<void> {
  const done = await store.claims.finish({
    fence: { jobId: job.id, attempt: attempt.attempt, leaseToken: job.leaseToken },
    end: {
      end: 'well',
      failure: null,
      exitCode: 0,
      saidNext: null,
      signal: null,
      progress: null,
      line: 'ended with exit code 0',
      published: [],
      random: 0,
      now: Date.now(),
    },
  })
  if (done === 'lease lost') throw new Error(`job ${job.id}: lease lost`)
}

// As the runner does it: claims for the slots that are free, runs, finishes each job by itself. What has ended and the next claim are sent in one turn,
// so that they can share a commit.
async function work(store: Store, { concurrency, onStart }: { concurrency: number; onStart: (sentAt: number) => void }) {
  const here = await place(store)
  let isStopped = false
  let wake = () => {}
  const unsubscribe = store.onChange(() => wake(), 'jobs')

  async function loop(): Promise<void> {
    let ended: Claimed[] = []
    while (!isStopped || ended.length > 0) {
      const { promise: rang, resolve } = Promise.withResolvers<void>()
      wake = resolve
      const finishing = ended.map((one) => finish(store, one))
      const [next] = await Promise.all([claim(store, here, isStopped ? 0 : concurrency), ...finishing])
      ended = next.claimed
      for (const { job } of ended) onStart((job.input as { sentAt: number }).sentAt)
      if (ended.length === 0 && !next.again && !isStopped) await Promise.race([rang, pause(limits.pollMs, undefined, { ref: false })])
    }
  }

  const looping = loop()
  return {
    async stop() {
      isStopped = true
      wake()
      await looping
      unsubscribe()
    },
  }
}
