// For the tests: the companies' sites behind a gate. While it is closed every request waits; a company can be made to say nothing.
import { once } from 'node:events'
import { listen } from 'holdfast/http'
import { Hono } from 'hono'
import { createSites } from '../serve-sites.ts'

export async function openSites() {
  const real = createSites()
  const silent = new Set<string>()
  let gate: EventTarget | null = null
  let waiting = 0
  const sites = new Hono()
  sites.get('*', async ({ req, html }) => {
    waiting++
    if (gate !== null) await once(gate, 'open')
    waiting--
    const { pathname } = new URL(req.url)
    if (silent.has(pathname.split('/')[1] ?? '')) return html('<!doctype html><title>Soon</title>')
    return await real.fetch(new Request(req.url))
  })
  const server = await listen(sites.fetch, { port: 0 })
  return {
    url: server.url,
    silent,
    /** Requests that stand before the gate. */
    waiting: () => waiting,
    closeGate() {
      gate ??= new EventTarget()
    },
    openGate() {
      gate?.dispatchEvent(new Event('open'))
      gate = null
    },
    async close() {
      gate?.dispatchEvent(new Event('open'))
      await server.close()
    },
  }
}
