// Everything the server refuses: each refusal is a problem with its code, status, sentence and hint, and changes nothing.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { type Problem, problemSchema } from '../../src/contract/problem.ts'
import { type ErrorCode, errorCodes } from '../../src/supervisor/errors.ts'
import { openServer, post, quiet, submit } from './open-server.ts'

let server: Awaited<ReturnType<typeof openServer>>
let jobId: number
before(async () => {
  server = await openServer({ allowedHosts: ['jobs.example'], logger: quiet })
  jobId = (await submit(server.url, 'shell', {})).job.id
  await server.holdfast.wait(jobId)
})
after(() => server.close())

async function assertProblem(response: Response, code: ErrorCode): Promise<Problem> {
  const problem = problemSchema.strict().parse(await response.json())
  assert.equal(response.headers.get('content-type'), 'application/problem+json')
  assert.equal(problem.code, code, problem.detail)
  assert.equal(problem.status, errorCodes[code].status)
  assert.equal(response.status, problem.status)
  assert.equal(problem.hint, errorCodes[code].help)
  assert.doesNotMatch(problem.detail, /\n|\bat .*\.ts\b/)
  return problem
}

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers })

const asks = ['cancel', 'retry', 'resume', 'keep-waiting', 'check']

test('a job number that is none names the parameter', async () => {
  for (const id of ['abc', '0', '-1', '1.5', '1e3', '0x10', '%2042', '99999999999999999', '%00', '..%2f1']) {
    for (const rest of ['', '/log', '/log.txt', '/log/stream']) {
      const problem = await assertProblem(await get(`/api/v1/jobs/${id}${rest}`), 'invalid_request')
      assert.deepEqual(problem.errors, [{ path: 'id', message: 'Must be a whole number from 1' }])
    }
  }
})

test('a job that does not exist is not found, on every route', async () => {
  for (const rest of ['', '/log', '/log.txt', '/log/stream']) await assertProblem(await get(`/api/v1/jobs/4242${rest}`), 'job_not_found')
  for (const ask of asks) await assertProblem(await post(`${server.url}/api/v1/jobs/4242/${ask}`, {}), 'job_not_found')
})

test('an unknown kind, path or file is not found', async () => {
  await assertProblem(await get('/api/v1/kinds/nope'), 'unknown_kind')
  await assertProblem(await post(`${server.url}/api/v1/kinds/nope/jobs`, {}), 'unknown_kind')
  await assertProblem(await post(`${server.url}/api/v1/kinds/__proto__/jobs`, {}), 'unknown_kind')
  for (const path of [
    '/nowhere',
    '/api/v1',
    '/api/v2/jobs',
    '/jobs/1/2',
    '/assets/no.js',
    '/assets/..%2fpackage.json',
    '/assets/%2e%2e/x',
  ]) {
    await assertProblem(await get(path), 'not_found')
  }
  await assertProblem(await fetch(`${server.url}/api/v1/jobs/${jobId}`, { method: 'DELETE' }), 'not_found')
  // `fetch` makes none; the answer to it is no fault of ours either.
  const trace = await new Promise<number | undefined>((resolve, reject) => {
    const asking = request(`${server.url}/api/v1/jobs`, { method: 'TRACE' }, (answer) => resolve(answer.resume().statusCode))
    asking.on('error', reject).end()
  })
  assert.equal(trace, 404)
})

test('parameters out of range are refused, all at once and by name', async () => {
  const list = await assertProblem(await get('/api/v1/jobs?state=running,lost&limit=201&before=x'), 'invalid_request')
  assert.deepEqual(list.errors?.map((error) => error.path).sort(), ['before', 'limit', 'state'])
  for (const query of ['limit=0', 'limit=1&limit=2', 'state=RUNNING'])
    await assertProblem(await get(`/api/v1/events?${query}`), 'invalid_request')
  for (const query of ['after=-1', 'limit=5001', 'stream=stdin', 'full=yes', 'after=1&before=5']) {
    await assertProblem(await get(`/api/v1/jobs/${jobId}/log?${query}`), 'invalid_request')
  }
})

test('a position in the log that is none is refused', async () => {
  const stream = `/api/v1/jobs/${jobId}/log/stream`
  await assertProblem(await get(`${stream}?after=abc`), 'invalid_request')
  for (const id of ['abc', '-1', '1,2', '1; DROP TABLE jobs']) {
    const problem = await assertProblem(await get(stream, { 'last-event-id': id }), 'invalid_request')
    assert.equal(problem.errors?.[0]?.path, 'last-event-id')
  }
})

test('an input that does not fit is told by field', async () => {
  const problem = await assertProblem(
    await post(`${server.url}/api/v1/kinds/rebuild/jobs`, { input: { mode: 'all', gate: 1 } }),
    'invalid_input',
  )
  assert.deepEqual(problem.errors?.map((error) => error.path).sort(), ['input.gate', 'input.mode'])
})

test('a body that is not the JSON asked for is refused', async () => {
  const url = `${server.url}/api/v1/kinds/shell/jobs`
  const send = (body: string, type: string) => fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
  for (const body of ['{', 'null', '[]', '"x"', '7', '{"name":7}', '{"name":""}', `{"submittedBy":"${'x'.repeat(201)}"}`]) {
    await assertProblem(await send(body, 'application/json'), 'invalid_request')
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml']) {
    const problem = await assertProblem(await send('{}', type), 'invalid_request')
    assert.match(problem.detail, /content-type: application\/json/)
  }
})

test('a body over a megabyte is refused, with and without a length', async () => {
  const url = `${server.url}/api/v1/kinds/shell/jobs`
  const big = new Uint8Array(1_048_577).fill(32)
  const headers = { 'content-type': 'application/json' }
  await assertProblem(await fetch(url, { method: 'POST', headers, body: big }), 'payload_too_large')
  await assertProblem(await fetch(url, { method: 'POST', headers, body: new Blob([big]).stream(), duplex: 'half' }), 'payload_too_large')
  const fits = await post(url, { input: { ballast: 'x'.repeat(900_000) } })
  assert.equal(fits.status, 201)
})

test('pages of other sites change nothing', async () => {
  const url = `${server.url}/api/v1/kinds/shell/jobs`
  const { host } = new URL(server.url)
  const before = (await server.holdfast.list()).jobs.length
  const forged: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: `http://${host}` },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://${host}.evil.example` },
    { origin: 'http://127.0.0.1:1' },
  ]
  for (const headers of forged) {
    await assertProblem(await post(url, {}, headers), 'forbidden')
    for (const ask of asks) await assertProblem(await post(`${server.url}/api/v1/jobs/${jobId}/${ask}`, {}, headers), 'forbidden')
  }
  assert.equal((await server.holdfast.list()).jobs.length, before)

  for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }, { origin: `http://${host}` }]) {
    assert.equal((await post(url, {}, headers)).status, 201)
  }
})

test('only known host names are answered, on every kind of route', async () => {
  const { port } = new URL(server.url)
  const ask = (host: string, path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
        response.resume()
        response.once('error', reject)
        resolve(response.statusCode)
        outgoing.destroy()
      })
      outgoing.once('error', reject).end()
    })
  for (const path of ['/', '/api/v1/summary', '/api/v1/events', `/api/v1/jobs/${jobId}/log/stream`, '/healthz', '/openapi.json']) {
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.nip.io', '192.168.0.7', 'jobs.example.evil']) {
      assert.equal(await ask(host, path), 421, `${host} ${path}`)
    }
    for (const host of [`127.0.0.1:${port}`, 'localhost', '[::1]:80', 'jobs.example', 'JOBS.example:8443']) {
      assert.equal(await ask(host, path), 200, `${host} ${path}`)
    }
  }
})
