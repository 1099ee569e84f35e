// Signing in over real HTTP: cookies and tokens, who they let in, what a program or another site cannot do with them.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Holdfast } from '../../src/index.ts'
import { openServer } from '../http/open-server.ts'
import { codeOf, cookieOf, password, send, served, signedIn } from './ask.ts'

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

describe('signing in', () => {
  test('nobody sees anything but the page, the probes and the way in', () =>
    served({ holdfast, options: { signIn: true } }, async (url) => {
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
    served({ holdfast, options: { signIn: true } }, async (url) => {
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
    served({ holdfast, options: { signIn: true } }, async (url) => {
      const most = { name: '\u0001'.repeat(200), password: '\u0001'.repeat(1_000) }
      assert.equal((await send(`${url}/api/v1/session`, 'POST', most)).status, 401)
      for (const path of ['session', 'first-user', 'nowhere']) {
        const response = await send(`${url}/api/v1/${path}`, 'POST', { name: 'vic', password, more: 'x'.repeat(20_000) })
        assert.deepEqual([response.status, await codeOf(response)], [413, 'payload_too_large'])
      }
    }))

  test('the cookie is for the API only, not for scripts, and secure where the proxy ended TLS', () =>
    served({ holdfast, options: { signIn: true, trustedProxies: ['127.0.0.1'] } }, async (url) => {
      const body = { name: 'vic', password }
      const plain = (await send(`${url}/api/v1/session`, 'POST', body)).headers.get('set-cookie') ?? ''
      assert.match(plain, /^holdfast_\d+=hf_[\w-]{43}; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
      const secure = await send(`${url}/api/v1/session`, 'POST', body, { 'x-forwarded-proto': 'https' })
      assert.match(secure.headers.get('set-cookie') ?? '', /; Secure/)
      const told = await send(`${url}/api/v1/session`, 'POST', body, { origin: url.replace('http:', 'https:') })
      assert.match(told.headers.get('set-cookie') ?? '', /; Secure/, 'the proxy says nothing, the browser does')
    }))

  test('who signed in is who asked, whatever the request says', () =>
    served({ holdfast, options: { signIn: true } }, async (url) => {
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
    served({ holdfast, options: { signIn: true } }, async (url) => {
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
    served({ holdfast, options: { signIn: true } }, async (url) => {
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
    served({ holdfast, options: { signIn: true, trustedProxies: ['127.0.0.1'] } }, async (url) => {
      const guess = (from: string) =>
        send(`${url}/api/v1/session`, 'POST', { name: 'nobody', password: 'guessed badly' }, { 'x-forwarded-for': from })
      for (let tries = 0; tries < 5; tries++) assert.equal((await guess(`198.51.100.${tries}, 203.0.113.50`)).status, 401)
      const slowed = await guess('203.0.113.50')
      assert.deepEqual([slowed.status, slowed.headers.get('retry-after'), await codeOf(slowed)], [429, '1', 'too_many'])
      assert.equal((await guess('203.0.113.51')).status, 401, 'others need not wait')
    }))

  test('an own password is changed with the old one, and ends all other sessions', () =>
    served({ holdfast, options: { signIn: true } }, async (url) => {
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
    await served({ holdfast, options: { authorize } }, async (url, handler) => {
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
    await served({ holdfast, options: { signIn: true } }, async (url) => {
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
