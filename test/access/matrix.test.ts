// Who may ask what: every route of the app for every role, as the one table says it, and no route that the table does not name.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { doorkeeper } from '../../src/http/access/doorkeeper.ts'
import { permissions } from '../../src/http/access/permissions.ts'
import { createApp } from '../../src/http/app.ts'
import { openDashboard } from '../../src/http/dashboard-files.ts'
import type { Role } from '../../src/supervisor/roles.ts'
import { openServer, quiet } from '../http/open-server.ts'

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer()
})
after(() => server.close())

const ranks = { anyone: 0, viewer: 1, operator: 2, admin: 3 } as const
const callers: (Role | null)[] = [null, 'viewer', 'operator', 'admin']

function appFor(role: Role | null) {
  return createApp({
    holdfast: server.holdfast,
    basePath: '',
    allowedHosts: new Set(),
    logger: quiet,
    dashboard: openDashboard(),
    doorkeeper: doorkeeper(server.holdfast, { authorize: () => (role === null ? null : { name: 'ana', role }) }),
  })
}

/** The routes that answer, without what only passes a request on. */
function routesOf(app: ReturnType<typeof appFor>): string[] {
  return [...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`))]
}

test('every route is in the table, and the table has no other', () => {
  assert.deepEqual(routesOf(appFor('admin')).sort(), Object.keys(permissions).sort())
})

test('every route answers those whose role reaches what the table says, and nobody else', async () => {
  for (const caller of callers) {
    const app = appFor(caller)
    for (const [route, needed] of Object.entries(permissions)) {
      const [method = '', path = ''] = route.split(' ')
      const response = await ask(app, method, path)
      const may = ranks[needed] <= (caller === null ? 0 : ranks[caller])
      const expected = caller === null ? 401 : 403
      assert.equal(response.status === 401 || response.status === 403, !may, `${caller} ${route}: ${response.status}`)
      if (!may) assert.equal(response.status, expected, `${caller} ${route}`)
    }
  }
})

/** What is not there (job 999999, kind nope) is not found by whoever may look; so nothing is changed by asking. */
async function ask(app: ReturnType<typeof appFor>, method: string, path: string): Promise<Response> {
  const filled = path.replace(':id', '999999').replace(/:\w+/, 'nope').replace('*', 'nope.js')
  const request = new Request(`http://127.0.0.1${filled.startsWith('/') ? '' : '/'}${filled}`, { method })
  const response = await app.fetch(request, {})
  await response.body?.cancel()
  return response
}
