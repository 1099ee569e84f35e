// The log of one job as a page follows it: a window on its lines, and the job as the stream tells it. Knows no view.
import { type Signal, signal } from '@preact/signals'
import type { Connection, Job, LogLine, Stream } from '../../client/index.ts'
import { LogWindow } from '../../views/log/log-window.ts'
import type { LogClient } from './log-client.ts'

export interface LogFeed {
  log: LogWindow
  /** Null before the stream has told of it. */
  job: Signal<Job | null>
  connection: Signal<Connection | null>
  /** Why it cannot be followed. */
  problem: Signal<unknown>
  close(): void
}

/** Lines are shown in bundles: a job may write thousands a second, a page is drawn sixty times. */
const bundleMs = 60

export interface FollowedLog {
  id: number
  stream: Stream | null
  /** No more lines come: they are read, and no stream is opened. */
  isOver: boolean
}

export function openLogFeed(client: LogClient, { id, stream, isOver }: FollowedLog): LogFeed {
  const stop = new AbortController()
  const log = new LogWindow((range) => client.log(id, range, { signal: stop.signal }))
  const feed = { log, job: signal<Job | null>(null), connection: signal<Connection | null>(null), problem: signal<unknown>(null) }
  const bundle = bundledLines((lines) => log.take(lines))
  const follow = async () => {
    log.stream.value = stream
    await log.showNewest()
    if (isOver) return
    await client.followLog(id, {
      signal: stop.signal,
      after: log.newest.value,
      onLines: bundle.add,
      onUnfinished: (lines) => {
        log.unfinished.value = lines
      },
      onJob: (job) => {
        feed.job.value = job
      },
      onState: (connection) => {
        feed.connection.value = connection
      },
    })
    bundle.flush()
    feed.connection.value = null
  }
  follow().catch((error: unknown) => {
    if (!stop.signal.aborted) feed.problem.value = error
  })
  const close = () => {
    stop.abort()
    bundle.stop()
  }
  return { ...feed, close }
}

function bundledLines(give: (lines: LogLine[]) => void) {
  let waiting: LogLine[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const lines = waiting
    waiting = []
    if (lines.length > 0) give(lines)
  }
  return {
    add(lines: LogLine[]) {
      waiting = waiting.concat(lines)
      timer ??= setTimeout(flush, bundleMs)
    },
    flush,
    stop: () => clearTimeout(timer),
  }
}
