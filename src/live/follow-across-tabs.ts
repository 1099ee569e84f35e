// A `Follow` for pages: of all tabs that want the same stream one has the connection, and the others get what comes over it. Knows no event by name.
// A tab that has missed something has a connection of its own until it has caught up. A page that has been hidden for a while has none; it goes on from
// where it was when it is seen again.
import { type Connection, type Follow, followEvents, type Pace, type StreamEvent } from '../client/event-stream.ts'
import type { EventStream } from '../client/index.ts'
import { type Slot, takeSlot } from './slots.ts'
import { joinTabs, type Tabs } from './tabs.ts'
import { watchPage } from './wake.ts'

export const followAcrossTabs: Follow = (stream, pace) => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if (stream.signal?.aborted) resolve()
  else new Following(stream, pace, (error) => (error === undefined ? resolve() : reject(error)))
  return promise
}

/** What tabs say to each other. */
type Said =
  // A tab that has come, with the last number that it has.
  | { hello: number }
  // From whoever leads: events after the number `from`, or the newest views for one that has come.
  | { events: StreamEvent[]; from: number }
  | { connection: Connection }

class Following {
  readonly #stream: EventStream
  readonly #pace: Pace
  readonly #over: (error?: unknown) => void
  readonly #tabs: Tabs<Said>
  /** The newest of each sort of event without a number. */
  readonly #views = new Map<string, StreamEvent>()
  #head: number
  /** The last number that whoever leads had. */
  #led = 0
  #connection: Connection | null = null
  #own: AbortController | null = null
  #slot: Slot | null = null
  #isAsleep = false
  readonly #unwatch: () => void

  constructor(stream: EventStream, pace: Pace, over: (error?: unknown) => void) {
    this.#stream = stream
    this.#pace = pace
    this.#over = over
    this.#head = stream.after ?? 0
    this.#tabs = joinTabs<Said>(`holdfast stream ${stream.key}`, {
      onLead: () => this.#open(),
      onYield: () => this.#close(),
      onMessage: (said) => this.#hear(said),
    })
    stream.signal?.addEventListener('abort', this.#abort)
    this.#unwatch = watchPage({ onWake: () => this.#stand(), onSleep: () => this.#rest() })
    this.#stand()
  }

  #stand(): void {
    this.#isAsleep = false
    this.#tabs.stand()
    this.#tabs.say({ hello: this.#head })
  }

  #rest(): void {
    this.#isAsleep = true
    this.#close()
    this.#tabs.rest()
  }

  readonly #abort = () => this.#end()

  #hear(said: Said): void {
    if ('hello' in said) this.#greet()
    else if (this.#tabs.leads()) return
    else if ('connection' in said) this.#tell(said.connection)
    else {
      this.#led = Math.max(said.from, ...said.events.map(({ id }) => id ?? 0))
      if (said.from > this.#head) this.#open()
      else this.#deliver(said.events)
    }
  }

  #greet(): void {
    if (!this.#tabs.leads()) return
    this.#tabs.say({ events: [...this.#views.values()], from: this.#head })
    if (this.#connection !== null) this.#tabs.say({ connection: this.#connection })
  }

  #open(): void {
    if (this.#slot !== null || this.#isAsleep) return
    this.#slot = takeSlot(
      () => void this.#follow(),
      () => {
        this.#close()
        this.#open()
      },
    )
  }

  async #follow(): Promise<void> {
    const own = new AbortController()
    this.#own = own
    const { key, open } = this.#stream
    const following = { key, open, after: this.#head, onEvents: (events: StreamEvent[]) => this.#take(events), signal: own.signal }
    try {
      await followEvents({ ...following, onState: (connection) => this.#hearState(connection) }, this.#pace)
      if (!own.signal.aborted) this.#end()
    } catch (error) {
      if (!own.signal.aborted) this.#end(error)
    }
  }

  /** What came over this tab's own connection. */
  #take(events: StreamEvent[]): boolean {
    const from = this.#head
    const isLeader = this.#tabs.leads()
    if (isLeader) this.#tabs.say({ events, from })
    const isOver = this.#deliver(events)
    if (!isLeader && this.#head >= this.#led) this.#close()
    return isOver
  }

  #hearState(connection: Connection): void {
    if (!this.#tabs.leads()) return
    this.#connection = connection
    this.#tabs.say({ connection })
    this.#tell(connection)
  }

  #tell(connection: Connection): void {
    this.#stream.onState?.(connection)
  }

  /** Each numbered event once. True at the end of the stream. */
  #deliver(events: StreamEvent[]): boolean {
    const fresh = events.filter(({ id }) => id === undefined || id > this.#head)
    for (const event of fresh) {
      if (event.id === undefined) this.#views.set(event.name, event)
      else this.#head = event.id
    }
    if (fresh.length === 0 || !this.#stream.onEvents(fresh)) return false
    this.#end()
    return true
  }

  #close(): void {
    this.#own?.abort()
    this.#own = null
    this.#slot?.free()
    this.#slot = null
  }

  #end(error?: unknown): void {
    this.#stream.signal?.removeEventListener('abort', this.#abort)
    this.#unwatch()
    this.#close()
    this.#tabs.close()
    this.#over(error)
  }
}
