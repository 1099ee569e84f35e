// One event stream and its reader: framing, pings, slowness, leaving.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpBounds } from './bounds.ts'
import { type EventSink, eventStream, formatEvent } from './event-stream.ts'

const logger = { info() {}, warn() {}, error() {} }
const open = (produce: (sink: EventSink) => Promise<void>, more: object = {}) =>
  eventStream({ signal: new AbortController().signal, logger, ...more }, produce)

test('an event is framed in one line of data, whatever it holds', () => {
  const data = { text: 'a\nb\r\nevent: end\n\nid: 9' }
  const frame = formatEvent({ event: 'stdout', id: 7, data })
  assert.match(frame, /^event: stdout\nid: 7\ndata: [^\n\r]+\n\n$/)
  assert.deepEqual(JSON.parse(frame.split('data: ')[1]!), data)
  assert.equal(formatEvent({ event: 'end', data: {} }), 'event: end\ndata: {}\n\n')
})

test('the stream begins with how long to wait before coming back, and ends when its producer does', async () => {
  const response = open((sink) => sink.send([{ event: 'end', data: {} }]))
  assert.equal(await response.text(), 'retry: 2000\n\nevent: end\ndata: {}\n\n')
})

test('a quiet stream is kept open by pings', async () => {
  const quiet = Promise.withResolvers<void>()
  const reader = open(() => quiet.promise, { pingMs: 1 }).body!.getReader()
  let text = ''
  while (!text.includes(': ping\n\n: ping\n\n')) text += new TextDecoder().decode((await reader.read()).value)
  quiet.resolve()
  while (!(await reader.read()).done);
})

test('a reader that goes away stops its producer', async () => {
  const started = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  const response = open(async (sink) => {
    sink.signal.addEventListener('abort', () => gone.resolve())
    started.resolve()
    await gone.promise
  })
  await started.promise
  await response.body!.cancel()
  await gone.promise
})

test('a reader that takes nothing is given no more than the bound, and dropped', async () => {
  const dropped = Promise.withResolvers<number>()
  let sent = 0
  const event = { event: 'stdout', data: 'x'.repeat(10_000) }
  const produce = async (sink: EventSink) => {
    for (;;) {
      await sink.send([event])
      sent += event.data.length
    }
  }
  const response = open(produce, { stuckMs: 20, drop: () => dropped.resolve(sent) })
  const waiting = await dropped.promise
  assert.ok(waiting <= httpBounds.streamBufferBytes, `${waiting} bytes were taken for a reader that reads nothing`)
  assert.equal(sent, waiting, 'nothing is produced after the drop')
  assert.ok((await response.text()).length <= httpBounds.streamBufferBytes + event.data.length + 100)
})

test('a slow reader slows its producer and gets everything, also from two producers at once', async () => {
  const count = 200
  const data = 'x'.repeat(5_000)
  const half = async (sink: EventSink, event: string) => {
    for (let id = 1; id <= count; id++) await sink.send([{ event, id, data }])
  }
  const response = open(async (sink) => void (await Promise.all([half(sink, 'stdout'), half(sink, 'stderr')])), { stuckMs: 60_000 })
  // Both have filled the buffer and wait before the first byte is taken.
  await new Promise((resolve) => setImmediate(resolve))
  const text = await response.text()
  for (const event of ['stdout', 'stderr']) {
    const ids = [...text.matchAll(new RegExp(`event: ${event}\\nid: (\\d+)`, 'g'))].map((match) => Number(match[1]))
    assert.deepEqual(
      ids,
      Array.from({ length: count }, (_, index) => index + 1),
    )
  }
})

test('a producer that fails ends the stream and is told to the log, not to the reader', async () => {
  const told: unknown[] = []
  const failing = { ...logger, error: (...all: unknown[]) => void told.push(all) }
  const response = open(() => Promise.reject(new Error('disk on fire')), { logger: failing })
  assert.equal(await response.text(), 'retry: 2000\n\n')
  assert.match(JSON.stringify(told), /ended early/)
})
