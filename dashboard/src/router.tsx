// Where one is in the dashboard, and the way elsewhere without loading the page anew. Knows paths, not what is on the pages.
import { computed, signal } from '@preact/signals'
import { type ComponentType, createContext } from 'preact'
import { useContext, useLayoutEffect } from 'preact/hooks'
import { basePath } from './place.ts'

export interface Place {
  /** Without a slash at its end. */
  path: string
  query: Record<string, string | undefined>
  /** Goes there; `replace`: what was there is forgotten. */
  route(url: string, replace?: boolean): void
}

const here = () => location.pathname + location.search
const address = signal(here())
/** One has come by a link or a button, and not by going back. */
let hasComeForward = false

const place = computed((): Place => {
  const { pathname, searchParams } = new URL(address.value, location.origin)
  return { path: pathname.replace(/\/+$/, '') || '/', query: Object.fromEntries(searchParams), route }
})

export function useLocation(): Place {
  return place.value
}

function route(url: string, replace = false): void {
  hasComeForward = !replace
  if (replace) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  address.value = here()
}

addEventListener('popstate', () => {
  hasComeForward = false
  address.value = here()
})

addEventListener('click', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.button !== 0) return
  const link = event.composedPath().find((element) => element instanceof HTMLAnchorElement)
  if (link === undefined || link.origin !== location.origin || !link.pathname.startsWith(basePath)) return
  if (link.hasAttribute('download') || !/^(_self)?$/.test(link.target) || link.getAttribute('href')?.startsWith('#') !== false) return
  event.preventDefault()
  route(link.pathname + link.search + link.hash)
})

type Params = Record<string, string | undefined>
const ParamsContext = createContext<Params>({})

export function useRoute(): { params: Params } {
  return { params: useContext(ParamsContext) }
}

export interface RoutesProps {
  /** Paths below where the dashboard lives, `jobs/:id`, each with its page. */
  of: readonly (readonly [path: string, page: ComponentType])[]
  otherwise: ComponentType
}

export function Routes({ of, otherwise }: RoutesProps) {
  const { path } = useLocation()
  useLayoutEffect(() => {
    if (hasComeForward) scrollTo(0, 0)
  }, [path])
  const [Page, params] = found(path, of) ?? [otherwise, {}]
  return (
    <ParamsContext.Provider value={params}>
      <Page />
    </ParamsContext.Provider>
  )
}

function found(path: string, of: RoutesProps['of']): [ComponentType, Params] | null {
  const parts = `${path}/`.slice(basePath.length).split('/').filter(Boolean)
  for (const [pattern, page] of of) {
    const wanted = pattern.split('/').filter(Boolean)
    const fits = wanted.length === parts.length && wanted.every((part, at) => part.startsWith(':') || part === parts[at])
    if (fits)
      return [
        page,
        Object.fromEntries(wanted.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), decoded(parts[at] ?? '')]] : []))),
      ]
  }
  return null
}

/** An address is typed by people too. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
