// The way between pages: in the rail, and on phones in the menu.

import { count } from '../../src/views/format.ts'
import { Icon } from '../../src/views/icon.tsx'
import { required } from './client.ts'
import { pages, type RailPage } from './page-list.ts'
import { link } from './place.ts'
import { useLocation } from './router.tsx'
import { session } from './session.ts'

export function PageLinks() {
  const { path } = useLocation()
  return (
    <nav aria-label="Pages">
      {pages.map((page) =>
        // Whom nobody knows has nothing to set.
        page.path === 'settings' && session.value === null ? null : (
          <a key={page.path} href={link(page.path)} aria-current={currentFor(page, path)}>
            <Icon name={page.icon} />
            {page.word}
            {page.path === 'artifacts' && required.value > 0 && (
              <span class="count" data-state="required">
                {count(required.value)} required
              </span>
            )}
          </a>
        ),
      )}
    </nav>
  )
}

/** The page itself, or one of those below it. */
function currentFor(page: RailPage, path: string): 'page' | 'true' | undefined {
  const own = link(page.path)
  if (path === own || path === own.replace(/(.)\/$/, '$1')) return 'page'
  return page.path !== '' && path.startsWith(`${own}/`) ? 'true' : undefined
}
