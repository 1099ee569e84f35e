// Several who want the same of one client: one connection, against a real HTTP server that each test scripts.
import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, test } from 'node:test'
import { until } from '../../test/contract/temporary.ts'
import { createClient, type EventStream, type Follow, followEvents, type LogLine } from './index.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const impatient = { retryDelaysMs: [1], silenceMs: 10_000 }

interface Asked {
  path: string
  headers: Record<string, unknown>
  response: ServerResponse
}

/** Keeps every event stream open, and answers pages with the lines that there are. */
async function scripted(lines = 0) {
  const streams: Asked[] = []
  const pages: string[] = []
  const there = { lines }
  const server = createServer(({ url = '', headers }, response) => {
    if (headers.accept === 'text/event-stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      return void streams.push({ path: url, headers, response })
    }
    pages.push(url)
    const after = Number(new URL(url, 'http://x').searchParams.get('after'))
    const page = from(after + 1, Math.min(there.lines, after + 1_000)).map(lineOf)
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ lines: page, lastSeq: there.lines, unfinished: [] }))
  })
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, streams, pages, there }
}

function from(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}

function lineOf(seq: number): LogLine {
  return { seq, attempt: 1, stream: 'stdout', at: seq, text: `line ${seq}` }
}

function event(name: string, data: unknown, id?: number): string {
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

function framesOf(first: number, last: number): string {
  return from(first, last)
    .map((seq) => event('stdout', lineOf(seq), seq))
    .join('')
}

test('I7: followers of one job share a connection; whoever comes later has every line once too, and a broken connection is opened once', async () => {
  const server = await scripted()
  const client = createClient({ url: server.url, ...impatient })
  const seen: number[][] = [[], [], []]
  const views: string[] = []
  const follow = (index: number, after = 0) =>
    client.followLog(7, {
      after,
      onLines: (lines) => seen[index]?.push(...lines.map(({ seq }) => seq)),
      onJob: ({ state }) => views.push(`${index} ${state}`),
    })
  const first = follow(0)
  const stream = await until('the first one is connected', () => server.streams[0])
  server.there.lines = 2_500
  stream.response.write(event('job', { state: 'running' }) + framesOf(1, 2_500))
  await until('its lines', () => seen[0]!.length === 2_500)
  const late = [follow(1), follow(2, 2_400)]
  // While they fetch what they missed, more comes.
  server.there.lines = 2_600
  stream.response.write(framesOf(2_501, 2_600))
  await until('all have all', () => seen.every((numbers) => numbers.at(-1) === 2_600))
  assert.equal(server.streams.length, 1)
  stream.response.destroy()
  const again = await until('it comes back', () => server.streams[1])
  assert.match(again.path, /\?after=2600$/)
  again.response.write(framesOf(2_601, 2_610) + event('job', { state: 'succeeded' }))
  again.response.end(event('end', {}))
  await Promise.all([first, ...late])
  assert.deepEqual(seen, [from(1, 2_610), from(1, 2_610), from(2_401, 2_610)])
  for (const index of [0, 1, 2]) {
    const own = views.filter((view) => view.startsWith(String(index)))
    assert.deepEqual([own[0], own.at(-1)], [`${index} running`, `${index} succeeded`])
  }
  assert.equal(server.streams.length, 2)
  const anew = follow(0, 2_610)
  const third = await until('whoever comes after the end asks anew', () => server.streams[2])
  third.response.end(event('end', {}))
  await anew
})

test('equal lists share a connection; one that leaves, or fails by itself, leaves the others', async () => {
  const server = await scripted()
  const client = createClient({ url: server.url, ...impatient })
  const stops = [new AbortController(), new AbortController(), new AbortController()]
  const counts: number[][] = [[], [], []]
  const page = (failed: number) => event('jobs', { jobs: [], before: null, counts: { failed } })
  const watch = (index: number, fails = false) =>
    client.watchJobs(
      { state: ['failed'] },
      {
        signal: stops[index]!.signal,
        onPage: ({ counts: { failed } }) => {
          counts[index]?.push(failed)
          if (fails && failed === 2) throw new RangeError('what a listener throws')
        },
      },
    )
  const first = watch(0)
  const stream = await until('the first one is connected', () => server.streams[0])
  stream.response.write(page(1))
  await until('the first page', () => counts[0]!.length === 1)
  const second = watch(1)
  const failing = watch(2, true)
  await until('whoever comes later is told what is there', () => counts[1]!.length === 1 && counts[2]!.length === 1)
  stream.response.write(page(2))
  await assert.rejects(failing, RangeError)
  stops[0]!.abort()
  await first
  stream.response.write(page(3))
  await until('the other one goes on', () => counts[1]!.at(-1) === 3)
  assert.deepEqual(counts, [
    [1, 2],
    [1, 2, 3],
    [1, 2],
  ])
  const left = new Promise<void>((closed) => stream.response.on('close', () => closed()))
  stops[1]!.abort()
  await Promise.all([second, left])
  assert.equal(server.streams.length, 1)
})

test('a token goes with every request as a header, and into no address', async () => {
  const server = await scripted()
  const client = createClient({ url: server.url, token: 'hf_secret', ...impatient })
  const stop = new AbortController()
  const watched = client.watchJobs({}, { signal: stop.signal, onPage: () => {} })
  const { headers, path } = await until('the stream is asked for', () => server.streams[0])
  assert.equal(headers.authorization, 'Bearer hf_secret')
  await client.log(1)
  stop.abort()
  await watched
  for (const address of [path, ...server.pages, client.logTextUrl(1)]) assert.ok(!address.includes('secret'), address)
})

test('how a stream is followed can be replaced: two pages share a connection, and a break is told with the last number', async () => {
  const server = await scripted()
  const followed: EventStream[] = []
  const begun = Promise.withResolvers<void>()
  // The first page follows; the second one is told what the first hears.
  const follow: Follow = (stream, pace) => {
    followed.push(stream)
    if (followed.length > 1) return begun.promise
    const onEvents: EventStream['onEvents'] = (events) => followed.map((each) => each.onEvents(events)).includes(true)
    return followEvents({ ...stream, onEvents }, pace).then(begun.resolve)
  }
  const pages = [1, 2].map(() => createClient({ url: server.url, follow, ...impatient }))
  const seen: number[][] = [[], []]
  const ends = pages.map((page, index) =>
    page.followLog(7, { after: 3, onLines: (lines) => seen[index]?.push(...lines.map(({ seq }) => seq)) }),
  )
  const stream = await until('one is connected', () => server.streams[0])
  assert.match(stream.path, /\?after=3$/)
  assert.deepEqual(
    followed.map(({ key, after }) => [key, after]),
    [
      [`${server.url}/api/v1/jobs/7/log`, 3],
      [`${server.url}/api/v1/jobs/7/log`, 3],
    ],
  )
  stream.response.end(framesOf(4, 9))
  const again = await until('it comes back', () => server.streams[1])
  assert.match(again.path, /\?after=9$/)
  again.response.end(framesOf(10, 12) + event('end', {}))
  await Promise.all(ends)
  assert.deepEqual(seen, [from(4, 12), from(4, 12)])
  assert.equal(server.streams.length, 2)
})
