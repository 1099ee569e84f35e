// The invented companies' sites, as foreign to the app as any site: it knows them by their address only. One of them is always down.
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'

const folder = fileURLToPath(new URL('./sites', import.meta.url))
const files = new Map(globSync('**/*.{html,css}', { cwd: folder }).map((path) => [`/${path}`, readFileSync(`${folder}/${path}`, 'utf8')]))

export const sites = new Hono()
  .get('/quarry-lane/*', (context) => context.text('Down for maintenance.', 503))
  .get('*', ({ req, body, notFound }) => {
    const path = req.path.replace(/\/$/, '/index.html')
    const text = files.get(path)
    if (text === undefined) return notFound()
    return body(text, 200, {
      'content-type': `text/${path.endsWith('.css') ? 'css' : 'html'}; charset=utf-8`,
      'content-security-policy': "default-src 'none'; style-src 'self'",
    })
  })
