// The client's calls about many jobs, kinds, schedules, queues and runners, against a real server.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient, type HoldfastClient } from '../../src/client/index.ts'
import { openServer } from './open-server.ts'

let server: Awaited<ReturnType<typeof openServer>>
let client: HoldfastClient
before(async () => {
  server = await openServer()
  client = createClient({ url: server.url })
})
after(() => server.close())

const future = () => Date.now() + 86_400_000

test('jobs are submitted with options, run anew, cancelled and tried again by filter', async () => {
  const { job } = await client.submit('shell', { script: 'exit 1' }, { priority: 3, submittedBy: 'ana' })
  assert.equal((await server.holdfast.wait(job.id)).priority, 3)
  const later = await client.submit('shell', {}, { availableAt: future(), after: [] })
  const anew = await client.rerun(job.id, { by: 'ben', input: { script: 'true' } })
  assert.deepEqual([anew.created, anew.job.submittedBy, anew.pollAfterMs], [true, 'ben', 2_000])
  await server.holdfast.wait(anew.job.id)
  assert.deepEqual(await client.cancelMany({ kind: 'shell', by: 'cy' }), { done: [later.job.id], refused: [], before: null })
  assert.deepEqual((await client.retryMany({ ids: [job.id] })).done, [job.id])
  await server.holdfast.wait(job.id)
  assert.deepEqual(await client.cancelMany({ all: true, before: 1 }), { done: [], refused: [], before: null })
  // A filter that was lost on the way is not all of them, whatever a program without types sends.
  await assert.rejects(client.cancelMany({}), { code: 'invalid_request', status: 400 })
  assert.deepEqual(
    (await client.list({ submittedBy: 'ana', queue: 'default' })).jobs.map(({ id }) => id),
    [job.id],
  )
})

test('kinds, schedules, queues, keys and runners', async () => {
  assert.equal((await client.pauseKind('rebuild', { by: 'ana' })).pausedBy, 'ana')
  assert.equal((await client.kind('rebuild')).pausedBy, 'ana')
  assert.equal((await client.resumeKind('rebuild')).pausedAt, null)

  const put = await client.putSchedule('nightly', { kind: 'shell', cron: '@daily', timeZone: 'UTC', input: { script: 'true' } })
  assert.deepEqual([await client.schedules(), await client.schedule('nightly')], [[put], put])
  assert.equal((await client.pauseSchedule('nightly', { by: 'ben' })).pausedBy, 'ben')
  assert.equal((await client.resumeSchedule('nightly')).pausedAt, null)
  const now = await client.runScheduleNow('nightly', { by: 'cy' })
  assert.deepEqual([now.created, now.job.schedule, now.job.submittedBy], [true, 'nightly', 'cy'])
  await server.holdfast.wait(now.job.id)
  assert.equal((await client.removeSchedule('nightly')).name, 'nightly')
  assert.deepEqual(await client.schedules(), [])

  assert.equal((await client.pauseQueue('default')).queue, 'default')
  assert.equal((await client.resumeQueue('default', { by: 'ana' })).pausedAt, null)
  assert.equal((await client.setConcurrency('default', 7)).concurrency, 7)
  assert.deepEqual(
    (await client.queues()).map(({ queue, concurrency }) => [queue, concurrency]),
    [['default', 7]],
  )
  assert.equal((await client.setLimit('disk', 2)).limit, 2)
  assert.deepEqual(await client.lockKeys(), [{ key: 'disk', limit: 2, heldBy: [], waiting: 0 }])
  assert.deepEqual(
    (await client.runners()).map(({ isAlive }) => isAlive),
    [true],
  )
})
