// Signing in over real HTTP: the first user, cookies and tokens, who they let in, what a program or another site cannot do with them.
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { createHandler, type Handler, type HandlerOptions, type Listening, listen } from '../../src/http/index.ts'
import type { Holdfast } from '../../src/index.ts'
import { openServer, quiet } from '../http/open-server.ts'

const password = 'correct horse battery'
const json = { 'content-type': 'application/json' }

let server: Awaited<ReturnType<typeof openServer>>
let holdfast: Holdfast
before(async () => {
  server = await openServer()
  holdfast = server.holdfast
  await holdfast.access.addUser({ name: 'Ana', password, role: 'admin' })
  await holdfast.access.addUser({ name: 'ben', password, role: 'operator' })
  await holdfast.access.addUser({ name: 'vic', password, role: 'viewer' })
})
after(() => server.close())

async function served(
  options: HandlerOptions,
  work: (at: { url: string; handler: Handler; listening: Listening }) => Promise<void>,
): Promise<void> {
  const handler = createHandler(holdfast, { logger: quiet, ...options })
  const listening = await listen(handler, { port: 0, host: handler.isProtected ? '0.0.0.0' : '127.0.0.1' })
  try {
    await work({ url: listening.url, handler, listening })
  } finally {
    await listening.close()
  }
}

const send = (url: string, method: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, { method, headers: { ...json, ...headers }, body: JSON.stringify(body) })

async function signedIn(url: string, name: string): Promise<string> {
  const response = await send(`${url}/api/v1/session`, 'POST', { name, password })
  assert.equal(response.status, 200)
  return cookieOf(response)
}

const cookieOf = (response: Response) => /^[^;]*/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? ''
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code

describe('signing in', () => {
  test('nobody sees anything but the page, the probes and the way in', () =>
    served({ signIn: true }, async ({ url }) => {
      for (const path of ['summary', 'jobs', 'kinds', 'events', 'artifacts', 'users', 'tokens', 'jobs/1/log/stream', 'jobs/1/log.txt']) {
        const response = await fetch(`${url}/api/v1/${path}`)
        assert.equal(response.status, 401, path)
        assert.equal(await codeOf(response), 'sign_in_required')
      }
      for (const path of ['/', '/jobs/1', '/healthz', '/openapi.json']) assert.equal((await fetch(url + path)).status, 200, path)
      assert.doesNotMatch(await (await fetch(`${url}/readyz`)).text(), /detail/)
      const session = await (await fetch(`${url}/api/v1/session`)).json()
      assert.deepEqual(session, { user: null, by: 'sign-in', signedInBy: null, needsFirstUser: false, needsCode: false })
    }))

  test('a password opens what the role may, and a wrong one nothing', () =>
    served({ signIn: true }, async ({ url }) => {
      const wrong = await send(`${url}/api/v1/session`, 'POST', { name: 'vic', password: 'wrong password' })
      assert.deepEqual([wrong.status, await codeOf(wrong), wrong.headers.get('set-cookie')], [401, 'wrong_password', null])
      const cookie = await signedIn(url, 'VIC')
      assert.equal((await fetch(`${url}/api/v1/jobs`, { headers: { cookie } })).status, 200)
      const denied = await send(`${url}/api/v1/kinds/shell/jobs`, 'POST', {}, { cookie })
      assert.deepEqual([denied.status, await codeOf(denied)], [403, 'not_allowed'])
      const session = (await (await fetch(`${url}/api/v1/session`, { headers: { cookie } })).json()) as { user: object }
      assert.deepEqual(session.user, { name: 'vic', role: 'viewer' })
      const out = await fetch(`${url}/api/v1/session`, { method: 'DELETE', headers: { cookie } })
      assert.equal(((await out.json()) as { user: null }).user, null)
      assert.equal((await fetch(`${url}/api/v1/jobs`, { headers: { cookie } })).status, 401)
    }))

  test('nobody who is not known makes the server keep more than a name and a password', () =>
    served({ signIn: true }, async ({ url }) => {
      const most = { name: '\u0001'.repeat(200), password: '\u0001'.repeat(1_000) }
      assert.equal((await send(`${url}/api/v1/session`, 'POST', most)).status, 401)
      for (const path of ['session', 'first-user', 'nowhere']) {
        const response = await send(`${url}/api/v1/${path}`, 'POST', { name: 'vic', password, more: 'x'.repeat(20_000) })
        assert.deepEqual([response.status, await codeOf(response)], [413, 'payload_too_large'])
      }
    }))

  test('the cookie is for the API only, not for scripts, and secure where the proxy ended TLS', () =>
    served({ signIn: true, trustedProxies: ['127.0.0.1'] }, async ({ url }) => {
      const body = { name: 'vic', password }
      const plain = (await send(`${url}/api/v1/session`, 'POST', body)).headers.get('set-cookie') ?? ''
      assert.match(plain, /^holdfast_\d+=hf_[\w-]{43}; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
      const secure = await send(`${url}/api/v1/session`, 'POST', body, { 'x-forwarded-proto': 'https' })
      assert.match(secure.headers.get('set-cookie') ?? '', /; Secure/)
      const told = await send(`${url}/api/v1/session`, 'POST', body, { origin: url.replace('http:', 'https:') })
      assert.match(told.headers.get('set-cookie') ?? '', /; Secure/, 'the proxy says nothing, the browser does')
    }))

  test('who signed in is who asked, whatever the request says', () =>
    served({ signIn: true }, async ({ url }) => {
      const cookie = await signedIn(url, 'ben')
      const submitted = await send(`${url}/api/v1/kinds/shell/jobs`, 'POST', { submittedBy: 'Ana' }, { cookie })
      const { job } = (await submitted.json()) as { job: { id: number; submittedBy: string } }
      assert.equal(job.submittedBy, 'ben')
      await holdfast.wait(job.id)
      await send(`${url}/api/v1/jobs/${job.id}/cancel`, 'POST', { by: 'Ana' }, { cookie })
      const { token } = await holdfast.access.addToken({ name: 'bookapp', role: 'operator' })
      const forSomebody = await send(
        `${url}/api/v1/kinds/shell/jobs`,
        'POST',
        { submittedBy: 'cleo' },
        { authorization: `Bearer ${token}` },
      )
      const other = ((await forSomebody.json()) as { job: { id: number; submittedBy: string } }).job
      assert.equal(other.submittedBy, 'cleo (bookapp)')
      await holdfast.wait(other.id)
    }))

  test('a token works as a header and nowhere else, and a session only as a cookie', () =>
    served({ signIn: true }, async ({ url }) => {
      const { token, id } = await holdfast.access.addToken({ name: 'grafana', role: 'viewer' })
      const jobs = `${url}/api/v1/jobs`
      assert.equal((await fetch(jobs, { headers: { authorization: `Bearer ${token}` } })).status, 200)
      assert.equal((await fetch(jobs, { headers: { authorization: `bearer  ${token} ` } })).status, 200)
      const cookie = await signedIn(url, 'vic')
      const [name, session] = cookie.split('=')
      const refused: Record<string, string>[] = [
        { authorization: `Basic ${token}` },
        { authorization: token },
        { authorization: `Bearer ${session}` },
        { authorization: `Bearer ${token}x`, cookie },
        { cookie: `${name}=${token}` },
        { cookie: `holdfast=${session}` },
        { cookie: cookie.slice(0, -1) },
        { 'remote-user': 'Ana', 'x-forwarded-user': 'Ana', 'x-remote-user': 'Ana' },
        { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
      ]
      for (const headers of refused) assert.equal((await fetch(jobs, { headers })).status, 401, JSON.stringify(headers))
      for (const query of [`?token=${token}`, `?access_token=${token}`, `?authorization=Bearer%20${token}`])
        assert.equal((await fetch(jobs + query)).status, 401, query)
      await holdfast.access.removeToken(id)
      assert.equal((await fetch(jobs, { headers: { authorization: `Bearer ${token}` } })).status, 401)
    }))

  test('another site cannot use a cookie, nor make somebody sign in', () =>
    served({ signIn: true }, async ({ url }) => {
      const cookie = await signedIn(url, 'Ana')
      const forged: Record<string, string>[] = [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example' },
        { origin: 'null' },
      ]
      const changes: [string, string, unknown][] = [
        ['POST', 'kinds/shell/jobs', {}],
        ['POST', 'users', { name: 'eve', password, role: 'admin' }],
        ['PATCH', 'users/ben', { role: 'admin' }],
        ['DELETE', 'users/ben', {}],
        ['POST', 'tokens', { name: 'eve', role: 'admin' }],
        ['POST', 'session', { name: 'vic', password }],
        ['DELETE', 'session', {}],
        ['POST', 'password', { password, newPassword: password }],
      ]
      for (const headers of forged)
        for (const [method, path, body] of changes) {
          const response = await send(`${url}/api/v1/${path}`, method, body, { ...headers, cookie })
          assert.deepEqual([response.status, await codeOf(response)], [403, 'forbidden'], `${method} ${path} ${JSON.stringify(headers)}`)
        }
      assert.deepEqual(
        (await holdfast.access.users()).map(({ role }) => role),
        ['admin', 'operator', 'viewer'],
      )
      const { token } = await holdfast.access.addToken({ name: 'script', role: 'operator' })
      const program = { authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' }
      const submitted = await send(`${url}/api/v1/kinds/shell/jobs`, 'POST', {}, program)
      assert.equal(submitted.status, 201, 'a token is no cookie')
      await holdfast.wait(((await submitted.json()) as { job: { id: number } }).job.id)
      assert.equal(
        (await fetch(`${url}/api/v1/jobs`, { headers: { cookie, origin: 'https://evil.example' } })).headers.get(
          'access-control-allow-origin',
        ),
        null,
      )
    }))

  test('guessing has to wait, from wherever the trusted proxy says, and the answer says how long', () =>
    served({ signIn: true, trustedProxies: ['127.0.0.1'] }, async ({ url }) => {
      const guess = (from: string) =>
        send(`${url}/api/v1/session`, 'POST', { name: 'nobody', password: 'guessed badly' }, { 'x-forwarded-for': from })
      for (let tries = 0; tries < 5; tries++) assert.equal((await guess(`198.51.100.${tries}, 203.0.113.50`)).status, 401)
      const slowed = await guess('203.0.113.50')
      assert.deepEqual([slowed.status, slowed.headers.get('retry-after'), await codeOf(slowed)], [429, '1', 'too_many'])
      assert.equal((await guess('203.0.113.51')).status, 401, 'others need not wait')
    }))

  test('an own password is changed with the old one, and ends all other sessions', () =>
    served({ signIn: true }, async ({ url }) => {
      await holdfast.access.addUser({ name: 'dora', password, role: 'viewer' })
      const [one, other] = [await signedIn(url, 'dora'), await signedIn(url, 'dora')]
      const change = (cookie: string, old: string) =>
        send(`${url}/api/v1/password`, 'POST', { password: old, newPassword: 'a new long password' }, { cookie })
      assert.equal(await codeOf(await change(one, 'not the old one')), 'wrong_password')
      const changed = await change(one, password)
      assert.equal(changed.status, 200)
      for (const [cookie, status] of [
        [one, 401],
        [other, 401],
        [cookieOf(changed), 200],
      ] as const)
        assert.equal((await fetch(`${url}/api/v1/jobs`, { headers: { cookie } })).status, status)
      await holdfast.access.removeUser('dora')
    }))

  test('a stream ends when the app throws instead of saying no, and a reader that is gone is not asked for', {
    timeout: 20_000,
  }, async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let asked = 0
    let isSignedIn = true
    const authorize = () => {
      asked++
      if (!isSignedIn) throw new Error('sign in first')
      return { name: 'ana', role: 'viewer' } as const
    }
    await served({ authorize }, async ({ url, handler }) => {
      const gone = new Request(`${url}/api/v1/events`, { signal: AbortSignal.abort() })
      await (await handler.fetch(gone)).body?.cancel()
      assert.equal(asked, 1)
      t.mock.timers.tick(60_000)
      assert.equal(asked, 1, 'nobody reads it')
      const response = await fetch(`${url}/api/v1/events`)
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      await reader.read()
      isSignedIn = false
      t.mock.timers.tick(30_000)
      for (;;) if ((await reader.read()).done) break
    })
  })

  test('what a stream may is asked again while it is open', { timeout: 20_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    await served({ signIn: true }, async ({ url }) => {
      const { token, id } = await holdfast.access.addToken({ name: 'watcher', role: 'viewer' })
      const response = await fetch(`${url}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } })
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      await reader.read()
      t.mock.timers.tick(30_000)
      await holdfast.access.removeToken(id)
      t.mock.timers.tick(30_000)
      for (;;) if ((await reader.read()).done) break
    })
  })
})

describe('the first user', () => {
  test('is made once by whoever sits here, or by whoever has the code', async () => {
    const fresh = await openServer()
    const handler = createHandler(fresh.holdfast, { signIn: true, logger: quiet })
    const listening = await listen(handler, { port: 0, host: '0.0.0.0' })
    try {
      const code = await handler.firstUserCode()
      assert.match(code ?? '', /^[A-Z2-9]{10}$/)
      const here = `${listening.url}/api/v1`
      const elsewhere = askedFromElsewhere(handler, listening.port)
      const make = (more: object) => elsewhere('first-user', { method: 'POST', headers: json, body: JSON.stringify({ ...body, ...more }) })
      const body = { name: 'Ana', password }
      assert.deepEqual(await (await elsewhere('session')).json(), {
        user: null,
        by: 'sign-in',
        signedInBy: null,
        needsFirstUser: true,
        needsCode: true,
      })
      for (const wrong of [{}, { code: '' }, { code: 'AAAAAAAAAA' }]) assert.equal((await make(wrong)).status, 401)
      const proxied = await send(`${here}/first-user`, 'POST', body, { 'x-forwarded-for': '203.0.113.7' })
      assert.equal(proxied.status, 401, 'a proxy on this machine speaks for somebody else')
      assert.match(await asNginxWould(listening.port, 'POST /api/v1/first-user', body), /^HTTP\/1.1 401.*"wrong_password"/s)
      const made = await Promise.all([...'abcdef'].map((name) => make({ name, code: code?.toLowerCase() })))
      assert.deepEqual(made.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409])
      const cookie = cookieOf(made.find(({ status }) => status === 201) as Response)
      assert.equal((await elsewhere('users', { headers: { cookie } })).status, 200)
      assert.equal((await send(`${here}/first-user`, 'POST', body)).status, 409)
      assert.equal(await handler.firstUserCode(), null)
    } finally {
      await listening.close()
      await fresh.close()
    }
  })

  test('is nobody whom a proxy on this machine has signed in, though it says no more than his name', async () => {
    const fresh = await openServer()
    const forwardAuth = { userHeader: 'remote-user', roles: { '*': 'viewer' } } as const
    const signIn = { forwardAuth, openUntilSetUp: true }
    const handler = createHandler(fresh.holdfast, { signIn, trustedProxies: ['127.0.0.1'], logger: quiet })
    const listening = await listen(handler, { port: 0 })
    try {
      const made = await send(`${listening.url}/api/v1/first-user`, 'POST', { name: 'zoe', password }, { 'remote-user': 'zoe' })
      assert.equal(made.status, 401, 'a viewer would make himself an admin')
      assert.equal((await fetch(`${listening.url}/api/v1/jobs`)).status, 401)
    } finally {
      await listening.close()
      await fresh.close()
    }
  })

  test('is nobody who guesses on, not even by the right code at last; here he is made still', async () => {
    const fresh = await openServer()
    const handler = createHandler(fresh.holdfast, { signIn: true, logger: quiet })
    try {
      const code = await handler.firstUserCode()
      const make = async (code: string | null, remoteAddress: string) => {
        const init = { method: 'POST', headers: json, body: JSON.stringify({ name: 'Ana', password, code: code ?? '' }) }
        const answer = await handler.fetch(new Request('http://203.0.113.1/api/v1/first-user', init), {
          incoming: { socket: { remoteAddress } },
        })
        return answer.status
      }
      for (let tries = 0; tries < 100; tries++) assert.equal(await make('AAAAAAAAAA', '203.0.113.7'), 401)
      assert.deepEqual([await make('AAAAAAAAAA', '203.0.113.7'), await make(code, '203.0.113.7')], [429, 429])
      assert.equal(await make('', '127.0.0.1'), 201)
    } finally {
      await fresh.close()
    }
  })

  test('until there is one, it may be open here, and only here', async () => {
    const fresh = await openServer()
    const handler = createHandler(fresh.holdfast, { signIn: { openUntilSetUp: true }, logger: quiet })
    const listening = await listen(handler, { port: 0, host: '0.0.0.0' })
    try {
      const here: Ask = (path, init) => fetch(`${listening.url}/api/v1/${path}`, init)
      const elsewhere = askedFromElsewhere(handler, listening.port)
      const status = async (ask: Ask, headers = {}) => (await ask('jobs', { headers })).status
      assert.deepEqual([await status(here), await status(elsewhere), await status(here, { 'x-forwarded-for': '1.2.3.4' })], [200, 401, 401])
      await fresh.holdfast.access.addUser({ name: 'Ana', password, role: 'admin' })
      assert.equal(await status(here), 401)
    } finally {
      await listening.close()
      await fresh.close()
    }
  })
})

describe('a proxy that signs people in', () => {
  const forwardAuth = {
    userHeader: 'remote-user',
    groupsHeader: 'remote-groups',
    roles: { admins: 'admin', staff: 'operator', '*': 'viewer' },
  } as const
  const role = async (url: string, headers: Record<string, string>) =>
    ((await (await fetch(`${url}/api/v1/session`, { headers })).json()) as { user: { name: string; role: string } | null }).user

  test('is believed from its own address, with the highest role of the groups', () =>
    served({ signIn: { forwardAuth }, trustedProxies: ['127.0.0.0/8'] }, async ({ url }) => {
      assert.deepEqual(await role(url, { 'remote-user': 'zoe', 'remote-groups': 'staff, admins' }), { name: 'zoe', role: 'admin' })
      assert.deepEqual(await role(url, { 'remote-user': 'zoe', 'remote-groups': 'staff' }), { name: 'zoe', role: 'operator' })
      assert.deepEqual(await role(url, { 'remote-user': 'zoe', 'remote-groups': 'constructor,toString' }), { name: 'zoe', role: 'viewer' })
      assert.equal(await role(url, { 'remote-groups': 'admins' }), null)
      assert.equal(await role(url, {}), null)
    }))

  test('is not believed from elsewhere, whatever it sends', () =>
    served({ signIn: { forwardAuth }, trustedProxies: ['192.0.2.1', '2001:db8::/32'] }, async ({ url }) => {
      for (const more of [{}, { 'x-forwarded-for': '192.0.2.1' }, { forwarded: 'for=192.0.2.1' }, { 'x-real-ip': '192.0.2.1' }])
        assert.equal(await role(url, { 'remote-user': 'Ana', 'remote-groups': 'admins', ...more }), null)
    }))

  test('is asked again by a stream: its reader comes back through it every five minutes', { timeout: 20_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    await served({ signIn: { forwardAuth }, trustedProxies: ['127.0.0.1'] }, async ({ url }) => {
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
    await served({ authorize }, async ({ url }) => {
      const jobs = `${url}/api/v1/kinds/shell/jobs`
      assert.equal((await send(jobs, 'POST', {})).status, 401)
      assert.equal((await send(jobs, 'POST', {}, { 'x-user': 'vic' })).status, 403)
      const submitted = await send(jobs, 'POST', { submittedBy: 'eve' }, { 'x-user': 'ana' })
      const { job } = (await submitted.json()) as { job: { id: number; submittedBy: string } }
      assert.equal(job.submittedBy, 'ana')
      await holdfast.wait(job.id)
      assert.ok(seen.every((node) => node?.socket.remoteAddress === '127.0.0.1'))
    })
    await served({ authorize: () => undefined as unknown as null }, async ({ url }) => {
      assert.equal((await fetch(`${url}/api/v1/jobs`)).status, 401, 'nobody, as a script says it')
    })
    await served({ authorize: () => ({ name: 'ana', role: 'root' as 'admin' }) }, async ({ url }) => {
      assert.equal((await fetch(`${url}/api/v1/jobs`)).status, 500, 'an answer that is none lets nobody in')
    })
    await served({ authorize: () => new Promise<null>(() => undefined) }, async ({ url }) => {
      const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000) })
      assert.doesNotMatch(await ready.text(), /detail/, 'a probe is answered though the app never says who asks')
    })
    await served({ authorize: () => Promise.reject(new Error('the app has a bad day')) }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/jobs`)
      assert.equal(response.status, 500)
      assert.doesNotMatch(await response.text(), /bad day/)
    })
  })
})

/** With nothing but `proxy_pass`, on the same machine: no header says for whom. */
async function asNginxWould(port: number, line: string, body: object = {}): Promise<string> {
  const text = JSON.stringify(body)
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `${line} HTTP/1.0\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  )
  return (await socket.setEncoding('utf8').toArray()).join('')
}

type Ask = (path: string, init?: RequestInit) => Promise<Response>

/** A request that does not come from loopback: over an address of this machine, or, where it has none, as the Node adapter would hand it on. */
function askedFromElsewhere(handler: Handler, port: number): Ask {
  const found = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  if (found) return (path, init) => fetch(`http://${found.address}:${port}/api/v1/${path}`, init)
  const incoming = { socket: { remoteAddress: '203.0.113.7' } }
  return (path, init) => handler.fetch(new Request(`http://203.0.113.1:${port}/api/v1/${path}`, init), { incoming })
}
