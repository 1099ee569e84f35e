// What <holdfast-log> shows: the log of its job, or why there is none.
import type { Job, Stream } from '../../client/index.ts'
import { isSettled } from '../../views/job-words.ts'
import type { HoldfastElement, ViewProps } from '../element.ts'
import { foundJob } from '../job/found-job.ts'
import { Nothing } from '../job/nothing.tsx'
import { useChange, useReflected } from '../use-reflected.ts'
import { LazyLog } from './lazy-log.tsx'

export function LogView(props: ViewProps) {
  const { host, live, api } = props
  const { job, state } = foundJob(host, live)
  useReflected(host, { state: job?.state ?? state })
  useChange(
    job === null ? null : settledKey(job),
    () => job !== null && isSettled(job) && host.tell('holdfast-settled', settledDetail(job)),
  )
  if (job === null) return <Nothing {...props} state={state} />
  const lines = Number(host.attribute('lines'))
  const href = `${api}jobs/${job.id}`
  return (
    <LazyLog
      host={host}
      api={api}
      id={job.id}
      isWaiting={job.state === 'queued' && job.logLines === 0}
      isOver={isSettled(job)}
      stream={streamOf(host.attribute('stream'))}
      isFollowed={host.attribute('follow') !== 'off'}
      isWrapped={isWrapped(host)}
      height={host.attribute('height')}
      lines={lines > 0 ? lines : null}
      href={href}
      onLine={(seq, event) => host.tell('holdfast-line-click', { seq }, true) || event.preventDefault()}
    />
  )
}

function settledKey(job: Job): string {
  return `${job.id} ${isSettled(job)}`
}

export function settledDetail(job: Job) {
  return { job, state: job.state, result: job.result, failure: job.failure }
}

/** `out` and `err` are what most people write. */
function streamOf(name: string | null): Stream | null {
  const streams: Record<string, Stream> = { out: 'stdout', stdout: 'stdout', err: 'stderr', stderr: 'stderr', system: 'system' }
  return streams[name ?? ''] ?? null
}

function isWrapped(host: HoldfastElement): boolean {
  const said = host.getAttribute('wrap')
  return said === null ? matchMedia('(max-width: 760px)').matches : said !== 'off'
}
