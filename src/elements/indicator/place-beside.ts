// Puts a box of the top layer below what opened it, or above where there is more room, and inside the window.
const gapPx = 6
const edgePx = 8

export function placeBeside(opener: Element, box: HTMLElement): void {
  const from = opener.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const left = Math.max(edgePx, Math.min(from.left, innerWidth - width - edgePx))
  const isAbove = from.bottom + gapPx + height > innerHeight && from.top > innerHeight - from.bottom
  const top = isAbove ? Math.max(edgePx, from.top - gapPx - height) : from.bottom + gapPx
  box.style.setProperty('left', `${left}px`)
  box.style.setProperty('top', `${top}px`)
}
