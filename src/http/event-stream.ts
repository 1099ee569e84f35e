// One reader of server-sent events: framing, pings, and a bound on what waits for it. Knows nothing of jobs.
import { HoldfastError } from '../supervisor/errors.ts'
import type { Logger } from '../supervisor/logger.ts'
import { httpBounds } from './bounds.ts'

export interface ServerEvent {
  event: string
  data: unknown
  /** Where a reader goes on after a break; only events that can be resumed have one. */
  id?: number
}

export interface EventSink {
  /** Aborted when the reader has gone, or was dropped. */
  readonly signal: AbortSignal
  /** Resolves when there is room for more, so that a slow reader slows its own producer and nothing else. */
  send(events: readonly ServerEvent[]): Promise<void>
  /** Takes what `encodeEvents` made, which many readers may share. False: wait for room before the next. */
  put(frames: Uint8Array): boolean
  room(): Promise<void>
}

export interface EventReader {
  signal: AbortSignal
  logger: Logger
  /** Ends the connection of a reader that takes nothing; the stream alone cannot, because the socket waits too. */
  drop?: () => void
  stuckMs?: number
  pingMs?: number
}

export const eventHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  // Asks nginx not to collect events before passing them on.
  'x-accel-buffering': 'no',
}

/** The answer whose events `produce` sends. It ends when `produce` returns, fails, or the reader goes. */
export function eventStream(reader: EventReader, produce: (sink: EventSink) => Promise<void>): Response {
  const stream = new EventStream(reader)
  void stream.run(produce)
  return new Response(stream.body, { headers: eventHeaders })
}

/** Frames of the event stream format. JSON holds no line break, so one `data:` line is enough. */
export function formatEvent({ event, data, id }: ServerEvent): string {
  const number = id === undefined ? '' : `id: ${id}\n`
  return `event: ${event}\n${number}data: ${JSON.stringify(data)}\n\n`
}

export function encodeEvents(events: readonly ServerEvent[]): Uint8Array {
  return encoder.encode(events.map(formatEvent).join(''))
}

const encoder = new TextEncoder()
const beginning = encoder.encode(`retry: ${httpBounds.reconnectMs}\n\n`)
const ping = encoder.encode(': ping\n\n')

class EventStream implements EventSink {
  readonly body: ReadableStream<Uint8Array>
  readonly #reader: EventReader
  readonly #gone = new AbortController()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  /** Pending while the buffer is full; shared by all who wait. */
  #full: PromiseWithResolvers<void> | null = null

  constructor(reader: EventReader) {
    this.#reader = reader
    this.signal.addEventListener('abort', () => this.#proceed())
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#proceed(),
        cancel: () => this.#gone.abort(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: httpBounds.streamBufferBytes }),
    )
  }

  get signal(): AbortSignal {
    return this.#gone.signal
  }

  async run(produce: (sink: EventSink) => Promise<void>): Promise<void> {
    const leave = () => this.#gone.abort()
    this.#reader.signal.addEventListener('abort', leave)
    if (this.#reader.signal.aborted) leave()
    const pings = setInterval(() => this.#hasRoom() && this.#controller?.enqueue(ping), this.#reader.pingMs ?? httpBounds.pingMs).unref()
    try {
      this.put(beginning)
      await produce(this)
    } catch (error) {
      if (!this.signal.aborted && !isClosing(error) && isNew(error)) {
        this.#reader.logger.error('An event stream ended early; its reader will come back.', { error })
      }
    } finally {
      clearInterval(pings)
      this.#reader.signal.removeEventListener('abort', leave)
      this.#close()
    }
  }

  async send(events: readonly ServerEvent[]): Promise<void> {
    let text = ''
    for (const event of events) {
      text += formatEvent(event)
      if (text.length < httpBounds.streamWriteChars) continue
      if (!this.put(encoder.encode(text))) await this.room()
      text = ''
    }
    if (text !== '' && !this.put(encoder.encode(text))) await this.room()
  }

  put(frames: Uint8Array): boolean {
    this.signal.throwIfAborted()
    this.#controller?.enqueue(frames)
    return this.#hasRoom()
  }

  async room(): Promise<void> {
    if (this.#hasRoom()) return
    this.#full ??= Promise.withResolvers<void>()
    const stuck = setTimeout(() => this.#drop(), this.#reader.stuckMs ?? httpBounds.streamStuckMs).unref()
    await this.#full.promise
    clearTimeout(stuck)
    this.signal.throwIfAborted()
  }

  #proceed(): void {
    this.#full?.resolve()
    this.#full = null
  }

  #drop(): void {
    if (this.signal.aborted) return
    this.#reader.logger.warn('An event stream was dropped because its reader took nothing; it can go on from its last event.')
    this.#gone.abort()
    this.#reader.drop?.()
  }

  #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0
  }

  #close(): void {
    this.#gone.abort()
    try {
      this.#controller?.close()
    } catch {
      // The reader cancelled first, which closed it.
    }
  }
}

const told = new WeakSet<object>()

/** Many readers share what they read, and so what goes wrong with it; it is told once. */
function isNew(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true
  if (told.has(error)) return false
  told.add(error)
  return true
}

/** Holdfast was closed while the stream was open: nothing is wrong. */
function isClosing(error: unknown): boolean {
  // A wait that was ended by the closing has it as its cause.
  const reason = error instanceof Error && error.name === 'AbortError' ? error.cause : error
  return reason instanceof HoldfastError && reason.code === 'closed'
}
