// What the event streams of jobs say: one job with its log, and the first page of a list. Knows no HTTP.
import { wireBounds } from '../contract/bounds.ts'
import type { Holdfast, ListFilter } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'
import type { EventSink } from './event-stream.ts'
import { type FollowFrom, followTail } from './job-tail.ts'
import { sendView } from './shared-view.ts'

export interface SendFrom extends FollowFrom {
  /** Of the lines that are there already, at most the newest so many. */
  last?: number
}

/** The job first, then every change and every line as they come, then `end`. */
export async function sendJob(sink: EventSink, holdfast: Holdfast, { job, after, last }: SendFrom): Promise<void> {
  const begin = last === undefined ? after : Math.max(after, job.logLines - last)
  await sink.send([{ event: 'job', data: job }])
  if (begin > after) await sink.send([{ event: 'skipped', data: skipped(after, begin) }])
  await followTail(sink, holdfast, { job, after: begin })
  await sink.send([{ event: 'end', data: {} }])
}

/** It has no number: whoever breaks off behind it is told again. `href` is a page that begins with them, as seen from the stream. */
function skipped(after: number, last: number) {
  return { lines: last - after, after, before: last + 1, href: `../log?after=${after}&limit=${Math.min(last - after, wireBounds.logPage)}` }
}

/** The first page now, and again soon after anything changed. */
export function sendPages(sink: EventSink, holdfast: Holdfast, filter: ListFilter): Promise<void> {
  const look = async () => {
    const [{ jobs, before }, counts] = await Promise.all([holdfast.list(filter), holdfast.count()])
    return { jobs, before, counts }
  }
  return sendView(sink, { holdfast, key: `jobs ${JSON.stringify(filter)}`, event: 'jobs', everyMs: httpBounds.jobsEventMs, look })
}
