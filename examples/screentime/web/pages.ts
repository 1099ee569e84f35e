// The web app: its pages, and the dashboard and the page elements beside them. Every answer is read anew, so that a refresh shows the truth.
// It has nothing that starts or stops: the elements ask Holdfast, which asks the kinds.
import { readFileSync } from 'node:fs'
import { HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../app.ts'
import { isStage } from '../stages.ts'
import { allEpisodes, oneEpisode } from '../state.ts'
import { episodePage, episodesPage, missingPage, stagePage } from './page.ts'

export function createPages(app: App): Hono {
  const pages = new Hono()
  const dashboard = createHandler(app.holdfast, { basePath: '/holdfast' })
  for (const path of ['/holdfast', '/holdfast/*']) pages.all(path, ({ req }) => dashboard.fetch(req.raw))
  pages.use(secureHeaders({ contentSecurityPolicy }))
  for (const [path, { text, type }] of Object.entries(files)) pages.get(path, ({ body }) => body(text, 200, { 'content-type': type }))

  pages.get('/', async ({ html }) => html(episodesPage(await allEpisodes(app), app.library.folder)))

  // What the address says is what is shown: nothing of it is kept anywhere else.
  pages.get('/episodes/:episode', async ({ req, html }) => {
    const state = await oneEpisode(app, req.param('episode'))
    return state === null ? html(missingPage(), 404) : html(episodePage(state))
  })

  pages.get('/episodes/:episode/:stage', async ({ req, html }) => {
    const { episode, stage } = req.param()
    const state = await oneEpisode(app, episode)
    return state === null || !isStage(stage) ? html(missingPage(), 404) : html(stagePage(state, stage))
  })

  pages.onError((error, { text }) => {
    if (error instanceof HoldfastError) return text(error.message, 503)
    console.error(error)
    return text('Something went wrong here; the terminal says what.', 500)
  })
  return pages
}

const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
}

const file = (name: string, type: string) => ({ text: readFileSync(new URL(name, import.meta.url), 'utf8'), type })
const files = {
  '/style.css': file('style.css', 'text/css; charset=utf-8'),
  '/page.js': file('page.js', 'text/javascript; charset=utf-8'),
  '/icon.svg': file('icon.svg', 'image/svg+xml'),
}
