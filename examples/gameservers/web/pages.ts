// The web app: who may see and ask what, and the pages. Every answer is read anew, so that a refresh shows the truth.
import { readFileSync } from 'node:fs'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import type { z } from 'zod'
import { type App, operate } from '../app.ts'
import type { Server } from '../database.ts'
import { ask } from '../game/console.ts'
import { isOperation, operations, serverInput } from '../kinds.ts'
import { mountAdmin } from './admin.ts'
import { answerFailure, wantsJson } from './failures.ts'
import { forms, read } from './forms.ts'
import { jobPage, jobsPage } from './other-pages.ts'
import { missing, Refused } from './refused.ts'
import { serverPage, serversPage, type Typed } from './server-pages.ts'
import { type Env, only, recognise, signedIn, visitorOf } from './visitor.ts'

export type Pages = Hono<Env>

export function createPages(app: App): Pages {
  const pages: Pages = new Hono()
  pages.use(secureHeaders({ contentSecurityPolicy: policy, referrerPolicy: 'same-origin' }))
  mountFiles(pages)
  mountHoldfast(pages, app)
  // A form of another site's page is refused, whoever's browser sends it.
  pages.use(recognise(app.holdfast), csrf())
  mountServers(pages, app)
  mountJobs(pages, app)
  mountAdmin(pages, app)
  pages.notFound((c) => answerFailure(new Refused(`There is no page ${c.req.path}.`, 404), c))
  pages.onError(answerFailure)
  return pages
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
  const serverOf = async (c: Context) => {
    const id = c.req.param('id')
    return (await database.server(Number(id))) ?? missing(`There is no server ${id}.`)
  }

  const list = async (c: Context<Env>, typed: Typed | null = null) => {
    await looker.caughtUp()
    const isInstalled = (await holdfast.artifact('runtime').current()) !== null
    const [servers, blueprints] = [await database.servers(), await database.blueprints()]
    return serversPage({ visitor: c.var.visitor, servers, blueprints, isInstalled, typed })
  }
  pages.get('/', async (c) => c.html(await list(c)))

  pages.post('/servers', only('admin'), async (c) => {
    try {
      const { id } = await addServer(app, await read(c, forms.server))
      return c.redirect(`/servers/${id}`, 303)
    } catch (error) {
      if (!(error instanceof Refused) || wantsJson(c)) throw error
      const { name, blueprint, port } = await c.req.parseBody()
      return c.html(
        await list(c, { name: String(name ?? ''), blueprint: Number(blueprint), port: String(port ?? ''), fault: error.message }),
        422,
      )
    }
  })

  const shown = async (c: Context<Env>, said: string[] | null = null) => {
    const { id } = await serverOf(c)
    await looker.caughtUp()
    const { kinds } = await holdfast.activity({ kind: [...Object.keys(operations), 'server'].map((kind) => `${kind}/${id}`) })
    const server = await serverOf(c)
    const blueprint = (await database.blueprint(server.blueprintId)) ?? missing('Its blueprint is gone.')
    return c.html(serverPage({ visitor: signedIn(c), server, blueprint, kinds, said }))
  }
  pages.get('/servers/:id', only('operator'), (c) => shown(c))
  // Where a command was sent: the page refreshes itself from its own address.
  pages.get('/servers/:id/console', only('operator'), (c) => shown(c))

  pages.post('/servers/:id/look', only('operator'), async (c) => {
    const { id } = await serverOf(c)
    await looker.look(id)
    return c.redirect(`/servers/${id}`, 303)
  })

  pages.post('/servers/:id/console', only('operator'), async (c) => {
    const { command } = await c.req.parseBody()
    const line = String(command).replaceAll(/[\r\n\0;]+/g, ' ')
    return shown(c, await ask(await serverOf(c), line).catch(({ message }: Error) => [`The console does not answer: ${message}`]))
  })

  pages.post('/servers/:id/:operation', only('operator'), async (c) => {
    const server = await serverOf(c)
    const operation = c.req.param('operation')
    if (!isOperation(operation)) return missing(`There is no operation “${operation}”, only ${Object.keys(operations).join(', ')}.`)
    const job = await operate(app, operation, { server, by: signedIn(c).name })
    if (wantsJson(c)) return c.json({ job: job.id }, 202)
    return c.redirect(`/servers/${server.id}`, 303)
  })
}

/** @throws Refused that names what another server has already */
async function addServer({ database }: App, wanted: z.output<typeof forms.server>): Promise<Server> {
  const { name, blueprint, port } = wanted
  if ((await database.blueprint(blueprint)) === undefined) throw new Refused(`There is no blueprint ${blueprint}.`)
  const added = await database.addServer({ name, blueprintId: blueprint, port })
  if (added !== undefined) return added
  const other = (await database.servers()).find((server) => server.port === port)
  throw new Refused(other ? `Port: ${port} is that of ${other.name}.` : `Name: there is a server called ${name} already.`)
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
    const server = input.success ? ((await database.server(input.data.server)) ?? null) : null
    return c.html(jobPage({ visitor: signedIn(c), job, server }))
  })

  pages.post('/jobs/:id/cancel', only('operator'), async (c) => {
    const { id, kind } = await jobOf(c)
    const visitor = signedIn(c)
    if (kind === 'install' && visitor.role !== 'admin') throw new Refused('Only an admin stops an installation.', 403)
    await holdfast.cancel(id, { by: visitor.name })
    return c.redirect(`/jobs/${id}`, 303)
  })
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

const styles = ['frame', 'parts', 'forms', 'tables'].map((name) => `style/${name}.css`)
const files = [
  { path: '/style.css', type: 'text/css', made: styles },
  { path: '/icon.svg', type: 'image/svg+xml', made: ['icon.svg'] },
]

function mountFiles(pages: Pages): void {
  for (const { path, type, made } of files) {
    const text = made.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8')).join('\n')
    pages.get(path, (c) => c.body(text, 200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' }))
  }
}
