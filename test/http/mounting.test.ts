// The same handler inside other servers and under prefixes: whoever mounts it, pages, calls and streams work.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import express from 'express'
import fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify'
import { Hono } from 'hono'
import { createHandler, type Handler, listen } from '../../src/http/index.ts'
import { openServer, post, submit } from './open-server.ts'
import { readAllEvents } from './read-events.ts'

const { Request: ownRequest, Response: ownResponse } = globalThis
let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer()
})
after(() => server.close())

async function serveNode(listener: RequestListener) {
  const own = createServer(listener).listen(0, '127.0.0.1')
  await once(own, 'listening')
  const url = `http://127.0.0.1:${(own.address() as AddressInfo).port}`
  return { url, close: async () => void own.close().closeAllConnections() }
}

function expressApp(mount: (app: express.Express) => void): RequestListener {
  const app = express()
  mount(app)
  return app as unknown as RequestListener
}

interface Serving {
  url: string
  close(): Promise<void>
}

/** Fastify reads bodies before a route sees them, unless it is told not to. */
async function serveFastify(mount: (app: FastifyInstance) => void): Promise<Serving> {
  const app = fastify()
  mount(app)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
}

const ways: Record<string, (handler: Handler, prefix: string) => Promise<Serving>> = {
  'a server of its own': (handler) => listen(handler.fetch, { port: 0 }),
  'node:http': (handler) => serveNode(handler.node),
  Hono: (handler, prefix) => listen(new Hono().all(`${prefix}/*`, (c) => handler.fetch(c.req.raw)).fetch, { port: 0 }),
  'Hono mount': (handler, prefix) => listen(new Hono().mount(prefix || '/', handler.fetch).fetch, { port: 0 }),
  'a sub-app of Hono with raw requests': (handler, prefix) => {
    const jobs = new Hono().all('*', (c) => handler.fetch(c.req.raw))
    return listen(new Hono().route(prefix || '/', jobs).fetch, { port: 0 })
  },
  Express: (handler, prefix) => serveNode(expressApp((app) => app.use(prefix || '/', handler.node))),
  'Express behind express.json()': (handler, prefix) =>
    serveNode(expressApp((app) => app.use(express.json()).use(prefix || '/', handler.node))),
  'Express behind every body parser': (handler, prefix) =>
    serveNode(
      expressApp((app) => app.use(express.json(), express.urlencoded(), express.text(), express.raw()).use(prefix || '/', handler.node)),
    ),
  'Fastify in a scope that leaves bodies alone': (handler, prefix) =>
    serveFastify((app) =>
      app.register(async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', (_request, _body, done) => done(null))
        const answer: RouteHandlerMethod = (request, reply) => handler.node(request.raw, reply.hijack().raw)
        scope.all(prefix || '/', answer).all(`${prefix}/*`, answer)
      }),
    ),
  'Fastify that has read the body': (handler, prefix) =>
    serveFastify((app) => {
      app.addContentTypeParser('*', (_request, _body, done) => done(null))
      const answer: RouteHandlerMethod = ({ raw, body }, reply) => handler.node(Object.assign(raw, { body }), reply.hijack().raw)
      app.all(prefix || '/', answer).all(`${prefix}/*`, answer)
    }),
}

const prefixes = { 'the root': '', 'a prefix of 90 characters': `/tools/${'long-'.repeat(15)}holdfast` }

for (const [name, serve] of Object.entries(ways)) {
  for (const [where, prefix] of Object.entries(prefixes)) {
    test(`${name}, under ${where}`, async () => {
      const mounted = await serve(createHandler(server.holdfast, { basePath: prefix }), prefix)
      try {
        await exercise(mounted.url + prefix)
      } finally {
        await mounted.close()
      }
    })
  }
}

async function exercise(base: string): Promise<void> {
  const { job, created } = await submit(base, 'shell', { input: { script: 'echo "ünïcode"' }, name: 'Mounted' })
  assert.deepEqual([created, job.name], [true, 'Mounted'])
  const events = await readAllEvents(`${base}/api/v1/jobs/${job.id}/log/stream`)
  assert.equal(events.at(-1)?.event, 'end')
  assert.ok(events.some(({ event, data }) => event === 'stdout' && data.text === 'ünïcode'))

  const bare = await fetch(`${base}/api/v1/jobs/${job.id}/cancel`, { method: 'POST' })
  assert.equal(bare.status, 200)
  const wrong = await fetch(`${base}/api/v1/kinds/shell/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'input=1',
  })
  assert.equal(wrong.status, 400)

  // With or without its slash, the page's relative links must lead back here.
  for (const address of [base, `${base}/`, `${base}?theme=dark`, `${base}/jobs`, `${base}/jobs/${job.id}`]) {
    const response = await fetch(address)
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
    const href = /<base href="([^"]*)">/.exec(await response.text())?.[1] ?? 'missing'
    assert.equal(new URL(href, response.url).href, `${base}/`, address)
    assert.equal(new URL(response.url).search, new URL(address).search)
  }
  const document = (await (await fetch(`${base}/openapi.json`)).json()) as { servers: [{ url: string }] }
  assert.equal(new URL(document.servers[0].url, `${base}/openapi.json`).href, `${base}/`)
}

test('mounting leaves the Request and Response of the app alone', () => {
  assert.equal(globalThis.Request, ownRequest)
  assert.equal(globalThis.Response, ownResponse)
})

test('a body that the app has read and thrown away is an error, not an empty input', async () => {
  const handler = createHandler(server.holdfast)
  const eater = await serveNode(async (request, response) => {
    for await (const _ of request);
    handler.node(request, response)
  })
  try {
    const response = await post(`${eater.url}/api/v1/kinds/shell/jobs`, { input: { script: 'true' } })
    assert.equal(response.status, 400)
    assert.match(JSON.stringify(await response.json()), /request\.body/)
  } finally {
    await eater.close()
  }
})
