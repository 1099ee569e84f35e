// What the event streams of jobs say, and when: one job with its log, and the first page of a list. Knows no HTTP.
import { setTimeout as pause } from 'node:timers/promises'
import type { Holdfast, Job, ListFilter, UnfinishedLine } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'
import { changes } from './changes.ts'
import type { EventSink } from './event-stream.ts'

export interface FollowFrom {
  /** The view the reader gets first. */
  job: Job
  /** The last line it has. */
  after: number
}

/** The job first, then every change and every line as they come, then `end`. */
export async function sendJob(sink: EventSink, holdfast: Holdfast, from: FollowFrom): Promise<void> {
  await sink.send([{ event: 'job', data: from.job }])
  await Promise.all([sendChanges(sink, holdfast, from.job), sendLines(sink, holdfast, from)])
  await sink.send([{ event: 'end', data: {} }])
}

/** The first page now, and again soon after anything changed. A page equal to the last is not sent. */
export async function sendPages(sink: EventSink, holdfast: Holdfast, filter: ListFilter): Promise<void> {
  let sent = ''
  const signal = AbortSignal.any([sink.signal, holdfast.closing])
  for await (const _ of changes(holdfast, { everyMs: httpBounds.jobsEventMs, signal })) {
    const [{ jobs, before }, counts] = await Promise.all([holdfast.list(filter), holdfast.count()])
    const data = { jobs, before, counts }
    const seen = JSON.stringify(data)
    if (seen === sent) continue
    sent = seen
    await sink.send([{ event: 'jobs', data }])
  }
}

async function sendChanges(sink: EventSink, holdfast: Holdfast, first: Job): Promise<void> {
  let sent = first.version
  for await (const job of holdfast.watch(first.id, { signal: sink.signal })) {
    if (job.version <= sent) continue
    sent = job.version
    await sink.send([{ event: 'job', data: job }])
    // The view is of now, not of every step: what changes meanwhile is in the next one.
    if (job.finishedAt === null) await pause(httpBounds.jobEventMs, undefined, { signal: sink.signal, ref: false })
  }
}

async function sendLines(sink: EventSink, holdfast: Holdfast, { job, after }: FollowFrom): Promise<void> {
  const onUnfinished = (lines: UnfinishedLine[]) => sink.send([{ event: 'unfinished', data: { lines } }])
  for await (const lines of holdfast.followLog(job.id, { after, signal: sink.signal, onUnfinished })) {
    await sink.send(lines.map((line) => ({ event: line.stream, id: line.seq, data: line })))
  }
}
