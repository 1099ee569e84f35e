// The rows of S4 in the acceptance list, one after the other on one data folder: the app as a process, a real game server, real people and kills.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { Job } from 'holdfast'
import type { Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { type ReadEvent, readAllEvents, readEvents } from '../../../test/http/read-events.ts'
import { operations, server as serverKind } from '../kinds.ts'
import { defrag, jobOf, openWorld, type Person, person, post, processesOf, serverProcesses, type Web, type World, waitMs } from './world.ts'

describe('S4', { timeout: 280_000 }, () => {
  let world: World
  let web: Web
  let admin: Person
  let crew: Person
  let player: Person
  let page: Page

  const settled = (kind: string, server?: number) => jobOf(world, kind)(server)
  const running = (kind: string, server?: number) => jobOf(world, kind, ({ state }) => state === 'running')(server)
  const serverNow = (id: number) => world.database.server(id) ?? assert.fail(`no server ${id}`)
  const lines = async (id: number) => (await world.holdfast.log(id, { limit: 5_000 })).lines
  const said = async (id: number, stream: string) =>
    (await lines(id))
      .filter((line) => line.stream === stream)
      .map(({ text }) => text)
      .join('\n')
  const operated = async (operation: string, server: number, by: Person = crew) => {
    const { headers } = await by.post(`/servers/${server}/${operation}`)
    assert.equal(headers.get('location'), `/servers/${server}`)
    const job = await jobOf(world, operation, ({ submittedBy }) => submittedBy === by.name)(server)
    return world.holdfast.wait(job.id)
  }

  before(async () => {
    world = await openWorld()
    web = await world.serve()
    await until('an admin', web.password, waitMs)
    await world.holdfast.access.addUser({ name: 'cleo', password: 'a long password', role: 'operator' })
    await world.holdfast.access.addUser({ name: 'pat', password: 'a long password', role: 'viewer' })
    admin = await person(web, 'admin', web.password() ?? '')
    crew = await person(web, 'cleo', 'a long password')
    player = await person(web, 'pat', 'a long password')
  })
  after(async () => await world.close())

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
    assert.deepEqual((await world.holdfast.list()).jobs, [])

    page = await world.visit(`${web.url}/admin`)
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password').fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Install from Debian’s packages' }).click()
    await page.getByRole('heading', { name: 'Jobs' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/jobs')
    const job = await settled('install')
    assert.deepEqual([job.state, job.exitCode, job.submittedBy], ['succeeded', 0, 'admin'], await said(job.id, 'stderr'))
    assert.doesNotMatch(await said(job.id, 'stdout'), /:\/\//, 'nobody is told which mirror this machine uses')
  })

  test('S4.1 unknown operations and missing servers fail cleanly and never stop the line; jobs go oldest first', async () => {
    for (const name of ['Reef West', 'Reef East', 'Reef North']) await admin.post('/servers', { name, blueprint: '1' })
    const before = (await world.holdfast.count()).queued
    for (const path of ['/servers/1/explode', '/servers/1/server', '/servers/99/start', '/servers/x/start'])
      assert.equal((await crew.post(path)).status, 404, path)
    assert.equal((await world.holdfast.count()).queued, before)

    await world.holdfast.queues.pause('operations')
    // What another program asks for: a kind that nobody here knows, and a server that is not there.
    const unknown = await world.holdfast.submit(defrag)
    const missing = await world.holdfast.submit(operations.start, { server: 99 }, { submittedBy: 'cleo' })
    const asked = [missing.job.id]
    for (const server of [3, 2]) {
      await crew.post(`/servers/${server}/initialize`)
      asked.push((await jobOf(world, 'initialize', () => true)(server)).id)
    }
    await world.holdfast.queues.resume('operations')
    const ended: Job[] = []
    for (const id of asked) ended.push(await world.holdfast.wait(id))
    assert.deepEqual(
      ended.map(({ state }) => state),
      ['failed', 'succeeded', 'succeeded'],
    )
    const begun = ended.map(({ startedAt }) => startedAt ?? 0)
    assert.deepEqual(
      begun,
      begun.toSorted((a, b) => a - b),
      'oldest first',
    )

    // S4.4: an exception is exit code 1, with its text in stderr.
    assert.deepEqual([ended[0]?.exitCode, ended[0]?.failure?.message], [1, 'There is no server 99.'])
    assert.match(await said(missing.job.id, 'stderr'), /There is no server 99\./)
    assert.equal((await world.holdfast.get(unknown.job.id))?.waitingFor?.for, 'runner that knows this kind')
    await world.holdfast.cancel(unknown.job.id)
  })

  test('S4.1 S4.2 no transaction is open while a host command runs; one server has one job at a time, others go on beside it, and installing waits for all without being overtaken', async () => {
    world.gate.shut()
    world.program('cp', `${world.gate.line}; exec /bin/cp "$@"`)
    await crew.post('/servers/1/initialize')
    const copying = await running('initialize', 1)
    await until('the host command', async () => (await said(copying.id, 'stdout')).includes('Copying'), waitMs)
    for (const file of ['holdfast.db', 'gameservers/gameservers.db']) {
      const database = new DatabaseSync(join(world.data, file))
      await until(`room to write in ${file}`, () => isWritable(database), waitMs)
      database.close()
    }

    await crew.post('/servers/1/stop')
    const second = await jobOf(world, 'stop', ({ state }) => state === 'queued')(1)
    assert.equal((await operated('initialize', 2)).state, 'succeeded', 'another server, side by side')
    world.program('steamcmd', steamcmd(world))
    await admin.post('/admin/install', { source: 'steamcmd' })
    const install = await jobOf(world, 'install', ({ state }) => state === 'queued')()
    await crew.post('/servers/3/initialize')
    const later = await jobOf(world, 'initialize', ({ state }) => state === 'queued')(3)
    const waits = await until('what it waits for', async () => (await world.holdfast.get(install.id))?.waitingFor, waitMs)
    assert.equal(waits.for, 'key')
    assert.match(await crew.text('/jobs'), /waiting for key `host`/)
    assert.equal((await world.holdfast.get(copying.id))?.state, 'running')
    world.gate.open()
    const [one, two, three, four] = await Promise.all([copying, second, install, later].map(({ id }) => world.holdfast.wait(id)))
    assert.deepEqual(
      [one, two, three, four].map((job) => job?.state),
      Array(4).fill('succeeded'),
    )
    const tries = (await world.holdfast.detail(install.id))?.history ?? []
    const overlaps = (a: Span | undefined, b: Span | undefined) =>
      (a?.startedAt ?? 0) < (b?.finishedAt ?? 0) && (b?.startedAt ?? 0) < (a?.finishedAt ?? 0)
    assert.equal(overlaps(one, two), false, 'one server, one job')
    for (const other of [one, two, four]) for (const attempt of tries) assert.equal(overlaps(attempt, other), false, 'installing is alone')
    assert.ok((tries[0]?.startedAt ?? 0) < (four?.startedAt ?? 0), 'and was not overtaken')
    // SteamCMD’s first try broke off; the second one was whole.
    assert.deepEqual([tries.map(({ exitCode }) => exitCode), three?.progress?.phase?.name], [[8, 0], 'Copy'])
    assert.match(await admin.text('/admin'), /Runtime 2: teeworlds newest from Steam/)
    world.noProgram('cp')
  })

  test('S4.3 S4.4 a host command’s exit code is the job’s; lines are numbered without gap, kept whole and shown to 4,096 characters', async () => {
    world.program('cp', `head -c 5000 /dev/zero | tr '\\0' x; echo; echo first; echo "cp: no room on the disk" >&2; exit 23`)
    const failed = await operated('initialize', 1)
    assert.deepEqual([failed.state, failed.exitCode], ['failed', 23])
    assert.match(failed.failure?.message ?? '', /cp: no room on the disk/)
    const { startedAt, finishedAt, submittedAt, heartbeatAt } = failed
    assert.ok(submittedAt <= (startedAt ?? 0) && (startedAt ?? 0) < (finishedAt ?? 0) && (heartbeatAt ?? 0) >= (startedAt ?? 0))
    const all = await lines(failed.id)
    assert.deepEqual(
      all.map(({ seq }) => seq),
      all.map((_, index) => index + 1),
    )
    const long = all.find(({ text }) => text.startsWith('xxx'))
    assert.deepEqual([long?.text.length, long?.cutFromBytes, long?.stream], [4_096, 5_000, 'stdout'])
    assert.match(await said(failed.id, 'stderr'), /^cp: no room on the disk$/m)
    // S4.6: the server says so until a job of it succeeds.
    await crew.get('/servers/1')
    assert.deepEqual([serverNow(1).lastErrorJob, serverNow(1).lastError], [failed.id, failed.failure?.message])
    assert.match(await crew.text('/servers/1'), /cp: no room on the disk/)
    world.noProgram('cp')
  })

  test('S4.5 S4.6 start sets up from the blueprint, runs the server as a job of its own and waits until its console answers; success clears the error', async () => {
    await page.goto(`${web.url}/servers/1`)
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

  test('S4.9 the app is killed with jobs running and queued: nothing is lost, nothing done twice, and one worker goes on', async () => {
    world.gate.shut()
    world.program('cp', `${world.gate.line}; exec /bin/cp "$@"`)
    const online = await running('server', 1)
    const [pid] = serverProcesses(world.data, 1)
    await crew.post('/servers/2/initialize')
    const copying = await running('initialize', 2)
    await crew.post('/servers/2/stop')
    const queued = await jobOf(world, 'stop', ({ state }) => state === 'queued')(2)
    await web.kill()
    world.gate.open()
    // A second app that only has pages: what waits goes on waiting, and it says so.
    const idle = await world.serve(['--no-worker'])
    await until('nobody looks after jobs', async () => (await world.holdfast.runners()).every(({ isAlive }) => !isAlive), waitMs)
    assert.match(await (await person(idle, 'cleo', 'a long password')).text('/jobs'), /No worker is running/)
    assert.equal((await world.holdfast.get(queued.id))?.state, 'queued')
    await idle.kill()

    web = await world.serve([`--port=${new URL(web.url).port}`])
    const [done, after] = await Promise.all([copying, queued].map(({ id }) => world.holdfast.wait(id)))
    assert.deepEqual([done?.state, done?.attempts, after?.state, after?.attempts], ['succeeded', 1, 'succeeded', 1])
    assert.deepEqual([(await running('server', 1)).id, serverProcesses(world.data, 1)], [online.id, [pid]])
    assert.equal((await world.holdfast.runners()).filter(({ isAlive }) => isAlive).length, 1)
    const numbers = (await lines(copying.id)).map(({ seq }) => seq)
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    )
    assert.equal((await crew.get('/servers/1')).status, 200, 'and nobody has to sign in again')
    world.noProgram('cp')
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
    // A host command's complaint is an event of its own name.
    const [failed] = (await world.holdfast.list({ state: ['failed'], kind: 'initialize' })).jobs
    const names = (await readAllEvents(`${web.url}/holdfast/api/v1/jobs/${failed?.id}/log/stream`, { headers })).map(({ event }) => event)
    assert.ok(names.includes('stderr') && names.includes('stdout'))
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
    assert.deepEqual(readdirSync(join(folder, 'runtime')).sort(), ['data', 'runtime.json', 'teeworlds_srv'], 'it ran from Steam’s')
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
    assert.deepEqual(processesOf(world.data), [])
    assert.deepEqual(world.faults, [])
    const answer = await admin.get('/admin')
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.doesNotMatch(await answer.text(), / style=| on\w+=|<style|<script>/)
    const files = join(world.data, 'gameservers/servers/2')
    assert.match(readFileSync(join(files, 'files/server.cfg'), 'utf8'), /^bindaddr 127\.0\.0\.1$/m)
  })
})

interface Span {
  startedAt: number | null
  finishedAt: number | null
}

/** A stand-in for Valve's program, which takes the game from where it is installed already: its first try breaks off. */
function steamcmd({ data, folder }: World): string {
  const [installed, tries] = [`${data}/current/runtime/usr`, join(folder, 'tries')]
  return `dir="$2"; echo "Loading Steam API...OK"; echo x >> ${tries}
echo " Update state (0x61) downloading, progress: 25.00 (2097152 / 8388608)"
[ "$(wc -l < ${tries})" -gt 1 ] || { echo "Error! App '380840' state is 0x202 after update job."; exit 8; }
rm -rf "$dir/data"; /bin/cp ${installed}/games/teeworlds-server "$dir/teeworlds_srv"; /bin/cp -r ${installed}/share/games/teeworlds/data "$dir"
echo "Success! App '380840' fully installed."`
}

function isWritable(database: DatabaseSync): boolean {
  try {
    database.exec('begin immediate')
    database.exec('rollback')
    return true
  } catch {
    return false
  }
}
