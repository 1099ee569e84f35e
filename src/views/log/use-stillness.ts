// Keeps the reader in place while lines come and go around what he reads, or at the end while he follows.
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { LogWindow } from './log-window.ts'

export interface Stillness {
  scroller: RefObject<HTMLDivElement | null>
  log: LogWindow
  isFollowing: () => boolean
  /** Called after every change of the lines, with the reader in place. */
  onSettled: (scroller: HTMLElement) => void
}

/** Returns a function that puts the reader where he belongs now. */
export function useStillness({ scroller, log, isFollowing, onSettled }: Stillness): () => void {
  const anchor = useRef<Anchor | null>(null)
  log.onBeforeChange = () => {
    anchor.current = isFollowing() ? null : anchorOf(scroller.current)
  }
  const settle = () => {
    const { current } = scroller
    if (current === null) return
    if (isFollowing()) current.scrollTop = current.scrollHeight
    else if (anchor.current !== null) restore(current, anchor.current)
    anchor.current = null
    onSettled(current)
  }
  useLayoutEffect(settle, [log.blocks.value])
  useGrowth(scroller, () => isFollowing() && settle())
  return settle
}

interface Anchor {
  element: Element
  offset: number
}

/** The first line the reader sees, and where; its block, while the browser has not drawn the lines yet. */
function anchorOf(scroller: HTMLElement | null): Anchor | null {
  if (scroller === null) return null
  const box = scroller.getBoundingClientRect()
  // From outside a shadow root nothing in it is seen.
  const root = scroller.getRootNode() as Document | ShadowRoot
  const seen = [12, 32, 52].flatMap((y) => root.elementsFromPoint(box.left + 40, box.top + y))
  const element = closest(seen, '.ln') ?? closest(seen, '.block') ?? scroller.querySelector('.block')
  return element !== null && scroller.contains(element) ? { element, offset: element.getBoundingClientRect().top - box.top } : null
}

function closest(elements: Element[], selector: string): Element | null {
  for (const element of elements) {
    const found = element.closest(selector)
    if (found !== null) return found
  }
  return null
}

function restore(scroller: HTMLElement, { element, offset }: Anchor): void {
  if (!element.isConnected) return
  const moved = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - offset
  if (moved !== 0) scroller.scrollTop += moved
}

/** Wrapped lines get their height when they are first drawn, and a window can be resized. */
function useGrowth(scroller: RefObject<HTMLElement | null>, onGrowth: () => void): void {
  const current = useRef(onGrowth)
  current.current = onGrowth
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const observer = new ResizeObserver(() => current.current())
    observer.observe(element)
    for (const child of element.children) observer.observe(child)
    return () => observer.disconnect()
  }, [scroller])
}
