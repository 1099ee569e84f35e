// Notifications over a real socket, and in the terminal on it: whom to tell, a test, what is refused, and that no secret comes out again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient } from '../../src/client/index.ts'
import { notificationTargetSchema, notificationTargetsSchema, notificationTestSchema } from '../../src/contract/notification.ts'
import { problemSchema } from '../../src/contract/problem.ts'
import { holdfast as command } from '../crash/command-line.ts'
import { openReceiver, type Receiver, status, well } from '../notifications/receiver.ts'
import { openServer, quiet } from './open-server.ts'

let server: Awaited<ReturnType<typeof openServer>>
let receiver: Receiver
before(async () => {
  server = await openServer({ logger: quiet })
  receiver = await openReceiver()
})
after(async () => {
  await server.close()
  await receiver.close()
})

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const at = (path: string) => `${server.url}/api/v1/notifications${path}`

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const json = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return fetch(at(path), { method, ...json })
}

test('a target is stored, listed, changed, tested and removed, and its secret is never told', async () => {
  const put = await ask('PUT', '/ops', { type: 'webhook', url: receiver.url, secret, kinds: ['shell'] })
  const text = await put.text()
  assert.ok(!text.includes(secret))
  const stored = notificationTargetSchema.strict().parse(JSON.parse(text))
  assert.deepEqual(
    [stored.hasSecret, stored.events, stored.kinds, stored.waiting],
    [true, ['failed', 'stalled', 'interrupted'], ['shell'], 0],
  )
  const changed = notificationTargetSchema.strict().parse(await (await ask('PUT', '/ops', { type: 'webhook', url: receiver.url })).json())
  assert.deepEqual([changed.hasSecret, changed.kinds], [true, null])
  const tested = notificationTestSchema.strict().parse(await (await ask('POST', '/ops/test')).json())
  assert.deepEqual(tested, { delivered: true, status: 200, answer: 'thanks', error: null })
  assert.match(String(receiver.received[0]?.headers['webhook-signature']), /^v1,/)
  receiver.answer(status(403))
  const refused = notificationTestSchema.strict().parse(await (await ask('POST', '/ops/test')).json())
  assert.deepEqual(refused, { delivered: false, status: 403, answer: 'this is 403', error: 'answered 403: this is 403' })
  receiver.answer(well)
  const { targets } = notificationTargetsSchema.strict().parse(await (await ask('GET', '')).json())
  assert.deepEqual(
    targets.map(({ name, lastError }) => [name, lastError?.message]),
    [['ops', 'test: answered 403: this is 403']],
  )
  assert.deepEqual(notificationTargetSchema.strict().parse(await (await ask('GET', '/ops')).json()), targets[0])
  assert.equal((await ask('DELETE', '/ops')).status, 200)
  for (const [method, path] of [
    ['GET', '/ops'],
    ['DELETE', '/ops'],
    ['POST', '/ops/test'],
  ] as const) {
    const problem = problemSchema.strict().parse(await (await ask(method, path)).json())
    assert.equal(problem.code, 'notification_not_found', `${method} ${path}`)
  }
})

test('what cannot be a target is refused by its field', async () => {
  const good = { type: 'webhook', url: 'https://example.com/hook' }
  const wrong: [string, object, string][] = [
    ['/ops', { ...good, url: 'ftp://example.com' }, 'url'],
    ['/ops', { ...good, url: 'https://ana:pw@example.com/' }, 'url'],
    ['/ops', { ...good, url: 'file:///etc/passwd' }, 'url'],
    ['/ops', { ...good, secret: 'hunter2hunter2' }, 'secret'],
    ['/ops', { ...good, secret: 'whsec_c2hvcnQ=' }, 'secret'],
    ['/ops', { ...good, events: [] }, 'events'],
    ['/ops', { ...good, kinds: ['no kind!'] }, 'kinds'],
    ['/ops', { type: 'ntfy', url: 'https://ntfy.sh/' }, 'url'],
    ['/ops', { type: 'ntfy', url: 'https://ntfy.sh/topic', secret: 'two words' }, 'secret'],
    ['/no%20name', good, 'name'],
  ]
  for (const [path, body, field] of wrong) {
    const problem = problemSchema.strict().parse(await (await ask('PUT', path, body)).json())
    assert.equal(problem.code, 'invalid_input', JSON.stringify(body))
    assert.match(problem.detail, new RegExp(`: ${field} must be `), JSON.stringify(body))
  }
  for (const body of [{ ...good, type: 'mail' }, { ...good, events: ['cancelled'] }, { type: 'webhook' }, []]) {
    const problem = problemSchema.strict().parse(await (await ask('PUT', '/ops', body)).json())
    assert.equal(problem.code, 'invalid_request', JSON.stringify(body))
  }
  assert.deepEqual(await server.holdfast.notifications.list(), [])
})

test('the client and the terminal do the same', async () => {
  const client = createClient({ url: server.url })
  await client.putNotification('phone', { type: 'ntfy', url: `${receiver.url}/topic`, secret: 'tk_1', events: ['failed'] })
  assert.equal((await client.testNotification('phone')).delivered, true)
  const added = await command(server.url, 'notification', 'add', 'ops', receiver.url, '--new-secret', '--events', 'failed,succeeded')
  assert.equal(added.stderr, '')
  assert.match(
    added.stdout,
    /^ops {2}is told of jobs that are failed, succeeded\nIts secret, which is not shown again: whsec_\S{44}\nTry it: /,
  )
  assert.match((await command(server.url, 'notification', 'test', 'ops')).stdout, /^ops {2}delivered, answered 200: thanks\n$/)
  receiver.answer(status(500))
  const failed = await command(server.url, 'notification', 'test', 'ops')
  assert.deepEqual(failed, { exitCode: 1, stdout: '', stderr: 'holdfast: ops was not told: answered 500: this is 500\n' })
  const listed = await command(server.url, 'notifications')
  assert.match(listed.stdout, /^ops +webhook +failed, succeeded +0 +\S+ s ago +test: answered 500: this is 500 +http/m)
  assert.match((await command(server.url, 'notification', 'remove', 'ops')).stdout, /^ops {2}is told nothing more\n$/)
  assert.equal((await command(server.url, 'notification', 'remove', 'ops')).exitCode, 3)
  assert.deepEqual(
    (await client.notifications()).map(({ name }) => name),
    ['phone'],
  )
  assert.equal((await client.removeNotification('phone')).name, 'phone')
})
