// Tabs that follow the same job, as clients of one process: real channels between them, a real server, a real job.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { until } from '../../test/contract/temporary.ts'
import { openServer, submit } from '../../test/http/open-server.ts'
import { createClient } from '../client/index.ts'
import { followAcrossTabs } from './follow-across-tabs.ts'

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer()
})
after(() => server.close())

interface Reader {
  lines: number[]
  states: Set<string>
  leave: AbortController
  over: Promise<void>
}

/** Connections that are open now, and how many there ever were. */
const streams = { open: 0, ever: 0 }

const open: Reader[] = []
// One that goes on after its test has failed would keep the process.
afterEach(() => {
  for (const { leave } of open.splice(0)) leave.abort()
})

function read(id: number, after = 0): Reader {
  const leave = new AbortController()
  const reader: Reader = { lines: [], states: new Set(), leave, over: Promise.resolve() }
  const client = createClient({ url: server.url, follow: followAcrossTabs, fetch: counted })
  reader.over = client.followLog(id, {
    after,
    signal: leave.signal,
    onLines: (lines) => reader.lines.push(...lines.map(({ seq }) => seq)),
    onJob: ({ state }) => reader.states.add(state),
  })
  open.push(reader)
  return reader
}

async function counted(request: Request): Promise<Response> {
  const isStream = request.headers.get('accept') === 'text/event-stream'
  if (!isStream) return fetch(request)
  streams.open++
  streams.ever++
  request.signal.addEventListener('abort', () => streams.open--)
  return fetch(request)
}

/** Lines up to each gate, then the next ones. */
async function submitLines(...parts: number[]): Promise<{ id: number; open(gate: number): Promise<void> }> {
  const folder = server.data
  const mark = `${Date.now()}-${Math.random()}`
  const steps = parts.map((lines, gate) => `seq ${lines}; until [ -e '${join(folder, `${mark}-${gate}`)}' ]; do sleep 0.05; done`)
  const { job } = await submit(server.url, 'shell', { input: { script: steps.join('\n') } })
  return { id: job.id, open: (gate) => writeFile(join(folder, `${mark}-${gate}`), '') }
}

const upTo = (last: number) => Array.from({ length: last }, (_, place) => place + 1)

describe('tabs that follow the same job', () => {
  test('one of them has the connection, and all get every line once and the end', async () => {
    const job = await submitLines(500, 500)
    const readers = [read(job.id), read(job.id), read(job.id), read(job.id)]
    await until('all of that', () => readers.every(({ lines }) => lines.length >= 500))
    assert.equal(streams.open, 1)
    await job.open(0)
    await job.open(1)
    await Promise.all(readers.map(({ over }) => over))
    const all = upTo((await server.holdfast.get(job.id))?.logLines ?? 0)
    for (const { lines, states } of readers) {
      assert.deepEqual(lines, all)
      assert.ok(states.has('succeeded'))
    }
    await until('all of that', () => streams.open === 0)
  })

  test('when the tab that has it leaves, another one goes on from the line it has', async () => {
    const job = await submitLines(300, 300)
    const first = read(job.id)
    await until('all of that', () => first.lines.length >= 300)
    const others = [read(job.id), read(job.id)]
    await until('all of that', () => others.every(({ lines }) => lines.length >= 300))
    await until('all of that', () => streams.open === 1)
    first.leave.abort()
    await job.open(0)
    await until('all of that', () => others.every(({ lines }) => lines.length >= 600))
    await until('all of that', () => streams.open === 1)
    await job.open(1)
    await Promise.all(others.map(({ over }) => over))
    const all = upTo((await server.holdfast.get(job.id))?.logLines ?? 0)
    for (const { lines } of others) assert.deepEqual(lines, all)
  })

  test('one that wants less than the others have seen gets just that', async () => {
    const job = await submitLines(200, 100)
    const first = read(job.id)
    await until('all of that', () => first.lines.length >= 200)
    const second = read(job.id, 150)
    await until('all of that', () => second.lines.length >= 50)
    await job.open(0)
    await job.open(1)
    await Promise.all([first.over, second.over])
    assert.deepEqual(
      second.lines,
      first.lines.filter((seq) => seq > 150),
    )
  })

  test('what the server refuses is thrown in every tab', async () => {
    const readers = [read(404_404), read(404_404)]
    await Promise.all(readers.map(({ over }) => assert.rejects(over, { status: 404 })))
  })
})
