// Server-sent events over fetch, with reconnects and an honest account of the connection. Knows no event by name.
import { mayWorkLater } from './client-error.ts'
import { eventParser, type StreamEvent } from './event-parser.ts'

export type { StreamEvent } from './event-parser.ts'

/** How things stand between this program and the server. */
export interface Connection {
  /** `reconnecting`: just lost, tried again soon. `offline`: lost, and several tries have failed. */
  state: 'live' | 'reconnecting' | 'offline'
  /** When the server was last heard; null if never. What is shown is true as of then. */
  heardAt: number | null
  /** When the next try begins; null while live or trying. */
  retryAt: number | null
}

export interface EventStream {
  /** The same text, the same stream. */
  key: string
  /** Asks for it; with the number of the last event that came, where its events have numbers. */
  open(signal: AbortSignal, after: number): Promise<Response>
  /** Number of the last event that need not come; 0 if absent. */
  after?: number | undefined
  /** Events that came in one piece. Returns true when the stream has come to its end. */
  onEvents(events: StreamEvent[]): boolean
  onState?: ((connection: Connection) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface Pace {
  /** Waits before the first, second … try; the last one repeats. */
  retryDelaysMs: readonly number[]
  /** Without a byte for this long a connection counts as lost. The server pings every 15 s. */
  silenceMs: number
}

/** The server's own `retry:` is for EventSource, which cannot back off; we can. */
export const defaultPace: Pace = { retryDelaysMs: [1_000, 2_000, 5_000, 10_000, 30_000], silenceMs: 45_000 }

const triesBeforeOffline = 3

/** How a stream is followed; another one can let several pages share a connection. It resolves and throws as `followEvents` does. */
export type Follow = (stream: EventStream, pace: Pace) => Promise<void>

/** Resolves at the end of the stream or when aborted. @throws HoldfastClientError that trying again cannot mend */
export async function followEvents(stream: EventStream, pace: Pace): Promise<void> {
  const { signal } = stream
  const account = connectionAccount(stream.onState)
  let head = stream.after ?? 0
  const onEvents = (events: StreamEvent[]) => {
    head = events.findLast(({ id }) => id !== undefined)?.id ?? head
    return stream.onEvents(events)
  }
  const open = (opening: AbortSignal) => stream.open(opening, head)
  while (!signal?.aborted) {
    try {
      if (await readOnce({ open, onEvents, signal }, account.heard, pace.silenceMs)) return
    } catch (error) {
      if (!signal?.aborted && !mayWorkLater(error)) throw error
    }
    if (signal?.aborted) return
    await pause(account.lost(pace.retryDelaysMs), signal)
    if (!signal?.aborted) account.trying()
  }
}

interface Account {
  heard(): void
  /** Milliseconds to wait before the next try. */
  lost(retryDelaysMs: readonly number[]): number
  trying(): void
}

/** Only a byte from the server makes a connection live: a port that opens and says nothing is not. */
function connectionAccount(tell: (connection: Connection) => void = () => {}): Account {
  let heardAt: number | null = null
  let failures = 0
  let live = false
  const tellLost = (retryAt: number | null) => tell({ state: failures > triesBeforeOffline ? 'offline' : 'reconnecting', heardAt, retryAt })
  return {
    heard: () => {
      heardAt = Date.now()
      failures = 0
      if (!live) tell({ state: 'live', heardAt, retryAt: null })
      live = true
    },
    lost: (retryDelaysMs) => {
      live = false
      failures += 1
      const waitMs = retryDelaysMs[Math.min(failures, retryDelaysMs.length) - 1] ?? 0
      tellLost(Date.now() + waitMs)
      return waitMs
    },
    trying: () => tellLost(null),
  }
}

interface Reading extends Pick<EventStream, 'onEvents' | 'signal'> {
  open(signal: AbortSignal): Promise<Response>
}

/** One connection from its opening to its loss. True when the stream said that it is complete. */
async function readOnce(stream: Reading, heard: () => void, silenceMs: number): Promise<boolean> {
  const connection = new AbortController()
  const watch = silenceWatch(() => connection.abort(new Error('The server went silent')), silenceMs)
  const parse = eventParser()
  try {
    const response = await stream.open(stream.signal ? AbortSignal.any([stream.signal, connection.signal]) : connection.signal)
    for await (const piece of textOf(response)) {
      watch.heard()
      heard()
      const events = parse(piece)
      if (events.length > 0 && stream.onEvents(events)) return true
    }
    return false
  } finally {
    watch.stop()
    connection.abort()
  }
}

async function* textOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield decoder.decode(value, { stream: true })
  }
}

/** A connection can die without a word (a laptop asleep, a cable pulled), so silence is measured. */
function silenceWatch(onSilence: () => void, silenceMs: number): { heard(): void; stop(): void } {
  let timer = setTimeout(onSilence, silenceMs)
  return {
    heard: () => {
      clearTimeout(timer)
      timer = setTimeout(onSilence, silenceMs)
    },
    stop: () => clearTimeout(timer),
  }
}

export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
}
