// The rows of S4 that are about jobs, one after the other on one data folder: the app as a process, real host commands, real kills.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { Job } from 'holdfast'
import { until } from '../../../test/contract/temporary.ts'
import { readAllEvents } from '../../../test/http/read-events.ts'
import { operations } from '../kinds.ts'
import { looksAt } from './looks.ts'
import {
  defrag,
  jobOf,
  openWorld,
  type Person,
  people,
  person,
  processesOf,
  serverProcesses,
  type Web,
  type World,
  waitMs,
} from './world.ts'

describe('S4, the jobs', { timeout: 600_000 }, () => {
  let world: World
  let web: Web
  let admin: Person
  let crew: Person
  const { settled, running, serverNow, lines, said, operated } = looksAt(() => ({ world, crew }))

  before(async () => {
    world = await openWorld()
    web = await world.serve()
    ;({ admin, crew } = await people(world, web))
  })
  after(async () => await world.close())

  test('S4.1 S4.4 unknown operations and missing servers fail cleanly and never stop the line; jobs go oldest first', async () => {
    await admin.post('/admin/install', { source: 'debian' })
    const installed = await settled('install')
    assert.deepEqual([installed.state, installed.exitCode], ['succeeded', 0], await said(installed.id, 'stderr'))
    // Which mirror this machine uses is nobody's business.
    assert.doesNotMatch(await said(installed.id, 'stdout'), /:\/\//)
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
    // S4.7: what it complained about is an event of its own name.
    const stream = `${web.url}/holdfast/api/v1/jobs/${failed.id}/log/stream`
    const names = (await readAllEvents(stream, { headers: { cookie: crew.cookie } })).map(({ event }) => event)
    assert.ok(names.includes('stderr') && names.includes('stdout') && names.at(-1) === 'end')
    world.noProgram('cp')
  })

  test('S4.9 the app is killed with jobs running and queued: nothing is lost, nothing done twice, and one worker goes on', async () => {
    assert.equal((await operated('start', 1)).state, 'succeeded')
    // Whoever looks sees it as it is by now.
    await crew.get('/servers/1')
    assert.equal(serverNow(1).lastError, null)
    assert.deepEqual(
      readdirSync(join(world.data, 'gameservers/servers/1/runtime')).sort(),
      ['data', 'runtime.json', 'teeworlds_srv'],
      'it runs from Steam’s',
    )
    const online = await running('server', 1)
    const [pid] = serverProcesses(world.data, 1)
    world.gate.shut()
    world.program('cp', `${world.gate.line}; exec /bin/cp "$@"`)
    await crew.post('/servers/2/initialize')
    const copying = await running('initialize', 2)
    await crew.post('/servers/2/stop')
    const queued = await jobOf(world, 'stop', ({ state }) => state === 'queued')(2)
    await web.kill()
    tenYearsPass(world.data)
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

  test('S4.3 jobs and their lines of ten years ago are all there; and no process is left', async () => {
    const { jobs } = await world.holdfast.list({ limit: 200 })
    assert.equal(jobs.length, jobs[0]?.id, 'every number there ever was')
    const old = jobs.find(({ exitCode }) => exitCode === 23)
    assert.ok((old?.finishedAt ?? 0) < Date.now() - 3_000 * 86_400_000)
    assert.match(await said(old?.id ?? 0, 'stderr'), /no room on the disk/)
    assert.equal((await operated('stop', 1)).state, 'succeeded')
    assert.deepEqual(processesOf(world.data), [])
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

/** As if all that has ended had ended long ago: what is kept too long is removed at the next start. */
function tenYearsPass(data: string): void {
  const database = new DatabaseSync(join(data, 'holdfast.db'), { timeout: 20_000 })
  database.exec('update jobs set finished_at = finished_at - 315360000000 where finished_at is not null')
  database.close()
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
