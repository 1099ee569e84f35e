// The dashboard's pages and files over HTTP, with a build of three lines instead of the real one.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { addressList } from '../../src/http/access/peer.ts'
import { byLoopback } from '../../src/http/access/recognise.ts'
import { createApp } from '../../src/http/app.ts'
import { openDashboard } from '../../src/http/dashboard-files.ts'
import { type Listening, listen } from '../../src/http/index.ts'
import { openServer, quiet } from './open-server.ts'

let server: Awaited<ReturnType<typeof openServer>>
let own: Listening
before(async () => {
  server = await openServer()
  const build = join(server.data, 'build')
  await mkdir(join(build, 'assets'), { recursive: true })
  await writeFile(
    join(build, 'index.html'),
    '<!doctype html><head><!--base--><script type="module" src="./assets/main-1a2b.js"></script></head>',
  )
  await writeFile(join(build, 'assets/main-1a2b.js'), 'document.title = "here"')
  const app = createApp({
    holdfast: server.holdfast,
    basePath: '/holdfast',
    allowedHosts: new Set(),
    logger: quiet,
    dashboard: openDashboard([build]),
    doorkeeper: { by: 'loopback', recognise: byLoopback, trusted: addressList([]), setUp: null },
  })
  own = await listen((request, env) => app.fetch(request, env as object), { port: 0 })
})
after(async () => {
  await own.close()
  await server.close()
})

test('every page finds its script from where it is, and may run no other', async () => {
  for (const path of [
    '/',
    '/jobs',
    '/jobs/42',
    '/artifacts',
    '/artifacts/watch-index',
    '/job-types',
    '/job-types/rebuild',
    '/schedules',
    '/runners',
    '/holdfast',
    '/holdfast/',
    '/holdfast/jobs',
    '/holdfast/jobs/42',
    '/holdfast/artifacts/watch-index',
  ]) {
    const response = await fetch(own.url + path)
    const page = await response.text()
    const base = new URL(/<base href="([^"]+)">/.exec(page)?.[1] ?? 'missing', response.url)
    const script = await fetch(new URL(/src="([^"]+)"/.exec(page)?.[1] ?? 'missing', base))
    assert.equal(await script.text(), 'document.title = "here"', path)
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
    assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(response.headers.get('cache-control'), 'no-cache')
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /script-src 'self'; style-src 'self'; .*frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'$/,
    )
  }
})

test('a file that is not of the build is not found', async () => {
  for (const path of ['/assets/other.js', '/assets/', '/assets/..%2findex.html', '/assets/../index.html', '/index.html']) {
    assert.equal((await fetch(own.url + path)).status, 404, path)
  }
})

test('an address that leads nowhere: a person gets a page, a program the problem', async () => {
  for (const [path, accept, type] of [
    ['/nowhere', 'text/html,*/*', 'text/html; charset=utf-8'],
    ['/nowhere', 'application/json', 'application/problem+json'],
    ['/api/v1/nowhere', 'text/html,*/*', 'application/problem+json'],
    ['/assets/nowhere.js', 'text/html,*/*', 'application/problem+json'],
  ] as const) {
    const response = await fetch(own.url + path, { headers: { accept } })
    assert.deepEqual([response.status, response.headers.get('content-type')], [404, type], `${path} as ${accept}`)
  }
})
