// View first, then changes: everything that waits looks at the store, is woken by a hint, and polls behind it.
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '../core/errors.ts'
import type { Job, LogLine } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { isSettled } from '../core/transitions.ts'
import type { DataFolder } from '../runner/data-folder.ts'
import { readLog } from '../runner/read-log.ts'
import type { JobRecord, Store } from '../store/store.ts'

/** What a watcher needs. `closing` ends every wait. */
export interface Watching {
  store: Store
  folder: DataFolder
  closing: AbortSignal
}

/** The job, then every newer version of it, until it is settled. */
export async function* watchJob({ store, closing }: Watching, id: number, signal?: AbortSignal): AsyncGenerator<Job> {
  let seen = 0
  for await (const job of looks(() => existing(store, id), store, anySignal(closing, signal))) {
    if (job.version !== seen) yield publicJob(job)
    seen = job.version
    if (isSettled(job.state)) return
  }
}

/** Lines after a number, until the job is settled and all were given. */
export async function* followLog(
  { store, folder, closing }: Watching,
  id: number,
  options: { after: number; full?: boolean; signal?: AbortSignal },
): AsyncGenerator<LogLine[]> {
  let { after } = options
  for await (const job of looks(() => existing(store, id), store, anySignal(closing, options.signal))) {
    while (after < job.logLines) {
      const lines = await readLog(store, folder, { jobId: id, after, limit: followBundle, full: options.full ?? false })
      const last = lines.at(-1)
      if (!last) break
      after = last.seq
      yield lines
      // A long log is read from the disk in one turn each; others get theirs in between.
      await breathe()
    }
    if (isSettled(job.state)) return
  }
}

/** Without what only runners need. */
export function publicJob({ spec: _spec, leaseToken: _leaseToken, runnerId: _runnerId, ...job }: JobRecord): Job {
  return job
}

/** Lines that are read and handed on in one go. */
const followBundle = 1_000

async function existing(store: Store, id: number): Promise<JobRecord> {
  const job = await store.jobs.get({ id })
  if (!job) throw new HoldfastError('job_not_found', `There is no job ${id}.`, { details: { id } })
  return job
}

// Looks once, then again after every hint. A hint during a look is not lost: it makes the next look come at once.
async function* looks<T>(look: () => Promise<T>, store: Store, signal: AbortSignal): AsyncGenerator<T> {
  let hinted = false
  let wake: (() => void) | null = null
  const unsubscribe = store.onChange(() => {
    hinted = true
    wake?.()
  })
  try {
    for (;;) {
      signal.throwIfAborted()
      hinted = false
      yield await look()
      if (hinted) continue
      const woken = new AbortController()
      wake = () => woken.abort()
      if (!hinted) await sleep(limits.pollMs, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined)
      wake = null
    }
  } finally {
    unsubscribe()
  }
}

function anySignal(closing: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal ? AbortSignal.any([closing, signal]) : closing
}
