// The app in the test's own process: whether there is a worker and that there are never two, what its pages refuse, and what they do while
// another program holds its database.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { temporaryFolder, until } from '../../../test/contract/temporary.ts'
import { type App, openApp } from '../app.ts'
import { openDatabase, type Server } from '../database.ts'
import { operations, server as serverKind } from '../kinds.ts'
import { lookAfterServers } from '../look.ts'
import { createPages } from '../web/pages.ts'
import { ownPath } from '../web/visitor.ts'

const data = temporaryFolder('gameservers-app')
const password = 'a long password'
const warnings: string[] = []
const logger = { info() {}, error() {}, warn: (line: string) => void warnings.push(line) }
/** For a machine that has much else to do. */
const waitMs = 60_000
const named = process.env.HOLDFAST_RUNNER

let app: App
let server: Server
let admin: Awaited<ReturnType<typeof visitor>>

before(async () => {
  delete process.env.HOLDFAST_RUNNER
  app = await openApp({ data, logger, patienceMs: 1_500 })
  server = (await app.database.addServer('Reef')) as Server
  const { access } = app.holdfast
  await access.addUser({ name: 'ana', password, role: 'admin', isFirst: true })
  await access.addUser({ name: 'pat', password, role: 'viewer' })
  admin = await visitor('ana')
})
after(async () => {
  if (named === undefined) delete process.env.HOLDFAST_RUNNER
  else process.env.HOLDFAST_RUNNER = named
  await app.close()
})

test('what is refused is a page of the app with a sentence and a way back; and nothing is changed', async () => {
  // The first look at the new server is a change of its own.
  await until('a look at it', async () => (await app.database.server(server.id))?.lookedAt, waitMs)
  const state = async () => [await app.database.servers(), await app.database.blueprint(), await app.holdfast.count()]
  const before = await state()
  const forms: [string, Record<string, string>, RegExp][] = [
    ['/servers', {}, /A name is missing/],
    ['/servers', { name: ' ' }, /A name is missing/],
    ['/servers', { name: 'a\nexec x' }, /no line breaks/],
    ['/servers', { name: 'x'.repeat(41) }, /at most 40 characters/],
    ['/servers', { name: 'Reef' }, /There is a server called Reef already/],
    ['/servers/1/console', { command: 'status' }, /The console does not answer: This server has no console/],
    ['/servers/1/console', { command: 'SV_Register 1' }, /sv_register is set by the app, not here/],
    ['/servers/1/console', { command: 'say hello; exec x' }, /exec is set by the app, not here/],
    ['/blueprint', {}, /The template is missing/],
    ['/blueprint', { template: 'sv_map dm9', revision: '0' }, /Somebody has saved another revision[\s\S]*value="1"[\s\S]*>\nsv_map dm9</],
    [
      '/blueprint',
      { template: 'sv_name mine\nsv_port 1', revision: '1' },
      /Line 2: sv_port is set by the app[\s\S]*>\nsv_name mine\nsv_port 1</,
    ],
    ['/admin/install', { source: 'nowhere' }, /not to be had from there/],
  ]
  for (const [path, form, words] of forms) {
    const answer = await admin.post(path, form)
    assert.equal(answer.status, 422, path)
    assert.match(await answer.text(), words)
  }
  const player = await visitor('pat')
  const answers: [Response, number, RegExp][] = [
    [await admin.get('/nothing', { referer: 'http://localhost/jobs?by=ana' }), 404, /There is no page \/nothing.*href="\/jobs\?by=ana"/],
    [await admin.get('/jobs/abc', { referer: 'https://evil.example/x' }), 404, /href="\/">Go back/],
    [await admin.get('/jobs/99'), 404, /There is no job 99/],
    [await player.get('/jobs'), 403, /pat is signed in as player/],
    [await admin.post('/servers', { name: 'x'.repeat(200_000) }), 413, /more than any form here has/],
    [await admin.post('/servers', {}, { origin: 'https://evil.example' }), 403, /A page of another site sent this/],
  ]
  for (const [answer, status, words] of answers) {
    const text = await answer.text()
    assert.deepEqual([answer.status, text.includes('<header class="top">')], [status, true])
    assert.match(text, words)
  }
  assert.deepEqual(await state(), before)
  for (const next of ['https://evil.example/', '//evil.example', '/\t/evil.example/x', '/\\evil.example', 'javascript:alert(1)'])
    assert.equal(ownPath(next, 'http://localhost/sign-in'), '/', next)
  assert.equal(ownPath('/jobs?by=ana', 'http://localhost/sign-in'), '/jobs?by=ana')
})

// Before there is a worker: what is asked for stays queued.
test('what is asked for twice, as by a double click, leads to the job that is under way; 409 where that is not the last word, or does another thing', async () => {
  const asked = async (path: string, form: Record<string, string> = {}) => {
    const answer = await admin.post(path, form)
    return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
  }
  const first = await asked('/servers/1/start')
  assert.deepEqual(await asked('/servers/1/start'), first)
  await asked('/servers/1/stop')
  const late = await asked('/servers/1/start')
  assert.deepEqual([late.status, /Not now.*Job \d+ of kind &quot;start&quot;/.test(late.text)], [409, true])
  const install = await asked('/admin/install', { source: 'debian' })
  assert.deepEqual([await asked('/admin/install', { source: 'debian' }), install.status], [install, 303])
  const other = await asked('/admin/install', { source: 'steamcmd' })
  assert.deepEqual([other.status, /Not now.*from elsewhere already/.test(other.text)], [409, true])
  for (const { id } of (await app.holdfast.list({ state: ['queued'] })).jobs) await app.holdfast.cancel(id)
})

test('S4.9 a test starts no worker by accident; one can be switched off; started twice in one process it is one, which does a job once. S4.6 while another program holds the database, pages go on and what cannot be noted is told and noted later', async () => {
  const alive = async ({ holdfast }: App) => (await holdfast.runners()).filter(({ isAlive }) => isAlive).length
  // It has no files: the operation fails by its own words, as soon as somebody executes it.
  const { id } = (await app.holdfast.submit(operations.start, { server: server.id })).job
  assert.deepEqual([await alive(app), (await app.holdfast.get(id))?.state], [0, 'queued'])

  process.env.HOLDFAST_RUNNER = 'off'
  const second = await openApp({ data, logger })
  assert.equal(await alive(second), 0)
  process.env.HOLDFAST_RUNNER = 'on'
  const off = await openApp({ data, worker: false, logger })
  assert.equal(await alive(off), 0)
  assert.match(await (await admin.get('/jobs')).text(), /No worker is running/)
  await until('a look at what was asked for', async () => (await app.database.server(server.id))?.lookedAt, waitMs)

  const lock = new DatabaseSync(join(data, 'gameservers/gameservers.db'), { timeout: 20_000 })
  lock.exec('begin immediate')
  const [third, fourth] = await Promise.all([openApp({ data, logger }), openApp({ data, logger })])
  const job = await third.holdfast.wait(id)
  assert.equal(await alive(fourth), 1)
  assert.deepEqual(
    [job.state, job.attempts, job.failure?.message],
    ['failed', 1, 'The game is not installed yet: an admin does that on the page “Admin”.'],
  )
  await until(
    'a word of what is in the way',
    () => warnings.some((line) => /cannot be looked at now.*locked by another process/.test(line)),
    waitMs,
  )
  let refused: Response | null = null
  const asked = admin.post('/servers', { name: 'Wreck' }).then((answer) => (refused = answer))
  let answered = 0
  await until('an answer', async () => (await admin.get('/')).status === 200 && ++answered && refused, waitMs)
  assert.ok(answered > 1, 'pages go on')
  const text = await (await asked).text()
  assert.deepEqual([(await asked).status, (await asked).headers.get('retry-after')], [503, '5'])
  assert.match(text, /<h1>Busy<\/h1>.*Nothing was changed/)
  assert.deepEqual([(await app.database.servers()).length, (await app.database.server(server.id))?.lastErrorJob], [1, null])
  lock.exec('rollback')
  lock.close()
  await until('what was missed', async () => (await app.database.server(server.id))?.lastErrorJob === id, waitMs)
  for (const other of [second, off, third, fourth]) await other.close()
})

test('S4.1 a call waits for the lock of another program while the process goes on; it gives up by its patience or when it is stopped', async () => {
  const folder = join(data, 'alone')
  const patient = await openDatabase(folder, { forMs: 60_000 })
  const other = new DatabaseSync(join(folder, 'gameservers.db'), { timeout: 20_000 })
  other.exec('begin immediate')
  // What is there already is opened and read without a lock.
  const hasty = await openDatabase(folder, { forMs: 100 })
  const stop = new AbortController()
  const stopped = await openDatabase(folder, { forMs: 60_000, signal: stop.signal })

  let isAdded = false
  const added = patient.addServer('Reef').finally(() => (isAdded = true))
  await assert.rejects(hasty.addServer('Reef'), { code: 'database_busy', retryable: true, message: /locked by another process/ })
  const abandoned = assert.rejects(stopped.note(1, { players: 3 }), { name: 'AbortError' })
  stop.abort()
  await abandoned
  await delay(0)
  assert.deepEqual([isAdded, await patient.servers()], [false, []])

  other.exec('commit')
  assert.equal((await added)?.port, 8303)
  assert.equal(await hasty.addServer('Reef'), undefined, 'there is one of that name')
  assert.equal((await hasty.addServer('Reef East'))?.port, 8304)
  for (const database of [patient, hasty, stopped, other]) database.close()
})

test('S4.5 a Start gives up on a server that does not begin, and leaves alone what another one asked for. S4.6 an error stands until another job has ended that nobody cancelled', async (t) => {
  process.env.HOLDFAST_RUNNER = 'on'
  Object.assign(operations.start.environment ?? {}, { GAMESERVERS_HEALTH_MS: '1' })
  const { holdfast } = app
  const worker = await openApp({ data, logger })
  t.after(() => worker.close())
  await worker.holdfast.wait((await holdfast.submit(operations.stop, { server: server.id })).job.id)
  const queued = (await holdfast.submit(serverKind, { server: server.id }, { availableAt: Date.now() + 3_600_000 })).job
  const { id } = (await holdfast.submit(operations.start, { server: server.id })).job
  const { failure } = await worker.holdfast.wait(id)
  assert.equal(failure?.message, `It has not begun for 0.001 s; it was left as it is (job ${queued.id})`)
  assert.equal((await holdfast.get(queued.id))?.state, 'queued')
  await holdfast.cancel(queued.id)
  await worker.looker.caughtUp()
  // The worker lives as long as this process has the folder open, and is not to be faster than the cancel.
  const again = (await holdfast.submit(operations.start, { server: server.id }, { availableAt: Date.now() + 3_600_000 })).job
  await holdfast.cancel(again.id)
  // Whatever else went well before.
  await app.database.note(server.id, { lookedAt: 0 })
  await app.looker.lookAt(server.id)
  assert.equal((await app.database.server(server.id))?.lastErrorJob, id)
})

test('S4.6 many servers are looked at in a few calls, and rounds never pile up', async () => {
  for (let number = 0; number < 21; number++) await app.database.addServer(`Many ${number}`)
  const count = (await app.database.servers()).length
  const calls: number[] = []
  const activity: App['holdfast']['activity'] = (filter, options) => {
    calls.push(filter?.kind?.length ?? 0)
    return app.holdfast.activity(filter, options)
  }
  const looker = await lookAfterServers(Object.create(app.holdfast, { activity: { value: activity } }), logger)
  calls.length = 0
  await Promise.all(Array.from({ length: 9 }, looker.caughtUp))
  assert.deepEqual([calls.length, calls[0], calls.reduce((sum, named) => sum + named)], [3, 50, count * 5])
  await looker.close()
})

async function visitor(name: string) {
  const { token } = await app.holdfast.access.signIn({ name, password })
  const pages = createPages(app)
  const headers = { cookie: `gameservers=${token}` }
  return {
    get: async (path: string, more: Record<string, string> = {}) => pages.request(path, { headers: { ...headers, ...more } }),
    post: async (path: string, form: Record<string, string>, more: Record<string, string> = {}) =>
      pages.request(path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { ...headers, origin: 'http://localhost', ...more },
      }),
  }
}
