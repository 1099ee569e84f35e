// Asks for the page again, once for all that there is to keep fresh on it: one look at a time, one a second at most, and again where it came to nothing.
import type { HoldfastElement } from '../element.ts'
import { takeDrawn } from './take-drawn.ts'

const most = { bytes: 10_000_000, waitMs: 30_000 }
const betweenMs = 1_000
/** What is lost is tried again so many times; then the next news is. */
const retryDelaysMs = [1_000, 3_000, 10_000]

let isWanted = false
let isLooking = false
let beganAt = Number.NEGATIVE_INFINITY

/** What is asked for while a look is under way is one more look. */
export function lookSoon(): void {
  if (isOfItsOwn()) return
  isWanted = true
  if (!isLooking) void lookWhileWanted()
}

/** What refuses a form stands at an address where something else may be, and has what was typed in it. */
function isOfItsOwn(): boolean {
  const [navigation] = performance.getEntriesByType('navigation')
  return navigation instanceof PerformanceNavigationTiming && navigation.responseStatus >= 400
}

/** A page that comes out of the browser's memory is of another time. */
export function watchReturn(): () => void {
  const onShow = ({ persisted }: PageTransitionEvent) => persisted && lookSoon()
  addEventListener('pageshow', onShow)
  return () => removeEventListener('pageshow', onShow)
}

async function lookWhileWanted(): Promise<void> {
  isLooking = true
  try {
    await lookUntilTrue()
  } finally {
    isWanted = false
    isLooking = false
  }
}

async function lookUntilTrue(): Promise<void> {
  let failures = 0
  while (isWanted) {
    await pause(beganAt + betweenMs - performance.now())
    isWanted = false
    beganAt = performance.now()
    const drawn = await look()
    if (drawn !== 'lost') {
      failures = 0
      if (drawn !== null) for (const host of document.querySelectorAll<HoldfastElement>('holdfast-fresh')) takeDrawn(host, drawn)
      continue
    }
    const waitMs = retryDelaysMs[failures++]
    if (waitMs === undefined) return
    await pause(waitMs)
    isWanted = true
  }
}

function pause(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve()
}

/**
 * Null: there is no such page any more, or not for whoever looks; `lost`: it may be had later. An XMLHttpRequest makes a document of it itself: a
 * parser in a script needs the permission of a policy for trusted types.
 */
function look(): Promise<Document | 'lost' | null> {
  const request = new XMLHttpRequest()
  const asked = location.href.split('#')[0] ?? location.href
  request.open('GET', asked)
  request.responseType = 'document'
  request.timeout = most.waitMs
  request.setRequestHeader('accept', 'text/html')
  request.onprogress = ({ loaded }) => loaded > most.bytes && request.abort()
  return new Promise((resolve) => {
    request.onload = () => {
      // Where it leads elsewhere it is another page, such as the one to sign in.
      const isThis = request.status < 300 && request.responseURL === asked
      resolve(request.status >= 500 ? 'lost' : isThis ? request.responseXML : null)
    }
    request.onerror = request.ontimeout = () => resolve('lost')
    request.onabort = () => resolve(null)
    request.send()
  })
}
