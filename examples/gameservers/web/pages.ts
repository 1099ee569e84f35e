// The web app: who may see and ask what, and the pages. Every answer is read anew, so that a refresh shows the truth.
import { readFileSync } from 'node:fs'
import { HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import { secureHeaders } from 'hono/secure-headers'
import { type App, operate } from '../app.ts'
import { ask } from '../game/console.ts'
import { isOperation, operations, serverInput } from '../kinds.ts'
import { mountAdmin } from './admin.ts'
import { Refused } from './forms.ts'
import { page } from './layout.ts'
import { jobPage, jobsPage } from './other-pages.ts'
import { serverPage, serversPage } from './server-pages.ts'
import { type Env, only, recognise, visitorOf } from './visitor.ts'

export type Pages = Hono<Env>

/** Thrown where there is no such thing; its message is the answer. */
export class NotFound extends Error {}

export function createPages(app: App): Pages {
  const pages: Pages = new Hono()
  pages.use(secureHeaders({ contentSecurityPolicy: policy, referrerPolicy: 'same-origin' }))
  mountFiles(pages)
  mountHoldfast(pages, app)
  // A form of another site's page is refused, whoever's browser sends it.
  pages.use(csrf(), recognise(app.holdfast))
  mountServers(pages, app)
  mountJobs(pages, app)
  mountAdmin(pages, app)
  pages.onError((error, c) => {
    if (!(error instanceof HoldfastError || error instanceof NotFound || error instanceof Refused || 'getResponse' in error))
      console.error(error)
    if ('getResponse' in error && typeof error.getResponse === 'function') return error.getResponse()
    const status = statusOf(error)
    return c.html(
      page({ title: 'Not done', visitor: c.var.visitor ?? null }, html`<h1>Not done</h1><p class="lead">${error.message}</p>`),
      status,
    )
  })
  return pages
}

function statusOf(error: Error) {
  if (error instanceof NotFound) return 404
  if (error instanceof Refused) return 422
  return error instanceof HoldfastError ? (error.retryable ? 503 : 409) : 500
}

/** The elements, their data and the dashboard. Operations are asked for here in the app: there the crew only sees. */
function mountHoldfast(pages: Pages, { holdfast }: App): void {
  const handler = createHandler(holdfast, {
    basePath: '/holdfast',
    authorize: async (request) => {
      const visitor = await visitorOf(holdfast, request)
      if (visitor === null || visitor.role === 'viewer') return null
      return { name: visitor.name, role: visitor.role === 'admin' ? 'admin' : 'viewer' }
    },
  })
  // A player is somebody, and may not: 403 before a byte of any log, where nobody gets 401.
  pages.use('/holdfast/*', async (c, next) => {
    const visitor = await visitorOf(holdfast, c.req.raw)
    return visitor?.role === 'viewer' ? c.text('Logs and jobs are for the crew.', 403) : await next()
  })
  pages.all('/holdfast', (c) => handler.fetch(c.req.raw, c.env))
  pages.all('/holdfast/*', (c) => handler.fetch(c.req.raw, c.env))
}

function mountServers(pages: Pages, app: App): void {
  const { holdfast, database, looker } = app
  const serverOf = (c: Context) => database.server(Number(c.req.param('id'))) ?? missing(`There is no server ${c.req.param('id')}.`)

  pages.get('/', async (c) => {
    await looker.caughtUp()
    const isInstalled = (await holdfast.artifact('runtime').current()) !== null
    return c.html(serversPage({ visitor: c.var.visitor, servers: database.servers(), blueprints: database.blueprints(), isInstalled }))
  })

  const shown = async (c: Context<Env>, said: string[] | null = null) => {
    const { id } = serverOf(c)
    await looker.caughtUp()
    const { kinds } = await holdfast.activity({ kind: [...Object.keys(operations), 'server'].map((kind) => `${kind}/${id}`) })
    const server = serverOf(c)
    const blueprint = database.blueprint(server.blueprintId) ?? missing('Its blueprint is gone.')
    return c.html(serverPage({ visitor: signedIn(c), server, blueprint, kinds, said }))
  }
  pages.get('/servers/:id', only('operator'), (c) => shown(c))
  // Where a command was sent: the page refreshes itself from its own address.
  pages.get('/servers/:id/console', only('operator'), (c) => shown(c))

  pages.post('/servers/:id/look', only('operator'), async (c) => {
    const { id } = serverOf(c)
    await looker.look(id)
    return c.redirect(`/servers/${id}`, 303)
  })

  pages.post('/servers/:id/console', only('operator'), async (c) => {
    const { command } = await c.req.parseBody()
    const line = String(command).replaceAll(/[\r\n\0;]+/g, ' ')
    return shown(c, await ask(serverOf(c), line).catch(({ message }: Error) => [`The console does not answer: ${message}`]))
  })

  pages.post('/servers/:id/:operation', only('operator'), async (c) => {
    const server = serverOf(c)
    const operation = c.req.param('operation')
    if (!isOperation(operation)) return missing(`There is no operation “${operation}”, only ${Object.keys(operations).join(', ')}.`)
    const job = await operate(app, operation, { server, by: signedIn(c).name })
    if (c.req.header('accept') === 'application/json') return c.json({ job: job.id }, 202)
    return c.redirect(`/servers/${server.id}`, 303)
  })
}

function mountJobs(pages: Pages, { holdfast, database }: App): void {
  const jobOf = async (c: Context) => (await holdfast.get(Number(c.req.param('id')))) ?? missing(`There is no job ${c.req.param('id')}.`)

  pages.get('/jobs', only('operator'), async (c) => {
    const by = c.req.query('by') || null
    const before = Number(c.req.query('before')) || null
    const [found, users, runners] = await Promise.all([
      holdfast.list({ ...(by && { submittedBy: by }), ...(before && { before }) }),
      holdfast.access.users(),
      holdfast.runners(),
    ])
    const people = users.map(({ name }) => name)
    const hasWorker = runners.some(({ isAlive }) => isAlive)
    return c.html(jobsPage({ visitor: signedIn(c), ...found, by, people, hasWorker }))
  })

  pages.get('/jobs/:id{[0-9]+}', only('operator'), async (c) => {
    const job = await jobOf(c)
    const input = serverInput.safeParse(job.input)
    const server = input.success ? (database.server(input.data.server) ?? null) : null
    return c.html(jobPage({ visitor: signedIn(c), job, server }))
  })

  pages.post('/jobs/:id/cancel', only('operator'), async (c) => {
    const { id, kind } = await jobOf(c)
    const visitor = signedIn(c)
    if (kind === 'install' && visitor.role !== 'admin') return c.text('Only an admin stops an installation.', 403)
    await holdfast.cancel(id, { by: visitor.name })
    return c.redirect(`/jobs/${id}`, 303)
  })
}

/** Behind `only`, somebody is. */
export function signedIn(c: Context<Env>): NonNullable<Env['Variables']['visitor']> {
  return c.var.visitor ?? missing('Nobody is signed in.')
}

export function missing(message: string): never {
  throw new NotFound(message)
}

const policy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
}

function mountFiles(pages: Pages): void {
  const types = { 'style.css': 'text/css', 'page.js': 'text/javascript', 'icon.svg': 'image/svg+xml' }
  for (const [name, type] of Object.entries(types)) {
    const text = readFileSync(new URL(name, import.meta.url), 'utf8')
    pages.get(`/${name}`, (c) => c.body(text, 200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' }))
  }
}
