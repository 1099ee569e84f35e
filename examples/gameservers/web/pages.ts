// The web app: its frame, and what is asked of servers and jobs. Every answer is read anew, so that a refresh shows the truth.
import { readFileSync } from 'node:fs'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import type { App } from '../app.ts'
import { reservedIn } from '../game/blueprint.ts'
import { ask } from '../game/console.ts'
import { isOperation, operatedOn, operations } from '../kinds.ts'
import { standingOf } from '../look.ts'
import { mountAdmin } from './admin.ts'
import { answerFailure, refuse } from './failures.ts'
import { jobPage, jobsPage } from './other-pages.ts'
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
  pages.use(bodyLimit({ maxSize: 128 * 1_024, onError: () => refuse(413, 'That is more than any form here has.') }))
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
  pages.all('/holdfast/*', ({ req }) => handler.fetch(req.raw))
}

function mountServers(pages: Pages, { holdfast, database, looker }: App): void {
  const serverOf = async (c: Context) => {
    const id = c.req.param('id')
    return (await database.server(Number(id))) ?? refuse(404, `There is no server ${id}.`)
  }

  pages.get('/', async (c) => {
    await looker.caughtUp()
    // What happens inside a server is no news of its jobs.
    const up = (await database.servers()).filter(({ condition }) => condition === 'online' || condition === 'silent')
    await Promise.allSettled(up.map(({ id }) => looker.lookAt(id)))
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
    const ours = reservedIn(command)
    if (ours !== null) refuse(422, `${ours} is set by the app, not here.`)
    await ask(server, command).catch(({ message }: Error) => refuse(422, `The console does not answer: ${message}`))
    return c.redirect(`/servers/${server.id}`, 303)
  })

  pages.post('/servers/:id/:operation', only('operator'), async (c) => {
    const { id, name } = await serverOf(c)
    const operation = c.req.param('operation')
    if (!isOperation(operation)) return refuse(404, `There is no operation “${operation}”, only ${Object.keys(operations).join(', ')}.`)
    const options = { submittedBy: signedIn(c).name, name }
    const { job } = await holdfast.submit(operations[operation], { server: id }, options).catch(async (error) => {
      // As by a double click: where nothing else was asked for since, the first one is the last word, too.
      const newest = Math.max(...operatedOn(await standingOf(holdfast, id)).map((job) => job.id))
      return error.details?.id === newest ? { job: { id: newest } } : Promise.reject(error)
    })
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

const policy = { defaultSrc: ["'self'"], formAction: ["'self'"], baseUri: ["'none'"], frameAncestors: ["'none'"] }

function mountFiles(pages: Pages): void {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
  const style = ['frame', 'parts', 'forms', 'tables'].map((name) => read(`style/${name}.css`)).join('\n')
  const icon = read('icon.svg')
  pages.get('/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' }))
  pages.get('/icon.svg', (c) => c.body(icon, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' }))
}
