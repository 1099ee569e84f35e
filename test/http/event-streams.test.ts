// The event streams over a real socket: order, ends, and going on after a break without a gap or a repeat.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { jobSchema, jobsEventSchema } from '../../src/contract/job.ts'
import { logLineSchema } from '../../src/contract/log.ts'
import { httpBounds } from '../../src/http/bounds.ts'
import { createHandler, listen } from '../../src/http/index.ts'
import { openServer, submit } from './open-server.ts'
import { type ReadEvent, readAllEvents, readEvents } from './read-events.ts'

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer()
})
after(() => server.close())

const isLine = ({ event }: ReadEvent) => event === 'stdout' || event === 'stderr' || event === 'system'

test('a job is followed: the view first, lines with their numbers, changes without, then end', async () => {
  const gate = join(server.data, 'follow')
  const script = `echo one; echo two >&2; until [ -e "${gate}" ]; do sleep 0.1; done; echo three`
  const { job } = await submit(server.url, 'shell', { input: { script } })
  const events: ReadEvent[] = []
  for await (const event of readEvents(`${server.url}/api/v1/jobs/${job.id}/log/stream`)) {
    events.push(event)
    if (event.event === 'stderr') await writeFile(gate, '')
  }

  assert.equal(events[0]?.event, 'job')
  assert.equal(events.at(-1)?.event, 'end')
  assert.deepEqual(events.at(-1)?.data, {})
  const lines = events.filter(isLine)
  for (const { event, id, data } of lines) {
    const line = logLineSchema.strict().parse(data)
    assert.deepEqual([event, id], [line.stream, String(line.seq)])
  }
  const written = lines.filter(({ event }) => event !== 'system').map(({ data }) => data.text)
  assert.deepEqual(written.sort(), ['one', 'three', 'two'])

  const views = events.filter(({ event }) => event === 'job')
  const versions = views.map(({ data }) => jobSchema.strict().parse(data).version)
  assert.deepEqual(
    versions,
    [...new Set(versions)].sort((a, b) => a - b),
    'every view is newer than the one before',
  )
  assert.equal(views.at(-1)?.data.state, 'succeeded')
  assert.ok(
    events.every((event) => isLine(event) === (event.id !== undefined)),
    'lines have an id, nothing else has one',
  )
})

test('a reader that breaks off again and again sees every line once', async () => {
  const script = 'i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo line $i; [ $((i % 50)) -ne 0 ] || sleep 0.05; done'
  const { job } = await submit(server.url, 'shell', { input: { script } })
  const url = `${server.url}/api/v1/jobs/${job.id}/log/stream`
  const seen: number[] = []
  let ended = false
  for (let round = 0; !ended; round++) {
    assert.ok(round < 50, 'the stream never comes to its end')
    const last = String(seen.at(-1) ?? 0)
    // Both ways to go on; a browser sends the header beside the query it began with, and the header is the newer.
    const [address, headers] = round % 2 === 0 ? [`${url}?after=${last}`, {}] : [`${url}?after=0`, { 'last-event-id': last }]
    let taken = 0
    for await (const event of readEvents(address, { headers })) {
      if (event.event === 'end') ended = true
      if (isLine(event)) seen.push(event.data.seq)
      if (isLine(event) && ++taken === 37) break
    }
  }
  assert.deepEqual(
    seen,
    Array.from(seen, (_, index) => index + 1),
  )
  assert.equal(seen.length, (await server.holdfast.log(job.id)).lastSeq)
})

test('a settled job is told in full and ends at once; from its last line only the view and the end remain', async () => {
  const { job } = await submit(server.url, 'shell', { input: { script: 'echo a; echo b' } })
  await server.holdfast.wait(job.id)
  const url = `${server.url}/api/v1/jobs/${job.id}/log/stream`
  const whole = await readAllEvents(url)
  const { lastSeq } = await server.holdfast.log(job.id)
  assert.equal(whole.filter(isLine).length, lastSeq)
  const rest = await readAllEvents(url, { headers: { 'last-event-id': String(lastSeq) } })
  assert.deepEqual(
    rest.map(({ event }) => event),
    ['job', 'end'],
  )
})

test('a reader that takes nothing holds up neither the job nor other readers', async () => {
  const { port, host } = new URL(server.url)
  const lines = 20_000
  const { job } = await submit(server.url, 'shell', {
    input: { script: `yes ${'x'.repeat(200)} | head -n ${lines}` },
  })
  const path = `/api/v1/jobs/${job.id}/log/stream`
  const stuck = connect(Number(port), '127.0.0.1')
  stuck.pause()
  stuck.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  try {
    let counted = 0
    for await (const event of readEvents(server.url + path)) if (event.event === 'stdout') counted++
    assert.equal(counted, lines)
    assert.equal((await server.holdfast.get(job.id))?.state, 'succeeded')
  } finally {
    stuck.destroy()
  }
})

test('the list is sent at once and again when it changes, within its filter', async () => {
  const stop = new AbortController()
  const pages: ReadEvent[] = []
  let submitted: number | undefined
  await assert.rejects(
    async () => {
      for await (const event of readEvents(`${server.url}/api/v1/events?kind=shell&limit=1`, { signal: stop.signal })) {
        pages.push(event)
        const page = jobsEventSchema.strict().parse(event.data)
        submitted ??= (await submit(server.url, 'shell', { input: { script: 'true' } })).job.id
        if (page.jobs[0]?.id === submitted && page.jobs[0].state === 'succeeded') stop.abort()
      }
    },
    { name: 'AbortError' },
  )
  assert.ok(pages.length >= 2)
  assert.ok(pages.every(({ event, id, data }) => event === 'jobs' && id === undefined && data.jobs.length <= 1))
})

test('nothing goes on looking at the store for a reader that has left, or never read', async () => {
  let looking = 0
  const left = Promise.withResolvers<void>()
  const handler = createHandler({
    ...server.holdfast,
    onChange(listener) {
      looking++
      const stop = server.holdfast.onChange(listener)
      return () => {
        looking--
        left.resolve()
        stop()
      }
    },
  })
  const own = await listen(handler.fetch, { port: 0 })
  try {
    await fetch(`${own.url}/api/v1/events`, { method: 'HEAD' })
    assert.equal(looking, 0)
    for await (const _ of readEvents(`${own.url}/api/v1/events`)) {
      assert.equal(looking, 1)
      break
    }
    await left.promise
    assert.equal(looking, 0)
  } finally {
    await own.close()
  }
})

test('closing the server ends open streams at once, while the job goes on', async () => {
  const { job } = await submit(server.url, 'rebuild', { input: { mode: 'data', gate: join(server.data, 'never') } })
  const own = await listen(server.handler.fetch, { port: 0 })
  const streams = [`${own.url}/api/v1/events`, `${own.url}/api/v1/jobs/${job.id}/log/stream`].map((url) => readEvents(url))
  for (const stream of streams) await stream.next()

  const began = performance.now()
  await own.close()
  assert.ok(performance.now() - began < httpBounds.closeGraceMs, 'it did not wait for the streams')
  for (const stream of streams) {
    await assert.rejects(async () => {
      while (!(await stream.next()).done);
    }, 'broken off, not ended: the reader is to come back')
  }
  assert.equal((await server.holdfast.get(job.id))?.finishedAt, null)
})

test('whoever wants the newest lines only is told which were left out, and where they are', async () => {
  const { job } = await submit(server.url, 'shell', { input: { script: 'seq 1 100' } })
  await server.holdfast.wait(job.id)
  const { lastSeq } = await server.holdfast.log(job.id)
  const url = `${server.url}/api/v1/jobs/${job.id}/log/stream`
  const followed = async (query: string, headers = {}) => {
    const events = await readAllEvents(`${url}?${query}`, { headers })
    const numbers = events.filter(isLine).map(({ data }) => data.seq as number)
    return { skipped: events.find(({ event }) => event === 'skipped')?.data, numbers, names: events.map(({ event }) => event) }
  }
  const newest = (count: number) => Array.from({ length: count }, (_, index) => lastSeq - count + index + 1)

  const cut = await followed('last=10')
  assert.deepEqual(cut.numbers, newest(10))
  assert.deepEqual(cut.names.slice(0, 2), ['job', 'skipped'])
  const { href, ...told } = cut.skipped
  assert.deepEqual(told, { lines: lastSeq - 10, after: 0, before: lastSeq - 9 })
  const { lines } = (await (await fetch(new URL(href, url))).json()) as { lines: { seq: number }[] }
  assert.deepEqual([lines[0]?.seq, lines.at(-1)?.seq, lines.length], [1, lastSeq - 10, lastSeq - 10])

  const away = await followed('last=10', { 'last-event-id': '40' })
  assert.deepEqual([away.numbers, away.skipped.lines], [newest(10), lastSeq - 50])
  const near = await followed('last=10', { 'last-event-id': String(lastSeq - 5) })
  assert.deepEqual([near.numbers, near.skipped], [newest(5), undefined])
  assert.deepEqual((await followed(`last=${lastSeq}`)).skipped, undefined)
  assert.equal((await fetch(`${url}?last=0`)).status, 400)
})
