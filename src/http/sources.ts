// One look for many readers: a source is begun by its first reader, shared by all who want the same, and ended when the last one has left.
// Level-triggered: readers look at its view after each ring. Knows neither jobs nor events.
import type { Holdfast } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'

/** Begins what changes `view`, and rings after each change; it is over when `done` is. */
export type Begin<View> = (ring: () => void, signal: AbortSignal) => { view: View; done: Promise<void> }

export interface Look<View> {
  holdfast: Holdfast
  /** What is looked at: the same text, the same source. */
  key: string
  begin: Begin<View>
  signal: AbortSignal
}

export interface Sources<View> {
  /**
   * Takes a step now, and another one after every change, until the source is over; a change during a step makes it take one more. A step that has
   * nothing to wait for returns no promise: there are hundreds of readers. @throws what the source ended with
   */
  follow(look: Look<View>, step: (view: View) => Promise<void> | undefined): Promise<void>
}

export function sources<View>(): Sources<View> {
  const open = new WeakMap<Holdfast, Map<string, Source<View>>>()

  function join({ holdfast, key, begin }: Look<View>): Source<View> {
    const known = open.get(holdfast) ?? new Map<string, Source<View>>()
    open.set(holdfast, known)
    const there = known.get(key)
    if (there) return there
    const begun = startSource(begin, () => known.get(key) === begun && known.delete(key))
    known.set(key, begun)
    return begun
  }

  return {
    async follow(look, step) {
      const { signal } = look
      const source = join(look)
      const leave = () => source.leave(leave)
      source.enter(leave)
      signal.addEventListener('abort', leave)
      try {
        for (let isOver = false; !isOver; ) {
          signal.throwIfAborted()
          isOver = source.isOver()
          const changed = source.changed()
          const busy = step(source.view)
          if (busy) await busy
          if (!isOver) await changed
        }
      } finally {
        signal.removeEventListener('abort', leave)
        leave()
      }
    },
  }
}

interface Source<View> {
  readonly view: View
  /** Whoever reads, by any object of its own. */
  enter(reader: object): void
  /** What waits for a change is woken, so that nothing is kept for readers that have gone. */
  leave(reader: object): void
  /** Resolves after the next change; one promise for all. */
  changed(): Promise<void>
  /** @throws what it ended with */
  isOver(): boolean
}

// From its end on nobody joins any more: whoever comes then begins a new one, which sees what is true by then.
function startSource<View>(begin: Begin<View>, close: () => void): Source<View> {
  const readers = new Set<object>()
  const stop = new AbortController()
  let bell = Promise.withResolvers<void>()
  let over: { error: unknown } | null = null
  const wake = () => {
    const { resolve } = bell
    bell = Promise.withResolvers<void>()
    resolve()
  }
  const ring = paced(wake, () => Math.min(httpBounds.wakeMostMs, readers.size * httpBounds.wakeMsPerReader))
  const { view, done } = begin(ring, stop.signal)
  const end = (error?: unknown) => {
    over = { error }
    close()
    wake()
  }
  done.then(() => end(), end)
  return {
    view,
    enter: (reader) => void readers.add(reader),
    leave(reader) {
      if (!readers.delete(reader)) return
      if (readers.size > 0) return ring()
      close()
      stop.abort()
    },
    changed: () => bell.promise,
    isOver() {
      if (over?.error !== undefined) throw over.error
      return over !== null
    },
  }
}

// Many rings are one call, and the calls have a pause between them that grows with what a call costs.
function paced(call: () => void, pauseMs: () => number): () => void {
  let calledAt = Number.NEGATIVE_INFINITY
  let isDue = false
  const now = () => {
    isDue = false
    calledAt = performance.now()
    call()
  }
  return () => {
    if (isDue) return
    isDue = true
    const waitMs = calledAt + pauseMs() - performance.now()
    if (waitMs > 0) setTimeout(now, waitMs).unref()
    else setImmediate(now)
  }
}
