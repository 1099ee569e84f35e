// What is asked over HTTP beside one job's life: jobs run anew, many at once, kinds paused, and how many may wait.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { bulkAnswerSchema } from '../../src/contract/bulk.ts'
import { jobPageSchema, submittedSchema } from '../../src/contract/job.ts'
import { kindSchema, kindsSchema } from '../../src/contract/kind.ts'
import { createHandler } from '../../src/http/index.ts'
import { defineJob } from '../../src/index.ts'
import { openServer, post, submit } from './open-server.ts'

const later = defineJob({ kind: 'later', queue: 'night', command: ['true'] })
/** Submitted in one test only: what was let in a moment ago counts. */
const crowd = defineJob({ kind: 'crowd', queue: 'night', command: ['true'] })

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer({ maxQueued: 30 }, [later, crowd])
})
after(() => server.close())

const api = (path: string) => `${server.url}/api/v1/${path}`
const get = async (path: string) => (await fetch(api(path))).json()
const future = () => Date.now() + 86_400_000

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code
}

test('a submit takes all that the library takes: priority, time, expiry, and jobs to come after', async () => {
  const availableAt = future()
  const first = await submit(server.url, 'later', { priority: -5, availableAt, expireAfterMs: 1_000 })
  assert.deepEqual([first.job.priority, first.job.availableAt, first.job.expireAt], [-5, availableAt, availableAt + 1_000])
  assert.equal(first.pollAfterMs, 2_000)
  const second = await submit(server.url, 'later', { after: [first.job.id] })
  assert.deepEqual(second.job.waitingFor, { for: 'job', jobs: [first.job.id] })
  for (const body of [{ priority: 1.5 }, { priority: '1' }, { availableAt: 'now' }, { expireAfterMs: 0 }, { after: [0] }, { prioritty: 1 }])
    assert.equal(await codeOf(await post(api('kinds/later/jobs'), body)), 'invalid_request', JSON.stringify(body))
  assert.equal(await codeOf(await post(api('kinds/later/jobs'), { after: [9_999] })), 'invalid_input')
  await server.holdfast.cancelMany({ kind: 'later' })
})

test('a job is run anew: the same input, or another one; an active one of a unique kind is answered', async () => {
  const { job } = await submit(server.url, 'shell', { input: { script: 'exit 3' }, name: 'Three' })
  await server.holdfast.wait(job.id)
  const again = await post(api(`jobs/${job.id}/rerun`), { by: 'ana' })
  assert.equal(again.status, 201)
  const { job: anew, created } = submittedSchema.strict().parse(await again.json())
  assert.deepEqual([created, anew.name, anew.submittedBy, anew.input], [true, 'Three', 'ana', { script: 'exit 3' }])
  assert.equal(new URL(again.headers.get('location') ?? '', again.url).pathname, `/api/v1/jobs/${anew.id}`)
  const other = submittedSchema.parse(await (await post(api(`jobs/${job.id}/rerun`), { input: { script: 'true' } })).json())
  assert.equal((await server.holdfast.wait(other.job.id)).state, 'succeeded')
  assert.equal(await codeOf(await post(api(`jobs/${job.id}/rerun`), { input: { script: 7 } })), 'invalid_input')

  const input = { mode: 'data', gate: join(server.data, 'never') }
  const active = await submit(server.url, 'rebuild', { input })
  const answer = await post(api(`jobs/${active.job.id}/rerun`), {})
  assert.deepEqual([answer.status, ((await answer.json()) as { created: boolean }).created], [200, false])
  await server.holdfast.cancel(active.job.id)
})

test('many are cancelled and tried again by filter, page by page, each named', async () => {
  const ids: number[] = []
  for (let index = 0; index < 7; index++)
    ids.push((await server.holdfast.submit('later', null, { availableAt: future(), submittedBy: index % 2 ? 'odd' : 'even' })).job.id)
  const cancel = async (body: object) => bulkAnswerSchema.strict().parse(await (await post(api('jobs/cancel'), body)).json())
  const few = await cancel({ kind: 'later', submittedBy: 'odd', by: 'ana' })
  assert.deepEqual([few.done.sort((a, b) => a - b), few.refused, few.before], [[ids[1], ids[3], ids[5]], [], null])
  const stopped = await server.holdfast.get(ids[1] ?? 0)
  assert.deepEqual([stopped?.state, stopped?.stopAskedBy], ['cancelled', 'ana'])

  const { job: ended } = await submit(server.url, 'shell', { input: { script: 'true' } })
  await server.holdfast.wait(ended.id)
  const named = await cancel({ ids: [ids[0], ended.id, 99_999] })
  assert.deepEqual(named.done, [ids[0]])
  assert.deepEqual(
    named.refused.sort((a, b) => a.id - b.id),
    [
      { id: ended.id, reason: `Job ${ended.id} is succeeded.` },
      { id: 99_999, reason: 'There is no job 99999.' },
    ],
  )

  const pages: number[][] = []
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
    const page = await server.holdfast.cancelMany({ queue: 'night' }, { before, limit: 2 })
    pages.push(page.done)
    before = page.before
  }
  assert.deepEqual(
    pages.flat().sort((a, b) => a - b),
    [ids[2], ids[4], ids[6]],
  )
  assert.ok(pages.every((page) => page.length <= 2))

  const { job: failed } = await submit(server.url, 'shell', { input: { script: 'exit 1' } })
  await server.holdfast.wait(failed.id)
  const retried = bulkAnswerSchema.strict().parse(await (await post(api('jobs/retry'), { kind: 'shell', ids: [failed.id] })).json())
  assert.deepEqual(retried, { done: [failed.id], refused: [], before: null })
  assert.equal((await server.holdfast.wait(failed.id)).attempts, 2)
})

test('an empty filter, a misspelt one and a lost body cancel nothing', async () => {
  const { job } = await submit(server.url, 'later', { availableAt: future() })
  for (const body of [
    {},
    { by: 'ana' },
    { all: false },
    { kinds: 'later', all: true },
    { state: [] },
    { kind: '' },
    { ids: [] },
    { before: 9 },
  ])
    for (const what of ['cancel', 'retry'])
      assert.equal(await codeOf(await post(api(`jobs/${what}`), body)), 'invalid_request', `${what} ${JSON.stringify(body)}`)
  for (const headers of [{}, { 'content-type': 'application/json' }])
    assert.equal(await codeOf(await fetch(api('jobs/cancel'), { method: 'POST', headers })), 'invalid_request')
  assert.equal((await server.holdfast.get(job.id))?.state, 'queued')
  const all = bulkAnswerSchema.parse(await (await post(api('jobs/cancel'), { all: true })).json())
  assert.ok(all.done.includes(job.id))
})

test('a bulk action whose caller is gone does no more, and says where it was', async () => {
  const jobs = Array.from({ length: 250 }, () => ({ kind: 'later', options: { availableAt: future() } }))
  await server.holdfast.submitMany(jobs)
  const gone = await server.holdfast.cancelMany({ kind: 'later' }, { signal: AbortSignal.abort() })
  assert.deepEqual(gone, { done: [], refused: [], before: Number.MAX_SAFE_INTEGER })
  assert.equal(await server.holdfast.queued('later'), 250)
  const rest = await server.holdfast.cancelMany({ kind: 'later' }, { before: gone.before ?? 0, signal: new AbortController().signal })
  assert.deepEqual([rest.done.length, rest.before], [250, null])
})

test('a kind is paused and resumed; kinds that only jobs know are named as such', async () => {
  const ask = async (what: string) => kindSchema.strict().parse(await (await post(api(`kinds/later/${what}`), { by: 'ben' })).json())
  const paused = await ask('pause')
  assert.deepEqual([typeof paused.pausedAt, paused.pausedBy, paused.queue, paused.isDefined], ['number', 'ben', 'night', true])
  const { job } = await submit(server.url, 'later', {})
  assert.deepEqual(jobPageSchema.parse(await get('jobs?kind=later&limit=1')).jobs[0]?.waitingFor, { for: 'kind paused', by: 'ben' })
  assert.deepEqual([(await ask('resume')).pausedAt, (await server.holdfast.wait(job.id)).state], [null, 'succeeded'])
  assert.equal(await codeOf(await post(api('kinds/nope/pause'), {})), 'unknown_kind')

  await server.holdfast.pauseKind('elsewhere')
  const { kinds } = kindsSchema.parse(await get('kinds'))
  assert.deepEqual(
    kinds.map(({ kind, isDefined }) => [kind, isDefined]),
    [
      ['shell', true],
      ['rebuild', true],
      ['later', true],
      ['crowd', true],
      ['elsewhere', false],
    ],
  )
  assert.equal(await codeOf(await post(api('kinds/elsewhere/jobs'), {})), 'unknown_kind')
})

test('no more than so many jobs of a kind are taken over HTTP, and it is said when to come again', async () => {
  const submits = (length: number) => Promise.all(Array.from({ length }, () => post(api('kinds/crowd/jobs'), { availableAt: future() })))
  // All are in before more come: what is on its way while it is counted anew may pass.
  const taken = await submits(30)
  assert.ok(taken.every(({ status }) => status === 201))
  const refused = await submits(10)
  assert.ok(refused.every(({ status }) => status === 429))
  assert.equal(refused[0]?.headers.get('retry-after'), '5')
  assert.equal(await codeOf(refused[0] ?? assert.fail()), 'too_many')
  const { jobs } = await server.holdfast.list({ kind: 'crowd', state: ['queued'] })
  assert.equal(await codeOf(await post(api(`jobs/${jobs[0]?.id}/rerun`), {})), 'too_many')
  // Another kind, and the library, are not held back.
  assert.equal((await post(api('kinds/shell/jobs'), {})).status, 201)
  await server.holdfast.submit('crowd', null, { availableAt: future() })
  for (const maxQueued of [0, -1, 1.5, Number.NaN, 1e9])
    assert.throws(() => createHandler(server.holdfast, { maxQueued }), { code: 'invalid_config', message: /maxQueued/ })
})
