// One `Live` for each server, however many elements of the page ask for it.
import { openLive } from '../live/open-live.ts'
import { elementClient, type Live } from './element-client.ts'

interface Shared {
  live: Live
  borrowers: number
}

const lives = new Map<string, Shared>()

/** To be given back as often as it was borrowed. */
export function borrowLive(api: string): Live {
  const shared = lives.get(api) ?? { live: openLive({ client: elementClient(api) }), borrowers: 0 }
  shared.borrowers++
  lives.set(api, shared)
  return shared.live
}

export function giveBackLive(api: string): void {
  const shared = lives.get(api)
  if (shared !== undefined && --shared.borrowers === 0) lives.delete(api)
}
