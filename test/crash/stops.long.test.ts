// I11 with real processes: a stop is carried out whoever is killed meanwhile. Its runner is killed before it was asked, in the middle of its grace,
// or before the job's time was over; the next runner carries it out, nothing of the job is left, and its key is free.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Holdfast, Job } from '../../src/index.ts'
import { settled } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { attemptFolder, membersOf, openActors, written } from './kills/actors.ts'
import { hastyMs } from './kills/kinds.ts'

const { scene } = openActors('stops')

/** A tree that ends by SIGKILL alone: its first process and one that has left session and parent. Each tells what it is asked. */
const stubborn = `trap 'echo asked' TERM; (setsid sh -c 'trap "" TERM; while :; do sleep 0.05; done' &); echo ready; while :; do sleep 0.05; done`

/** A job of a runner that is killed while the job runs. */
async function orphaned(title: string, kind: string) {
  const { data, start, look } = scene(title)
  const runner = await start()
  const looker = await look()
  const id = await runner.submit(stubborn, kind)
  await written(looker, id, 1)
  await until('its whole tree', () => membersOf(attemptFolder(data, id)).length >= 3)
  return { data, start, looker, id, runner }
}

async function assertStopped(data: string, looker: Holdfast, job: Job): Promise<void> {
  assert.deepEqual(membersOf(attemptFolder(data, job.id)), [], 'nothing of it is left')
  assert.deepEqual(await looker.locks.list(), [], 'its key is free')
  assert.deepEqual([job.attempts, job.flags], [1, []])
  const { events } = (await looker.detail(job.id)) ?? assert.fail('gone')
  const names = events.map(({ name }) => name).filter((name) => name.endsWith(' asked') || name === job.state)
  assert.deepEqual(names, [job.state === 'cancelled' ? 'cancel asked' : 'stop asked', job.state], 'asked once, ended once')
}

describe('kill -9 of the runner of a job that is to be stopped', { concurrency: 2 }, () => {
  test('I3 I11: a cancel that is asked while no runner lives is carried out by the next one', async () => {
    const { data, start, looker, id, runner } = await orphaned('cancel', 'locked')
    await runner.kill()
    await looker.cancel(id, { by: 'ana' })
    assert.equal((await looker.get(id))?.state, 'stopping')
    assert.ok(membersOf(attemptFolder(data, id)).length >= 3, 'nobody has stopped it')
    assert.deepEqual((await looker.locks.list())[0]?.heldBy, [id], 'and it holds its key')
    await start()
    const job = await settled(looker, id)
    assert.deepEqual([job.state, job.stopReason, job.stopAskedBy], ['cancelled', 'cancel', 'ana'])
    await assertStopped(data, looker, job)
  })

  test('I3 I11: in the middle of the grace of a cancel: the next one finishes it', async () => {
    const { data, start, looker, id, runner } = await orphaned('grace', 'patient')
    await looker.cancel(id)
    assert.deepEqual(await written(looker, id, 2), ['ready', 'asked'])
    await runner.kill()
    assert.equal((await looker.get(id))?.state, 'stopping')
    assert.ok(membersOf(attemptFolder(data, id)).length >= 3, 'its grace was not over')
    await start()
    const job = await settled(looker, id, 30_000)
    assert.equal(job.state, 'cancelled')
    await assertStopped(data, looker, job)
  })

  test('I3 I11: its time that passes while no runner lives counts: the next one stops it at once', async () => {
    const { data, start, looker, id, runner } = await orphaned('timeout', 'hasty')
    await runner.kill()
    const { startedAt } = (await looker.get(id)) ?? assert.fail('gone')
    assert.ok(startedAt !== null)
    await until('its time is over', () => Date.now() > startedAt + hastyMs)
    assert.equal((await looker.get(id))?.state, 'running')
    assert.ok(membersOf(attemptFolder(data, id)).length >= 3, 'nobody has stopped it')
    await start()
    const job = await settled(looker, id)
    assert.deepEqual([job.state, job.failure?.kind, job.stopReason], ['failed', 'timeout', 'timeout'])
    await assertStopped(data, looker, job)
    const detail = (await looker.detail(id)) ?? assert.fail('gone')
    const askedAt = detail.events.find(({ name }) => name === 'stop asked')?.at ?? Number.NaN
    const tookMs = askedAt - (detail.history[0]?.adoptedAt ?? Number.NaN)
    assert.ok(tookMs < hastyMs, `asked ${tookMs} ms after its adoption: whoever counts anew asks after ${hastyMs} ms`)
  })
})
