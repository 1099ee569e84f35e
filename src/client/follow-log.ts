// Following one job and its log: live from a connection that all followers of the job share, and from pages for whoever comes later.
import type { FollowLog } from './client.ts'
import { mayWorkLater } from './client-error.ts'
import { pause, type StreamEvent } from './event-stream.ts'
import type { Line } from './watch-view.ts'
import type { Job, LogLine, LogPage, UnfinishedLine } from './wire.ts'

/** Resolves once the job is settled and every line was given, or when aborted. */
export function followLog({ transport, pace, streams }: Line, id: number, follow: FollowLog): Promise<void> {
  const path = `api/v1/jobs/${id}/log`
  const { onLines, onUnfinished, onJob, onState, signal } = follow
  let after = follow.after ?? 0

  function give(lines: LogLine[]): void {
    const news = lines.filter(({ seq }) => seq > after)
    after = news.at(-1)?.seq ?? after
    if (news.length > 0) onLines?.(news)
  }

  function onEvents(events: StreamEvent[]): void {
    give(events.filter(({ id: seq }) => seq !== undefined).map(({ data }) => data as LogLine))
    const newest = (name: string) => events.findLast((event) => event.name === name)?.data
    const unfinished = newest('unfinished') as { lines: UnfinishedLine[] } | undefined
    if (unfinished) onUnfinished?.(unfinished.lines)
    const job = newest('job') as Job | undefined
    if (job) onJob?.(job)
  }

  async function catchUp(hasAll: (last: number) => boolean, over: AbortSignal): Promise<void> {
    const leaving = signal ? AbortSignal.any([signal, over]) : over
    for (let failures = 0; !hasAll(after) && !leaving.aborted; ) {
      const page = await transport
        .json(path, { query: { after, limit: pageLines }, signal: leaving })
        .catch((error: unknown) => (mayWorkLater(error) || leaving.aborted ? null : Promise.reject(error)))
      if (page !== null) give((page as LogPage).lines)
      else await pause(pace.retryDelaysMs[Math.min(failures++, pace.retryDelaysMs.length - 1)] ?? 0, leaving)
    }
  }

  const open = (opening: AbortSignal, last: number) => transport.stream(`${path}/stream`, { query: { after: last }, signal: opening })
  return streams.listen({ key: transport.url(path), open, after, end: 'end' }, { onEvents, catchUp, onState, signal })
}

/** Lines that whoever comes later fetches in one go: as many as a page may have. */
const pageLines = 5_000
