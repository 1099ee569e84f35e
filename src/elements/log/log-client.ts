// The client of the log views: all tabs of the browser that show the same log share its connection.
import { createClient, type HoldfastClient } from '../../client/index.ts'
import { followAcrossTabs } from '../../live/follow-across-tabs.ts'

export type LogClient = Pick<HoldfastClient, 'log' | 'followLog'>

const clients = new Map<string, LogClient>()

export function logClient(api: string): LogClient {
  const client = clients.get(api) ?? createClient({ url: api, follow: followAcrossTabs })
  clients.set(api, client)
  return client
}
