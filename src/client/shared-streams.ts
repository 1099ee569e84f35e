// One connection for all who want the same stream, however many they are: begun by the first, ended when the last has left. Knows no route.
import type { Connection, EventStream, Follow, Pace, StreamEvent } from './event-stream.ts'

export interface WantedStream extends Pick<EventStream, 'key' | 'open' | 'after'> {
  /** The name of the event after which nothing comes. */
  end?: string
}

export interface Listener {
  /** Events that came together, in order; views that are there already when it joins. */
  onEvents(events: StreamEvent[]): void
  /** Whoever joins later fetches what it missed, until `hasAll` says of the last number it has that all further ones will come. */
  catchUp?(hasAll: (last: number) => boolean, over: AbortSignal): Promise<void>
  onState?: ((connection: Connection) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface SharedStreams {
  /** Resolves at the end of the stream, or when aborted. @throws HoldfastClientError that trying again cannot mend; what the listener throws */
  listen(wanted: WantedStream, listener: Listener): Promise<void>
}

interface Shared {
  /** Number of the last event that came. */
  head: number
  /** The newest of each sort of view. */
  views: Map<string, StreamEvent>
  connection: Connection | null
  listeners: Set<Ears>
  /** Also those that still fetch what they missed. */
  readers: number
  stop: AbortController
  over: Promise<void>
}

interface Ears extends Listener {
  /** Events are not for it yet. */
  isBehind: boolean
  leave(error?: unknown): void
}

export function sharedStreams(follow: Follow, pace: Pace): SharedStreams {
  const streams = new Map<string, Shared>()
  return {
    async listen(wanted, listener) {
      if (listener.signal?.aborted) return
      const there = streams.get(wanted.key)
      const shared = there ?? begin(wanted, (stream) => follow(stream, pace))
      if (!there) {
        streams.set(wanted.key, shared)
        const forget = () => streams.get(wanted.key) === shared && streams.delete(wanted.key)
        shared.over.then(forget, forget)
      }
      shared.readers++
      try {
        await take(shared, listener, there !== undefined)
      } finally {
        if (--shared.readers === 0) {
          if (streams.get(wanted.key) === shared) streams.delete(wanted.key)
          shared.stop.abort()
        }
      }
    },
  }
}

function begin({ key, open, after = 0, end }: WantedStream, follow: (stream: EventStream) => Promise<void>): Shared {
  const stop = new AbortController()
  const shared: Shared = {
    head: after,
    views: new Map(),
    connection: null,
    listeners: new Set(),
    readers: 0,
    stop,
    over: Promise.resolve(),
  }
  const onEvents = (events: StreamEvent[]) => {
    for (const event of events) {
      if (event.id === undefined) shared.views.set(event.name, event)
      else shared.head = Math.max(shared.head, event.id)
    }
    tell(shared, (ears) => ears.isBehind || ears.onEvents(events))
    return events.some(({ name }) => name === end)
  }
  const onState = (connection: Connection) => {
    shared.connection = connection
    tell(shared, (ears) => ears.onState?.(connection))
  }
  shared.over = follow({ key, open, after, onEvents, onState, signal: stop.signal })
  return shared
}

// What one of them throws is its own affair.
function tell({ listeners }: Shared, say: (ears: Ears) => void): void {
  for (const ears of [...listeners]) {
    try {
      say(ears)
    } catch (error) {
      ears.leave(error)
    }
  }
}

async function take(shared: Shared, listener: Listener, isLate: boolean): Promise<void> {
  const { signal } = listener
  let leave: Ears['leave'] = () => {}
  const left = new Promise<void>((resolve, reject) => {
    leave = (error) => (error === undefined ? resolve() : reject(error))
  })
  const gone = () => leave()
  const ears: Ears = { ...listener, leave, isBehind: isLate }
  signal?.addEventListener('abort', gone)
  shared.listeners.add(ears)
  try {
    if (isLate) await Promise.race([join(shared, ears), left])
    if (!signal?.aborted) await Promise.race([shared.over, left])
  } finally {
    shared.listeners.delete(ears)
    signal?.removeEventListener('abort', gone)
  }
}

async function join(shared: Shared, ears: Ears): Promise<void> {
  const views = () => shared.views.size > 0 && ears.onEvents([...shared.views.values()])
  if (shared.connection) ears.onState?.(shared.connection)
  views()
  // Nothing can come between what was fetched last and the first event that is told.
  const hasAll = (last: number) => {
    ears.isBehind = last < shared.head
    return !ears.isBehind
  }
  if (!ears.catchUp) return void hasAll(shared.head)
  await ears.catchUp(hasAll, shared.stop.signal)
  views()
}
