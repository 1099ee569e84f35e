// The keys of every page: help, the way to each page, and along the entries of a list.

import { isHelpOpen } from './help-dialog.tsx'
import { pages } from './page-list.ts'
import { link } from './place.ts'
import { useLocation } from './router.tsx'
import { useShortcuts } from './shortcuts.ts'

export function useFrameShortcuts(): void {
  const { route } = useLocation()
  useShortcuts('Everywhere', [
    {
      keys: '?',
      words: 'Show these keys',
      press: () => {
        isHelpOpen.value = true
      },
    },
    ...pages.map(({ path, word, key }) => ({ keys: `g ${key}`, words: `Go to ${word}`, press: () => route(link(path)) })),
    { keys: 'j', words: 'Next entry of the list; Enter opens it', press: () => moveBy(1) },
    { keys: 'k', words: 'Entry before it', press: () => moveBy(-1) },
  ])
}

/** What a list is made of: rows of a table by their link, and whatever says so itself. */
const entries = '#main .jobs .name a, #main [data-entry]'

function moveBy(step: 1 | -1): void {
  const seen = [...document.querySelectorAll<HTMLElement>(entries)].filter((entry) => entry.offsetParent !== null)
  const here = document.activeElement
  const at = seen.findIndex((entry) => entry === here || entry.closest('tr, li, article')?.contains(here))
  const next = at === -1 ? (step === 1 ? 0 : seen.length - 1) : Math.min(seen.length - 1, Math.max(0, at + step))
  seen[next]?.focus()
  seen[next]?.scrollIntoView({ block: 'nearest' })
}
