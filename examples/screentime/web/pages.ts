// The web app: its pages, and the dashboard and the page elements beside them. Every answer is read anew, so that a refresh shows the truth.
// It has nothing that starts or stops: the elements ask Holdfast, which asks the kinds.
import { readFileSync } from 'node:fs'
import { HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../app.ts'
import { isStage } from '../stages.ts'
import { listEpisodes, stateOf } from '../state.ts'
import { episodePage, episodesPage, noticePage, stagePage } from './page.ts'

export function createPages(app: App): Hono {
  const pages = new Hono()
  const dashboard = createHandler(app.holdfast, { basePath: '/holdfast' })
  pages.all('/holdfast/*', ({ req }) => dashboard.fetch(req.raw))
  pages.use(secureHeaders({ contentSecurityPolicy }))
  for (const [path, { text, type }] of Object.entries(files)) pages.get(path, ({ body }) => body(text, 200, { 'content-type': type }))

  pages.get('/', async (context) => {
    const list = await listEpisodes(app, Number(context.req.query('page') ?? 1))
    return list === null ? missing(context, 'The list has no such page.') : context.html(episodesPage(list, app.library.folder))
  })

  // What the address says is what is shown: nothing of it is kept anywhere else.
  pages.get('/episodes/:episode/:stage?', (context) => {
    const { episode, stage } = context.req.param()
    const found = app.library.get(episode)
    if (found === null)
      return missing(context, `There is no episode “${episode}”: neither a video of that name, nor anything that was made of one.`)
    if (stage === undefined) return context.html(episodePage(stateOf(found)))
    return isStage(stage) ? context.html(stagePage(stateOf(found), stage)) : missing(context, `An episode has no stage “${stage}”.`)
  })

  pages.notFound((context) => missing(context, 'Nothing is at this address.'))
  pages.onError((error, { html }) => {
    if (error instanceof HoldfastError && error.retryable) return html(noticePage('Not now', `${error.message} What runs goes on.`), 503)
    console.error(error)
    return html(noticePage('That went wrong', 'The fault is ours, and the terminal says what it was. What runs goes on.'), 500)
  })
  return pages
}

const missing = ({ html }: Context, words: string) => html(noticePage('Not here', words), 404)

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

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const style = ['tokens', 'page', 'episodes', 'timeline', 'stages'].map((name) => read(`style/${name}.css`)).join('\n')
const files = {
  '/style.css': { text: style, type: 'text/css; charset=utf-8' },
  '/icon.svg': { text: read('icon.svg'), type: 'image/svg+xml' },
}
