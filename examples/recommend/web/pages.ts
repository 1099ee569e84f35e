// The web app: its pages, its settings, its rebuilds, and the dashboard beside them. Every answer is read anew, so that a refresh shows the truth.
import { readFileSync } from 'node:fs'
import { type Holdfast, HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { type App, rollBack, save, startRebuild } from '../app.ts'
import { recommend } from '../index/recommend.ts'
import { allSettings } from '../settings.ts'
import { look } from '../state.ts'
import { homePage, settingsPage } from './page.ts'

export function createPages(app: App): Hono {
  const pages = framed(app.holdfast)
  const byPage = 'the settings page'

  // The rebuild is read before the index: one that has succeeded is then seen with its own films, never with those before.
  pages.get('/', async (context) => {
    const state = await look(app)
    const library = await app.library.get()
    const picks = library === null ? [] : recommend(library.index, library.taste, app.settings.read())
    return context.html(homePage({ state, library, picks }))
  })

  pages.get('/settings', async (context) =>
    context.html(settingsPage({ state: await look(app), saved: app.settings.read(), justSaved: context.req.query('saved') !== undefined })),
  )

  pages.post('/settings', async (context) => {
    const checked = allSettings.safeParse(numbersOf(await context.req.parseBody()))
    if (!checked.success) return context.text(checked.error.issues.map(({ path, message }) => `${path.join()}: ${message}`).join('\n'), 422)
    await save(app, checked.data)
    return context.redirect('settings?saved', 303)
  })

  pages.get('/rebuild', async (context) => context.json(await look(app)))

  pages.post('/rebuild', async (context) => {
    const { mode } = await asked(context)
    const { job, created } = await startRebuild(app, mode === 'profile' ? 'profile' : 'data', byPage)
    return wantsPage(context) ? context.redirect('settings', 303) : context.json({ rebuild: job.id, created }, created ? 201 : 200)
  })

  pages.post('/roll-back', async (context) => {
    await rollBack(app, Number((await asked(context)).to), byPage)
    return wantsPage(context) ? context.redirect('settings', 303) : context.json(await look(app))
  })

  pages.get('/healthz', async (context) => {
    const library = await app.library.get()
    return context.json({ ok: true, index: library?.number ?? null, indexLoads: app.library.loads() })
  })

  return pages
}

/** The dashboard, the files, and what is true of every answer. */
function framed(holdfast: Holdfast): Hono {
  const pages = new Hono()
  const dashboard = createHandler(holdfast, { basePath: '/holdfast' })
  pages.all('/holdfast/*', ({ req }) => dashboard.fetch(req.raw))
  pages.use(async (context, next) => {
    if (isForeign(context)) context.res = context.text('This page only takes changes from itself.', 403)
    else await next()
    for (const [name, value] of Object.entries(headers)) context.header(name, value)
  })
  for (const [path, file] of Object.entries(files))
    pages.get(path, (context) => context.body(file.text, 200, { 'content-type': file.type }))
  pages.onError((error, context) => {
    if (!(error instanceof HoldfastError)) console.error(error)
    return context.text(error.message, error instanceof HoldfastError ? (error.retryable ? 503 : 409) : 500)
  })
  return pages
}

const numbersOf = (typed: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, value === '' ? null : Number(value)]))

async function asked({ req }: Context): Promise<Record<string, unknown>> {
  return req.header('content-type')?.includes('form') ? await req.parseBody() : req.query()
}

const wantsPage = (context: Context): boolean => context.req.header('accept')?.includes('text/html') ?? false

/** A change that another site's page sends with this browser. Programs send neither header. */
function isForeign({ req }: Context): boolean {
  if (req.method === 'GET' || req.method === 'HEAD') return false
  const site = req.header('sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = req.header('origin')
  return origin !== undefined && URL.parse(origin)?.host !== req.header('host')
}

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const style = ['tokens', 'page', 'card', 'posters'].map((name) => read(`style/${name}.css`)).join('\n')
const files = {
  '/style.css': { text: style, type: 'text/css; charset=utf-8' },
  '/page.js': { text: read('page.js'), type: 'text/javascript; charset=utf-8' },
  '/icon.svg': { text: read('icon.svg'), type: 'image/svg+xml' },
}
