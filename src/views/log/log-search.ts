// Looking for a text in a whole log, on the server: from where the reader stands to the end, then back to the beginning, as far as it has come.
// Knows numbers of lines, not how they look.
import { batch, signal } from '@preact/signals'
import type { LogLine } from '../../client/index.ts'
import { plain } from './ansi-pieces.ts'
import { type LoadLog, pageLines } from './log-window.ts'

/** More places are in nobody's mind: the search ends there, and says so. */
export const mostHits = 10_000

/** Lines that have been looked through, both ends included. */
interface Stretch {
  from: number
  to: number
}

export class LogSearch {
  /** What is looked for; empty: nothing. */
  readonly text = signal('')
  /** Numbers of the lines that have it, in order. */
  readonly hits = signal<number[]>([])
  /** The line that was gone to. */
  readonly current = signal<number | null>(null)
  readonly busy = signal(false)
  /** Part of the log that has been looked through, 0 to 1. */
  readonly searched = signal(0)
  /** Why it ended before its end. */
  readonly stopped = signal<'by hand' | 'full' | 'trouble' | null>(null)

  readonly #load: LoadLog
  #stop = new AbortController()
  #stretch: Stretch = { from: 0, to: 0 }
  #lastSeq = 0

  constructor(load: LoadLog) {
    this.#load = load
  }

  /** Resolves at the end of the search. `onFirst`: the first place at or after `from`, or before it where there is none, as soon as it is known. */
  async start(text: string, from: number, onFirst: (seq: number) => void): Promise<void> {
    this.#stop.abort()
    const stop = new AbortController()
    this.#stop = stop
    batch(() => {
      this.text.value = text
      this.hits.value = []
      this.current.value = null
      this.searched.value = 0
      this.stopped.value = null
      this.busy.value = text !== ''
    })
    if (text === '') return
    this.#stretch = { from, to: from - 1 }
    const go = (seq: number | undefined) => {
      if (seq === undefined || this.current.value !== null) return
      this.current.value = seq
      onFirst(seq)
    }
    for await (const side of this.#pages(stop.signal)) go(side === 'after' ? this.hits.value[0] : this.hits.value.at(-1))
    if (this.#stop === stop) this.busy.value = false
  }

  /** Stops looking; what was found stays. */
  abort(): void {
    if (!this.busy.value) return
    this.#stop.abort()
    batch(() => {
      this.busy.value = false
      this.stopped.value = 'by hand'
    })
  }

  clear(): void {
    void this.start('', 1, () => {})
  }

  /** The next place, or the one before; round at the ends. Null: there is none. */
  step(by: 1 | -1): number | null {
    const { value: hits } = this.hits
    if (hits.length === 0) return null
    const { value: current } = this.current
    const place = current === null ? (by === 1 ? -1 : 0) : hits.indexOf(current)
    this.current.value = hits[(place + by + hits.length) % hits.length] ?? null
    return this.current.value
  }

  /** Lines as they come, once the search has come to the end. */
  take(lines: readonly LogLine[]): void {
    const wanted = this.text.value.toLowerCase()
    if (wanted === '' || this.busy.value || this.stopped.value !== null) return
    const fresh = lines.filter(({ seq, text }) => seq > this.#stretch.to && plain(text).toLowerCase().includes(wanted))
    this.#stretch.to = Math.max(this.#stretch.to, lines.at(-1)?.seq ?? 0)
    if (fresh.length > 0) this.hits.value = [...this.hits.value, ...fresh.map(({ seq }) => seq)].slice(0, mostHits)
  }

  async *#pages(signal: AbortSignal): AsyncGenerator<'after' | 'before'> {
    for (const side of ['after', 'before'] as const) {
      for (let isOver = false; !isOver && !signal.aborted; ) {
        const cursor = side === 'after' ? this.#stretch.to : this.#stretch.from
        const page = await this.#load({ [side]: cursor, q: this.text.value, limit: pageLines }).catch(() => null)
        if (signal.aborted) return
        if (page === null) return this.#end('trouble')
        this.#lastSeq = Math.max(this.#lastSeq, page.lastSeq)
        const found = page.lines.map(({ seq }) => seq)
        const searched = page.searched ?? null
        batch(() => {
          this.hits.value = side === 'after' ? [...this.hits.value, ...found] : [...found, ...this.hits.value]
          if (side === 'after') this.#stretch.to = Math.max(this.#stretch.to, searched ?? page.lastSeq)
          else this.#stretch.from = searched ?? 1
          this.searched.value = Math.min(1, (this.#stretch.to - this.#stretch.from + 1) / Math.max(1, this.#lastSeq))
        })
        yield side
        if (this.hits.value.length >= mostHits) return this.#end('full')
        isOver = searched === null || (side === 'before' && searched <= 1)
      }
    }
  }

  #end(why: 'full' | 'trouble'): void {
    this.stopped.value = why
  }
}
