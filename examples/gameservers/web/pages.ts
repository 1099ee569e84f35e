// The web app: its frame, and what is asked of servers and jobs. Every answer is read anew, so that a refresh shows the truth.
import { readFileSync } from 'node:fs'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import type { App } from '../app.ts'
import { ask } from '../game/console.ts'
import { isOperation, operations } from '../kinds.ts'
import { standingOf } from '../look.ts'
import { mountAdmin } from './admin.ts'
import { answerFailure } from './failures.ts'
import { jobPage, jobsPage } from './other-pages.ts'
import { refuse } from './refuse.ts'
import { serverPage, serversPage } from './server-pages.ts'
import { type Env, only, recognise, signedIn, visitorOf } from './visitor.ts'

export type Pages = Hono<Env>

export function createPages(app: App): Pages {
  const pages: Pages = new Hono()
  pages.use(secureHeaders({ contentSecurityPolicy: policy, referrerPolicy: 'same-origin' }))
  mountFiles(pages)
  pages.use(recognise(app.holdfast))
  mountHoldfast(pages, app)
  // A form of another site's page is refused, whoever's browser sends it.
  pages.use(csrf())
  mountServers(pages, app)
  mountJobs(pages, app)
  mountAdmin(pages, app)
  pages.notFound((c) => refuse(404, `There is no page ${c.req.path}.`))
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
  pages.use('/holdfast/*', async (c, next) =>
    c.var.visitor?.role === 'viewer' ? refuse(403, 'Logs and jobs are for the crew.') : await next(),
  )
  pages.all('/holdfast', (c) => handler.fetch(c.req.raw, c.env))
  pages.all('/holdfast/*', (c) => handler.fetch(c.req.raw, c.env))
}

function mountServers(pages: Pages, { holdfast, database, looker }: App): void {
  const serverOf = async (c: Context) => {
    const id = c.req.param('id')
    return (await database.server(Number(id))) ?? refuse(404, `There is no server ${id}.`)
  }

  pages.get('/', async (c) => {
    await looker.caughtUp()
    const isInstalled = (await holdfast.artifact('runtime').current()) !== null
    return c.html(serversPage({ visitor: c.var.visitor, servers: await database.servers(), isInstalled }))
  })

  pages.post('/servers', only('admin'), async (c) => {
    const { data: name = '', error } = serverName.safeParse((await c.req.parseBody()).name)
    if (error) refuse(422, error.issues[0]?.message ?? '')
    const added = (await database.addServer(name)) ?? refuse(422, `There is a server called ${name} already.`)
    return c.redirect(`/servers/${added.id}`, 303)
  })

  pages.get('/servers/:id', only('operator'), async (c) => {
    const { id } = await serverOf(c)
    // Where it cannot be noted now, the last look is shown.
    await looker.lookAt(id).catch(() => undefined)
    const kinds = await standingOf(holdfast, id)
    return c.html(serverPage({ visitor: signedIn(c), server: await serverOf(c), blueprint: await database.blueprint(), kinds }))
  })

  // What it answers stands in its log, which the page follows.
  pages.post('/servers/:id/console', only('operator'), async (c) => {
    const server = await serverOf(c)
    const command = String((await c.req.parseBody()).command).replaceAll(/[\r\n\0;]+/g, ' ')
    await ask(server, command).catch(({ message }: Error) => refuse(422, `The console does not answer: ${message}`))
    return c.redirect(`/servers/${server.id}`, 303)
  })

  pages.post('/servers/:id/:operation', only('operator'), async (c) => {
    const { id, name } = await serverOf(c)
    const operation = c.req.param('operation')
    if (!isOperation(operation)) return refuse(404, `There is no operation “${operation}”, only ${Object.keys(operations).join(', ')}.`)
    const { job } = await holdfast.submit(operations[operation], { server: id }, { submittedBy: signedIn(c).name, name })
    return c.redirect(`/servers/${id}#job-${job.id}`, 303)
  })
}

const serverName = z
  .string('A name is missing.')
  .trim()
  .min(1, 'A name is missing.')
  .max(40, 'A name has at most 40 characters.')
  .regex(/^\P{Cc}*$/u, 'A name has no line breaks or other control characters.')

function mountJobs(pages: Pages, { holdfast }: App): void {
  pages.get('/jobs', only('operator'), async (c) => {
    const by = c.req.query('by') || null
    const before = Number(c.req.query('before')) || null
    const found = await holdfast.list({ ...(by && { submittedBy: by }), ...(before && { before }) })
    const hasWorker = (await holdfast.runners()).some(({ isAlive }) => isAlive)
    return c.html(jobsPage({ visitor: signedIn(c), ...found, by, hasWorker }))
  })

  pages.get('/jobs/:id{[0-9]+}', only('operator'), async (c) => {
    const id = Number(c.req.param('id'))
    const job = (await holdfast.get(id)) ?? refuse(404, `There is no job ${id}.`)
    return c.html(jobPage({ visitor: signedIn(c), job }))
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
