// For the tests: the companies' sites behind a gate. While it is closed every request waits; a company can be made to say nothing.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { sites as real } from '../sites.ts'

export async function openSites() {
  const silent = new Set<string>()
  let gate: EventTarget | null = null
  let waiting = 0
  const sites = new Hono()
  sites.get('*', async ({ req, html }) => {
    waiting++
    if (gate !== null) await once(gate, 'open')
    waiting--
    if (silent.has(req.path.split('/')[1] ?? '')) return html('<!doctype html><title>Soon</title>')
    return await real.fetch(req.raw)
  })
  const server = serve({ fetch: sites.fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
