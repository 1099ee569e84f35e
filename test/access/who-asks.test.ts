// Who asks where nobody signs in with a password: whom a proxy names, whom the app knows, whoever sits at the machine.
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { createHandler, type HandlerOptions, listen } from '../../src/http/index.ts'
import type { Holdfast } from '../../src/index.ts'
import { openServer, quiet } from '../http/open-server.ts'
import { asNginxWould, codeOf, send, served } from './ask.ts'

let server: Awaited<ReturnType<typeof openServer>>
let holdfast: Holdfast
before(async () => {
  server = await openServer()
  holdfast = server.holdfast
})
after(() => server.close())

describe('a proxy that signs people in', () => {
  const forwardAuth = {
    userHeader: 'remote-user',
    groupsHeader: 'remote-groups',
    roles: { admins: 'admin', staff: 'operator', '*': 'viewer' },
  } as const
  const role = async (url: string, headers: Record<string, string>) =>
    ((await (await fetch(`${url}/api/v1/session`, { headers })).json()) as { user: { name: string; role: string } | null }).user

  test('is believed from its own address, with the highest role of the groups', () =>
    served({ holdfast, options: { signIn: { forwardAuth }, trustedProxies: ['127.0.0.0/8'] } }, async (url) => {
      assert.deepEqual(await role(url, { 'remote-user': 'zoe', 'remote-groups': 'staff, admins' }), { name: 'zoe', role: 'admin' })
      assert.deepEqual(await role(url, { 'remote-user': 'zoe', 'remote-groups': 'staff' }), { name: 'zoe', role: 'operator' })
      assert.deepEqual(await role(url, { 'remote-user': 'zoe', 'remote-groups': 'constructor,toString' }), { name: 'zoe', role: 'viewer' })
      assert.equal(await role(url, { 'remote-groups': 'admins' }), null)
      assert.equal(await role(url, {}), null)
    }))

  test('is not believed from elsewhere, whatever it sends', () =>
    served({ holdfast, options: { signIn: { forwardAuth }, trustedProxies: ['192.0.2.1', '2001:db8::/32'] } }, async (url) => {
      for (const more of [{}, { 'x-forwarded-for': '192.0.2.1' }, { forwarded: 'for=192.0.2.1' }, { 'x-real-ip': '192.0.2.1' }])
        assert.equal(await role(url, { 'remote-user': 'Ana', 'remote-groups': 'admins', ...more }), null)
    }))

  test('is asked again by a stream: its reader comes back through it every five minutes', { timeout: 20_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    await served({ holdfast, options: { signIn: { forwardAuth }, trustedProxies: ['127.0.0.1'] } }, async (url) => {
      const response = await fetch(`${url}/api/v1/events`, { headers: { 'remote-user': 'zoe' } })
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      await reader.read()
      for (let minutes = 0; minutes < 5; minutes++) t.mock.timers.tick(60_000)
      for (;;) if ((await reader.read()).done) break
    })
  })

  test('options that cannot be meant are refused', () => {
    const refused: HandlerOptions[] = [
      { signIn: { forwardAuth } },
      { signIn: { forwardAuth: { ...forwardAuth, roles: {} } }, trustedProxies: ['127.0.0.1'] },
      { signIn: { forwardAuth: { ...forwardAuth, roles: { a: 'root' as 'admin' } } }, trustedProxies: ['127.0.0.1'] },
      { signIn: { forwardAuth: { ...forwardAuth, userHeader: 'a b' } }, trustedProxies: ['127.0.0.1'] },
      { trustedProxies: ['localhost'] },
      { trustedProxies: ['10.0.0.0/33'] },
      { trustedProxies: ['10.0.0.0/8/8'] },
      { signIn: true, unprotected: true },
      { signIn: true, authorize: () => null },
      { authorize: 'ana' as unknown as () => null },
    ]
    for (const options of refused)
      assert.throws(() => createHandler(holdfast, options), { code: 'invalid_config' }, JSON.stringify(options))
  })
})

describe('without sign-in', () => {
  test('whoever sits here may do everything, and nobody else anything', async () => {
    const handler = createHandler(holdfast, { logger: quiet, allowedHosts: ['jobs.example'] })
    await assert.rejects(listen(handler, { port: 0, host: '0.0.0.0' }), { code: 'invalid_config' })
    // As an app would do that mounts it and listens everywhere.
    const listening = await listen(handler.fetch, { port: 0, host: '0.0.0.0', isProtected: true })
    try {
      assert.equal((await fetch(`${listening.url}/api/v1/jobs`)).status, 200)
      const elsewhere = await handler.fetch(new Request('http://localhost/api/v1/jobs'), {
        incoming: { socket: { remoteAddress: '203.0.113.7' } },
      })
      assert.equal(elsewhere.status, 403, 'a name that is believed does not make the machine a local one')
      for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }, { via: '1.1 proxy' }]) {
        const response = await fetch(`${listening.url}/api/v1/jobs`, { headers })
        assert.deepEqual([response.status, await codeOf(response)], [403, 'not_protected'])
      }
      assert.match(await asNginxWould(listening.port, 'GET /api/v1/jobs'), /^HTTP\/1.1 403.*"not_protected"/s)
      const bare = await handler.fetch(new Request('http://127.0.0.1/api/v1/jobs'))
      assert.deepEqual([bare.status, await codeOf(bare)], [403, 'not_protected'], 'nobody said where it comes from')
    } finally {
      await listening.close()
    }
  })

  test('the app says who may, by its own request, and may change its mind', async () => {
    const seen: (IncomingMessage | undefined)[] = []
    const authorize = (asked: Request, node: IncomingMessage | undefined) => {
      seen.push(node)
      const name = asked.headers.get('x-user')
      return name === null ? null : { name, role: name === 'ana' ? ('operator' as const) : ('viewer' as const) }
    }
    await served({ holdfast, options: { authorize } }, async (url) => {
      const jobs = `${url}/api/v1/kinds/shell/jobs`
      assert.equal((await send(jobs, 'POST', {})).status, 401)
      assert.equal((await send(jobs, 'POST', {}, { 'x-user': 'vic' })).status, 403)
      const submitted = await send(jobs, 'POST', { submittedBy: 'eve' }, { 'x-user': 'ana' })
      const { job } = (await submitted.json()) as { job: { id: number; submittedBy: string } }
      assert.equal(job.submittedBy, 'ana')
      await holdfast.wait(job.id)
      assert.ok(seen.every((node) => node?.socket.remoteAddress === '127.0.0.1'))
    })
    await served({ holdfast, options: { authorize: () => undefined as unknown as null } }, async (url) => {
      assert.equal((await fetch(`${url}/api/v1/jobs`)).status, 401, 'nobody, as a script says it')
    })
    await served({ holdfast, options: { authorize: () => ({ name: 'ana', role: 'root' as 'admin' }) } }, async (url) => {
      assert.equal((await fetch(`${url}/api/v1/jobs`)).status, 500, 'an answer that is none lets nobody in')
    })
    await served({ holdfast, options: { authorize: () => new Promise<null>(() => undefined) } }, async (url) => {
      const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000) })
      assert.doesNotMatch(await ready.text(), /detail/, 'a probe is answered though the app never says who asks')
    })
    await served({ holdfast, options: { authorize: () => Promise.reject(new Error('the app has a bad day')) } }, async (url) => {
      const response = await fetch(`${url}/api/v1/jobs`)
      assert.equal(response.status, 500)
      assert.doesNotMatch(await response.text(), /bad day/)
    })
  })
})
