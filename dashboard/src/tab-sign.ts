// The browser tab: title and favicon carry the state, so that a job can be watched from another tab.
import { useEffect } from 'preact/hooks'
import type { Tone } from '../../src/views/job-words.ts'

/** The tokens by hand: an icon is a document of its own and knows no style sheet. Dark enough to read on any tab. */
const accent = { light: '#0b5a73', dark: '#6cc3dc' }
const badges: Record<Tone, string | null> = {
  running: '#0b5a73',
  stalled: '#855000',
  cancelling: '#0b5a73',
  succeeded: '#1d6a3c',
  failed: '#ac2a22',
  interrupted: '#64419c',
  queued: null,
  cancelled: null,
}

export function useTabSign(title: string, tone: Tone | null): void {
  useEffect(() => {
    document.title = title === '' ? 'Holdfast' : `${title} – Holdfast`
  }, [title])
  useEffect(() => {
    document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute('href', favicon(tone && badges[tone]))
  }, [tone])
}

function favicon(badge: string | null): string {
  const style = `<style>:root{--a:${accent.light}}@media(prefers-color-scheme:dark){:root{--a:${accent.dark}}}.l{fill:none;stroke:var(--a);stroke-width:2.75;stroke-linecap:round}.s{fill:var(--a)}</style>`
  const roots =
    '<path class="l" d="M16 12.5c-.8-3.2.8-6 0-9.5M16 12.5C10.5 13 8 16.5 7.5 20.5c-.4 3.3-1.5 5.8-4 8M16 12.5c5.5.5 8 4 8.5 8 .4 3.3 1.5 5.8 4 8"/>'
  const leafAndStone =
    '<path class="s" d="M16.2 9c.7-4.3 3.8-6.5 8.8-6.2C24.6 7.3 21.5 9.6 16.2 9Z"/><circle class="s" cx="16" cy="23.5" r="4.75"/>'
  const dot = badge === null ? '' : `<circle cx="24" cy="24" r="7" fill="${badge}" stroke="#fff" stroke-width="2"/>`
  const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${style}${roots}${leafAndStone}${dot}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(image)}`
}
