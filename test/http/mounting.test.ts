// The same handler inside other servers and under prefixes: whoever mounts it, pages, calls and streams work.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import express from 'express'
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

const ways: Record<string, { prefix: string; serve: (handler: Handler) => Promise<{ url: string; close(): Promise<void> }> }> = {
  'a server of its own': { prefix: '', serve: (handler) => listen(handler.fetch, { port: 0 }) },
  'node:http at the root': { prefix: '', serve: (handler) => serveNode(handler.node) },
  'node:http under a prefix': { prefix: '/tools/holdfast', serve: (handler) => serveNode(handler.node) },
  'Hono mount': { prefix: '/holdfast', serve: (handler) => listen(new Hono().mount('/holdfast', handler.fetch).fetch, { port: 0 }) },
  'Hono with raw requests': {
    prefix: '/holdfast',
    serve: (handler) => {
      const app = new Hono()
      app.all('/holdfast', (c) => handler.fetch(c.req.raw))
      app.all('/holdfast/*', (c) => handler.fetch(c.req.raw))
      return listen(app.fetch, { port: 0 })
    },
  },
  Express: { prefix: '/holdfast', serve: (handler) => serveNode(expressApp((app) => app.use('/holdfast', handler.node))) },
  'Express behind express.json()': {
    prefix: '/holdfast',
    serve: (handler) => serveNode(expressApp((app) => app.use(express.json()).use('/holdfast', handler.node))),
  },
  'Express at the root behind every body parser': {
    prefix: '',
    serve: (handler) =>
      serveNode(expressApp((app) => app.use(express.json(), express.urlencoded(), express.text(), express.raw(), handler.node))),
  },
}

for (const [name, { prefix, serve }] of Object.entries(ways)) {
  test(name, async () => {
    const mounted = await serve(createHandler(server.holdfast, { basePath: prefix }))
    try {
      await exercise(mounted.url + prefix)
    } finally {
      await mounted.close()
    }
  })
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
