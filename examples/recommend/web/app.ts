// The web app: its page, its settings, its rebuilds, and the dashboard beside them. Every answer is read anew, so that a refresh shows the truth.
import { readFileSync } from 'node:fs'
import { type Holdfast, HoldfastError, type Job } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { recommend } from '../index/recommend.ts'
import type { Library } from '../library.ts'
import type { RebuildInput, RebuildJob } from '../rebuild-job.ts'
import { allSettings, type SettingsFile } from '../settings.ts'
import { page, type View } from './page.ts'
import { rebuildCard } from './rebuild-card.ts'
import { isActive, rebuildState } from './rebuild-state.ts'

export interface Parts {
  holdfast: Holdfast
  rebuild: RebuildJob
  library: Library
  settings: SettingsFile
}

export function createApp(parts: Parts): Hono {
  const { holdfast, library, settings } = parts
  const app = framed(holdfast)

  app.get('/', async (context) => context.html(page(await viewOf(parts, context.req.query('saved') !== undefined))))

  app.get('/rebuild', async (context) => {
    const { state } = await look(parts)
    return wantsPage(context) ? context.html(rebuildCard(state)) : context.json(state)
  })

  app.post('/rebuild', async (context) => {
    const { job, created } = await startRebuild(parts, await modeOf(context))
    return wantsPage(context) ? context.redirect('./#rebuild', 303) : context.json({ rebuild: job.id, created }, created ? 201 : 200)
  })

  app.post('/settings', async (context) => {
    const checked = allSettings.safeParse(numbersOf(await context.req.parseBody()))
    if (!checked.success) return context.text(checked.error.issues.map(({ path, message }) => `${path.join()}: ${message}`).join('\n'), 422)
    settings.save(checked.data)
    return context.redirect('./?saved#settings', 303)
  })

  app.get('/healthz', async (context) => {
    const loaded = await library.current()
    return context.json({ ok: true, index: loaded?.snapshot.number ?? null, indexLoads: library.loads() })
  })

  return app
}

/** The dashboard, the files, and what is true of every answer. */
function framed(holdfast: Holdfast): Hono {
  const app = new Hono()
  const dashboard = createHandler(holdfast, { basePath: '/holdfast' })
  app.all('/holdfast', (context) => dashboard.fetch(context.req.raw))
  app.all('/holdfast/*', (context) => dashboard.fetch(context.req.raw))
  app.use(async (context, next) => {
    if (isForeign(context)) context.res = context.text('This page only takes changes from itself.', 403)
    else await next()
    for (const [name, value] of Object.entries(headers)) context.header(name, value)
  })
  for (const [path, file] of Object.entries(files)) app.get(path, (context) => context.body(file.text, 200, { 'content-type': file.type }))
  app.onError((error, context) => {
    const expected = error instanceof HoldfastError
    if (!expected) console.error(error)
    return context.text(error.message, expected ? 503 : 500)
  })
  return app
}

/** Asks for a rebuild, or gets the one that runs. Mode `profile` keeps the index in use, with the settings it was built from. */
export async function startRebuild(
  { holdfast, rebuild, library, settings }: Parts,
  { mode, by = 'page' }: { mode: RebuildInput['mode']; by?: string },
) {
  const kept = mode === 'profile' ? await library.current() : null
  const { minVotes, neighbours } = settings.read()
  const input: RebuildInput =
    kept === null ? { mode: 'data', settings: { minVotes, neighbours } } : { mode, settings: kept.index.settings, keep: kept.snapshot.path }
  return await holdfast.submit(rebuild, input, { submittedBy: by })
}

async function viewOf(parts: Parts, justSaved: boolean): Promise<View> {
  const { state, loaded, saved } = await look(parts)
  if (loaded === null) return { state, saved, justSaved, picks: [], size: null }
  const { index, taste } = loaded
  const size = { films: index.films.length, watched: taste.watched.length }
  return { state, saved, justSaved, picks: recommend(index, taste, saved), size }
}

/** The rebuild is read before the index: one that has succeeded is then seen with its own index, never with the one before. */
async function look({ holdfast, rebuild, library, settings }: Parts) {
  const { jobs } = await holdfast.list({ kind: rebuild.kind, limit: 1 })
  const job = jobs[0] ?? null
  const pid = job !== null && isActive(job) ? await pidOf(holdfast, job) : null
  const loaded = await library.current()
  const saved = settings.read()
  const [snapshot, built] = loaded === null ? [null, null] : [loaded.snapshot, loaded.index.settings]
  return { state: rebuildState({ job, pid, snapshot, built, saved, now: Date.now() }), loaded, saved }
}

async function pidOf(holdfast: Holdfast, { id }: Job): Promise<number | null> {
  const detail = await holdfast.detail(id)
  return detail?.history.find(({ state }) => state !== 'ended')?.pid ?? null
}

const numbersOf = (typed: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, value === '' ? null : Number(value)]))

async function modeOf(context: Context): Promise<{ mode: RebuildInput['mode'] }> {
  const isForm = context.req.header('content-type')?.includes('form') ?? false
  const { mode } = isForm ? await context.req.parseBody() : context.req.query()
  return { mode: mode === 'profile' ? 'profile' : 'data' }
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
const files = {
  '/style.css': {
    text: ['tokens', 'page', 'card', 'posters'].map((name) => read(`style/${name}.css`)).join('\n'),
    type: 'text/css; charset=utf-8',
  },
  '/page.js': { text: read('page.js'), type: 'text/javascript; charset=utf-8' },
  '/icon.svg': { text: read('icon.svg'), type: 'image/svg+xml' },
}
