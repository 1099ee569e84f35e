// How a client is connected, and views that a stream sends again whenever they changed. Knows no route.
import type { Abortable, ClientOptions } from './client.ts'
import { type Connection, defaultPace, followEvents, type Pace, type StreamEvent } from './event-stream.ts'
import { type SharedStreams, sharedStreams } from './shared-streams.ts'
import { createTransport, type Transport } from './transport.ts'

export interface Line {
  transport: Transport
  pace: Pace
  streams: SharedStreams
}

export function openLine(options: ClientOptions): Line {
  const pace: Pace = {
    retryDelaysMs: options.retryDelaysMs ?? defaultPace.retryDelaysMs,
    silenceMs: options.silenceMs ?? defaultPace.silenceMs,
  }
  return { transport: createTransport(options), pace, streams: sharedStreams(options.follow ?? followEvents, pace) }
}

export interface WatchView<View> extends Abortable {
  path: string
  query?: Parameters<Transport['url']>[1]
  event: string
  onView: (view: View) => void
  onState?: (connection: Connection) => void
}

/** Of several views that came together only the last one is of now. */
export function watchView<View>(
  { transport, streams }: Line,
  { path, query = {}, event, onView, onState, signal }: WatchView<View>,
): Promise<void> {
  const onEvents = (events: StreamEvent[]) => {
    const view = events.findLast(({ name }) => name === event)
    if (view !== undefined) onView(view.data as View)
  }
  const open = (opening: AbortSignal) => transport.stream(path, { query, signal: opening })
  return streams.listen({ key: transport.url(path, query), open }, { onEvents, onState, signal })
}
