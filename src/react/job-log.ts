// The lines of a job that a page holds: the last ones, earlier ones as they are asked for, and new ones as they come; never more than a bound.
import type { HoldfastClient, HoldfastClientError, LogLine, Stream, UnfinishedLine } from '../client/index.ts'
import { asClientError } from './asking.ts'

export interface LogOptions {
  id: number
  /** Only these; all if absent. */
  stream?: readonly Stream[] | undefined
  /** Lines that are there at first, and that come with each look further back. */
  tail: number
  /** Lines that are held at most. */
  most: number
  follow: boolean
}

export interface LogView {
  lines: readonly LogLine[]
  /** What the job has begun to write and not ended, such as a progress bar. */
  unfinished: readonly UnfinishedLine[]
  /** There are lines before the first one that is held. */
  hasEarlier: boolean
  /** New lines come by themselves. */
  isFollowing: boolean
  isLoading: boolean
  /** Lines that were held and had to go, because there were more than `most`. */
  dropped: number
  error: HoldfastClientError | null
}

export const noLog: LogView = {
  lines: [],
  unfinished: [],
  hasEarlier: false,
  isFollowing: false,
  isLoading: true,
  dropped: 0,
  error: null,
}

export class JobLog {
  readonly #client: HoldfastClient
  readonly #options: LogOptions
  readonly #listeners = new Set<() => void>()
  #view: LogView = noLog
  /** Number of the newest line that was seen, in whatever stream; null before the first look. */
  #last: number | null = null
  #leaving = new AbortController()
  #earlier: Promise<void> | null = null

  constructor(client: HoldfastClient, options: LogOptions) {
    this.#client = client
    this.#options = options
  }

  view = (): LogView => this.#view

  /** The first subscriber begins it, and after the last has left nothing is asked for. */
  subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange)
    if (this.#listeners.size === 1) {
      this.#leaving = new AbortController()
      void this.#begin(this.#leaving.signal)
    }
    return () => {
      this.#listeners.delete(onChange)
      if (this.#listeners.size === 0) this.#leaving.abort()
    }
  }

  /** Another attempt has begun, and writes more. */
  again(): void {
    if (this.#listeners.size > 0 && this.#last !== null && !this.#view.isFollowing) void this.#follow(this.#leaving.signal)
  }

  loadEarlier = (): Promise<void> => {
    this.#earlier ??= this.#readEarlier(this.#leaving.signal).finally(() => {
      this.#earlier = null
    })
    return this.#earlier
  }

  async #begin(signal: AbortSignal): Promise<void> {
    if (this.#last === null) {
      const page = await this.#read(Number.MAX_SAFE_INTEGER, signal)
      if (page === null) return
      // More may have come between the two numbers.
      this.#last = Math.max(page.lastSeq, page.lines.at(-1)?.seq ?? 0)
      this.#show({ ...page, isLoading: false, error: null })
    }
    await this.#follow(signal)
  }

  async #follow(signal: AbortSignal): Promise<void> {
    if (!this.#options.follow || signal.aborted) return
    this.#show({ isFollowing: true, error: null })
    try {
      await this.#client.followLog(this.#options.id, {
        after: this.#last ?? 0,
        signal,
        onLines: (lines) => this.#take(lines),
        onUnfinished: (unfinished) => this.#show({ unfinished: unfinished.filter((line) => this.#isWanted(line)) }),
      })
      if (!signal.aborted) this.#show({ isFollowing: false, unfinished: [] })
    } catch (error) {
      if (!signal.aborted) this.#show({ isFollowing: false, error: asClientError(error) })
    }
  }

  #take(lines: readonly LogLine[]): void {
    this.#last = lines.at(-1)?.seq ?? this.#last
    const wanted = lines.filter((line) => this.#isWanted(line))
    if (wanted.length === 0) return
    const all = [...this.#view.lines, ...wanted]
    const tooMany = Math.max(0, all.length - this.#options.most)
    const dropped = this.#view.dropped + tooMany
    this.#show({ lines: all.slice(tooMany), dropped, hasEarlier: this.#view.hasEarlier || tooMany > 0 })
  }

  async #readEarlier(signal: AbortSignal): Promise<void> {
    const [first] = this.#view.lines
    const room = this.#options.most - this.#view.lines.length
    if (!first || !this.#view.hasEarlier || room <= 0) return
    const page = await this.#read(first.seq, signal, room)
    // Those that came meanwhile may have pushed it out.
    if (page === null || this.#view.lines[0] !== first) return
    const dropped = Math.max(0, this.#view.dropped - page.lines.length)
    this.#show({ lines: [...page.lines, ...this.#view.lines], hasEarlier: page.hasEarlier, dropped, error: null })
  }

  async #read(before: number, signal: AbortSignal, room = this.#options.most) {
    const { id, stream, tail } = this.#options
    const limit = Math.min(tail, room)
    try {
      const page = await this.#client.log(id, { before, limit, ...(stream && { stream }) }, { signal })
      return { lines: page.lines, hasEarlier: page.lines.length === limit && (page.lines[0]?.seq ?? 1) > 1, lastSeq: page.lastSeq }
    } catch (error) {
      if (!signal.aborted) this.#show({ isLoading: false, error: asClientError(error) })
      return null
    }
  }

  #isWanted({ stream }: { stream: Stream }): boolean {
    return this.#options.stream?.includes(stream) ?? true
  }

  #show(news: Partial<LogView> & { lastSeq?: number }): void {
    const { lastSeq: _, ...shown } = news
    this.#view = { ...this.#view, ...shown }
    for (const listener of [...this.#listeners]) listener()
  }
}
