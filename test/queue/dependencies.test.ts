// Jobs that come after others, with real runners: in order, cancelled with a reason when one did not succeed, and tried again in order.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { settled } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { onOneDatabase, script } from './places.ts'

onOneDatabase('dependencies', (place) => {
  const step = script('step')

  test('a diamond runs from its first to its last, each once', async () => {
    const holdfast = await place.open([step], { runner: { slots: 4 } })
    const order = place.path('order')
    const job = (ref: string, ...after: string[]) => ({ kind: step, input: `echo ${ref} >> ${order}`, options: { ref, after } })
    const answers = await holdfast.submitMany([job('end', 'left', 'right'), job('left', 'start'), job('right', 'start'), job('start')])
    for (const one of answers) assert.equal((await settled(holdfast, one.job.id)).state, 'succeeded')
    const [first, ...others] = readFileSync(order, 'utf8').trim().split('\n')
    assert.deepEqual([first, others.slice(0, 2).toSorted(), others.at(-1)], ['start', ['left', 'right'], 'end'])
  })

  test('when one fails, all that come after it are cancelled, each with the one it waited for; retried in order, they run', async () => {
    const holdfast = await place.open([step])
    const flag = place.path('mended')
    const [first = 0, second = 0, third = 0] = (
      await holdfast.submitMany([
        { kind: step, input: `[ -e ${flag} ]`, options: { ref: 'first' } },
        { kind: step, input: 'true', options: { ref: 'second', after: ['first'] } },
        { kind: step, input: `touch ${flag}`, options: { after: ['second'] } },
      ])
    ).map(({ job }) => job.id)
    for (const [id, needed] of [
      [second, first],
      [third, second],
    ] as const) {
      const { state, attempts, failure } = await settled(holdfast, id)
      assert.deepEqual([state, attempts, failure?.kind], ['cancelled', 0, 'dependency'])
      assert.ok(failure?.message.includes(`#${needed}`), failure?.message)
    }
    await assert.rejects(holdfast.retry(third), { code: 'wrong_state', details: { id: second, state: 'cancelled' } })
    await settled(holdfast, (await holdfast.submit(step, `touch ${flag}`)).job.id)
    for (const id of [first, second, third]) await holdfast.retry(id)
    for (const id of [first, second, third]) assert.equal((await settled(holdfast, id)).state, 'succeeded')
  })

  test('a job that comes after one which has settled before: at once, or not at all', async () => {
    const holdfast = await place.open([step])
    const good = await settled(holdfast, (await holdfast.submit(step, 'true')).job.id)
    const bad = await settled(holdfast, (await holdfast.submit(step, 'false')).job.id)
    const afterGood = await settled(holdfast, (await holdfast.submit(step, 'true', { after: [good.id] })).job.id)
    const afterBoth = await settled(holdfast, (await holdfast.submit(step, 'true', { after: [good.id, bad.id] })).job.id)
    assert.deepEqual([afterGood.state, afterBoth.state, afterBoth.failure?.kind], ['succeeded', 'cancelled', 'dependency'])
  })

  test('one that snoozes or is tried again keeps the others waiting, and says so', async () => {
    const patient = script('patient', { retry: { attempts: 2, delayMs: 3_600_000 } })
    const holdfast = await place.open([step, patient])
    const first = (await holdfast.submit(patient, 'exit 1')).job.id
    const second = (await holdfast.submit(step, 'true', { after: [first] })).job.id
    await until('it waits for its second try', async () => (await holdfast.get(first))?.waitingFor?.for === 'time')
    assert.deepEqual((await holdfast.get(second))?.waitingFor, { for: 'job', jobs: [first] })
    await holdfast.cancel(first)
    assert.equal((await settled(holdfast, second)).failure?.kind, 'dependency')
  })

  test('expired: a job that did not begin in time is given up, and whoever waits for it is told', async () => {
    const holdfast = await place.open([step])
    await holdfast.queues.pause('default')
    const first = (await holdfast.submit(step, 'true', { expireAfterMs: 50 })).job.id
    const second = (await holdfast.submit(step, 'true', { after: [first] })).job.id
    const [a, b] = [await settled(holdfast, first), await settled(holdfast, second)]
    await holdfast.queues.resume('default')
    assert.deepEqual([a.state, a.attempts, a.failure?.kind, b.state, b.failure?.kind], ['expired', 0, 'expired', 'cancelled', 'dependency'])
  })
})
