// View first, then changes: everything that waits looks at the store, is woken by a hint, and polls behind it.
import { HoldfastError } from '../core/errors.ts'
import type { Job, LogLine, UnfinishedLine } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { isSettled } from '../core/transitions.ts'
import type { House } from '../runner/house.ts'
import { learnFrom } from '../runner/masks.ts'
import { readLog, unfinishedLines } from '../runner/read-log.ts'
import type { JobRecord, Store } from '../store/store.ts'
import { checkId } from './checks.ts'

/** What a watcher needs. `closing` ends every wait. */
export type Watching = Pick<House, 'store' | 'launcher' | 'folder' | 'clock' | 'closing' | 'masks'>

/** The job, then every newer version of it, until it is settled. */
export async function* watchJob(watching: Watching, id: number, signal?: AbortSignal): AsyncGenerator<Job> {
  let seen = 0
  for await (const job of looks(watching, () => existing(watching.store, id), signal)) {
    if (job.version !== seen) yield publicJob(job)
    seen = job.version
    if (isSettled(job.state)) return
  }
}

export interface Following {
  after?: number
  full?: boolean
  signal?: AbortSignal
  /** What the job has begun to write and not ended; called when it changed, with none at last. */
  onUnfinished?: (lines: UnfinishedLine[]) => unknown
}

/** Lines after a number, until the job is settled and all were given. */
export async function* followLog(watching: Watching, id: number, options: Following): AsyncGenerator<LogLine[]> {
  let { after = 0 } = options
  const tell = unfinishedTeller(watching, options.onUnfinished)
  for await (const job of looks(watching, () => existing(watching.store, id), options.signal)) {
    learnFrom(watching, job)
    while (after < job.logLines) {
      const lines = await readLog(watching, { jobId: id, after, limit: followBundle, full: options.full ?? false })
      const last = lines.at(-1)
      if (!last) break
      after = last.seq
      yield lines
      // A long log is read from the disk in one turn each; others get theirs in between.
      await watching.clock.sleep(0)
    }
    await tell(job)
    if (isSettled(job.state)) return
  }
}

// Level-triggered: read from the file at every look, told when it is another one.
function unfinishedTeller(watching: Watching, listener: Following['onUnfinished']): (job: JobRecord) => Promise<void> {
  let told = '[]'
  return async (job) => {
    if (!listener) return
    const lines = await unfinishedLines(watching, job)
    const now = JSON.stringify(lines)
    if (now === told) return
    told = now
    await listener(lines)
  }
}

/** Without what only runners need. */
export function publicJob(record: JobRecord): Job {
  const { spec, leaseToken, runnerId, attemptsExcused, interruptions, fromCheckpoint, lockCount, parkedKey, logKept, ...job } = record
  return job
}

/** Lines that are read and handed on in one go. */
const followBundle = 1_000

async function existing(store: Store, id: number): Promise<JobRecord> {
  const job = await store.jobs.get({ id: checkId(id) })
  if (!job) throw new HoldfastError('job_not_found', `There is no job ${id}.`, { details: { id } })
  return job
}

// Looks once, then again after every hint. A hint during a look is not lost: it makes the next look come at once.
async function* looks<T>({ store, clock, closing }: Watching, look: () => Promise<T>, asked?: AbortSignal): AsyncGenerator<T> {
  const signal = asked ? AbortSignal.any([closing, asked]) : closing
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
      if (!hinted) await clock.sleep(limits.pollMs, AbortSignal.any([signal, woken.signal])).catch(() => undefined)
      wake = null
    }
  } finally {
    unsubscribe()
  }
}
