// A view that is sent whole and again after changes: looked at and put into bytes once, however many readers want the same. Knows no jobs.
import type { Holdfast } from '../supervisor/holdfast.ts'
import { changes } from './changes.ts'
import { type EventSink, encodeEvents } from './event-stream.ts'
import { type Begin, sources } from './sources.ts'

export interface View {
  holdfast: Holdfast
  /** Tells this view from all others. */
  key: string
  event: string
  everyMs: number
  atLeastEveryMs?: number
  /** Null: there is nothing to send. */
  look(): Promise<object | null>
}

/** What is there now, and again soon after anything changed. A view equal to the last is not sent; of several, a slow reader gets the last. */
export async function sendView(sink: EventSink, view: View): Promise<void> {
  let sent: Uint8Array | null = null
  const look = { holdfast: view.holdfast, key: view.key, begin: beginLooking(view), signal: sink.signal }
  await views.follow(look, ({ frame }) => {
    if (frame === null || frame === sent) return undefined
    sent = frame
    return sink.put(frame) ? undefined : sink.room()
  })
}

interface Seen {
  frame: Uint8Array | null
}

const views = sources<Seen>()

function beginLooking(view: View): Begin<Seen> {
  return (ring, signal) => {
    const seen: Seen = { frame: null }
    const tell = (frame: Uint8Array) => {
      seen.frame = frame
      ring()
    }
    return { view: seen, done: lookAgain(view, signal, tell) }
  }
}

async function lookAgain({ holdfast, event, look, ...pacing }: View, stop: AbortSignal, tell: (frame: Uint8Array) => void): Promise<void> {
  const signal = AbortSignal.any([stop, holdfast.closing])
  let told = ''
  for await (const _ of changes(holdfast, { ...pacing, signal })) {
    const data = await look()
    const now = JSON.stringify(data)
    if (data === null || now === told) continue
    told = now
    tell(encodeEvents([{ event, data }]))
  }
}
