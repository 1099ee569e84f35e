// The server itself, without a route.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen } from './listen.ts'

// Whoever comes back within a minute on the connection that he had must not meet a server that is just closing it: where the app stood still for
// longer than this, what was asked meanwhile was reset.
test('a connection is kept for longer than browsers and proxies keep it', async () => {
  const { url, close } = await listen(() => new Response('ok'), { port: 0 })
  const answer = await fetch(url)
  assert.equal(await answer.text(), 'ok')
  assert.equal(answer.headers.get('keep-alive'), 'timeout=65')
  await close()
})
