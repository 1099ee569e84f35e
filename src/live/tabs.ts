// The tabs of one browser that want the same: one of them leads, the others listen to what it says. Knows no jobs and no server.
// By BroadcastChannel alone: Web Locks exist only where a page came over https. Two leaders for a moment cost a connection and nothing else.

export interface Tabs<Message> {
  /** Leads, or waits until whoever leads is gone. */
  stand(): void
  /** Neither leads nor waits; still hears what is said. */
  rest(): void
  leads(): boolean
  /** To all the others. */
  say(message: Message): void
  close(): void
}

export interface TabHooks<Message> {
  onLead(): void
  /** It led, and another one does now. */
  onYield(): void
  /** The page goes away. It may come back as it was. */
  onLeave?(): void
  onMessage(message: Message, from: string): void
}

export interface TabPace {
  /** A leader answers within this time. */
  answerMs: number
  /** And says that it is there so often. */
  beatMs: number
  /** Silence after which another one leads. */
  lostMs: number
}

const usualPace: TabPace = { answerMs: 60, beatMs: 1_000, lostMs: 3_500 }

type Post<Message> = { from: string } & ({ sort: 'ask' | 'claim' | 'lead' | 'bye' } | { sort: 'say'; message: Message })

/** Alone where the browser has no channels: then it leads at once. */
export function joinTabs<Message>(name: string, hooks: TabHooks<Message>, pace = usualPace): Tabs<Message> {
  return typeof BroadcastChannel === 'undefined' ? onlyTab(hooks) : new Tab(name, hooks, pace)
}

function onlyTab<Message>({ onLead }: TabHooks<Message>): Tabs<Message> {
  let isLeader = false
  return {
    stand: () => {
      if (isLeader) return
      isLeader = true
      onLead()
    },
    rest: () => {
      isLeader = false
    },
    leads: () => isLeader,
    say: () => {},
    close: () => {
      isLeader = false
    },
  }
}

class Tab<Message> implements Tabs<Message> {
  readonly #id = newId()
  readonly #channel: BroadcastChannel
  readonly #hooks: TabHooks<Message>
  readonly #pace: TabPace
  #state: 'resting' | 'waiting' | 'claiming' | 'leading' = 'resting'
  #leader: string | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(name: string, hooks: TabHooks<Message>, pace: TabPace) {
    this.#hooks = hooks
    this.#pace = pace
    this.#channel = new BroadcastChannel(name)
    this.#channel.onmessage = ({ data }: MessageEvent<Post<Message>>) => this.#hear(data)
    // In Node a channel keeps the process alive; a page has no such thing.
    ;(this.#channel as { unref?: () => void }).unref?.()
    globalThis.addEventListener?.('pagehide', this.#leave)
  }

  stand(): void {
    if (this.#state !== 'resting') return
    this.#state = 'waiting'
    this.#post({ sort: 'ask' })
    this.#claimAfter(this.#pace.answerMs)
  }

  rest(): void {
    if (this.#state === 'leading') this.#post({ sort: 'bye' })
    this.#state = 'resting'
    clearTimeout(this.#timer)
  }

  leads(): boolean {
    return this.#state === 'leading'
  }

  say(message: Message): void {
    this.#post({ sort: 'say', message })
  }

  close(): void {
    this.rest()
    this.#channel.close()
    globalThis.removeEventListener?.('pagehide', this.#leave)
  }

  // A page that leaves may come back as it was, and stands then as one that has come late.
  readonly #leave = () => {
    this.#hooks.onLeave?.()
    if (this.#state !== 'leading') return
    this.#post({ sort: 'bye' })
    this.#wait()
    this.#hooks.onYield()
  }

  #hear(post: Post<Message>): void {
    if (post.sort === 'say') this.#hooks.onMessage(post.message, post.from)
    else if (post.sort === 'lead') this.#hearLeader(post.from)
    else if (this.#state === 'leading') this.#post({ sort: 'lead' })
    else if (post.sort === 'claim') this.#hearClaim(post.from)
    else if (post.sort === 'bye' && post.from === this.#leader && this.#state === 'waiting') this.#claimAfter(this.#soon())
  }

  #hearLeader(from: string): void {
    this.#leader = from
    if (this.#state === 'resting') return
    if (this.#state === 'leading' && from > this.#id) {
      this.#post({ sort: 'lead' })
      return
    }
    const isOver = this.#state === 'leading'
    this.#wait()
    if (isOver) this.#hooks.onYield()
  }

  // Of two that claim at once the smaller name leads.
  #hearClaim(from: string): void {
    if (this.#state === 'resting') return
    if (this.#state === 'claiming' && from > this.#id) {
      this.#post({ sort: 'claim' })
      return
    }
    this.#state = 'waiting'
    this.#claimAfter(this.#pace.answerMs * 2)
  }

  #wait(): void {
    this.#state = 'waiting'
    this.#claimAfter(this.#pace.lostMs)
  }

  /** Not all at once. */
  #soon(): number {
    return Math.random() * this.#pace.answerMs
  }

  #claimAfter(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#state = 'claiming'
      this.#post({ sort: 'claim' })
      this.#timer = setTimeout(() => this.#lead(), this.#pace.answerMs / 2)
    }, ms)
  }

  #lead(): void {
    this.#state = 'leading'
    this.#leader = this.#id
    this.#beat()
    this.#hooks.onLead()
  }

  #beat(): void {
    this.#post({ sort: 'lead' })
    this.#timer = setTimeout(() => this.#beat(), this.#pace.beatMs)
  }

  #post(post: { sort: 'ask' | 'claim' | 'lead' | 'bye' } | { sort: 'say'; message: Message }): void {
    this.#channel.postMessage({ ...post, from: this.#id })
  }
}

// crypto.randomUUID is for https only.
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-')
}
