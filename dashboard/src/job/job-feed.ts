// Everything the job page knows, kept current by one stream: the job, its tries and events, a window on its log.

import type { ReadonlySignal, Signal } from '@preact/signals'
import { signal } from '@preact/signals'
import type { Job, JobDetail, LogLine, UnfinishedLine } from 'holdfast/client'
import { HoldfastClientError } from 'holdfast/client'
import { LogWindow } from '../../../src/views/log/log-window.ts'
import { client, live } from '../client.ts'
import { showConnection } from '../live.ts'

export interface JobFeed {
  job: ReadonlySignal<JobDetail | null>
  problem: ReadonlySignal<HoldfastClientError | null>
  log: LogWindow
  close(): void
}

/** Lines are shown in bundles: a job may write thousands a second, a page is drawn sixty times. */
const bundleMs = 60
const detailMs = 1_000

/** `line` is the number in the address, which is shown first; null for the end of the log. */
export function openJobFeed(id: number, line: number | null): JobFeed {
  const stop = new AbortController()
  const { signal: aborted } = stop
  const job = signal<JobDetail | null>(null)
  const problem = signal<HoldfastClientError | null>(null)
  const log = new LogWindow((range) => client.log(id, range, { signal: aborted }))
  const bundles = bundled<LogLine>((lines) => log.take(lines), bundleMs)
  const details = bundled<Job>(() => void loadDetail(), detailMs)

  const loadDetail = async () => {
    const detail = await client.get(id, { signal: aborted }).catch(() => null)
    if (detail !== null && detail.version >= (job.value?.version ?? 0)) job.value = detail
  }
  const onJob = (changed: Job) => {
    const { value } = job
    if (value === null || changed.version === value.version) return
    job.value = { ...value, ...changed }
    details.add([changed])
  }
  const leave = watchHidden(id, job, () => details.add(job.value === null ? [] : [job.value]))
  const onUnfinished = (lines: UnfinishedLine[]) => {
    log.unfinished.value = lines
  }
  const follow = async () => {
    // Both at once: what is read most is the log.
    const lines = line === null ? log.showNewest() : log.showAround(line)
    job.value = await client.get(id, { signal: aborted })
    await lines
    await client.followLog(id, {
      signal: aborted,
      after: log.newest.value,
      onJob,
      onLines: bundles.add,
      onUnfinished,
      onState: showConnection,
    })
    bundles.flush()
    details.flush()
    if (!aborted.aborted) showConnection(null)
  }
  follow().catch((error) => {
    if (!aborted.aborted) problem.value = asProblem(error)
  })
  const close = () => {
    stop.abort()
    leave()
    bundles.stop()
    details.stop()
    showConnection(null)
  }
  return { job, problem, log, close }
}

/** A hidden page has no stream of its own after a while, and its title still says how the job goes: from the stream that all tabs share. */
function watchHidden(id: number, job: Signal<JobDetail | null>, onSeen: () => void): () => void {
  let isBehind = false
  const follow = () => {
    const { value } = job
    const now = live.job(id)
    if (!document.hidden || !now || value === null || now.version <= value.version) return
    isBehind = true
    // What lists leave out is not news.
    job.value = { ...value, ...now, input: value.input, result: value.result, omitted: value.omitted }
  }
  const seen = () => {
    if (isBehind && !document.hidden) onSeen()
    isBehind &&= document.hidden
  }
  const leaving = [live.want({ job: id }), live.subscribe(follow, { evenHidden: true })]
  document.addEventListener('visibilitychange', seen)
  return () => {
    for (const leave of leaving) leave()
    document.removeEventListener('visibilitychange', seen)
  }
}

function asProblem(error: unknown): HoldfastClientError {
  if (error instanceof HoldfastClientError) return error
  return new HoldfastClientError(
    { code: 'internal', message: 'This page could not go on', hint: 'Load it again.', status: 0 },
    { cause: error },
  )
}

interface Bundles<Item> {
  add(items: Item[]): void
  flush(): void
  stop(): void
}

function bundled<Item>(give: (items: Item[]) => void, everyMs: number): Bundles<Item> {
  let waiting: Item[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const items = waiting
    waiting = []
    if (items.length > 0) give(items)
  }
  return {
    add: (items) => {
      waiting = waiting.concat(items)
      timer ??= setTimeout(flush, everyMs)
    },
    flush,
    stop: () => clearTimeout(timer),
  }
}
