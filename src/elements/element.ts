// What all elements have in common: a shadow root, a Live, attributes, events, and that they can be moved, removed and put back. Knows no view.
import { h, render, type VNode } from 'preact'
import type { Wanted } from '../live/live.ts'
import { apiAddress } from './api-address.ts'
import type { Live } from './element-client.ts'
import type { EventDetails } from './events.ts'
import { borrowLive, giveBackLive } from './live-of.ts'
import { commonSheets, sheetOf } from './sheets.ts'

/** On a server there are no elements; then importing this does nothing. */
const Plain = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

export abstract class HoldfastElement extends Plain {
  #root: ShadowRoot | null = null
  #tie: Tie | null = null
  #isDue = false
  #turn = 0

  connectedCallback(): void {
    this.#adoptProperties()
    this.redraw()
  }

  disconnectedCallback(): void {
    // Who is moved is put back in the same turn, and keeps all it has.
    queueMicrotask(() => !this.isConnected && this.#untie())
  }

  /** Its being there makes `moveBefore` leave the element as it is. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(): void {
    this.redraw()
  }

  /** Several changes of one turn are drawn once. */
  redraw(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      if (!this.isConnected) return
      const tie = this.#tied()
      if (tie === null) return render(h('p', { part: 'reason', role: 'alert' }, '`api` is no address.'), this.#shadow())
      this.#want(tie)
      this.#turn += 1
      render(this.view({ host: this, live: tie.live, api: tie.api, turn: this.#turn }), this.#shadow())
    })
  }

  attribute(name: string): string | null {
    const value = this.getAttribute(name)?.trim()
    return value === undefined || value === '' ? null : value
  }

  /** False when a listener said to let it be. */
  tell<Name extends keyof EventDetails>(name: Name, detail: EventDetails[Name], cancelable = false): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable }))
  }

  /** Style sheets of a part that came later. */
  adopt(css: readonly string[]): void {
    const { adoptedStyleSheets } = this.#shadow()
    const fresh = css.map(sheetOf).filter((sheet) => !adoptedStyleSheets.includes(sheet))
    if (fresh.length > 0) adoptedStyleSheets.push(...fresh)
  }

  /** Looks again now; for pages that have changed something in another way. */
  refresh(): Promise<void> {
    return this.#tie?.live.refresh() ?? Promise.resolve()
  }

  /** It is told of changes also while nobody sees the page. */
  protected isToldHidden(): boolean {
    return false
  }

  /** What the live view should hold for it. */
  protected abstract wants(live: Live): Wanted[]

  protected abstract view(props: ViewProps): VNode

  #shadow(): ShadowRoot {
    if (this.#root === null) {
      this.#root = this.attachShadow({ mode: 'open' })
      this.#root.adoptedStyleSheets = commonSheets()
    }
    return this.#root
  }

  #tied(): Tie | null {
    const api = apiAddress(this.attribute('api'))
    if (this.#tie?.api === api) return this.#tie
    this.#untie()
    if (api === null) return null
    const live = borrowLive(api)
    this.#tie = { api, live, wanted: new Map(), leave: live.subscribe(() => this.redraw(), { evenHidden: this.isToldHidden() }) }
    return this.#tie
  }

  #untie(): void {
    if (this.#tie === null) return
    const { api, wanted, leave } = this.#tie
    for (const giveUp of wanted.values()) giveUp()
    leave()
    giveBackLive(api)
    this.#tie = null
    // Timers and listeners of the view end with it.
    if (this.#root !== null && !this.isConnected) render(null, this.#root)
  }

  #want({ live, wanted }: Tie): void {
    const before = new Map(wanted)
    wanted.clear()
    for (const each of this.wants(live)) {
      const key = JSON.stringify(each)
      wanted.set(key, before.get(key) ?? live.want(each))
      before.delete(key)
    }
    for (const giveUp of before.values()) giveUp()
  }

  /** What a page has set before this script came stands in the way of the accessors. */
  #adoptProperties(): void {
    for (const name of Object.keys(this)) {
      if (!(name in Object.getPrototypeOf(this))) continue
      const value: unknown = Reflect.get(this, name)
      Reflect.deleteProperty(this, name)
      Reflect.set(this, name, value)
    }
  }
}

/** What every view is given. */
export interface ViewProps {
  host: HoldfastElement
  live: Live
  api: string
  /** Another one each time: what `live` knows has changed, though it is the same object. With signals on the page, Preact leaves views with the same props alone. */
  turn: number
}

interface Tie {
  api: string
  live: Live
  wanted: Map<string, () => void>
  leave: () => void
}
