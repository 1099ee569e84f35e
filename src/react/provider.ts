// Which Live the hooks of a page share: the one that is given, one for each client, or the page's own. On a server there is none.
import { createContext, createElement, type ReactElement, type ReactNode, useContext } from 'react'
import { createClient, type HoldfastClient } from '../client/index.ts'
import { followAcrossTabs } from '../live/follow-across-tabs.ts'
import type { Live } from '../live/live.ts'
import { openLive } from '../live/open-live.ts'

export interface HoldfastProviderProps {
  /** Default: one for the server that the page is of. */
  client?: HoldfastClient
  /** What the page knows already, such as of its elements; wins over `client`. */
  live?: Live
  children?: ReactNode
}

const Context = createContext<Live | null>(null)

/** Needed only where the server is not the page's own, or several parts of a page ask several servers. */
export function HoldfastProvider({ client, live, children }: HoldfastProviderProps): ReactElement {
  const outer = useContext(Context)
  const value = live ?? (client ? liveOf(client) : outer)
  return createElement(Context.Provider, { value }, children)
}

/** Null where nothing is asked for: on a server without a client. */
export function useLive(): Live | null {
  return useContext(Context) ?? pageLive()
}

// However often a page is drawn, and by however many providers: opening one does nothing yet.
const lives = new WeakMap<HoldfastClient, Live>()

function liveOf(client: HoldfastClient): Live {
  const known = lives.get(client)
  if (known) return known
  const live = openLive({ client })
  lives.set(client, live)
  return live
}

let own: Live | null = null

function pageLive(): Live | null {
  if (typeof document === 'undefined') return null
  own ??= openLive({ client: createClient({ follow: followAcrossTabs }) })
  return own
}
