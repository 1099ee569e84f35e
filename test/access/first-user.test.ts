// The first user over real HTTP: once, by whoever sits at the machine or has the code, and by nobody else.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createHandler, listen } from '../../src/http/index.ts'
import { openServer, quiet } from '../http/open-server.ts'
import { type Ask, askedFromElsewhere, asNginxWould, cookieOf, json, password, send } from './ask.ts'

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
