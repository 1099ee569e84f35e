// The invented companies' sites, on a port of their own, as foreign to the app as any site. One of them is always down.
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Listening, listen } from 'holdfast/http'
import { Hono } from 'hono'
import { companies } from './postings.ts'

const folder = fileURLToPath(new URL('./sites', import.meta.url))
const types: Record<string, string> = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8' }
const files = new Map(globSync('**/*.{html,css}', { cwd: folder }).map((path) => [`/${path}`, readFileSync(`${folder}/${path}`, 'utf8')]))
const down = new Set(companies.map(({ id }) => id).filter((id) => !files.has(`/${id}/index.html`)))

export const serveSites = (port: number): Promise<Listening> => listen(createSites().fetch, { port })

export function createSites(): Hono {
  const sites = new Hono()
  sites.get('*', (context) => {
    if (down.has(context.req.path.split('/')[1] ?? '')) return context.text('Down for maintenance.', 503)
    const path = context.req.path.replace(/\/$/, '/index.html')
    const text = files.get(path)
    if (text === undefined) return context.text('There is no such page.', 404)
    return context.body(text, 200, {
      'content-type': types[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain',
      'content-security-policy': "default-src 'none'; style-src 'self'",
    })
  })
  return sites
}
