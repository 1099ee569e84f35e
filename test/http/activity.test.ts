// What is going on, in one view: what it holds, its bounds, and its stream, over real sockets and through the client.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Activity, createClient, type HoldfastClient } from '../../src/client/index.ts'
import { activityLookSchema, activitySchema } from '../../src/contract/activity.ts'
import { createHandler, listen } from '../../src/http/index.ts'
import { defineJob, type Holdfast } from '../../src/index.ts'
import { until } from '../contract/temporary.ts'
import { openServer, quiet } from './open-server.ts'
import { readEvents } from './read-events.ts'

const perKey = defineJob<{ server: string; token: string }>({
  kind: 'per-key',
  title: 'Per key',
  command: () => ['true'],
  unique: ({ server: name }) => name,
  artifacts: ['watch-index'],
})
const never = Date.now() + 86_400_000

let server: Awaited<ReturnType<typeof openServer>>
let client: HoldfastClient
before(async () => {
  server = await openServer({}, [perKey as never])
  client = createClient({ url: server.url })
})
after(() => server.close())

test('it says who asks what he may, and holds what is asked for by name', async () => {
  const { holdfast } = server
  const gate = join(server.data, 'gate-1')
  const { job } = await client.submit('rebuild', { mode: 'data', gate })
  await until('it runs', async () => (await holdfast.get(job.id))?.state === 'running')
  const key = 'a/b, c%'
  const keyed = await client.submit('per-key', { server: key, token: 'hush' }, { availableAt: never })
  await holdfast.artifact('watch-index').want('v2')
  await client.putSchedule('nightly', { kind: 'rebuild', cron: '@daily', input: { mode: 'data', gate } })

  const answer = await fetch(`${server.url}/api/v1/activity?job=${job.id}`)
  assert.deepEqual(activityLookSchema.strict().parse(await answer.json()).role, 'admin')
  const look = await client.activity({
    job: [keyed.job.id, job.id, 999],
    kind: ['rebuild', `per-key/${encodeURIComponent(key)}`, 'per-key/other', 'shell', 'nobody'],
    artifact: ['watch-index', 'nothing'],
  })
  assert.ok(Math.abs(look.serverTime - Date.now()) < 60_000)
  assert.deepEqual([look.pollAfterMs, look.summary.active, look.summary.running], [2_000, 2, 1])
  assert.deepEqual(
    look.active.map(({ id }) => id),
    [job.id, keyed.job.id],
  )
  assert.deepEqual(
    look.jobs.map(({ id }) => id),
    [job.id, keyed.job.id],
  )
  assert.deepEqual(look.jobs[1]?.input, { server: key, token: '•••' })
  assert.deepEqual(
    look.artifacts.map(({ name, condition, current }) => [name, condition, current]),
    [['watch-index', 'building', null]],
  )
  const shown = look.kinds.map((one) => [one.kind, one.key, one.title, one.condition, one.active?.id ?? null, one.unique])
  assert.deepEqual(shown, [
    ['per-key', key, 'Per key', 'active', keyed.job.id, true],
    ['per-key', 'other', 'Per key', 'idle', null, true],
    ['rebuild', null, 'rebuild', 'active', job.id, true],
    ['shell', null, 'Shell script', 'idle', null, false],
  ])
  assert.ok((look.kinds[2]?.nextAt ?? 0) > Date.now())

  await client.cancel(keyed.job.id)
  await client.pauseKind('rebuild', { by: 'ana' })
  await writeFile(gate, '')
  await holdfast.wait(job.id)
  const over = await client.activity({ kind: ['rebuild', 'per-key'] })
  assert.deepEqual([over.pollAfterMs, over.active, over.settled.map(({ id }) => id)], [null, [], [job.id, keyed.job.id]])
  const [ofKeys, rebuild] = over.kinds
  assert.deepEqual([ofKeys?.condition, ofKeys?.required, ofKeys?.last?.id], ['required', ['watch-index'], keyed.job.id])
  assert.deepEqual([rebuild?.condition, rebuild?.pausedBy, rebuild?.recent.length], ['succeeded', 'ana', 1])
  assert.equal(rebuild?.succeededAt, rebuild?.last?.finishedAt)
  await client.resumeKind('rebuild')
})

test('each is told his own role; whoever is not known is told nothing', async (t) => {
  const signing = await listen(createHandler(server.holdfast, { signIn: true, logger: quiet }), { port: 0 })
  t.after(() => signing.close())
  for (const role of ['viewer', 'operator'] as const) {
    const { token } = await server.holdfast.access.addToken({ name: `looks as ${role}`, role })
    const own = createClient({ url: signing.url, token })
    assert.equal((await own.activity()).role, role)
    const stop = new AbortController()
    const watched = own.watchActivity({}, { signal: stop.signal, onActivity: () => stop.abort() })
    await watched
  }
  const nobody = createClient({ url: signing.url })
  await assert.rejects(nobody.activity(), { code: 'sign_in_required', status: 401 })
  await assert.rejects(nobody.watchActivity({}, { onActivity: () => {} }), { code: 'sign_in_required' })
})

test('what cannot be asked is refused by name', async () => {
  const list = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
  const wrong: [string, string, RegExp][] = [
    ['job', list(101).join(), /^job: Must name at most 100$/],
    ['job', '1,x', /^job: Must be a whole number from 1$/],
    ['kind', list(51).join(), /^kind: Must name at most 50$/],
    ['kind', 'a/%25E0%25', /^kind: Must be kind, or kind\/key/],
    ['kind', 'a%00', /^kind: Must not hold NUL$/],
    ['artifact', list(51).join(), /^artifact: Must name at most 50$/],
  ]
  for (const path of ['activity', 'activity/events'])
    for (const [field, value, detail] of wrong) {
      const answer = await fetch(`${server.url}/api/v1/${path}?${field}=${value}`)
      const problem = (await answer.json()) as { code: string; detail: string; errors: { path: string }[] }
      assert.deepEqual([answer.status, problem.code, problem.errors[0]?.path], [400, 'invalid_request', field], value)
      assert.match(problem.detail, detail)
    }
  for (const filter of [{ job: list(101) }, { kind: ['a/%E0%'] }, { artifact: 'x' }, { kinds: [] }] as never[])
    await assert.rejects(server.holdfast.activity(filter), { code: 'invalid_request' })
  const most = `job=${list(100).join()}&kind=${list(50).join()}&artifact=${list(50).join()}`
  assert.equal((await fetch(`${server.url}/api/v1/activity?${most}`)).status, 200)
  assert.equal((await fetch(`${server.url}/api/v1/activity?job=&kind=&artifact=`)).status, 200)
})

test('counts are right where more is active than is shown', async () => {
  const jobs = Array.from({ length: 60 }, () => ({ kind: 'shell', input: {}, options: { availableAt: never } }))
  const submitted = await server.holdfast.submitMany(jobs)
  const { active, summary } = await client.activity()
  assert.deepEqual([active.length, summary.active, summary.queued], [50, 60, 60])
  assert.deepEqual(
    active.map(({ id }) => id),
    submitted.slice(0, 50).map(({ job }) => job.id),
  )
  await server.holdfast.cancelMany({ kind: 'shell' })
  const after = await client.activity()
  assert.deepEqual([after.active.length, after.settled.length, after.summary.cancelled], [0, 20, 61])
})

test('its stream is told again after a change, never an equal view; whoever wants the same shares a look', async (t) => {
  const asked: string[] = []
  const holdfast: Holdfast = {
    ...server.holdfast,
    activity(filter, options) {
      asked.push(JSON.stringify(filter))
      return server.holdfast.activity(filter, options)
    },
  }
  const counting = await listen(createHandler(holdfast).fetch, { port: 0 })
  t.after(() => counting.close())
  const first = await server.holdfast.submit('shell', {}, { availableAt: never })
  const stop = new AbortController()
  const seen: Activity[][] = [[], [], []]
  const texts: string[] = []
  const follow = async (index: number, query: string) => {
    for await (const { event, data } of readEvents(`${counting.url}/api/v1/activity/events?${query}`, { signal: stop.signal })) {
      assert.equal(event, 'activity')
      seen[index]!.push(activitySchema.strict().parse(data) as Activity)
      if (index === 0) texts.push(JSON.stringify(data))
    }
  }
  const { id } = first.job
  const queries = [`kind=shell,rebuild&job=${id}`, `job=${id}&kind=rebuild,shell,shell`, '']
  const following = queries.map((query, index) => follow(index, query).catch((error) => assert.equal(error.name, 'AbortError')))
  await until('all see what is there', () => seen.every(([one]) => one !== undefined))
  assert.equal(new Set(asked).size, 2)
  assert.equal(asked.filter((filter) => filter.includes('shell')).length, 1)

  // It rings, and nothing of it is in the view: a note on another job's log that is not active does not count.
  await server.holdfast.access.addToken({ name: 'rings', role: 'viewer' })
  const later = await server.holdfast.submit('shell', { script: 'exit 3' })
  await server.holdfast.wait(later.job.id)
  await until('its end is told', () => seen.every((views) => views.at(-1)?.settled[0]?.id === later.job.id))
  assert.equal(seen[0]?.at(-1)?.kinds.find(({ kind }) => kind === 'shell')?.last?.id, later.job.id)
  await server.holdfast.cancel(id)
  await until('and the cancel', () => seen.every((views) => views.at(-1)?.summary.active === 0))
  assert.equal(seen[0]?.at(-1)?.jobs[0]?.state, 'cancelled')
  for (const [index, text] of texts.entries()) assert.notEqual(text, texts[index - 1], 'an equal view was sent')

  const own = new AbortController()
  const states: string[] = []
  const told: Activity[] = []
  const watched = client.watchActivity(
    { kind: ['shell'] },
    { signal: own.signal, onActivity: (one) => told.push(one), onState: ({ state }) => states.push(state) },
  )
  await until('the client tells it', () => told[0]?.kinds[0]?.kind === 'shell')
  own.abort()
  await watched
  assert.deepEqual(states, ['live'])
  stop.abort()
  await Promise.all(following)
})
