// A row that scrolls sideways says on which sides there is more: `data-more` on it, which the style sheet fades. Knows no content.
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect } from 'preact/hooks'

export function useSideways(row: RefObject<HTMLElement | null>): void {
  // After every drawing: what it holds may have grown.
  useLayoutEffect(() => mark(row.current))
  useEffect(() => {
    const element = row.current
    if (element === null) return
    showChosen(element)
    const see = () => mark(element)
    const sizes = new ResizeObserver(see)
    sizes.observe(element)
    element.addEventListener('scroll', see, { passive: true })
    return () => {
      sizes.disconnect()
      element.removeEventListener('scroll', see)
    }
  }, [row])
}

function mark(row: HTMLElement | null): void {
  if (row === null) return
  const rest = row.scrollWidth - row.clientWidth - row.scrollLeft
  const more = [row.scrollLeft > 1 && 'before', rest > 1 && 'after'].filter(Boolean).join(' ')
  if ((row.dataset.more ?? '') !== more) row.dataset.more = more
}

/** The row alone is scrolled, never the page. */
function showChosen(row: HTMLElement): void {
  const chosen = row.querySelector<HTMLElement>('[aria-selected="true"], [aria-current="true"]')
  if (chosen === null) return
  const [around, inside] = [row.getBoundingClientRect(), chosen.getBoundingClientRect()]
  if (inside.left < around.left || inside.right > around.right) row.scrollLeft += inside.left - around.left - around.width / 3
}
