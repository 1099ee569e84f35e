// Every route of the API, asked over a real socket; each answer must fit the schema it is documented with.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { askedJobSchema, checkedSchema, jobDetailSchema, jobPageSchema, submittedSchema } from '../../src/contract/job.ts'
import { kindSchema, kindsSchema } from '../../src/contract/kind.ts'
import { type LogPageAnswer, logPageSchema } from '../../src/contract/log.ts'
import { aliveSchema, readySchema } from '../../src/contract/problem.ts'
import { summarySchema } from '../../src/contract/summary.ts'
import { openServer, post, submit } from './open-server.ts'

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer()
})
after(() => server.close())

const get = async (path: string) => (await fetch(server.url + path)).json()

/** Strict: a field that the schema does not know is a field that the documentation does not know. */
const fits = <T>(schema: { strict?: () => { parse(value: unknown): T }; parse(value: unknown): T }, value: unknown): T =>
  (schema.strict?.() ?? schema).parse(value)

test('kinds are listed and shown one by one', async () => {
  const { kinds } = fits(kindsSchema, await get('/api/v1/kinds'))
  assert.deepEqual(kinds.map(({ kind }) => kind).sort(), ['rebuild', 'shell'])
  const shell = fits(kindSchema, await get('/api/v1/kinds/shell'))
  assert.equal(shell.title, 'Shell script')
  assert.equal(shell.unique, false)
})

test('a submit answers 201 with the place of the job, and the job runs', async () => {
  const response = await post(`${server.url}/api/v1/kinds/shell/jobs`, { input: { script: 'exit 3' }, name: 'Three', submittedBy: 'ana' })
  assert.equal(response.status, 201)
  const { job, created } = fits(submittedSchema, await response.json())
  assert.deepEqual([created, job.name, job.submittedBy], [true, 'Three', 'ana'])
  const place = new URL(response.headers.get('location') ?? '', response.url)
  assert.equal(place.pathname, `/api/v1/jobs/${job.id}`)

  await server.holdfast.wait(job.id)
  const detail = fits(jobDetailSchema, await (await fetch(place)).json())
  assert.deepEqual([detail.state, detail.exitCode, detail.pollAfterMs], ['failed', 3, null])
  assert.equal(detail.history.length, 1)
})

test('a submit without a body submits an empty input', async () => {
  const empty = [undefined, { 'content-type': 'application/json' }]
  for (const headers of empty) {
    const response = await fetch(`${server.url}/api/v1/kinds/shell/jobs`, { method: 'POST', ...(headers && { headers }) })
    const { job } = fits(submittedSchema, await response.json())
    assert.equal(response.status, 201)
    assert.deepEqual(job.input, { script: 'echo hello' })
  }
})

test('a second submit of a unique kind answers 200 with the first job, which cancel stops', async () => {
  const input = { mode: 'data', gate: join(server.data, 'never') }
  const first = await submit(server.url, 'rebuild', { input })
  const again = await post(`${server.url}/api/v1/kinds/rebuild/jobs`, { input })
  const second = fits(submittedSchema, await again.json())
  assert.deepEqual([again.status, second.created, second.job.id], [200, false, first.job.id])

  const asked = await post(`${server.url}/api/v1/jobs/${first.job.id}/cancel`, { by: 'ben' })
  assert.equal(asked.status, 200)
  assert.equal(fits(askedJobSchema, await asked.json()).stopAskedBy, 'ben')
  assert.equal((await server.holdfast.wait(first.job.id)).state, 'cancelled')

  const settled = await fetch(`${server.url}/api/v1/jobs/${first.job.id}/cancel`, { method: 'POST' })
  assert.equal(fits(askedJobSchema, await settled.json()).state, 'cancelled')
})

test('a running job is looked at and waited for; only what runs is, and only what failed is tried again', async () => {
  const { job } = await submit(server.url, 'shell', { input: { script: 'echo up; exec sleep 1000' } })
  const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
  const ask = (what: string, body = {}) => post(`${server.url}/api/v1/jobs/${job.id}/${what}`, body)
  for await (const { logLines } of server.holdfast.watch(job.id)) if (logLines >= 2) break
  const seen = fits(checkedSchema, await (await ask('check', { by: 'ana' })).json())
  assert.match(seen.words, /^(?:alive|busy), \d+ % CPU, \d.* in 1 process, silent for \d+ m?s$/)
  assert.deepEqual([seen.process?.processes, seen.job.state], [1, 'running'])
  const kept = fits(askedJobSchema, await (await ask('keep-waiting', { by: 'ben' })).json())
  assert.equal(typeof kept.waitedAt, 'number')
  const { lines } = await server.holdfast.log(job.id, { stream: ['system'] })
  assert.deepEqual(
    lines.slice(1).map(({ text }) => text),
    [`checked by ana: ${seen.words}`, 'keep waiting, said ben: silence is counted from now'],
  )
  assert.equal(await codeOf(await ask('retry')), 'wrong_state')

  await ask('cancel')
  await server.holdfast.wait(job.id)
  for (const what of ['check', 'keep-waiting']) assert.equal(await codeOf(await ask(what)), 'wrong_state')
  for (const what of ['retry', 'resume']) {
    const again = await ask(what, { by: 'cy' })
    assert.equal(again.status, 200)
    assert.equal(fits(askedJobSchema, await again.json()).state, 'queued')
    await ask('cancel')
    await server.holdfast.wait(job.id)
  }
  const { events } = (await server.holdfast.detail(job.id)) ?? assert.fail()
  assert.deepEqual(
    events.filter(({ by }) => by !== null).map(({ name, by }) => [name, by]),
    [
      ['checked', 'ana'],
      ['keep waiting', 'ben'],
      ['retry asked', 'cy'],
      ['resume asked', 'cy'],
    ],
  )
})

test('jobs are filtered and paged', async () => {
  const ids: number[] = []
  for (const script of ['true', 'true', 'exit 1']) ids.push((await submit(server.url, 'shell', { input: { script } })).job.id)
  for (const id of ids) await server.holdfast.wait(id)

  const page = fits(jobPageSchema, await get('/api/v1/jobs?kind=shell&limit=2'))
  assert.equal(page.jobs.length, 2)
  const older = fits(jobPageSchema, await get(`/api/v1/jobs?kind=shell&limit=200&before=${page.before}`))
  assert.ok(older.jobs.every((job) => job.id < page.jobs[1]!.id))

  const some = fits(jobPageSchema, await get('/api/v1/jobs?state=failed,cancelled&kind=&before='))
  assert.deepEqual([...new Set(some.jobs.map((job) => job.state))].sort(), ['cancelled', 'failed'])
  const repeated = fits(jobPageSchema, await get('/api/v1/jobs?state=failed&state=cancelled'))
  assert.deepEqual(repeated, some)

  const { job } = await submit(server.url, 'shell', { input: { script: 'true' }, submittedBy: 'dora' })
  const numbers = async (query: string) => fits(jobPageSchema, await get(`/api/v1/jobs?${query}`)).jobs.map(({ id }) => id)
  assert.deepEqual(await numbers('submittedBy=dora&kind=shell&queue=default'), [job.id])
  assert.deepEqual(await numbers(`submittedBy=dora&before=${job.id}`), [])
  assert.deepEqual(await numbers('schedule=nobody'), [])
  await server.holdfast.wait(job.id)
})

test('the summary is flat: it counts, names the last job and the next one, and says when to look again', async () => {
  await server.holdfast.schedules.put({ name: 'nightly', kind: 'shell', cron: '0 3 * * *', timeZone: 'UTC', input: {} })
  const gate = join(server.data, 'summary')
  const { job } = await submit(server.url, 'rebuild', { input: { mode: 'data', gate } })
  const busy = fits(summarySchema, await get('/api/v1/summary'))
  assert.equal(busy.active, busy.queued + busy.running + busy.stopping)
  assert.ok(busy.active >= 1)
  assert.equal(busy.pollAfterMs, 2000)
  assert.match(busy.version, /^\d+\.\d+\.\d+/)
  assert.deepEqual([busy.degraded, busy.stalled, busy.nextKind], [null, 0, 'shell'])
  assert.ok((busy.nextAt ?? 0) > busy.serverTime && Math.abs(busy.serverTime - Date.now()) < 60_000)
  assert.equal(fits(jobDetailSchema, await get(`/api/v1/jobs/${job.id}`)).pollAfterMs, 2000)

  await writeFile(gate, '')
  const { finishedAt } = await server.holdfast.wait(job.id)
  const calm = fits(summarySchema, await get('/api/v1/summary'))
  assert.deepEqual([calm.active, calm.pollAfterMs], [0, null])
  assert.deepEqual([calm.lastJobId, calm.lastKind, calm.lastState, calm.lastFinishedAt], [job.id, 'rebuild', 'succeeded', finishedAt])
  assert.deepEqual([calm.succeeded24h, calm.failed24h], [calm.succeeded, calm.failed])
  assert.equal(calm.succeeded, busy.succeeded + 1)
})

test('the log is read in pages, by stream, cut and whole', async () => {
  const long = 5000
  const script = `for i in 1 2 3; do echo out $i; done; echo no >&2; head -c ${long} /dev/zero | tr '\\0' x; echo`
  const { job } = await submit(server.url, 'shell', { input: { script } })
  await server.holdfast.wait(job.id)
  const log = `/api/v1/jobs/${job.id}/log`

  const all = fits(logPageSchema, await get(log))
  assert.deepEqual(
    all.lines.map((line) => line.seq),
    all.lines.map((_, index) => index + 1),
  )
  assert.equal(all.lastSeq, all.lines.length)
  const texts = async (query: string) => fits(logPageSchema, await get(log + query)).lines.map((line) => line.text)
  assert.deepEqual(await texts('?stream=stderr'), ['no'])
  assert.deepEqual((await texts('?stream=stdout&limit=2')).slice(0, 2), ['out 1', 'out 2'])
  assert.deepEqual(await texts(`?after=${all.lastSeq}`), [])
  assert.equal((await texts('?after=1&limit=1'))[0], all.lines[1]?.text)
  assert.deepEqual(
    await texts('?before=3'),
    all.lines.slice(0, 2).map((line) => line.text),
  )

  const longest = (lines: string[]) => Math.max(...lines.map((text) => text.length))
  assert.equal(longest(await texts('')), 4096)
  assert.equal(longest(await texts('?full=1')), long)
})

test('the log is searched in pieces, opened around a line, and shows the line that is not finished', async () => {
  const gate = join(server.data, 'gate of a long log')
  const script = `seq -f 'line %g' 1 3000; echo 'a Needle here'; seq -f 'line %g' 3002 4000; printf 'half a li'; until [ -e '${gate}' ]; do sleep 0.1; done; echo ne`
  const { job } = await submit(server.url, 'shell', { input: { script } })
  for await (const lines of server.holdfast.followLog(job.id)) if (lines.some(({ text }) => text === 'line 4000')) break
  const page = async (query: string) => fits(logPageSchema, await get(`/api/v1/jobs/${job.id}/log${query}`))

  const [needle, ...more] = (await page('?q=needle')).lines
  assert.deepEqual([needle?.text, more], ['a Needle here', []])
  const around = await page(`?around=${needle?.seq}&limit=5`)
  assert.deepEqual(
    around.lines.map(({ text }) => text),
    ['line 2999', 'line 3000', 'a Needle here', 'line 3002', 'line 3003'],
  )
  assert.deepEqual(
    around.unfinished.map(({ stream, text }) => [stream, text]),
    [['stdout', 'half a li']],
  )
  // Page by page, and back again: every line that holds it, once.
  const found: string[] = []
  for (let after: number | null = 0; after !== null; ) {
    const { lines, searched }: LogPageAnswer = await page(`?q=LINE%2030&limit=4&after=${after}`)
    found.push(...lines.map(({ text }) => text))
    after = searched ?? null
  }
  const expected = ['line 30', ...Array.from({ length: 10 }, (_, digit) => `line 30${digit}`), ...hundreds]
  assert.deepEqual(found, expected)
  const back = await page(`?q=line%2030&limit=3&before=${(needle?.seq ?? 0) + 4}`)
  assert.deepEqual(
    back.lines.map(({ text }) => text),
    ['line 3002', 'line 3003', 'line 3004'],
  )
  for (const [query, field] of [
    [`?q=${'x'.repeat(2_000)}`, 'q'],
    ['?q=a&around=3', 'q'],
    ['?around=0', 'around'],
    ['?around=3&after=1', 'around'],
  ] as const) {
    const response = await fetch(`${server.url}/api/v1/jobs/${job.id}/log${query}`)
    assert.equal(response.status, 400, query)
    assert.ok((await response.text()).includes(field), query)
  }
  await writeFile(gate, '')
  const { logLines } = await server.holdfast.wait(job.id)
  const ended = await page(`?around=${logLines - 1}&limit=1`)
  assert.deepEqual([ended.lines.map(({ text }) => text), ended.unfinished], [['half a line'], []])
})

/** `line 3000` to `line 3099`, but for the one that is a needle. */
const hundreds = Array.from({ length: 100 }, (_, count) => 3_000 + count).flatMap((number) => (number === 3_001 ? [] : [`line ${number}`]))

test('log.txt is the whole log as text', async () => {
  const { job } = await submit(server.url, 'shell', { input: { script: 'i=0; while [ $i -lt 700 ]; do i=$((i+1)); echo line $i; done' } })
  await server.holdfast.wait(job.id)
  const response = await fetch(`${server.url}/api/v1/jobs/${job.id}/log.txt`)
  assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('line '))
  assert.deepEqual(
    lines,
    Array.from({ length: 700 }, (_, index) => `line ${index + 1}`),
  )
})

test('the probes answer', async () => {
  assert.deepEqual(fits(aliveSchema, await get('/healthz')), { ok: true })
  const ready = fits(readySchema, await get('/readyz'))
  assert.deepEqual([ready.ok, Object.keys(ready.checks)], [true, ['database', 'folder', 'disk', 'runner']])
  assert.match(ready.checks.disk?.detail ?? '', /^\d.* free$/)
  assert.equal(ready.checks.runner?.detail, '1 alive')
})

test('HEAD answers like GET without a body, on event streams too', async () => {
  for (const path of ['/api/v1/summary', '/api/v1/events', '/']) {
    const response = await fetch(server.url + path, { method: 'HEAD' })
    assert.equal(response.status, 200)
    assert.equal(await response.text(), '')
  }
})

test('every answer forbids sniffing, and only pages may run scripts', async () => {
  for (const path of ['/', '/api/v1/summary', '/api/v1/jobs/0', '/nowhere']) {
    const { headers } = await fetch(server.url + path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('access-control-allow-origin'), null)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'/)
    assert.equal(policy.includes('script-src'), path === '/')
    assert.doesNotMatch(policy, /unsafe/)
  }
})
