// A window on a log that may be far longer than a page: the newest lines, earlier and later ones on demand,
// live ones while it stands at the end. Knows where lines come from, not how they look.
import { batch, signal } from '@preact/signals'
import type { LogLine, LogPage, LogRange, Stream, UnfinishedLine } from '../../client/index.ts'
import type { LogBlock } from './log-blocks.ts'
import { append, firstSeq, lastSeq, lineCount, mostLines, prepend, replace, trimEnd, trimStart } from './log-blocks.ts'

export type LoadLog = (range: LogRange) => Promise<LogPage>

export const pageLines = 1_000
const linesAbove = 200
/** Larger than any line number. */
const beyond = 1_000_000_000

export class LogWindow {
  readonly blocks = signal<LogBlock[]>([])
  readonly stream = signal<Stream | null>(null)
  /** Number of the newest line of the job. */
  readonly newest = signal(0)
  /** Lines before the first in the window may exist. */
  readonly hasEarlier = signal(false)
  /** False when the window ends before the newest line: the reader looks at an earlier part. */
  readonly atEnd = signal(true)
  /** Lines that came while the reader stood still. */
  readonly unseen = signal(0)
  /** What the job has begun to write and not ended. */
  readonly unfinished = signal<UnfinishedLine[]>([])
  readonly loading = signal(false)
  readonly loaded = signal(false)

  /** Called before the lines in the page change, so that the view can keep its reader in place. */
  onBeforeChange = (): void => {}
  /** Called with lines that are new, in the page or not. */
  onFresh = (_lines: readonly LogLine[]): void => {}
  /** True while the reader stands at the end and moves along; then old lines may leave at the top. */
  isFollowed = (): boolean => false

  readonly #load: LoadLog
  /** An answer to a question that is no longer asked is dropped. */
  #asked = 0

  constructor(load: LoadLog) {
    this.#load = load
  }

  /** Lines as they come. */
  take(lines: LogLine[]): void {
    const last = lines.at(-1)
    if (last === undefined || last.seq <= this.newest.value) return
    const known = this.newest.value
    const fresh = lines.filter(({ seq, stream }) => seq > known && (this.stream.value === null || stream === this.stream.value))
    this.onFresh(fresh)
    batch(() => {
      this.newest.value = last.seq
      if (!this.loaded.value || fresh.length === 0) return
      if (!this.isFollowed()) this.unseen.value += fresh.length
      if (!this.atEnd.value) return
      this.onBeforeChange()
      this.#grow(append(this.blocks.value, fresh))
    })
  }

  async showNewest(): Promise<void> {
    await this.#ask({ before: beyond }, ({ lines, lastSeq: last }) => {
      this.blocks.value = append([], lines)
      this.hasEarlier.value = lines.length >= pageLines
      this.atEnd.value = last >= this.newest.value
      this.unseen.value = 0
    })
    await this.loadLater()
  }

  /** Makes sure that the line is in the window, with lines around it. */
  async showAround(seq: number): Promise<void> {
    const isThere = (firstSeq(this.blocks.value) ?? Number.POSITIVE_INFINITY) <= seq && seq <= (lastSeq(this.blocks.value) ?? 0)
    // What is on its way would take it out again.
    if (isThere && !this.loading.value) return
    const after = Math.max(0, seq - linesAbove)
    let isBeyond = false
    await this.#ask({ after }, (page) => {
      isBeyond = after >= page.lastSeq
      if (isBeyond) return
      this.blocks.value = append([], page.lines)
      this.hasEarlier.value = after > 0
      this.atEnd.value = this.#reachesEnd(page)
    })
    // An address can name a line that never was: the last ones are the nearest.
    if (isBeyond) await this.showNewest()
  }

  async loadEarlier(): Promise<void> {
    const before = firstSeq(this.blocks.value)
    if (before === null || !this.hasEarlier.value || this.loading.value) return
    await this.#ask({ before }, ({ lines }) => {
      // The top may have left meanwhile; before another line these would stand in front of a gap.
      if (firstSeq(this.blocks.value) !== before) return
      const grown = prepend(this.blocks.value, lines)
      this.blocks.value = trimEnd(grown)
      if (this.blocks.value !== grown) this.atEnd.value = false
      this.hasEarlier.value = lines.length >= pageLines
    })
  }

  async loadLater(): Promise<void> {
    const after = lastSeq(this.blocks.value)
    if (after === null || this.atEnd.value || this.loading.value) return
    await this.#ask({ after }, (page) => {
      const grown = append(this.blocks.value, page.lines)
      this.blocks.value = trimStart(grown)
      if (this.blocks.value !== grown) this.hasEarlier.value = true
      this.atEnd.value = this.#reachesEnd(page)
    })
  }

  /** A line of which only the beginning is in the page, as long as it can be had. */
  async openWhole(seq: number): Promise<void> {
    const page = await this.#load({ after: seq - 1, limit: 1, full: true }).catch(() => null)
    const whole = page?.lines[0]
    if (whole?.seq !== seq) return
    this.onBeforeChange()
    this.blocks.value = replace(this.blocks.value, whole)
  }

  async setStream(stream: Stream | null): Promise<void> {
    this.stream.value = stream
    await this.showNewest()
  }

  /** Lines that came while the answer was on its way may be in neither. */
  #reachesEnd({ lines, lastSeq: last }: LogPage): boolean {
    return lines.length < pageLines && last >= this.newest.value
  }

  /** A reader who stands still keeps every line in sight; then the window stops growing instead of losing its top. */
  #grow(grown: LogBlock[]): void {
    if (this.isFollowed()) {
      this.blocks.value = trimStart(grown)
      if (this.blocks.value !== grown) this.hasEarlier.value = true
    } else if (lineCount(grown) <= mostLines) this.blocks.value = grown
    else this.atEnd.value = false
  }

  async #ask(range: LogRange, show: (page: LogPage) => void): Promise<void> {
    this.#asked += 1
    const ticket = this.#asked
    this.loading.value = true
    const filter = this.stream.value === null ? {} : { stream: [this.stream.value] }
    const page = await this.#load({ ...range, limit: pageLines, ...filter }).catch(() => null)
    if (ticket !== this.#asked) return
    this.onBeforeChange()
    batch(() => {
      this.loading.value = false
      if (page === null) return
      this.loaded.value = true
      show(page)
      this.newest.value = Math.max(this.newest.value, page.lastSeq)
    })
  }
}
