// Kill -9 of the web app, the runner, or both, with real processes: nothing is lost, doubled or left behind. Of the processes of a job, and of one
// runner among several: kills.long.test.ts.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isLiving } from '../contract/launched.ts'
import { settled } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { attemptFolder, membersOf, openActors, written } from './kills/actors.ts'
import { assertCounted, counting, linesIn, openGate, startsIn } from './kills/counting.ts'

const { scene } = openActors('kills')

describe('kill -9 of the web app, the runner, or both', () => {
  test('I1 I5: every submit that the web app was told of before its kill is there, and ends once', async () => {
    const { data, folder, start, look } = scene('web')
    const [web, runner] = await Promise.all([start(false), start({ slots: 2 })])
    const acknowledged = join(folder, 'acknowledged')
    web.tell({ submitOn: { script: 'true', acknowledged } })
    await until('some submits', () => linesIn(acknowledged).length >= 20)
    await web.kill()
    const looker = await look()
    const told = linesIn(acknowledged).map(Number)
    const jobs = await Promise.all(told.map((id) => settled(looker, id, 60_000)))
    assert.deepEqual(new Set(jobs.map(({ state, attempts }) => `${state} ${attempts}`)), new Set(['succeeded 1']))
    // At most the one that was under way is there without having been told.
    const all = (await looker.list({ limit: 200 })).jobs
    assert.ok(all.length <= told.length + 1, `${all.length} jobs, ${told.length} acknowledged`)
    await runner.kill()
    assert.deepEqual(membersOf(data), [])
  })

  test('I4 I5 I7: of the runner: the job goes on, the next one adopts it, started once, every line once', async () => {
    const { data, folder, start, look } = scene('runner')
    const runner = await start()
    const id = await runner.submit(counting(folder), 'locked')
    const looker = await look()
    await written(looker, id, 3)
    await runner.kill()
    const [pid] = membersOf(attemptFolder(data, id))
    assert.ok(pid !== undefined && isLiving(pid), 'the job lives on')
    assert.deepEqual((await looker.locks.list())[0]?.heldBy, [id], 'and holds its key')
    await start()
    await until('its adoption', async () => (await looker.detail(id))?.history[0]?.adoptedAt, 60_000)
    openGate(folder)
    const job = await settled(looker, id)
    assert.deepEqual([job.state, job.exitCode, job.attempts, startsIn(folder)], ['failed', 6, 1, 'start\n'])
    await assertCounted(looker, id)
  })

  test('I1 I4 I5: of both while jobs run and wait in line: all of them end as they would have', async () => {
    const { folder, start, look } = scene('both')
    const [web, runner] = await Promise.all([start(false), start({ slots: 2 })])
    const script = `echo start >> ${folder}/starts; until [ -e ${folder}/gate ]; do sleep 0.1; done`
    const ids: number[] = []
    for (const kind of ['locked', 'locked', 'shell', 'shell']) ids.push(await web.submit(script, kind))
    const looker = await look()
    await until('two run', async () => (await looker.count()).running === 2)
    await Promise.all([web.kill(), runner.kill()])
    openGate(folder)
    await start({ slots: 2 })
    const jobs = await Promise.all(ids.map((id) => settled(looker, id)))
    assert.deepEqual(new Set(jobs.map(({ state, attempts }) => `${state} ${attempts}`)), new Set(['succeeded 1']))
    assert.equal(startsIn(folder), 'start\n'.repeat(4))
  })
})
