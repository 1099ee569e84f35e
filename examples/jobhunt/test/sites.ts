// For the tests: the companies' sites behind a gate. While it is closed every request waits; a company can be made to say nothing, and all of
// them to say something else.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { sites as real } from '../sites.ts'

export async function openSites() {
  const silent = new Set<string>()
  const instead = new Map<string, string>()
  let gate: EventTarget | null = null
  let waiting = 0
  const sites = new Hono()
  sites.get('*', async ({ req, html }) => {
    waiting++
    if (gate !== null) await once(gate, 'open')
    waiting--
    if (silent.has(req.path.split('/')[1] ?? '')) return html('<!doctype html><title>Soon</title>')
    const page = await real.fetch(req.raw)
    if (instead.size === 0) return page
    return html(
      [...instead].reduce((text, [said, now]) => text.replaceAll(said, now), await page.text()),
      page.status as 200,
    )
  })
  const server = serve({ fetch: sites.fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    silent,
    /** What they say from now on, by what they said. */
    instead,
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
