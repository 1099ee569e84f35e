// How many streams a page has open at once: a browser has six connections for a server, and what a person asks for must always get through.
// Where more are wanted they take turns.

export interface Slot {
  /** Lets it go, once. */
  free(): void
}

const mostOpen = 3
/** So long one that has a slot keeps it while others wait. */
const turnMs = 3_000

interface Holder {
  since: number
  giveUp(): void
}

const holders = new Set<Holder>()
const waiting: (() => void)[] = []
let timer: ReturnType<typeof setTimeout> | undefined

/** Calls `begin` when there is room, at once if there is. `giveUp` is asked of it when its turn is over and others wait; it frees its slot then. */
export function takeSlot(begin: () => void, giveUp: () => void): Slot {
  let holder: Holder | null = null
  const start = () => {
    holder = { since: performance.now(), giveUp }
    holders.add(holder)
    begin()
  }
  if (holders.size < mostOpen) start()
  else waiting.push(start)
  pass()
  return {
    free: () => {
      const place = waiting.indexOf(start)
      if (place !== -1) waiting.splice(place, 1)
      if (holder !== null) holders.delete(holder)
      pass()
    },
  }
}

function pass(): void {
  while (holders.size < mostOpen && waiting.length > 0) waiting.shift()?.()
  clearTimeout(timer)
  const [eldest] = holders
  if (waiting.length === 0 || eldest === undefined) return
  timer = setTimeout(() => eldest.giveUp(), Math.max(0, eldest.since + turnMs - performance.now()))
}
