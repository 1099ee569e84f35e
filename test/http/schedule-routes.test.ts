// Schedules, queues, lock keys and runners over HTTP.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { submittedSchema } from '../../src/contract/job.ts'
import { lockKeySchema, lockKeysSchema, queueSchema, queuesSchema } from '../../src/contract/queue.ts'
import { runnersSchema } from '../../src/contract/runner.ts'
import { scheduleSchema, schedulesSchema } from '../../src/contract/schedule.ts'
import { defineJob } from '../../src/index.ts'
import { openServer, post, submit } from './open-server.ts'

const locked = defineJob({ kind: 'locked', queue: 'gpu', command: ['sleep', '1000'], locks: ['disk'] })

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer({}, [locked])
})
after(() => server.close())

const api = (path: string) => `${server.url}/api/v1/${path}`
const get = async (path: string) => (await fetch(api(path))).json()
const send = (method: string, path: string, body?: unknown) =>
  fetch(api(path), {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code
}

test('a schedule is put, changed, paused, resumed, run now and removed', async () => {
  const put = async (body: object) => scheduleSchema.strict().parse(await (await send('PUT', 'schedules/nightly', body)).json())
  const first = await put({ kind: 'shell', cron: '0 3 * * *', timeZone: 'UTC', input: { script: 'true' } })
  assert.deepEqual([first.name, first.missed, first.nextAt.length], ['nightly', 'skip', 5])
  assert.deepEqual(scheduleSchema.strict().parse(await get('schedules/nightly')), first)
  assert.equal((await put({ kind: 'shell', cron: '0 4 * * *', timeZone: 'UTC', missed: 'once', input: {} })).missed, 'once')
  const { schedules, pollAfterMs } = schedulesSchema.strict().parse(await get('schedules'))
  assert.deepEqual([schedules.map(({ cron }) => cron), pollAfterMs], [['0 4 * * *'], 2_000])

  const paused = scheduleSchema.strict().parse(await (await post(api('schedules/nightly/pause'), { by: 'ana' })).json())
  assert.deepEqual([paused.pausedBy, paused.nextAt], ['ana', []])
  assert.equal(schedulesSchema.parse(await get('schedules')).pollAfterMs, null)
  const resumed = scheduleSchema.strict().parse(await (await post(api('schedules/nightly/resume'), {})).json())
  assert.deepEqual([resumed.pausedAt, resumed.nextAt.length], [null, 5])

  const now = await post(api('schedules/nightly/run-now'), { by: 'ben' })
  const { job } = submittedSchema.strict().parse(await now.json())
  assert.deepEqual([now.status, job.schedule, job.submittedBy], [201, 'nightly', 'ben'])
  assert.equal(new URL(now.headers.get('location') ?? '', now.url).pathname, `/api/v1/jobs/${job.id}`)
  const { jobs } = (await get('jobs?schedule=nightly')) as { jobs: { id: number }[] }
  assert.deepEqual(
    jobs.map(({ id }) => id),
    [job.id],
  )

  const removed = await send('DELETE', 'schedules/nightly')
  assert.deepEqual([removed.status, scheduleSchema.strict().parse(await removed.json()).name], [200, 'nightly'])
  for (const response of [
    await send('DELETE', 'schedules/nightly'),
    await send('GET', 'schedules/nightly'),
    await post(api('schedules/nightly/run-now'), {}),
    await post(api('schedules/nightly/pause'), {}),
  ])
    assert.equal(await codeOf(response), 'schedule_not_found')
})

test('of a schedule that can be none, the refusal names the value and what it must be', async () => {
  const refused = async (body: object) => ((await (await send('PUT', 'schedules/x', body)).json()) as { errors?: object[] }).errors
  assert.deepEqual(await refused({ kind: 'shell', cron: 'at noon' }), [
    { path: 'cron', message: 'must be five or six fields, or @daily and the like; not "at noon".' },
  ])
  assert.deepEqual(await refused({ kind: 'shell', cron: '@daily', input: { script: 7 } }), [
    { path: 'input.script', message: 'Invalid input: expected string, received number' },
  ])
})

test('what can be no schedule is refused', async () => {
  const refused = async (body: object, name = 'x') => codeOf(await send('PUT', `schedules/${name}`, body))
  assert.equal(await refused({ kind: 'nope', cron: '@daily' }), 'unknown_kind')
  assert.equal(await refused({ kind: 'shell', cron: 'at noon' }), 'invalid_input')
  assert.equal(await refused({ kind: 'shell', cron: '@daily', timeZone: 'Mars/Olympus' }), 'invalid_input')
  assert.equal(await refused({ kind: 'rebuild', cron: '@daily', input: { mode: 'all' } }), 'invalid_input')
  assert.equal(await refused({ kind: 'locked', cron: '@daily' }, 'a%20b'), 'invalid_input')
  assert.equal(await refused({ kind: 'shell', cron: '@daily', missed: 'never' }), 'invalid_request')
  assert.equal(await refused({ kind: 'shell', cron: '@daily', corn: 1 }), 'invalid_request')
  assert.equal(await refused({ kind: 'shell' }), 'invalid_request')
  assert.deepEqual(await server.holdfast.schedules.list(), [])
})

test('queues are paused, resumed and bounded; a key gets a limit; a runner says what it looks after', async () => {
  const { job } = await submit(server.url, 'locked', {})
  const { job: second } = await submit(server.url, 'locked', {})
  for await (const { state } of server.holdfast.watch(job.id)) if (state === 'running') break
  const { queues, pollAfterMs } = queuesSchema.strict().parse(await get('queues'))
  assert.deepEqual([queues.find(({ queue }) => queue === 'gpu')?.running, pollAfterMs], [1, 2_000])
  const ask = async (what: string, body: object) => queueSchema.strict().parse(await (await post(api(`queues/gpu/${what}`), body)).json())
  assert.equal((await ask('pause', { by: 'ana' })).pausedBy, 'ana')
  assert.equal((await ask('resume', {})).pausedAt, null)
  assert.equal((await ask('set-concurrency', { concurrency: 3 })).concurrency, 3)
  assert.equal((await ask('set-concurrency', { concurrency: null })).concurrency, null)
  assert.equal(await codeOf(await post(api('queues/gpu/set-concurrency'), {})), 'invalid_request')
  for (const what of ['pause', 'resume']) assert.equal(await codeOf(await post(api(`queues/nope/${what}`), {})), 'queue_not_found')
  assert.equal(await codeOf(await post(api('queues/nope/set-concurrency'), { concurrency: 1 })), 'queue_not_found')
  assert.deepEqual(
    (await server.holdfast.queues.list()).map(({ queue }) => queue),
    ['default', 'gpu'],
  )

  const { lockKeys } = lockKeysSchema.strict().parse(await get('lock-keys'))
  assert.deepEqual(lockKeys, [{ key: 'disk', limit: null, heldBy: [job.id], waiting: 1 }])
  const setLimit = async (body: object) => lockKeySchema.strict().parse(await (await post(api('lock-keys/set-limit'), body)).json())
  assert.deepEqual(await setLimit({ key: 'disk', limit: 2 }), { key: 'disk', limit: 2, heldBy: [job.id], waiting: 1 })
  assert.deepEqual(await setLimit({ key: 'tape', limit: null }), { key: 'tape', limit: null, heldBy: [], waiting: 0 })
  for (const body of [{ key: '', limit: 1 }, { key: 'disk', limit: 0 }, { key: 'disk' }, { key: 'disk', limit: 1_001 }])
    assert.equal(await codeOf(await post(api('lock-keys/set-limit'), body)), 'invalid_request')

  const { runners } = runnersSchema.strict().parse(await get('runners'))
  assert.deepEqual(
    runners.map(({ pid, isAlive, jobs, kinds }) => ({ pid, isAlive, jobs, kinds })),
    [{ pid: process.pid, isAlive: true, jobs: [job.id], kinds: ['shell', 'rebuild', 'locked'] }],
  )
  for (const id of [second.id, job.id]) await server.holdfast.cancel(id)
  await server.holdfast.wait(job.id)
  assert.equal(queuesSchema.parse(await get('queues')).pollAfterMs, null)
})

test('Prometheus finds every number, once for each label, and what is gone is told no more', async () => {
  const scrape = async () => {
    const response = await fetch(`${server.url}/metrics`)
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
  }
  const before = await scrape()
  const { job } = await submit(server.url, 'shell', { input: { script: 'exit 1' } })
  await server.holdfast.submit('shell', {}, { availableAt: Date.now() + 86_400_000 })
  await server.holdfast.wait(job.id)
  const after = await scrape()
  const rose = (name: string) => (after.get(name) ?? Number.NaN) - (before.get(name) ?? 0)
  assert.deepEqual([rose('holdfast_jobs{state="failed"}'), rose('holdfast_jobs{state="queued"}')], [1, 1])
  assert.equal(after.get('holdfast_queue_jobs{queue="default",state="queued"}'), 1)
  assert.equal(after.get('holdfast_queue_paused{queue="default"}'), 0)
  for (const [name, value] of [
    ['stalled_jobs', 0],
    ['oldest_queued_seconds', 0],
    ['artifacts_required', 0],
    ['runners_alive', 1],
    ['degraded', 0],
  ] as const)
    assert.equal(after.get(`holdfast_${name}`), value, name)
  assert.ok((after.get('process_resident_memory_bytes') ?? 0) > 1e6 && after.has('nodejs_eventloop_lag_p99_seconds'))
  assert.ok(Math.abs((after.get('holdfast_last_finished_timestamp_seconds') ?? 0) - Date.now() / 1_000) < 60)
})
