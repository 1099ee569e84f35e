// One page's knowledge of the jobs: it asks once, goes along while anything is active, and is silent else. Knows no drawing.
import { mayWorkLater } from '../client/client-error.ts'
import type { ActiveJob, Activity, ActivityFilter, ArtifactView, Connection, KindActivity } from '../client/index.ts'
import { HoldfastClientError } from '../client/index.ts'
import { kept } from './kept.ts'
import { Known } from './known.ts'
import type { Live, LiveClient, Standing, Wanted } from './live.ts'
import { type SharedActivity, shareActivity } from './shared-activity.ts'
import { watchPage } from './wake.ts'
import { covers, isName, isNumber, questions, Wants } from './wants.ts'

export interface LiveOptions<Client extends LiveClient> {
  client: Client
  /** Pages of one browser with the same name share one stream. Default: the address of the server. */
  name?: string
}

const retryDelaysMs = [1_000, 2_000, 5_000, 10_000, 30_000]
/** So long a stream may need to say its first word; else something on the way holds it back, and it is asked again and again. */
const heldBackMs = 20_000
const pollMs = 5_000

type Facts = Omit<Standing, 'state'>

/** Does nothing until somebody subscribes. */
export function openLive<Client extends LiveClient>(options: LiveOptions<Client>): Live<Client> {
  return new PageLive(options)
}

class PageLive<Client extends LiveClient> implements Live<Client> {
  readonly client: Client
  readonly #name: string
  readonly #known = new Known()
  readonly #wants = new Wants()
  /** And whether it wants to be told even on a hidden page. */
  readonly #subscribers = new Map<() => void, boolean>()
  #facts: Facts = { heardAt: null, retryAt: null, error: null, role: null, connection: null }
  #standing: Standing = { state: 'loading', ...this.#facts }
  #shared: SharedActivity | null = null
  #unwatch: () => void = () => {}
  /** Nobody looks at the page. */
  #isAsleep = false
  #looking: Promise<void> | null = null
  #mustLookAgain = false
  #failures = 0
  #aheadMs = 0
  /** By the stream. */
  #timesTold = 0
  /** When it is looked again. */
  #timer: ReturnType<typeof setTimeout> | undefined
  #gather: ReturnType<typeof setTimeout> | undefined
  /** What the stream has no room for is asked for now and then. */
  #besides: ReturnType<typeof setTimeout> | undefined

  constructor({ client, name = client.logTextUrl(0) }: LiveOptions<Client>) {
    this.client = client
    this.#name = `holdfast ${name}`
  }

  subscribe(onChange: () => void, { evenHidden = false } = {}): () => void {
    // The same function twice is two subscribers.
    const subscriber = () => onChange()
    this.#subscribers.set(subscriber, evenHidden)
    if (this.#shared === null) this.#start()
    return () => {
      if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#stop()
    }
  }

  want(wanted: Wanted): () => void {
    const back = this.#wants.add(wanted)
    if (this.#shared !== null) this.#askSoon()
    return back
  }

  activity(): Activity | null {
    return this.#known.activity()
  }

  job(id: number): ActiveJob | null | undefined {
    return isNumber(id) ? this.#known.job(id) : null
  }

  kind(name: string, key?: string): KindActivity | null | undefined {
    return isName(name) ? this.#known.kind(name, key) : null
  }

  artifact(name: string): ArtifactView | null | undefined {
    return isName(name) ? this.#known.artifact(name) : null
  }

  standing(): Standing {
    return this.#standing
  }

  aheadMs(): number {
    return this.#aheadMs
  }

  refresh(): Promise<void> {
    this.#shared?.wake()
    return this.#look()
  }

  #start(): void {
    this.#shared = shareActivity(this.client, this.#name, {
      onActivity: (activity, asked) => this.#isRefused() || this.#told(activity, asked),
      onConnection: (connection) => this.#isRefused() || this.#connected(connection),
      onWoke: () => this.#isRefused() || this.#follow(),
      onRefused: (error) => this.#failed(error),
    })
    this.#unwatch = watchPage({ onWake: () => this.#wake(), onSleep: () => this.#sleep() })
    this.#askSoon()
  }

  #stop(): void {
    this.#shared?.close()
    this.#shared = null
    this.#unwatch()
    for (const timer of [this.#timer, this.#gather, this.#besides]) clearTimeout(timer)
  }

  // Parts of a page come one after the other; they are asked for together.
  #askSoon(): void {
    clearTimeout(this.#gather)
    this.#gather = setTimeout(() => {
      const filter = this.#wants.filter()
      if (this.#shared?.isFollowing()) this.#shared.follow(filter)
      else if (this.activity() === null || !covers(this.#known.asked(), filter)) void this.#look()
    }, 0)
  }

  #look(): Promise<void> {
    this.#mustLookAgain = this.#looking !== null
    this.#looking ??= this.#lookUntilDone().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async #lookUntilDone(): Promise<void> {
    do {
      this.#mustLookAgain = false
      clearTimeout(this.#timer)
      try {
        for (const asked of questions(this.#wants.filter())) {
          const told = this.#timesTold
          const { role, serverTime, summary, active, settled, jobs, kinds, artifacts } = await this.client.activity(asked)
          this.#aheadMs = serverTime - Date.now()
          this.#stand({ role })
          const activity = { summary, active, settled, jobs, kinds, artifacts }
          // Looked at before what the stream has told meanwhile: it would take that back.
          if (told === this.#timesTold) this.#take(activity, asked)
          else this.#stand({}, this.#known.fill(activity, asked))
        }
      } catch (error) {
        this.#failed(error)
      }
    } while (this.#mustLookAgain)
  }

  #told(activity: Activity, asked: ActivityFilter): void {
    this.#timesTold++
    this.#take(activity, asked)
  }

  #take(activity: Activity, asked: ActivityFilter): void {
    this.#failures = 0
    const isNew = this.#known.take(activity, asked, this.#wants.filter())
    if (activity.summary.active > 0) this.#follow()
    else this.#shared?.rest()
    this.#askBesides(asked)
    const connection = this.#shared?.isFollowing() ? this.#facts.connection : null
    this.#stand({ heardAt: Date.now(), retryAt: null, error: null, connection: connection?.heardAt == null ? null : connection }, isNew)
  }

  #askBesides(asked: ActivityFilter): void {
    if (!this.#shared?.isFollowing() || covers(asked, this.#wants.filter())) {
      clearTimeout(this.#besides)
      this.#besides = undefined
      return
    }
    this.#besides ??= setTimeout(() => {
      this.#besides = undefined
      if (this.#shared?.isFollowing()) void this.#look()
    }, pollMs)
  }

  /** Then another tab may see what this one may not, and asks as somebody else. */
  #isRefused(): boolean {
    return this.#standing.state === 'denied'
  }

  #follow(): void {
    if (this.#shared === null || this.#shared.isFollowing() || this.#isAsleep) return
    this.#shared.follow(this.#wants.filter())
    this.#lookLater(heldBackMs)
    this.#stand({})
  }

  #connected(connection: Connection): void {
    // One that never said a word is no news: it may be held back, and what is there is asked in another way.
    if (connection.heardAt === null && this.activity() !== null) {
      if (connection.retryAt !== null && this.#facts.error === null) void this.#look()
      return
    }
    clearTimeout(this.#timer)
    this.#stand({ connection, heardAt: connection.heardAt, retryAt: connection.retryAt })
  }

  #failed(error: unknown): void {
    const isFinal = !mayWorkLater(error)
    const waitMs = retryDelaysMs[Math.min(this.#failures++, retryDelaysMs.length - 1)] ?? pollMs
    if (isFinal) this.#shared?.rest()
    else this.#lookLater(waitMs)
    this.#stand({
      error: error instanceof HoldfastClientError ? error : null,
      retryAt: isFinal ? null : Date.now() + waitMs,
      connection: null,
    })
  }

  #lookLater(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#shared === null || this.#isAsleep) return
      // Before the look, whose answer may do without.
      if (this.#shared.isFollowing()) this.#lookLater(pollMs)
      void this.#look()
    }, ms)
  }

  #wake(): void {
    this.#isAsleep = false
    if (this.#shared?.isFollowing()) this.#shared.hurry()
    else void this.#look()
  }

  #sleep(): void {
    if ([...this.#subscribers.values()].some((evenHidden) => evenHidden)) return
    this.#isAsleep = true
    clearTimeout(this.#timer)
    this.#shared?.rest()
  }

  #stand(facts: Partial<Facts>, isNew = false): void {
    this.#facts = { ...this.#facts, ...facts }
    const standing = kept(this.#standing, { state: this.#state(), ...this.#facts })
    if (standing === this.#standing && !isNew) return
    this.#standing = standing
    for (const subscriber of [...this.#subscribers.keys()]) subscriber()
  }

  #state(): Standing['state'] {
    const { error, connection } = this.#facts
    if (error !== null) return mayWorkLater(error) ? 'lost' : 'denied'
    if (connection !== null && connection.state !== 'live') return 'lost'
    if (this.activity() === null) return 'loading'
    return this.#shared?.isFollowing() ? 'live' : 'quiet'
  }
}
