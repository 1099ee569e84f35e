// The auth matrix: every route of the app, for every role, by every way to be known and by everything that only looks like one.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Doorkeeper, doorkeeper } from '../../src/http/access/doorkeeper.ts'
import { type Permission, permissions } from '../../src/http/access/permissions.ts'
import { createApp } from '../../src/http/app.ts'
import { openDashboard } from '../../src/http/dashboard-files.ts'
import type { Role } from '../../src/supervisor/roles.ts'
import { openServer, quiet } from '../http/open-server.ts'

const password = 'correct horse battery'
const proxy = '10.1.2.3'
const people = ['viewer', 'operator', 'admin'] as const
const ranks: Record<Permission, number> = { anyone: 0, viewer: 1, operator: 2, admin: 3 }

interface Caller {
  name: string
  headers: Record<string, string>
  /** Null: nobody. */
  role: Role | null
  /** Where the connection comes from. */
  from?: string
}

let server: Awaited<ReturnType<typeof openServer>>
const sessions = new Map<Role, string>()
const tokens = new Map<Role, string>()
let [expired, revoked] = ['', '']

before(async () => {
  server = await openServer()
  const { access } = server.holdfast
  for (const role of people.toReversed()) {
    await access.addUser({ name: role, password, role })
    sessions.set(role, (await access.signIn({ name: role, password })).token)
    tokens.set(role, (await access.addToken({ name: `${role}s`, role })).token)
  }
  const short = await access.addToken({ name: 'short', role: 'admin', expiresAt: Date.now() + 50 })
  const gone = await access.addToken({ name: 'gone', role: 'admin' })
  ;[expired, revoked] = [short.token, gone.token]
  await access.removeToken(gone.id)
  while (Date.now() <= (short.expiresAt ?? 0)) await new Promise(setImmediate)
})
after(() => server.close())

function appWith(keeper: Doorkeeper) {
  const common = { basePath: '', allowedHosts: new Set<string>(), logger: quiet, dashboard: openDashboard() }
  return createApp({ holdfast: server.holdfast, ...common, doorkeeper: keeper } as Parameters<typeof createApp>[0])
}

type App = ReturnType<typeof appWith>

const signingIn = () =>
  doorkeeper(server.holdfast, {
    trustedProxies: [proxy],
    signIn: {
      forwardAuth: {
        userHeader: 'remote-user',
        groupsHeader: 'remote-groups',
        roles: { viewer: 'viewer', operator: 'operator', admin: 'admin' },
      },
    },
  })

/** What is not there (job 999999, kind nope) is not found by whoever may look, and a body that is missing is refused: nothing is changed by asking. */
async function ask(
  app: App,
  route: string,
  { headers, from = '203.0.113.7' }: Omit<Caller, 'name' | 'role'>,
  asMethod?: string,
): Promise<number> {
  const [method = '', path = ''] = route.split(' ')
  const filled = path.replace(':id', '999999').replace(/:\w+/, 'nope').replace('*', 'nope.js')
  const request = new Request(`http://127.0.0.1:4747${filled}`, {
    method: asMethod ?? method,
    headers: { host: '127.0.0.1:4747', ...headers },
  })
  const response = await app.fetch(request, { incoming: { socket: { remoteAddress: from } } })
  await response.body?.cancel()
  return response.status
}

function callers(): Caller[] {
  const cookie = (token = '') => `holdfast_4747=${token}`
  const known = people.flatMap((role): Caller[] => [
    { name: `${role} by cookie`, headers: { cookie: cookie(sessions.get(role)) }, role },
    { name: `${role} by token`, headers: { authorization: `Bearer ${tokens.get(role)}` }, role },
    {
      name: `${role} by token, of a page elsewhere`,
      headers: { authorization: `Bearer ${tokens.get(role)}`, origin: 'https://other.example' },
      role,
    },
    { name: `${role} by proxy`, headers: { 'remote-user': 'zoe', 'remote-groups': `x, ${role}` }, role, from: proxy },
    {
      name: `${role} by proxy, which adds a token of its own`,
      headers: { 'remote-user': 'zoe', 'remote-groups': role, authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
      role,
      from: proxy,
    },
    {
      name: `${role} by cookie, with headers that claim more`,
      headers: {
        cookie: cookie(sessions.get(role)),
        'remote-user': 'root',
        'remote-groups': 'admin',
        'x-role': 'admin',
        'x-forwarded-for': '127.0.0.1',
      },
      role,
    },
    { name: `${role}'s session as a token`, headers: { authorization: `Bearer ${sessions.get(role)}` }, role: null },
    { name: `${role}'s token as a session`, headers: { cookie: cookie(tokens.get(role)) }, role: null },
    { name: `${role}'s cookie under another name`, headers: { cookie: `holdfast=${sessions.get(role)}` }, role: null },
    {
      name: `${role}'s cookie beside a wrong token`,
      headers: { cookie: cookie(sessions.get(role)), authorization: 'Bearer hf_no' },
      role: null,
    },
    { name: `${role} named by somebody who is not the proxy`, headers: { 'remote-user': 'zoe', 'remote-groups': role }, role: null },
  ])
  return [
    ...known,
    { name: 'nobody', headers: {}, role: null },
    { name: 'nobody at this machine', headers: {}, role: null, from: '127.0.0.1' },
    { name: 'an expired token', headers: { authorization: `Bearer ${expired}` }, role: null },
    { name: 'a revoked token', headers: { authorization: `Bearer ${revoked}` }, role: null },
    { name: 'an empty token', headers: { authorization: 'Bearer' }, role: null },
    { name: 'a token that is too long', headers: { authorization: `Bearer ${'hf_'.repeat(2_000)}` }, role: null },
    { name: 'name and password in every request', headers: { authorization: `Basic ${btoa(`admin:${password}`)}` }, role: null },
    { name: 'somebody without a group, from the proxy', headers: { 'remote-user': 'zoe' }, role: null, from: proxy },
    { name: 'the proxy, naming nobody', headers: { 'remote-groups': 'admin' }, role: null, from: proxy },
    {
      name: 'somebody who asks to be believed',
      headers: { 'x-user': 'admin', 'x-role': 'admin', 'x-http-method-override': 'GET' },
      role: null,
    },
  ]
}

test('every route is in the table, and the table has no other', () => {
  const app = appWith(signingIn())
  const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual([...new Set(routes)].sort(), Object.keys(permissions).sort())
})

test('every route answers whoever has the role for it, and nobody else, however he asks', async () => {
  const app = appWith(signingIn())
  let asked = 0
  for (const caller of callers()) {
    const rank = caller.role === null ? 0 : ranks[caller.role]
    for (const [route, needed] of Object.entries(permissions)) {
      // It would end the session that the next ones show.
      if (route === 'DELETE /api/v1/session') continue
      const methods = route.startsWith('GET') ? [undefined, 'HEAD'] : [undefined]
      for (const method of methods) {
        const status = await ask(app, route, caller, method)
        const expected = ranks[needed] <= rank ? 'answered' : caller.role === null ? 401 : 403
        assert.equal(
          status === 401 || status === 403 ? status : 'answered',
          expected,
          `${caller.name}: ${method ?? ''} ${route} → ${status}`,
        )
        asked++
      }
    }
  }
  assert.ok(asked > 3_000, `${asked} requests`)
})

test('no change that a page of another site asks for is made, whoever is signed in', async () => {
  const app = appWith(signingIn())
  const forged: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1:4747' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:4748' },
    // As a proxy adds it to whatever it passes on.
    { origin: 'https://evil.example', authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
    { 'sec-fetch-site': 'cross-site', authorization: `Bearer ${tokens.get('admin')}` },
  ]
  for (const role of [...people, null])
    for (const headers of forged)
      for (const route of Object.keys(permissions).filter((each) => !each.startsWith('GET'))) {
        const cookie = role === null ? '' : `holdfast_4747=${sessions.get(role)}`
        assert.equal(await ask(app, route, { headers: { ...headers, cookie } }), 403, `${role} ${route} ${JSON.stringify(headers)}`)
        assert.equal(
          await ask(app, route, { headers: { ...headers, 'remote-user': 'zoe', 'remote-groups': role ?? '' }, from: proxy }),
          403,
        )
      }
})

test('no route answers under a name that is not ours', async () => {
  const app = appWith(signingIn())
  for (const route of Object.keys(permissions))
    for (const host of ['evil.example', '127.0.0.1.nip.io:4747', 'localhost.evil.example'])
      assert.equal(await ask(app, route, { headers: { host, authorization: `Bearer ${tokens.get('admin')}` } }), 421, `${route} ${host}`)
})

test('without sign-in every route answers this machine and nobody else', async () => {
  const app = appWith(doorkeeper(server.holdfast, {}))
  for (const [route, needed] of Object.entries(permissions)) {
    if (needed === 'anyone') continue
    const here = await ask(app, route, { headers: {}, from: '127.0.0.1' })
    assert.ok(here !== 401 && here !== 403, `${route} ${here}`)
    for (const [from, headers] of [
      ['203.0.113.7', {}],
      ['::ffff:203.0.113.7', {}],
      ['fe80::1', {}],
      ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }],
      ['::1', { forwarded: 'for=127.0.0.1' }],
    ] as const)
      assert.equal(await ask(app, route, { headers, from }), 403, `${route} ${from}`)
  }
})
