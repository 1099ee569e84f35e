// The end of a job's log as it grows, put into frames once for all who follow it; and how one follower goes along with it. Knows no HTTP.
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import type { Holdfast, Job, UnfinishedLine } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'
import { type EventSink, encodeEvents } from './event-stream.ts'
import { type FramePages, framePages, framesAfter, type Piece, piecesOf, sizeOf } from './log-frames.ts'
import { type Begin, sources } from './sources.ts'

export interface FollowFrom {
  /** The view the reader gets first. */
  job: Job
  /** The last line it has. */
  after: number
}

/** Everything after what the follower has, as it comes, until the job is settled and all was sent. */
export async function followTail(sink: EventSink, holdfast: Holdfast, from: FollowFrom): Promise<void> {
  const { id, version } = from.job
  const follower: Follower = { sink, at: { after: from.after, version, unfinished: null } }
  await tails.follow({ holdfast, key: String(id), begin: beginTail(holdfast, from), signal: sink.signal }, (tail) =>
    sendNews(follower, tail) ? undefined : goOn(follower, tail),
  )
}

interface Tail {
  /** The newest view. */
  job: { version: number; frame: Uint8Array } | null
  /** The newest lines, oldest first, without a gap. */
  pieces: Piece[]
  /** Number of the last line that was there when the tail looked. */
  head: number
  /** The furthest that any follower came. */
  taken: number
  /** Called when a follower came further. */
  onTaken: () => void
  unfinished: Uint8Array | null
  /** What a follower was told last. */
  news: News | null
  /** For those who are further behind. */
  pages: FramePages
}

const tails = sources<Tail>()
const nothingUnfinished = encodeEvents([{ event: 'unfinished', data: { lines: [] } }])

// Near the end it begins where its first follower is: those that come back together, after a restart, then share what they missed.
function beginTail(holdfast: Holdfast, { job, after }: FollowFrom): Begin<Tail> {
  return (ring, signal) => {
    const isNear = after <= job.logLines && job.logLines - after <= httpBounds.tailLines
    const tail: Tail = {
      job: null,
      pieces: [],
      head: isNear ? after : job.logLines,
      taken: isNear ? after : job.logLines,
      onTaken: () => {},
      unfinished: null,
      news: null,
      pages: framePages(holdfast, job.id),
    }
    const change = (changed: Partial<Tail>) => {
      Object.assign(tail, changed)
      ring()
    }
    const followed = tailLines({ holdfast, id: job.id, signal }, tail, change)
    const watched = tailViews({ holdfast, id: job.id, signal }, change)
    return { view: tail, done: Promise.all([followed, watched]).then(() => undefined) }
  }
}

interface Tailed {
  holdfast: Holdfast
  id: number
  signal: AbortSignal
}

async function tailLines({ holdfast, id, signal }: Tailed, tail: Tail, change: (changed: Partial<Tail>) => void): Promise<void> {
  const onUnfinished = (lines: UnfinishedLine[]) =>
    change({ unfinished: lines.length === 0 ? null : encodeEvents([{ event: 'unfinished', data: { lines } }]) })
  for await (const lines of holdfast.followLog(id, { after: tail.head, signal, onUnfinished })) {
    const added = piecesOf(lines, tail.head)
    change({ pieces: newest([...tail.pieces, ...added]), head: added.at(-1)?.last ?? tail.head })
    // A job may write faster than anybody reads: lines that all would have to read again are not worth the trouble.
    while (isAhead(tail) && !signal.aborted) await takenMore(tail, signal)
  }
}

function isAhead({ pieces, taken }: Tail): boolean {
  return sizeOf(pieces.filter(({ last }) => last > taken)) > httpBounds.tailBytes / 2
}

function takenMore(tail: Tail, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    tail.onTaken = done
    signal.addEventListener('abort', done)
  })
}

function hasTaken(tail: Tail, last: number): void {
  if (last <= tail.taken) return
  tail.taken = last
  tail.onTaken()
}

async function tailViews({ holdfast, id, signal }: Tailed, change: (changed: Partial<Tail>) => void): Promise<void> {
  for await (const job of holdfast.watch(id, { signal })) {
    change({ job: { version: job.version, frame: encodeEvents([{ event: 'job', data: job }]) } })
    // The view is of now, not of every step: what changes meanwhile is in the next one.
    if (job.finishedAt === null) await pause(httpBounds.jobEventMs, undefined, { signal, ref: false })
  }
}

function newest(pieces: Piece[]): Piece[] {
  let bytes = sizeOf(pieces)
  const first = pieces.findIndex(({ frames }, index) => {
    if (bytes <= httpBounds.tailBytes || index === pieces.length - 1) return true
    bytes -= frames.length
    return false
  })
  return first > 0 ? pieces.slice(first) : pieces
}

/** What a follower has been sent. */
interface Place {
  after: number
  version: number
  unfinished: Uint8Array | null
}

interface Follower {
  sink: EventSink
  at: Place
}

/** From one place to the next. Most followers stand at the same one, so that it is put together once. */
interface News {
  from: Place
  to: Place
  frames: Uint8Array
}

/** All that is at hand, while there is room for it. False: there is more, or was no room. */
function sendNews(follower: Follower, tail: Tail): boolean {
  for (;;) {
    const news = tail.news && isSame(tail.news.from, follower.at) ? tail.news : newsAt(follower.at, tail)
    if (news === null) return follower.at.after >= tail.head
    tail.news = news
    follower.at = news.to
    hasTaken(tail, news.to.after)
    if (!follower.sink.put(news.frames)) return false
  }
}

function isSame(one: Place, other: Place): boolean {
  return one.after === other.after && one.version === other.version && one.unfinished === other.unfinished
}

// The newest view, the lines that the tail has, and what is unfinished behind the last one; about a write's worth. Null: nothing.
function newsAt(from: Place, { job, pieces, head, unfinished }: Tail): News | null {
  const to = { ...from }
  const found: Uint8Array[] = []
  if (job !== null && job.version > from.version) {
    found.push(job.frame)
    to.version = job.version
  }
  let bytes = 0
  for (const piece of pieces) {
    if (piece.last <= to.after) continue
    if (piece.after > to.after || bytes >= httpBounds.streamWriteChars) break
    const frames = framesAfter(piece, to.after)
    found.push(frames)
    bytes += frames.length
    to.after = piece.last
  }
  if (to.after >= head && to.unfinished !== unfinished) {
    found.push(unfinished ?? nothingUnfinished)
    to.unfinished = unfinished
  }
  const [first] = found
  return first ? { from, to, frames: found.length === 1 ? first : Buffer.concat(found) } : null
}

async function goOn(follower: Follower, tail: Tail): Promise<void> {
  do {
    await follower.sink.room()
    if (isBehind(follower.at, tail) && !(await sendPage(follower, tail))) return
  } while (!sendNews(follower, tail))
}

function isBehind({ after }: Place, { pieces, head }: Tail): boolean {
  return after < (pieces[0]?.after ?? head)
}

// Whoever is further behind than the tail reaches is sent pages, at its own pace. False: there was nothing.
async function sendPage(follower: Follower, tail: Tail): Promise<boolean> {
  const pieces = await tail.pages.after(follower.at.after)
  for (const { last, frames } of pieces) {
    follower.at = { ...follower.at, after: last }
    hasTaken(tail, last)
    if (!follower.sink.put(frames)) await follower.sink.room()
  }
  // A page is read from the disk in one turn; others get theirs in between.
  await turn()
  return pieces.length > 0
}
