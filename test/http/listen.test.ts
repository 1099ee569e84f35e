// Finding a port, refusing to be seen from elsewhere, and closing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { httpBounds } from '../../src/http/bounds.ts'
import { type Listening, listen } from '../../src/http/index.ts'

const hello = () => new Response('hello')

test('the next free port is taken, and the address says which', async () => {
  const first = await listen(hello, { port: 0 })
  const second = await listen(hello, { port: first.port })
  try {
    assert.ok(second.port > first.port && second.port <= first.port + 20)
    assert.equal(second.url, `http://127.0.0.1:${second.port}`)
    assert.equal(await (await fetch(second.url)).text(), 'hello')
  } finally {
    await first.close()
    await second.close()
  }
})

test('a strict port is refused when it is taken', async () => {
  const first = await listen(hello, { port: 0 })
  try {
    await assert.rejects(listen(hello, { port: first.port, strictPort: true }), {
      code: 'port_in_use',
      message: `Port ${first.port} is taken on 127.0.0.1.`,
    })
  } finally {
    await first.close()
  }
})

test('only addresses of this machine are listened on', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.com', '']) {
    await assert.rejects(listen(hello, { port: 0, host }), { code: 'invalid_config' })
  }
  const named = await listen(hello, { port: 0, host: 'localhost' })
  assert.equal(await (await fetch(named.url)).text(), 'hello')
  await named.close()
})

test('a function is answered under names of this machine and those that were allowed; one that is protected under any', async () => {
  const asked = (port: number, host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ port, host: '127.0.0.1', headers: { host } }, (answer) => resolve(answer.resume().statusCode)).on('error', reject)
    })
  const [own, known, open] = await Promise.all([
    listen(hello, { port: 0 }),
    listen(hello, { port: 0, allowedHosts: ['Jobs.example'] }),
    listen(hello, { port: 0, isProtected: true }),
  ])
  const under = ({ port }: Listening) =>
    Promise.all(['localhost:1', '127.0.0.1', 'jobs.example:80', 'evil.example'].map((host) => asked(port, host)))
  assert.deepEqual(await Promise.all([own, known, open].map(under)), [
    [200, 200, 421, 421],
    [200, 200, 200, 421],
    [200, 200, 200, 200],
  ])
  await Promise.all([own, known, open].map((server) => server.close()))
  await assert.rejects(listen(hello, { port: 0, allowedHosts: ['http://jobs.example'] }), {
    code: 'invalid_config',
    message: /allowedHosts/,
  })
})

test('closing lets an answer that is under way arrive', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: told, resolve: tell } = Promise.withResolvers<void>()
  const server = await listen(
    async () => {
      ask()
      await told
      return new Response('late')
    },
    { port: 0 },
  )
  const answer = fetch(server.url)
  await asked
  const closed = server.close()
  tell()
  assert.equal(await (await answer).text(), 'late')
  await closed
  await assert.rejects(fetch(server.url))
})

test('closing does not wait for connections on which nothing was asked', async () => {
  const server = await listen(hello, { port: 0 })
  const early = connect(server.port, '127.0.0.1').resume()
  await once(early, 'connect')
  assert.equal(await (await fetch(server.url)).text(), 'hello')
  const began = performance.now()
  await Promise.all([server.close(), once(early, 'close')])
  assert.ok(performance.now() - began < httpBounds.closeGraceMs)
})
