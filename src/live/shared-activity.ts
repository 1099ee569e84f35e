// The stream of what is going on, one for all tabs of a browser: the tab that leads has it, asks for what all of them want, and tells them.
// Knows nothing of who looks at it.
import type { Activity, ActivityFilter, Connection } from '../client/index.ts'
import { HoldfastClientError } from '../client/index.ts'
import type { LiveClient } from './live.ts'
import { joinTabs, type Tabs } from './tabs.ts'
import { covers, together } from './wants.ts'

export interface SharedActivity {
  /** From now on what is told holds this too. The first time it begins. */
  follow(filter: ActivityFilter): void
  /** Nothing is asked for any more, until it is followed again. Other tabs go on. */
  rest(): void
  isFollowing(): boolean
  /** Tells the other tabs that something may be active now. */
  wake(): void
  /** A connection that is lost is tried again at once. */
  hurry(): void
  close(): void
}

export interface ActivityHooks {
  onActivity(activity: Activity, asked: ActivityFilter): void
  onConnection(connection: Connection): void
  /** Another tab has started something. */
  onWoke(): void
  /** The server will not have it; it rests by then. */
  onRefused(error: unknown): void
}

/** What tabs say to each other. */
type Said =
  // What this tab wants to be told of; null when it leaves.
  | { want: ActivityFilter | null }
  // Whoever has begun to lead asks for that.
  | { call: true }
  | { woke: true }
  | { activity: Activity; asked: ActivityFilter; connection: Connection | null }
  | { connection: Connection }

/** What tabs want is waited for, so that it is asked for together. */
const gatherMs = 30
/** So often tabs are asked what they want; one that has not answered since the last time is gone. */
const callMs = 30_000

export function shareActivity(client: LiveClient, name: string, hooks: ActivityHooks): SharedActivity {
  return new Sharing(client, name, hooks)
}

class Sharing implements SharedActivity {
  readonly #client: LiveClient
  readonly #hooks: ActivityHooks
  readonly #tabs: Tabs<Said>
  #filter: ActivityFilter | null = null
  /** What the other tabs want, as far as this one leads. */
  readonly #others = new Map<string, { want: ActivityFilter; isHeard: boolean }>()
  #stream: AbortController | null = null
  #asked: ActivityFilter = {}
  #told: Activity | null = null
  #connection: Connection | null = null
  #gather: ReturnType<typeof setTimeout> | undefined
  #calling: ReturnType<typeof setInterval> | undefined

  constructor(client: LiveClient, name: string, hooks: ActivityHooks) {
    this.#client = client
    this.#hooks = hooks
    this.#tabs = joinTabs<Said>(name, {
      onLead: () => {
        this.#call()
        this.#calling = setInterval(() => this.#call(), callMs)
        this.#open()
      },
      onLeave: () => this.#tabs.say({ want: null }),
      onYield: () => {
        this.#close()
        this.#tabs.say({ want: this.#filter })
      },
      onMessage: (said, from) => this.#hear(said, from),
    })
  }

  follow(filter: ActivityFilter): void {
    this.#filter = filter
    this.#tabs.stand()
    if (!this.#tabs.leads()) this.#tabs.say({ want: filter })
    else if (!covers(this.#asked, this.#all())) this.#open()
  }

  rest(): void {
    if (this.#filter === null) return
    this.#filter = null
    this.#close()
    this.#tabs.say({ want: null })
    this.#tabs.rest()
  }

  isFollowing(): boolean {
    return this.#filter !== null
  }

  wake(): void {
    this.#tabs.say({ woke: true })
  }

  hurry(): void {
    if (!this.#tabs.leads()) this.#answer()
    else if (this.#connection?.state !== 'live') this.#open()
  }

  close(): void {
    this.rest()
    this.#tabs.close()
  }

  #hear(said: Said, from: string): void {
    if ('woke' in said) this.#hooks.onWoke()
    else if ('call' in said) this.#answer()
    else if ('want' in said) this.#hearWant(said.want, from)
    else if (this.#tabs.leads()) return
    else {
      if (said.connection !== null) this.#hooks.onConnection(said.connection)
      if ('activity' in said) this.#hooks.onActivity(said.activity, said.asked)
    }
  }

  #call(): void {
    for (const [tab, other] of this.#others) {
      if (!other.isHeard) this.#others.delete(tab)
      other.isHeard = false
    }
    this.#tabs.say({ call: true })
  }

  #answer(): void {
    if (this.#filter !== null) this.#tabs.say({ want: this.#filter })
  }

  #hearWant(want: ActivityFilter | null, from: string): void {
    if (want === null) this.#others.delete(from)
    else this.#others.set(from, { want, isHeard: true })
    if (want === null || !this.#tabs.leads()) return
    if (!covers(this.#asked, this.#all())) this.#open()
    else if (this.#told !== null) this.#tabs.say({ activity: this.#told, asked: this.#asked, connection: this.#connection })
  }

  #all(): ActivityFilter {
    return together([this.#filter ?? {}, ...[...this.#others.values()].map(({ want }) => want)])
  }

  #open(): void {
    clearTimeout(this.#gather)
    this.#gather = setTimeout(() => void this.#watch(), gatherMs)
  }

  async #watch(): Promise<void> {
    if (!this.#tabs.leads()) return
    this.#stream?.abort()
    const stream = new AbortController()
    const asked = this.#all()
    this.#stream = stream
    this.#asked = asked
    try {
      await this.#client.watchActivity(asked, {
        signal: stream.signal,
        onActivity: (activity) => {
          this.#told = activity
          this.#tabs.say({ activity, asked, connection: this.#connection })
          this.#hooks.onActivity(activity, asked)
        },
        onState: (connection) => {
          this.#connection = connection
          this.#tabs.say({ connection })
          this.#hooks.onConnection(connection)
        },
      })
    } catch (error) {
      if (stream.signal.aborted) return
      // What another tab wants may be what is wrong.
      if (this.#others.size > 0 && error instanceof HoldfastClientError && error.status === 400) {
        this.#others.clear()
        this.#open()
        return
      }
      this.rest()
      this.#hooks.onRefused(error)
    }
  }

  #close(): void {
    clearTimeout(this.#gather)
    clearInterval(this.#calling)
    this.#stream?.abort()
    this.#stream = null
    this.#told = null
    this.#asked = {}
    this.#connection = null
    this.#others.clear()
  }
}
