// The client against a real HTTP server that each test scripts: it cuts streams in the middle, goes silent, refuses.
import assert from 'node:assert/strict'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, test } from 'node:test'
import type { Connection, LogLine } from './index.ts'
import { createClient, HoldfastClientError } from './index.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const servers: Server[] = []
const impatient = { retryDelaysMs: [1, 2, 3], silenceMs: 10_000 }

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

test('paths are taken from the folder of the address, prefix and all', async () => {
  const asked: string[] = []
  const url = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    json(response, 200, { kinds: [], jobs: [], before: null })
  })
  for (const address of [`${url}/holdfast`, `${url}/holdfast/`]) await createClient({ url: address }).kinds()
  const client = createClient({ url })
  await client.list({ state: ['running', 'failed'], before: 42 })
  await client.log(7, { after: 3, stream: ['stderr'], full: true })
  await client.log(7, { before: 3, full: false })
  assert.deepEqual(asked, [
    'GET /holdfast/api/v1/kinds',
    'GET /holdfast/api/v1/kinds',
    'GET /api/v1/jobs?state=running%2Cfailed&before=42',
    'GET /api/v1/jobs/7/log?after=3&stream=stderr&full=1',
    'GET /api/v1/jobs/7/log?before=3',
  ])
  assert.equal(client.logTextUrl(7), `${url}/api/v1/jobs/7/log.txt`)
})

test('submit sends input, name and who asks; a kind cannot leave its place in the path', async () => {
  const seen: unknown[] = []
  const url = await serve(async (request, response) => {
    seen.push(request.url, await bodyOf(request))
    json(response, 201, { job: { id: 1 }, created: true })
  })
  const submitted = await createClient({ url }).submit('../a b', { size: 1 }, { name: 'Index', submittedBy: 'ana' })
  assert.equal(submitted.created, true)
  assert.deepEqual(seen, ['/api/v1/kinds/..%2Fa%20b/jobs', { input: { size: 1 }, name: 'Index', submittedBy: 'ana' }])
})

test('a problem becomes an error with code, message, hint and status', async () => {
  const url = await serve((_request, response) => {
    json(response, 404, { code: 'job_not_found', title: 'Not found', detail: 'There is no job 9', hint: 'Look at the list', status: 404 })
  })
  await assert.rejects(createClient({ url }).get(9), (error) => {
    assert.ok(error instanceof HoldfastClientError)
    assert.deepEqual([error.code, error.message, error.hint, error.status], ['job_not_found', 'There is no job 9', 'Look at the list', 404])
    return true
  })
})

test('the values that were refused come with the error, whatever else a proxy may have put there', async () => {
  const errors = [{ path: 'input.mode', message: 'must be data' }, null, { path: 7 }]
  const url = await serve((_request, response) => json(response, 422, { code: 'invalid_input', detail: 'Input rejected', errors }))
  await assert.rejects(createClient({ url }).submit('rebuild'), (error) => {
    assert.ok(error instanceof HoldfastClientError)
    assert.deepEqual(error.errors, [{ path: 'input.mode', message: 'must be data' }])
    return true
  })
})

test('an HTML page of a proxy and a closed port are told as such', async () => {
  const url = await serve((_request, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'))
  await assert.rejects(createClient({ url }).summary(), { code: 'unreachable', status: 502 })
  const server = servers.pop()
  await new Promise((closed) => server?.close(closed))
  await assert.rejects(createClient({ url }).summary(), { code: 'unreachable', status: 0, message: `No answer from ${url}` })
})

test('a log cut in the middle of a line is resumed without gap or repeat, and ends with the job', async () => {
  const cursors: string[] = []
  const url = await serve((request, response) => {
    cursors.push(new URL(request.url ?? '', 'http://x').searchParams.get('after') ?? '')
    stream(response)
    if (cursors.length === 1) {
      response.write(event('job', { id: 1, state: 'running' }) + line(1) + line(2))
      response.write(line(3).slice(0, 30), () => response.destroy())
    } else {
      response.end(line(2) + line(3) + line(4) + event('job', { id: 1, state: 'succeeded' }) + event('end', {}))
    }
  })
  const lines: LogLine[] = []
  const jobs: string[] = []
  const states: Connection['state'][] = []
  await createClient({ url, ...impatient }).followLog(1, {
    onLines: (bundle) => lines.push(...bundle),
    onJob: (job) => jobs.push(job.state),
    onState: ({ state }) => states.push(state),
  })
  assert.deepEqual(
    lines.map(({ seq }) => seq),
    [1, 2, 3, 4],
  )
  assert.deepEqual(cursors, ['0', '2'])
  assert.deepEqual(jobs, ['running', 'succeeded'])
  assert.deepEqual(states, ['live', 'reconnecting', 'reconnecting', 'live'])
})

test('a bundle holds the lines that came together, characters cut between two packets included', async () => {
  const bytes = Buffer.from(line(1, 'Blåhaj 鮫 🦈') + line(2))
  const inShark = bytes.indexOf(Buffer.from('🦈')) + 2
  const url = await serve((_request, response) => {
    stream(response)
    response.write(bytes.subarray(0, inShark), () =>
      setImmediate(() => response.end(Buffer.concat([bytes.subarray(inShark), Buffer.from(event('end', {}))]))),
    )
  })
  const texts: string[] = []
  await createClient({ url }).followLog(1, { onLines: (bundle) => texts.push(...bundle.map(({ text }) => text)) })
  assert.deepEqual(texts, ['Blåhaj 鮫 🦈', 'line 2'])
})

test('after several failed tries it says offline and since when, then live again', async () => {
  let tries = 0
  const url = await serve((_request, response) => {
    tries += 1
    if (tries > 1 && tries < 7) return json(response, 503, { code: 'database_busy', detail: 'busy' })
    stream(response)
    response.end(event('job', { id: 1 }) + (tries === 1 ? '' : event('end', {})))
  })
  const seen: Connection[] = []
  await createClient({ url, ...impatient }).followLog(1, { onState: (connection) => seen.push(connection) })
  assert.deepEqual([...new Set(seen.map(({ state }) => state))], ['live', 'reconnecting', 'offline'])
  assert.equal(seen.at(-1)?.state, 'live')
  const heardAt = seen[0]?.heardAt
  assert.ok(typeof heardAt === 'number')
  assert.ok(seen.slice(1, -1).every((connection) => connection.heardAt !== null && connection.heardAt >= heardAt))
  assert.ok(seen.some(({ retryAt }) => retryAt !== null))
})

test('a connection that says nothing is given up and opened again', async () => {
  let tries = 0
  const url = await serve((_request, response) => {
    tries += 1
    stream(response)
    response.write(event('job', { id: 1 }))
    if (tries >= 2) response.end(event('end', {}))
  })
  await createClient({ url, retryDelaysMs: [1], silenceMs: 30 }).followLog(1, {})
  assert.ok(tries >= 2)
})

test('what trying again cannot mend is thrown at once', async () => {
  let tries = 0
  const url = await serve((_request, response) => {
    tries += 1
    json(response, 404, { code: 'job_not_found', detail: 'There is no job 1' })
  })
  await assert.rejects(createClient({ url, ...impatient }).followLog(1, {}), { code: 'job_not_found' })
  assert.equal(tries, 1)
})

test('watchJobs gives the newest page of each bundle and stops when aborted, also while it waits', async () => {
  const url = await serve((request, response) => {
    assert.equal(request.url, '/api/v1/events?state=failed&limit=5')
    stream(response)
    const page = (count: number) => event('jobs', { jobs: [], before: null, counts: { failed: count } })
    response.end(page(1) + page(2))
  })
  const stop = new AbortController()
  const counts: number[] = []
  await createClient({ url, retryDelaysMs: [60_000] }).watchJobs(
    { state: ['failed'], limit: 5 },
    {
      signal: stop.signal,
      onPage: (page) => counts.push(page.counts.failed),
      onState: ({ state }) => state === 'reconnecting' && stop.abort(),
    },
  )
  assert.deepEqual(counts, [2])
})

test('without a page the address has to be given', () => {
  assert.throws(() => createClient(), /needs a `url` outside a page/)
})

async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return JSON.parse(Buffer.concat(pieces).toString())
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(body))
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

function line(seq: number, text = `line ${seq}`): string {
  return `id: ${seq}\n${event('stdout', { seq, attempt: 1, stream: 'stdout', at: 1_000 + seq, text })}`
}

test('what another copy of this module throws is known by its name', async () => {
  const copy = (await import(`${new URL('./client-error.ts', import.meta.url)}?copy`)) as typeof import('./client-error.ts')
  assert.notEqual(copy.HoldfastClientError, HoldfastClientError)
  const refused = new copy.HoldfastClientError({ code: 'not_allowed', message: 'No', hint: null, status: 403 })
  assert.ok(refused instanceof HoldfastClientError)
  for (const other of [new Error('No'), { name: 'HoldfastClientError' }, null]) assert.equal(other instanceof HoldfastClientError, false)
})
