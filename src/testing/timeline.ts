// What happens when, in virtual time: a list of things to do, ordered by their instant, then by the order they were asked for.

export interface Timeline {
  /** Milliseconds since the beginning. */
  now(): number
  /** Does it at that instant, or at once when that has passed. Returns the way to call it off. */
  at(instant: number, act: () => void): () => void
  /** The instant of what is next; null when nothing is. */
  nextAt(): number | null
  /** Moves on to what is next and does it; false when there is nothing. */
  next(): boolean
  /** Moves on to an instant before which nothing is due. */
  skipTo(instant: number): void
}

interface Entry {
  instant: number
  order: number
  act: () => void
}

export function timeline(): Timeline {
  const entries: Entry[] = []
  let now = 0
  let asked = 0
  return {
    now: () => now,
    at(instant, act) {
      const entry: Entry = { instant: Math.max(now, instant), order: asked++, act }
      entries.splice(placeOf(entries, entry), 0, entry)
      return () => {
        const index = placeOf(entries, entry)
        if (entries[index] === entry) entries.splice(index, 1)
      }
    },
    nextAt: () => entries.at(-1)?.instant ?? null,
    next() {
      const entry = entries.pop()
      if (!entry) return false
      now = entry.instant
      entry.act()
      return true
    },
    skipTo(instant) {
      now = Math.max(now, instant)
    },
  }
}

// The next one is the last of the list: taking it away moves nothing.
function placeOf(entries: readonly Entry[], { instant, order }: Entry): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = entries[middle]
    if (other && (other.instant > instant || (other.instant === instant && other.order > order))) low = middle + 1
    else high = middle
  }
  return low
}
