// One message to one target over real HTTP: what is sent, how it is signed, and what is made of every way the other side can answer, or not.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import type { Message } from '../../src/core/notification.ts'
import { type Sending, send } from '../../src/runner/send-notification.ts'
import { openReceiver, type Receiver, status, well } from './receiver.ts'

let other: Receiver
before(async () => {
  other = await openReceiver()
})
beforeEach(() => {
  other.received.length = 0
  other.answer(well)
})
after(() => other.close())

const job = {
  id: 42,
  kind: 'rebuild',
  name: 'Größenlauf',
  state: 'failed',
  attempts: 1,
  submittedBy: 'ana',
  submittedAt: 1,
  startedAt: 2,
  finishedAt: 3,
  failure: { kind: 'exit', message: 'Disk full', hint: 'Make room.', exitCode: 5, logSeq: 7 },
  stalled: null,
} as const
const message: Message = { id: 'msg_1', event: 'failed', at: 3, job }
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const now = Date.UTC(2026, 0, 1)

function sending(given: Partial<Sending> & { path?: string } = {}) {
  const { path = '/hook', target, ...others } = given
  const place = { type: 'webhook', url: `${other.url}${path}`, secret: null, ...target } as const
  return send({ message, publicUrl: 'https://jobs.example.com/holdfast/', now, withinMs: 5_000, ...others, target: place })
}

test('a webhook has the event, the job with its address, and the same in a line', async () => {
  const sent = await sending()
  assert.deepEqual(sent, { delivered: true, status: 200, answer: 'thanks', why: null, retryAfterMs: null, isGone: false })
  const [one] = other.received
  assert.deepEqual(one?.body, {
    id: 'msg_1',
    event: 'failed',
    at: 3,
    job: { ...job, url: 'https://jobs.example.com/holdfast/jobs/42' },
    text: 'Größenlauf #42 failed: Disk full. Make room.',
  })
  assert.equal(one?.headers['content-type'], 'application/json')
  assert.equal(one?.headers['webhook-signature'], undefined, 'without a secret it is not signed')
})

test('its signature can be verified by whoever follows Standard Webhooks', async () => {
  await sending({ target: { type: 'webhook', url: `${other.url}/hook`, secret } })
  const { headers, text } = other.received[0] ?? assert.fail()
  // Written from the specification alone.
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const expected = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`).digest('base64')
  assert.equal(headers['webhook-signature'], `v1,${expected}`)
  assert.equal(headers['webhook-id'], 'msg_1')
  assert.equal(headers['webhook-timestamp'], String(now / 1_000))
})

test('a silence, a success and a test have their own words', async () => {
  const stalled = { ...job, state: 'running', failure: null, finishedAt: null, stalled: 'alive, 0 % CPU, silent for 3 min' } as const
  await sending({ message: { ...message, event: 'stalled', job: stalled } })
  await sending({ message: { ...message, event: 'succeeded', job: { ...job, state: 'succeeded', failure: null } } })
  await sending({ message: { ...message, event: 'interrupted', job: { ...job, name: null, state: 'interrupted', attempts: 3 } } })
  await sending({ message: { ...message, event: 'test', job: null } })
  assert.deepEqual(
    other.received.map(({ body }) => body.text),
    [
      'Größenlauf #42 is stalled: alive, 0 % CPU, silent for 3 min',
      'Größenlauf #42 succeeded: It has ended well.',
      'rebuild #42 was interrupted: Disk full (attempt 3). Make room.',
      'Holdfast: a test: This is a test. Notifications of jobs come here.',
    ],
  )
})

test('ntfy is told at its root, with the topic, a title, a tag, and the job behind a click', async () => {
  const target = { type: 'ntfy', url: `${other.url}/behind/proxy/my-topic`, secret: 'tk_token' } as const
  await sending({ target })
  await sending({ target: { ...target, url: `${other.url}/my-topic`, secret: null }, publicUrl: null })
  const [first, second] = other.received
  assert.equal(first?.path, '/behind/proxy/')
  assert.equal(first?.headers.authorization, 'Bearer tk_token')
  assert.deepEqual(first?.body, {
    topic: 'my-topic',
    title: 'Größenlauf #42 failed',
    message: 'Disk full. Make room.',
    tags: ['x'],
    priority: 4,
    click: 'https://jobs.example.com/holdfast/jobs/42',
  })
  assert.equal(second?.path, '/')
  assert.equal(second?.headers.authorization, undefined)
  assert.equal(second?.body.click, undefined, 'where nobody said where we are, there is no link')
})

test('what is no success is none, and says why', async () => {
  other.answer(status(500))
  assert.deepEqual(await sending(), {
    delivered: false,
    status: 500,
    answer: 'this is 500',
    why: 'answered 500: this is 500',
    retryAfterMs: null,
    isGone: false,
  })
  other.answer(status(410))
  assert.equal((await sending()).isGone, true)
  other.answer((_response, request) => request.socket.destroy())
  assert.match((await sending()).why ?? '', /other side closed|ECONNRESET|socket hang up/)
  const closed = await openReceiver()
  await closed.close()
  assert.match((await sending({ target: { type: 'webhook', url: closed.url, secret: null } })).why ?? '', /ECONNREFUSED/)
})

test('a redirect is not followed: it could lead anywhere', async () => {
  const elsewhere = await openReceiver()
  other.answer(status(307, { location: elsewhere.url }))
  const sent = await sending({ target: { type: 'webhook', url: `${other.url}/hook`, secret } })
  assert.equal(sent.delivered, false)
  assert.equal(sent.why, 'answered 307, a redirect, and those are not followed')
  assert.equal(elsewhere.received.length, 0)
  await elsewhere.close()
})

test('Retry-After is understood as seconds and as a date', async () => {
  other.answer(status(429, { 'retry-after': '120' }))
  assert.equal((await sending()).retryAfterMs, 120_000)
  other.answer(status(503, { 'retry-after': new Date(now + 90_000).toUTCString() }))
  assert.equal((await sending()).retryAfterMs, 90_000)
  other.answer(status(503, { 'retry-after': 'soon' }))
  assert.equal((await sending()).retryAfterMs, null)
})

test('nobody is waited for longer than his time: without an answer, and with one that does not end, which is one all the same', async () => {
  other.answer(() => undefined)
  assert.equal((await sending({ withinMs: 100 })).why, 'no answer within 0.1 s')
  other.answer((response) => void response.write('x'))
  const { delivered, answer } = await sending({ withinMs: 100 })
  assert.deepEqual({ delivered, answer }, { delivered: true, answer: 'x' })
})

test('of an answer without end only the beginning is read', async () => {
  let written = 0
  other.answer((response) => {
    const more = () => {
      while (!response.destroyed && response.write('y'.repeat(65_536))) written += 65_536
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  const sent = await sending()
  assert.equal(sent.delivered, true)
  assert.equal(sent.answer, 'y'.repeat(500))
  assert.ok(written < 64 * 1_048_576, `${written} bytes were written before it was cut off`)
})
