// Lock keys held by real processes: as long as anybody of the tree lives, whoever looks after it, and no longer.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { defineJob, type Holdfast, type LockOption } from '../../src/index.ts'
import { settled, textOf, written } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { onOneDatabase, spawnRunner } from './places.ts'

interface Locked {
  script: string
  locks: LockOption[]
}
const locked = defineJob<Locked>({
  kind: 'locked',
  command: ({ script }) => ['sh', '-c', script],
  locks: ({ locks }) => locks,
  stopGraceMs: 300,
})
const shared = (key: string): LockOption => ({ key, mode: 'shared' })

onOneDatabase('lock keys', (place) => {
  const submit = async (holdfast: Holdfast, script: string, locks: LockOption[]) =>
    (await holdfast.submit(locked, { script, locks })).job.id
  /** Writes a line, then waits for the file. */
  const gate = (name: string) => `echo ready; while [ ! -e ${place.path(name)} ]; do sleep 0.1; done`
  const open = (name: string) => writeFileSync(place.path(name), '')
  const isWaiting = (holdfast: Holdfast, id: number, what: object) =>
    until(`job ${id} waits for ${JSON.stringify(what)}`, async () => {
      const { waitingFor } = (await holdfast.get(id)) ?? {}
      return JSON.stringify(waitingFor) === JSON.stringify(what)
    })
  // A child that does not listen to TERM and has a session of its own.
  const stubborn = (file: string) =>
    `setsid sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 0.02; done' & while [ ! -s ${file} ]; do sleep 0.01; done`
  // A zombie is nobody: whoever adopted it may take its time to bury it.
  const isAlone = (file: string) => `case "$(ps -o stat= -p $(cat ${file}))" in ''|Z*) echo alone;; *) echo together;; esac`

  test('I3: freed only when the whole tree is gone, also what the job left behind', async () => {
    const holdfast = await place.open([locked])
    const child = place.path('left-behind')
    const first = await submit(holdfast, `${stubborn(child)}; exit 0`, ['server'])
    const second = await submit(holdfast, isAlone(child), ['server'])
    assert.equal((await settled(holdfast, first)).state, 'succeeded')
    await settled(holdfast, second)
    assert.deepEqual(await textOf(holdfast, second), ['alone'])
  })

  test('I3: a cancelled job keeps its key until its last child is gone', async () => {
    const holdfast = await place.open([locked])
    const child = place.path('cancelled-child')
    const first = await submit(holdfast, `${stubborn(child)}; echo ready; sleep 100`, ['disk'])
    const second = await submit(holdfast, isAlone(child), ['disk'])
    await written(holdfast, first, 1)
    await isWaiting(holdfast, second, { for: 'key', key: 'disk', heldBy: [first] })
    await holdfast.cancel(first)
    assert.equal((await settled(holdfast, first)).state, 'cancelled')
    await settled(holdfast, second)
    assert.deepEqual(await textOf(holdfast, second), ['alone'])
  })

  test('I3: a runner that closes takes no key with it: the process lives, and the key is held', async () => {
    const first = await place.open([locked])
    const holder = await submit(first, gate('closing'), ['install'])
    await written(first, holder, 1)
    await first.close()
    const second = await place.open([locked])
    const next = await submit(second, 'true', ['install'])
    await isWaiting(second, next, { for: 'key', key: 'install', heldBy: [holder] })
    // It has had every chance to start.
    const free = await submit(second, 'true', [])
    await settled(second, free)
    assert.equal((await second.get(next))?.state, 'queued')
    open('closing')
    const [a, b] = [await settled(second, holder), await settled(second, next)]
    assert.ok((a.finishedAt ?? 0) <= (b.startedAt ?? 0), 'one after the other')
  })

  test('I3: nor does one that is killed: whoever adopts the process has its keys too', async () => {
    const only = defineJob<string>({ kind: 'only', command: (text) => ['sh', '-c', text], locks: ['index'] })
    const submitter = await place.open([only], { runner: false })
    const child = spawnRunner(place, `defineJob({ kind: 'only', command: (text) => ['sh', '-c', text], locks: ['index'] })`)
    const holder = (await submitter.submit(only, gate('killed'))).job.id
    await written(submitter, holder, 1)
    child.kill('SIGKILL')
    const next = (await submitter.submit(only, 'true')).job.id
    const second = await place.open([only])
    await until('it is adopted', async () => (await second.detail(holder))?.history[0]?.adoptedAt)
    await isWaiting(second, next, { for: 'key', key: 'index', heldBy: [holder] })
    open('killed')
    const [a, b] = [await settled(second, holder), await settled(second, next)]
    assert.deepEqual([a.state, a.attempts, b.state], ['succeeded', 1, 'succeeded'])
    assert.ok((a.finishedAt ?? 0) <= (b.startedAt ?? 0), 'one after the other')
  })

  test('shared ones run together, an exclusive one alone; what comes later does not overtake it', async () => {
    const holdfast = await place.open([locked], { runner: { slots: 8 } })
    const [a, b] = [await submit(holdfast, gate('shared'), [shared('game')]), await submit(holdfast, gate('shared'), [shared('game')])]
    await Promise.all([written(holdfast, a, 1), written(holdfast, b, 1)])
    const alone = await submit(holdfast, gate('alone'), ['game', shared('other')])
    await isWaiting(holdfast, alone, { for: 'key', key: 'game', heldBy: [a, b] })
    const late = await submit(holdfast, 'true', [shared('game')])
    await until('the late one is in line', async () => (await holdfast.get(late))?.hold === 'key')
    const [key] = (await holdfast.locks.list()).filter((one) => one.key === 'game')
    assert.deepEqual([key?.heldBy.toSorted(), key?.waiting], [[a, b], 2])
    open('shared')
    await written(holdfast, alone, 1)
    await isWaiting(holdfast, late, { for: 'key', key: 'game', heldBy: [alone] })
    open('alone')
    const [x, y, z] = [await settled(holdfast, a), await settled(holdfast, alone), await settled(holdfast, late)]
    assert.ok((x.finishedAt ?? 0) <= (y.startedAt ?? 0) && (y.finishedAt ?? 0) <= (z.startedAt ?? 0))
  })

  test('a limit: so many at a time, and a wider one lets the next in at once', async () => {
    const holdfast = await place.open([locked], { runner: { slots: 8 } })
    const gpu: LockOption = { key: 'gpu', limit: 2 }
    const ids = [
      await submit(holdfast, gate('gpu'), [gpu]),
      await submit(holdfast, gate('gpu'), [gpu]),
      await submit(holdfast, gate('gpu'), [gpu]),
    ]
    const [first = 0, second = 0, third = 0] = ids
    await Promise.all([written(holdfast, first, 1), written(holdfast, second, 1)])
    await isWaiting(holdfast, third, { for: 'key', key: 'gpu', heldBy: [first, second] })
    await holdfast.locks.setLimit('gpu', 3)
    await written(holdfast, third, 1)
    open('gpu')
    for (const id of ids) assert.equal((await settled(holdfast, id)).state, 'succeeded')
  })

  test('I2: keepLast with a living job: one runs, one is queued, with the newest input', async () => {
    const build = defineJob<{ n: number; script: string }>({
      kind: 'build',
      command: ({ script }) => ['sh', '-c', script],
      unique: true,
      uniquePolicy: 'keepLast',
    })
    const holdfast = await place.open([build], { runner: { slots: 8 } })
    const living = (await holdfast.submit(build, { n: 1, script: gate('build') })).job.id
    await written(holdfast, living, 1)
    const second = (await holdfast.submit(build, { n: 2, script: 'true' })).job.id
    const third = await holdfast.submit(build, { n: 3, script: `[ -e ${place.path('build-over')} ] && echo after` })
    const again = await holdfast.submit(build, { n: 3, script: `[ -e ${place.path('build-over')} ] && echo after` })
    assert.deepEqual([third.created, again.created, again.job.id], [true, false, third.job.id])
    assert.equal((await holdfast.get(second))?.failure?.kind, 'replaced')
    await isWaiting(holdfast, third.job.id, { for: 'unique key', heldBy: [living] })
    assert.equal((await holdfast.get(living))?.state, 'running')
    writeFileSync(place.path('build-over'), '')
    open('build')
    const [a, b] = [await settled(holdfast, living), await settled(holdfast, third.job.id)]
    assert.deepEqual([a.state, b.state, await textOf(holdfast, b.id)], ['succeeded', 'succeeded', ['after']])
    assert.ok((a.finishedAt ?? 0) <= (b.startedAt ?? 0))
  })

  test('paused while one runs: it goes on, the next one waits and says so, until it is resumed', async () => {
    const step = defineJob<string>({ kind: 'step', command: (script) => ['sh', '-c', script], queue: 'steps' })
    const holdfast = await place.open([step, locked])
    for (const [name, pause, resume, what] of [
      [
        'queue',
        () => holdfast.queues.pause('steps', { by: 'ana' }),
        () => holdfast.queues.resume('steps'),
        { for: 'queue paused', queue: 'steps', by: 'ana' },
      ],
      ['kind', () => holdfast.pauseKind('step', { by: 'ana' }), () => holdfast.resumeKind('step'), { for: 'kind paused', by: 'ana' }],
    ] as const) {
      const running = (await holdfast.submit(step, gate(`pause-${name}`))).job.id
      await written(holdfast, running, 1)
      await pause()
      const next = (await holdfast.submit(step, 'true')).job.id
      open(`pause-${name}`)
      assert.equal((await settled(holdfast, running)).state, 'succeeded', name)
      await isWaiting(holdfast, next, what)
      await settled(holdfast, await submit(holdfast, 'true', []))
      assert.equal((await holdfast.get(next))?.state, 'queued', name)
      await resume()
      assert.equal((await settled(holdfast, next)).state, 'succeeded', name)
    }
  })

  test('a queue with a concurrency of one, for all runners together', async () => {
    const scan = defineJob<string>({ kind: 'scan', command: (script) => ['sh', '-c', script], queue: 'scans' })
    const holdfast = await place.open([scan], { queues: { scans: { concurrency: 1 } } })
    await place.open([scan])
    const mark = place.path('scanning')
    const one = `mkdir ${mark} || exit 9; sleep 0.05; rmdir ${mark}`
    const first = (await holdfast.submit(scan, `${gate('scans')}; ${one}`)).job.id
    const others = await holdfast.submitMany(Array.from({ length: 4 }, () => ({ kind: scan, input: one })))
    await isWaiting(holdfast, others[0]?.job.id ?? 0, { for: 'queue full', queue: 'scans', concurrency: 1 })
    open('scans')
    for (const id of [first, ...others.map(({ job }) => job.id)]) assert.equal((await settled(holdfast, id)).exitCode, 0)
    assert.ok(!existsSync(mark))
  })

  test('the most urgent goes first, then the oldest', async () => {
    const note = defineJob<string>({ kind: 'note', command: (script) => ['sh', '-c', script] })
    const holdfast = await place.open([note], { runner: { slots: 1 } })
    const order = place.path('order')
    const first = (await holdfast.submit(note, gate('urgent'))).job.id
    await written(holdfast, first, 1)
    const priorities = [5, 5, -1, 0]
    const jobs = priorities.map((priority, n) => ({ kind: note, input: `echo ${n} >> ${order}`, options: { priority } }))
    const submitted = await holdfast.submitMany(jobs)
    open('urgent')
    for (const { job } of submitted) await settled(holdfast, job.id)
    assert.equal(readFileSync(order, 'utf8'), '2\n3\n0\n1\n')
  })
})
