// What the event streams of jobs say: one job with its log, and the first page of a list. Knows no HTTP.
import type { Holdfast, ListFilter } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'
import type { EventSink } from './event-stream.ts'
import { type FollowFrom, followTail } from './job-tail.ts'
import { sendView } from './shared-view.ts'

/** The job first, then every change and every line as they come, then `end`. */
export async function sendJob(sink: EventSink, holdfast: Holdfast, from: FollowFrom): Promise<void> {
  await sink.send([{ event: 'job', data: from.job }])
  await followTail(sink, holdfast, from)
  await sink.send([{ event: 'end', data: {} }])
}

/** The first page now, and again soon after anything changed. */
export function sendPages(sink: EventSink, holdfast: Holdfast, filter: ListFilter): Promise<void> {
  const look = async () => {
    const [{ jobs, before }, counts] = await Promise.all([holdfast.list(filter), holdfast.count()])
    return { jobs, before, counts }
  }
  return sendView(sink, { holdfast, key: `jobs ${JSON.stringify(filter)}`, event: 'jobs', everyMs: httpBounds.jobsEventMs, look })
}
