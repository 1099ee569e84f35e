// The rows of S4 that are about servers and who may do what with them: a real game server, real people in a real browser, real kills.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { type ReadEvent, readAllEvents, readEvents } from '../../../test/http/read-events.ts'
import { server as serverKind } from '../kinds.ts'
import { looksAt } from './looks.ts'
import { openWorld, type Person, people, post, processesOf, serverProcesses, type Web, type World, waitMs } from './world.ts'

describe('S4, the servers', { timeout: 600_000 }, () => {
  let world: World
  let web: Web
  let admin: Person
  let crew: Person
  let player: Person
  let page: Page
  const { settled, running, serverNow, said, operated } = looksAt(() => ({ world, crew }))

  before(async () => {
    world = await openWorld()
    web = await world.serve()
    ;({ admin, crew, player } = await people(world, web))
  })
  after(async () => await world.close())

  test('S4.6 a job that fails is told on its server, until one succeeds', async () => {
    for (const name of ['Reef West', 'Reef East']) assert.equal((await admin.post('/servers', { name, blueprint: '1' })).status, 303)
    const failed = await operated('start', 1)
    await crew.get('/')
    assert.deepEqual([failed.state, serverNow(1).lastErrorJob, serverNow(1).lastError], ['failed', failed.id, failed.failure?.message])
    assert.equal(serverNow(1).condition, 'never set up')
  })

  test('S4.8 installing: anonymous is shown the way in, others get 403, another site too; an admin presses the button and ends on the jobs page', async () => {
    assert.equal((await post(web, '/admin/install', {})).headers.get('location'), '/sign-in?next=%2F')
    for (const somebody of [crew, player])
      for (const answer of [await somebody.post('/admin/install'), await somebody.get('/admin')]) assert.equal(answer.status, 403)
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    ]
    for (const headers of foreign) assert.equal((await admin.post('/admin/install', {}, headers)).status, 403)
    // Nor by the API beside it, which the crew may only read.
    const api = {
      method: 'POST',
      body: '{"input":{"source":"debian"}}',
      headers: { cookie: crew.cookie, 'content-type': 'application/json' },
    }
    assert.equal((await fetch(`${web.url}/holdfast/api/v1/kinds/install/jobs`, api)).status, 403)
    assert.deepEqual((await world.holdfast.list({ kind: 'install' })).jobs, [])

    page = await world.visit(`${web.url}/admin`)
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password').fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Install from Debian’s packages' }).click()
    await page.getByRole('heading', { name: 'Jobs' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/jobs')
    const job = await settled('install')
    assert.deepEqual([job.state, job.exitCode, job.submittedBy], ['succeeded', 0, 'admin'], await said(job.id, 'stderr'))
  })

  test('a form that says nothing of use is refused with a sentence and changes nothing; the way in leads to no other site', async () => {
    const before = [world.database.servers(), world.database.blueprints(), await world.holdfast.access.users()]
    const name = world.database.servers()[0]?.name ?? ''
    const forms: [string, Record<string, string>, RegExp][] = [
      ['/servers', {}, /A name is missing/],
      ['/servers', { name: ' ', blueprint: '1' }, /A name is missing/],
      ['/servers', { name: 'a\nexec x', blueprint: '1' }, /no line breaks/],
      ['/servers', { name, blueprint: '1' }, /called .+ already/],
      ['/servers', { name: 'new', blueprint: '99' }, /There is no blueprint 99/],
      ['/blueprints', { name: 'x'.repeat(41) }, /at most 40 characters/],
      ['/blueprints/1', {}, /The template is missing/],
      ['/admin/install', { source: 'nowhere' }, /Invalid|expected/i],
      ['/admin/people', { name: 'eve', password: 'long enough for anybody', role: 'king' }, /player, crew or admin/],
      ['/admin/people/remove', { name: 'admin' }, /Another admin can remove you/],
    ]
    for (const [path, form, words] of forms) {
      const answer = await admin.post(path, form)
      assert.equal(answer.status, 422, path)
      assert.match(await answer.text(), words)
    }
    assert.deepEqual([world.database.servers(), world.database.blueprints(), await world.holdfast.access.users()], before)
    assert.equal((await admin.get('/jobs/abc')).status, 404)
    for (const next of ['https://evil.example/', '//evil.example', '/\t/evil.example/x', '/\\evil.example', 'javascript:alert(1)']) {
      const answer = await post(web, '/sign-in', { name: 'admin', password: admin.password, next })
      assert.equal(new URL(answer.headers.get('location') ?? '', web.url).origin, new URL(web.url).origin, next)
    }
  })

  test('S4.5 S4.6 start sets up from the blueprint, runs the server as a job of its own and waits until its console answers; success clears the error', async () => {
    await page.goto(`${web.url}/servers/1`)
    await page.locator('.error', { hasText: 'The game is not installed yet' }).waitFor()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.locator('.head .badge', { hasText: 'online' }).waitFor()
    await settled('start', 1)
    const job = await running('server', 1)
    assert.deepEqual([job.uniqueKey, job.locks, job.timeoutMs, job.stall, job.submittedBy], ['1', [], null, null, 'admin'])
    assert.equal(serverProcesses(world.data, 1).length, 1)
    assert.deepEqual([serverNow(1).condition, serverNow(1).players, serverNow(1).lastError], ['online', 0, null])
    // A second start finds it, and makes no second one.
    assert.equal((await operated('start', 1)).state, 'succeeded')
    assert.equal((await running('server', 1)).id, job.id)
    assert.equal(serverProcesses(world.data, 1).length, 1)
    // Its port is taken by the server itself: another program there is noticed by whoever comes second.
    const log = await said(job.id, 'stdout')
    assert.match(log, /econ\]: bound to 127\.0\.0\.1/)
    assert.doesNotMatch(log, /register|rcon password/)
  })

  test('S4.7 the console is followed on the server’s page; what is typed is answered', async () => {
    await page.goto(`${web.url}/servers/1`)
    await page.locator('holdfast-log .ln', { hasText: 'server name is' }).first().waitFor()
    await page.getByLabel('Command').fill('say Good evening')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.said', { hasText: 'Good evening' }).waitFor()
    await page.locator('holdfast-log .ln', { hasText: '*** Good evening' }).first().waitFor()
  })

  test('S4.7 a log is replayed after the last line one has, at most N of it, live, until the job has settled; who may not see it gets 403 before any byte', async () => {
    const job = await running('server', 1)
    const url = `${web.url}/holdfast/api/v1/jobs/${job.id}/log/stream`
    const stranger = await fetch(url)
    assert.equal(stranger.status, 401)
    await stranger.body?.cancel()
    for (const path of [url, `${web.url}/holdfast/api/v1/jobs/${job.id}/log`, `${web.url}/jobs/${job.id}`, `${web.url}/servers/1`]) {
      const answer = await fetch(path, { headers: { cookie: player.cookie }, redirect: 'manual' })
      assert.equal(answer.status, 403, path)
      assert.doesNotMatch(await answer.text(), /data:|econ|server\]/)
    }
    assert.equal(
      (await fetch(`${web.url}/jobs/${job.id}`, { redirect: 'manual' })).headers.get('location'),
      `/sign-in?next=%2Fjobs%2F${job.id}`,
    )

    const headers = { cookie: crew.cookie }
    const seen: ReadEvent[] = []
    const live = (async () => {
      for await (const event of readEvents(`${url}?last=10`, { headers })) seen.push(event)
    })()
    const first = await until('what was left out', () => seen.find(({ event }) => event === 'skipped'), waitMs)
    const page1 = await fetch(new URL(first.data.href, url), { headers })
    assert.equal(((await page1.json()) as { lines: unknown[] }).lines.length, first.data.lines)
    await until('ten lines', () => seen.filter(({ id }) => id !== undefined).length === 10, waitMs)
    await crew.post('/servers/1/console', { command: 'say still there' })
    await until('a live line', () => seen.some(({ data }) => data.text?.includes('*** still there')), waitMs)

    assert.equal((await operated('stop', 1)).state, 'succeeded')
    await live
    assert.equal(seen.at(-1)?.event, 'end')
    const numbered = seen.filter(({ id }) => id !== undefined)
    assert.deepEqual([...new Set(numbered.map(({ event }) => event))].sort(), ['stdout', 'system'])
    const last = Number(numbered.at(-1)?.id)
    const rest = (await readAllEvents(url, { headers: { ...headers, 'last-event-id': String(last - 3) } })).filter(
      ({ id }) => id !== undefined,
    )
    assert.deepEqual(
      rest.map(({ id }) => Number(id)),
      [last - 2, last - 1, last],
    )
  })

  test('S4.5 stop asks the console, and the server ends by itself with 0; an edit of the blueprint takes effect on the next start', async () => {
    const stopped = await settled('server', 1)
    assert.deepEqual([stopped.state, stopped.exitCode], ['succeeded', 0])
    await crew.get('/')
    assert.equal(serverNow(1).condition, 'stopped')

    await page.goto(`${web.url}/blueprints/1`)
    const typed = await page.getByLabel(/^Configuration/).inputValue()
    await page.getByLabel(/^Configuration/).fill(`${typed}sv_register 1\n`)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('sv_register is set by the app, not by a blueprint.').waitFor()
    await page.getByLabel(/^Configuration/).fill(typed.replace('{name}', '{name} by night').replace('dm1', 'dm2'))
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Revision 2, by admin').waitFor()
    assert.equal((await crew.post('/blueprints/1', { template: '' })).status, 403)
    assert.match(await crew.text('/servers/1'), /revision 2 takes effect at the next start/)
    assert.equal((await operated('start', 1)).state, 'succeeded')
    const log = await said((await running('server', 1)).id, 'stdout')
    assert.match(log, /server name is 'Reef West by night'[\s\S]*/)
    assert.match(log, /maps\/dm2\.map/)
    assert.match(log, /econ\]: bound to/, 'the console of a server that was just stopped is there again')
    assert.doesNotMatch(await crew.text('/servers/1'), /takes effect/)
  })

  test('S4.6 what a server really is, is looked at: silent when its console hangs, stopped with its reason when it was killed; stop ends one that does not answer', async () => {
    const [pid = 0] = serverProcesses(world.data, 1)
    process.kill(pid, 'SIGSTOP')
    await crew.post('/servers/1/look')
    assert.equal(serverNow(1).condition, 'silent')
    const stop = await operated('stop', 1)
    assert.equal(stop.state, 'succeeded')
    assert.match(await said(stop.id, 'stdout'), /does not answer[\s\S]*It was stopped\./)
    assert.deepEqual([(await settled('server', 1)).state, serverProcesses(world.data, 1)], ['cancelled', []])

    assert.equal((await operated('start', 1)).state, 'succeeded')
    await page.goto(`${web.url}/servers/1`)
    await page.locator('.head .badge', { hasText: 'online' }).waitFor()
    process.kill(serverProcesses(world.data, 1)[0] ?? 0, 'SIGKILL')
    await page.locator('.head .badge', { hasText: 'stopped' }).waitFor()
    await page.locator('.error', { hasText: 'SIGKILL' }).waitFor()
    const killed = await settled('server', 1)
    assert.equal(serverNow(1).lastErrorJob, killed.id)
    assert.equal((await operated('start', 1)).state, 'succeeded')
    await crew.get('/')
    assert.equal(serverNow(1).lastError, null)
  })

  test('S4.5 delete stops it and removes files and runtime, and its row stays; S4.8 jobs are listed by who asked', async () => {
    const folder = join(world.data, 'gameservers/servers/1')
    assert.ok(existsSync(join(folder, 'runtime/runtime.json')))
    assert.equal((await operated('delete', 1)).state, 'succeeded')
    assert.deepEqual([existsSync(folder), serverProcesses(world.data, 1)], [false, []])
    await crew.get('/')
    assert.deepEqual([serverNow(1).condition, serverNow(1).runtime], ['deleted', null])
    assert.match(await player.text('/'), /Reef West/)
    assert.equal((await world.holdfast.list({ kind: serverKind.kind })).jobs.length > 0, true)

    const mine = await crew.text('/jobs?by=cleo')
    assert.match(mine, />delete </)
    assert.doesNotMatch(mine, />install</)
    assert.match(await crew.text('/jobs?by=admin'), />install</)
  })

  test('nothing is left: no process, no fault in the browser, no inline script', async () => {
    assert.equal((await operated('initialize', 2)).state, 'succeeded')
    assert.deepEqual(processesOf(world.data), [])
    assert.deepEqual(world.faults, [])
    const answer = await admin.get('/admin')
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.doesNotMatch(await answer.text(), / style=| on\w+=|<style|<script>/)
    const files = join(world.data, 'gameservers/servers/2')
    assert.match(readFileSync(join(files, 'files/server.cfg'), 'utf8'), /^bindaddr 127\.0\.0\.1$/m)
  })
})
