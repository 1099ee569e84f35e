// The rows of S4, one after the other on one data folder: the app as a process, a real game server, real host commands, real people in a real
// browser, and real kills.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { Job } from 'holdfast'
import type { Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { type ReadEvent, readAllEvents, readEvents } from '../../../test/http/read-events.ts'
import { processesOf } from '../../hour/running-app.ts'
import { operations, server } from '../kinds.ts'
import { assertGapless, isTold, looksAt, overlap } from './looks.ts'
import {
  defrag,
  isWritable,
  jobOf,
  openWorld,
  type Person,
  people,
  post,
  serverProcesses,
  signIn,
  steamcmd,
  tenYearsPass,
  type Web,
  type World,
  waitMs,
} from './world.ts'

describe('S4', { timeout: 600_000 }, () => {
  let world: World
  let web: Web
  let admin: Person
  let crew: Person
  let player: Person
  let page: Page
  let unknown: Job
  let missing: Job
  const { settled, running, serverNow, lines, said, asked, operated, startsAreCancelled } = looksAt(() => ({ world, crew }))

  before(async () => {
    world = await openWorld()
    const opening = world.visit('about:blank')
    web = await world.serve()
    // What another program asks for: a kind that nobody here knows, and a server that is not there.
    unknown = (await world.holdfast.submit(defrag)).job
    missing = (await world.holdfast.submit(operations.start, { server: 99 }, { submittedBy: 'cleo' })).job
    page = await opening
    const signing = signIn(page, web)
    ;({ admin, crew, player } = await people(world, web))
    await signing
  })
  after(async () => await world.close())

  test('S4.1 S4.4 S4.8 installing: anonymous is shown the way in, others get 403, another site too; an admin presses the button and ends on the jobs page. Unknown operations and missing servers fail cleanly and never stop the line', async () => {
    for (const name of ['Reef West', 'Reef East', 'Reef North']) assert.equal((await admin.post('/servers', { name })).status, 303)
    for (const path of ['/servers/1/explode', '/servers/1/server', '/servers/99/start', '/servers/x/start'])
      assert.equal((await crew.post(path)).status, 404, path)
    assert.equal((await post(web, '/admin/install', {})).headers.get('location'), '/sign-in?next=%2F')
    for (const somebody of [crew, player])
      for (const answer of [await somebody.post('/admin/install'), await somebody.get('/admin')]) assert.equal(answer.status, 403)
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    ])
      assert.equal((await admin.post('/admin/install', {}, headers)).status, 403)
    // Nor by the API beside it, which the crew may only read.
    const headers = { cookie: crew.cookie, 'content-type': 'application/json' }
    const api = { method: 'POST', body: '{"input":{"source":"debian"}}', headers }
    assert.equal((await fetch(`${web.url}/holdfast/api/v1/kinds/install/jobs`, api)).status, 403)
    assert.equal((await world.holdfast.list()).jobs.length, 2)

    await page.getByRole('button', { name: 'Install from Debian’s packages' }).click()
    await page.getByRole('heading', { name: 'Jobs' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/jobs')
    const [lost, job] = [await world.holdfast.wait(missing.id), await settled('install')]
    assert.deepEqual([job.state, job.exitCode, job.submittedBy], ['succeeded', 0, 'admin'], await said(job.id, 'stderr'))
    // Which mirror this machine uses is nobody's business.
    assert.doesNotMatch(await said(job.id, 'stdout'), /:\/\//)

    // An exception is exit code 1, with its text in stderr.
    assert.deepEqual([lost.exitCode, lost.failure?.message], [1, 'There is no server 99.'])
    assert.match(await said(lost.id, 'stderr'), /There is no server 99\./)
    assert.equal((await world.holdfast.get(unknown.id))?.waitingFor?.for, 'runner that knows this kind')
    await world.holdfast.cancel(unknown.id)
  })

  let copying: Job
  let second: Job

  describe('three servers, side by side', { concurrency: true }, () => {
    test('S4.1 S4.2 one server has one job at a time, and no transaction is open while its host command runs', async () => {
      world.gate.shut()
      const fault = `head -c 5000 /dev/zero | tr '\\0' x; echo; echo first; echo "cp: no room on the disk" >&2; exit 23`
      world.program('cp', `case "$*" in */servers/2/*) ${world.gate.line}; ${fault};; esac; exec /bin/cp "$@"`)
      copying = (await world.holdfast.get(await asked('initialize', 2))) as Job
      await until('the host command', async () => (await said(copying.id, 'stdout')).includes('Copying'), waitMs)
      for (const file of ['holdfast.db', 'gameservers/gameservers.db']) {
        const database = new DatabaseSync(join(world.data, file))
        await until(`room to write in ${file}`, () => isWritable(database), waitMs)
        database.close()
      }
      await crew.post('/servers/2/stop')
      second = await jobOf(world, 'stop', ({ state }) => state === 'queued')(2)
    })

    test('S4.5 S4.6 S4.7 start sets up from the blueprint, runs the server as a job of its own and waits for its console, which is followed on its page; the blueprint is edited by an admin only, and not against the app', async () => {
      await page.goto(`${web.url}/servers/1`)
      await page.getByRole('button', { name: 'Start' }).click()
      await page.locator('.head .badge', { hasText: 'online' }).waitFor()
      await settled('start', 1)
      const job = await running('server', 1)
      assert.deepEqual([job.uniqueKey, job.locks, job.timeoutMs, job.stall, job.submittedBy], ['1', [], null, null, 'admin'])
      assert.equal(serverProcesses(world.data, 1).length, 1)
      const { condition, players, lastError } = await serverNow(1)
      assert.deepEqual([condition, players, lastError], ['online', 0, null])
      await page.locator('holdfast-log .ln', { hasText: 'server name is' }).first().waitFor()
      await page.getByLabel('Command').fill('say Good evening')
      // The button may lie under a toast for some seconds.
      await page.getByLabel('Command').press('Enter')
      await page.locator('holdfast-log .ln', { hasText: '*** Good evening' }).first().waitFor()
      const log = await said(job.id, 'stdout')
      assert.doesNotMatch(log, /register|rcon password/)
      // However many look, the console is asked once in a while.
      for (const path of ['/', '/servers/1', '/', '/servers/1', '/', '/servers/1']) await crew.text(path)
      await crew.post('/servers/1/console', { command: 'say counted' })
      const all = await until('all of it', async () => /[\s\S]*counted/.exec(await said(job.id, 'stdout'))?.[0], waitMs)
      assert.ok(all.slice(log.length).split("cmd='status'").length - 1 < 4)

      const refused = await asked('initialize', 1)
      await page.goto(`${web.url}/blueprint`)
      const typed = await page.getByLabel(/^Configuration/).inputValue()
      await page.getByLabel(/^Configuration/).fill(`${typed}sv_register 1\n`)
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('sv_register is set by the app, not by a blueprint.').waitFor()
      await page.getByLabel(/^Configuration/).fill(typed.replace('{name}', '{name} by night').replace('dm1', 'dm2'))
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('This is revision 2').waitFor()
      assert.equal((await crew.post('/blueprint', { template: '' })).status, 403)
      assert.match(await crew.text('/servers/1'), /revision 2 takes effect at the next start/)
      await until('a look after what failed', async () => (await serverNow(1)).lastErrorJob === refused, waitMs)
      await page.goto(`${web.url}/servers/1`)
      await page.locator('.error', { hasText: 'It is running: it is set up again at its next start.' }).waitFor()
    })

    test('S4.5 a Start that is cancelled ends the server that it has begun, and no other. S4.6 a server whose console hangs is silent, for players too; delete ends it all the same and removes files and runtime, and its row stays', async () => {
      assert.equal((await operated('initialize', 3)).state, 'succeeded')
      const folder = join(world.data, 'gameservers/servers/3')
      await startsAreCancelled(3, folder)
      assert.equal((await operated('start', 3)).state, 'succeeded')
      assert.ok(existsSync(join(folder, 'runtime/runtime.json')))
      assert.match(readFileSync(join(folder, 'files/server.cfg'), 'utf8'), /^bindaddr 127\.0\.0\.1$/m)
      assert.match(await crew.text('/servers/3'), /data-look="online"/)
      process.kill(serverProcesses(world.data, 3)[0] ?? 0, 'SIGSTOP')
      // As if it had been looked at long ago.
      await world.database.note(3, { lookedAt: 0 })
      const [looked, { id, state }] = await Promise.all([player.text('/'), operated('delete', 3)])
      assert.match(looked, /Reef North[^>]*>[^>]*>silent/)
      assert.equal(state, 'succeeded')
      assert.match(await said(id, 'stdout'), /does not answer[\s\S]*It was stopped\./)
      assert.deepEqual([(await settled('server', 3)).state, existsSync(folder), serverProcesses(world.data, 3)], ['cancelled', false, []])
      assert.match(await player.text('/'), /Reef North[\s\S]*not set up/)
      assert.equal((await serverNow(3)).runtime, null)
    })
  })

  const seen: ReadEvent[] = []
  const logOf = (job: Job) => `${web.url}/holdfast/api/v1/jobs/${job.id}/log/stream`

  test('S4.7 a log is replayed, at most N lines of it, and followed live; who may not see it gets 403 before any byte', async () => {
    const job = await running('server', 1)
    const url = logOf(job)
    assert.equal((await fetch(url)).status, 401)
    for (const path of [url, `${web.url}/holdfast/api/v1/jobs/${job.id}/log`, `${web.url}/jobs/${job.id}`, `${web.url}/servers/1`]) {
      const answer = await fetch(path, { headers: { cookie: player.cookie }, redirect: 'manual' })
      assert.equal(answer.status, 403, path)
      assert.doesNotMatch(await answer.text(), /data:|econ|server\]/)
    }
    const anonymous = await fetch(`${web.url}/jobs/${job.id}`, { redirect: 'manual' })
    assert.equal(anonymous.headers.get('location'), `/sign-in?next=%2Fjobs%2F${job.id}`)

    const starting = asked('start', 3)
    await page.goto(`${web.url}/jobs/${job.id}`)
    const headers = { cookie: crew.cookie }
    for await (const event of readEvents(`${url}?last=10`, { headers })) {
      seen.push(event)
      // The tenth line it had is there: what is asked for now comes live.
      if (seen.filter(({ id }) => id !== undefined).length === 10) await crew.post('/servers/1/console', { command: 'say still there' })
      if (event.data.text?.includes('*** still there')) break
    }
    await page.locator('holdfast-log .ln', { hasText: '*** still there' }).first().waitFor()
    await page.goto(`${web.url}/servers/1`)
    assert.equal((await world.holdfast.wait(await starting)).state, 'succeeded')
    const skipped = seen.find(({ event }) => event === 'skipped') ?? assert.fail('nothing was left out')
    const left = await fetch(new URL(skipped.data.href, url), { headers })
    assert.equal(((await left.json()) as { lines: unknown[] }).lines.length, skipped.data.lines)
  })

  test('S4.1 S4.2 S4.9 jobs go oldest first, different servers side by side, and installing waits for all without being overtaken; killed in the middle of it, nothing is lost or done twice, and one worker goes on. S4.3 S4.4 S4.7 a host command’s exit code is the job’s; lines are numbered without gap, kept whole and shown to 4,096 characters, as events stdout and stderr', async () => {
    const online = await running('server', 1)
    const [pid] = serverProcesses(world.data, 1)
    const besides = (await world.holdfast.list({ kind: 'start', state: ['succeeded'] })).jobs
    world.program('steamcmd', steamcmd(world))
    await admin.post('/admin/install', { source: 'steamcmd' })
    const install = await jobOf(world, 'install', ({ state }) => state === 'queued')()
    await crew.post('/servers/1/stop')
    const later = await jobOf(world, 'stop', ({ state }) => state === 'queued')(1)
    assert.equal((await until('what it waits for', async () => (await world.holdfast.get(install.id))?.waitingFor, waitMs)).for, 'key')
    assert.match(await crew.text('/jobs'), /waiting for key host/)

    const dying = serverProcesses(world.data, 3)
    await web.kill()
    for (const pid of dying) process.kill(pid, 'SIGKILL')
    tenYearsPass(world.data)
    web = await world.serve([`--port=${new URL(web.url).port}`])
    assert.equal((await crew.get('/servers/1')).status, 200, 'nobody has to sign in again')
    assert.deepEqual([(await running('server', 1)).id, serverProcesses(world.data, 1)], [online.id, [pid]])
    assert.equal((await running('initialize', 2)).id, copying.id)
    await until('a look at what died meanwhile', async () => (await serverNow(3)).condition === 'stopped', waitMs)
    assert.match((await serverNow(3)).lastError ?? '', /SIGKILL/)
    const last = seen.findLast(({ id }) => id !== undefined)?.id ?? ''
    const followed = readAllEvents(logOf(online), { headers: { cookie: crew.cookie, 'last-event-id': last } })
    world.gate.open()
    const asked = [copying, second, install, later]
    const [one, two, three, four] = await Promise.all(asked.map(({ id }) => world.holdfast.wait(id)))
    world.noProgram('cp')
    for (const job of [two, three, four]) assert.deepEqual([job?.state, job?.attempts], ['succeeded', job === three ? 2 : 1])
    isTold(one ?? assert.fail('it is gone'), await lines(one?.id ?? 0))
    const names = (await readAllEvents(logOf(copying), { headers: { cookie: crew.cookie } })).map(({ event }) => event)
    assert.ok(names.includes('stderr') && names.includes('stdout') && names.at(-1) === 'end')
    const tries = (await world.holdfast.detail(install.id))?.history ?? []
    assert.equal(overlap(one, two), false, 'one server, one job')
    assert.deepEqual(
      besides.map((other) => overlap(one, other)),
      [true, true, true],
      'different servers side by side',
    )
    for (const other of [one, two, ...besides, four])
      for (const attempt of tries) assert.equal(overlap(attempt, other), false, 'installing is alone')
    const begun = [one, two, tries[0], four].map((job) => job?.startedAt ?? 0)
    assert.deepEqual(begun, begun.toSorted(), 'oldest first: nothing was overtaken')
    // SteamCMD’s first try broke off; the second one was whole.
    assert.deepEqual([tries.map(({ exitCode }) => exitCode), three?.progress?.phase?.name], [[8, 0], 'Copy'])
    assert.match(await admin.text('/admin'), /Runtime 2: teeworlds newest from Steam/)
    assert.equal((await world.holdfast.runners()).filter(({ isAlive }) => isAlive).length, 1)

    // S4.5: asked by its console, it ended by itself. S4.7: who followed it went on after the last line he had, until it was settled.
    const stopped = await settled('server', 1)
    assert.deepEqual([stopped.state, stopped.exitCode], ['succeeded', 0])
    seen.push(...(await followed))
    assert.equal(seen.at(-1)?.event, 'end')
    const numbers = seen.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]))
    assertGapless(numbers, numbers[0])
    assert.equal(numbers.at(-1), (await lines(online.id)).at(-1)?.seq)
  })

  test('S4.5 S4.6 the edit takes effect on the next start; a server that is killed is stopped, with its reason, and its page shows it by itself', async () => {
    await page.locator('.head .badge', { hasText: 'stopped' }).waitFor()
    assert.deepEqual([await page.locator('.error').count(), (await serverNow(1)).lastError], [0, null], 'success clears the error')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.locator('.head .badge', { hasText: 'online' }).waitFor()
    assert.equal((await settled('start', 1)).state, 'succeeded')
    const log = await said((await running('server', 1)).id, 'stdout')
    for (const words of [/server name is 'Reef West by night'/, /maps\/dm2\.map/, /econ\]: bound to 127\.0\.0\.1/]) assert.match(log, words)
    assert.doesNotMatch(await crew.text('/servers/1'), /takes effect/)
    const files = readdirSync(join(world.data, 'gameservers/servers/1/runtime'))
    assert.deepEqual(files.sort(), ['data', 'runtime.json', 'teeworlds_srv'], 'it runs from Steam’s')

    process.kill(serverProcesses(world.data, 1)[0] ?? 0, 'SIGKILL')
    await page.locator('.head .badge', { hasText: 'stopped' }).waitFor()
    await page.locator('.error', { hasText: 'SIGKILL' }).waitFor()
    assert.equal((await serverNow(1)).lastErrorJob, (await settled('server', 1)).id)
  })

  test('S4.3 S4.8 jobs and their lines of ten years ago are all there, listed by who asked; and nothing is left: no process, no fault in the browser, no inline script', async () => {
    const { jobs } = await world.holdfast.list({ limit: 200 })
    assert.equal(jobs.length, jobs[0]?.id, 'every number there ever was')
    const old = jobs.find(({ failure }) => failure?.message === 'There is no server 99.')
    assert.ok((old?.finishedAt ?? 0) < Date.now() - 3_000 * 86_400_000)
    assert.match(await said(old?.id ?? 0, 'stderr'), /There is no server 99/)
    assert.ok((server.logBytes ?? 0) >= 2 ** 40, 'nor is the log of one that runs for years cut')
    const mine = await crew.text('/jobs?by=cleo')
    assert.match(mine, />delete /)
    assert.doesNotMatch(mine, />install</)
    assert.match(await crew.text('/jobs?by=admin'), />install</)

    assert.deepEqual([processesOf(world.data), world.faults], [[], []])
    const answer = await admin.get('/admin')
    assert.match(
      answer.headers.get('content-security-policy') ?? '',
      /default-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'/,
    )
    assert.doesNotMatch(await answer.text(), / style=| on\w+=|<style|<script>/)
  })
})
