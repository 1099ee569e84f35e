// What a page knows, as several pages of one process: real channels between them, a real server, real jobs. Hidden pages are test/browser's.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { until as untilWithin } from '../../test/contract/temporary.ts'
import { openServer, post, submit } from '../../test/http/open-server.ts'
import { createClient } from '../client/index.ts'
import { createHandler, listen } from '../http/index.ts'
import type { Live } from './live.ts'
import { openLive } from './open-live.ts'

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer()
})
after(() => server.close())

interface Tab {
  live: Live
  /** Addresses that it asked, without the server's. */
  asked: string[]
  streams: number
  changes: number
  close(): void
}

/** A busy machine fails none. */
const until = (what: string, look: () => boolean) => untilWithin(what, look, 30_000)

const tabs: Tab[] = []
let gates = 0

afterEach(async () => {
  for (const tab of tabs.splice(0)) tab.close()
  const { jobs } = await server.holdfast.list({ state: ['queued', 'running', 'stopping'] })
  for (const { id } of jobs) await server.holdfast.cancel(id)
  for (const { id } of jobs) await server.holdfast.wait(id)
})

function openTab(url = server.url, send: (request: Request) => Promise<Response> = fetch): Tab {
  const asking = async (request: Request) => {
    tab.asked.push(request.url.slice(url.length))
    if (request.headers.get('accept') === 'text/event-stream') {
      tab.streams++
      request.signal.addEventListener('abort', () => tab.streams--)
    }
    return send(request)
  }
  const live = openLive({ client: createClient({ url, fetch: asking, retryDelaysMs: [20] }) })
  const tab: Tab = { live, asked: [], streams: 0, changes: 0, close: () => {} }
  tab.close = live.subscribe(() => tab.changes++)
  tabs.push(tab)
  return tab
}

async function submitHeld(): Promise<{ id: number; open(): Promise<void> }> {
  const gate = join(server.data, `gate-${gates++}`)
  const { job } = await submit(server.url, 'rebuild', { input: { mode: 'data', gate } })
  return { id: job.id, open: () => writeFile(gate, '') }
}

const states = (...of: Tab[]) => of.map(({ live }) => live.standing().state)
const streams = (...of: Tab[]) => of.reduce((sum, tab) => sum + tab.streams, 0)

describe('what a page knows', () => {
  test('nothing is active: one question, and then silence', async () => {
    const tab = openTab()
    assert.equal(tab.live.activity(), null)
    await until('quiet', () => tab.live.standing().state === 'quiet')
    assert.deepEqual(tab.asked, ['/api/v1/activity'])
    assert.equal(tab.live.standing().role, 'admin')
  })

  test('an answer that comes late takes nothing back that the stream has told meanwhile', async () => {
    const first = await submitHeld()
    let late: { answer: Promise<Response>; deliver(): void } | null = null
    let isHeld = false
    const tab = openTab(server.url, async (request) => {
      const answer = await fetch(request)
      if (!isHeld || request.headers.get('accept') === 'text/event-stream') return answer
      const { promise, resolve } = Promise.withResolvers<Response>()
      late = { answer: promise, deliver: () => resolve(answer) }
      return promise
    })
    await until('live', () => tab.live.standing().state === 'live' && tab.live.activity()?.summary.active === 1)
    const seen: number[] = []
    const leave = tab.live.subscribe(() => seen.push(tab.live.activity()?.summary.active ?? 0))
    isHeld = true
    const refreshed = tab.live.refresh()
    await until('the answer', () => late !== null)
    const second = await submit(server.url, 'shell', { input: { script: 'exec sleep 1000' } })
    await until('both', () => tab.live.activity()?.summary.active === 2)
    isHeld = false
    late!.deliver()
    await refreshed
    leave()
    assert.ok(!seen.slice(seen.indexOf(2)).includes(1), seen.join(' '))
    await server.holdfast.cancel(second.job.id)
    await first.open()
    await until('quiet', () => tab.live.standing().state === 'quiet')
  })

  test('while a job is active two tabs have one stream, and both know when it is over; then there is none', async () => {
    const job = await submitHeld()
    const [one, two] = [openTab(), openTab()]
    await until('both live', () => states(one, two).every((state) => state === 'live') && streams(one, two) === 1)
    for (const { live } of [one, two]) assert.equal(live.activity()?.active[0]?.id, job.id)
    await job.open()
    await until('both quiet', () => states(one, two).every((state) => state === 'quiet') && streams(one, two) === 0)
    for (const { live } of [one, two]) assert.equal(live.job(job.id)?.state, 'succeeded')
  })

  test('when the tab with the stream is closed the other one has it', async () => {
    const job = await submitHeld()
    const [one, two] = [openTab(), openTab()]
    await until('one stream', () => states(one, two).every((state) => state === 'live') && streams(one, two) === 1)
    const [owner, other] = one.streams === 1 ? [one, two] : [two, one]
    owner.close()
    await until('the other one', () => other.streams === 1)
    assert.equal(owner.streams, 0)
    await job.open()
    await until('it is told', () => other.live.job(job.id)?.state === 'succeeded')
  })

  test('a tab that started something wakes the others, which ask nothing themselves but for the stream', async () => {
    const [one, two] = [openTab(), openTab()]
    await until('both quiet', () => states(one, two).every((state) => state === 'quiet'))
    const job = await submitHeld()
    await one.live.refresh()
    await until('both live', () => two.live.job(job.id)?.state === 'running' && states(one, two).every((state) => state === 'live'))
    await until('one stream', () => streams(one, two) === 1)
    assert.deepEqual(
      two.asked.filter((address) => !address.includes('/events')),
      ['/api/v1/activity'],
    )
    await job.open()
    await until('both quiet', () => states(one, two).every((state) => state === 'quiet'))
  })

  test('what is wanted is looked after: what is there, what is not, and each tab gets its own', async () => {
    const done = await submit(server.url, 'shell', { input: { script: 'echo hello' } })
    await server.holdfast.wait(done.job.id)
    const job = await submitHeld()
    const [one, two] = [openTab(), openTab()]
    assert.equal(one.live.job(done.job.id), undefined)
    one.live.want({ job: done.job.id })
    one.live.want({ kind: { name: 'no-such-kind' } })
    two.live.want({ job: 9_999_999 })
    const stop = two.live.want({ kind: { name: 'rebuild' } })
    await until('one has it', () => one.live.job(done.job.id)?.state === 'succeeded' && one.live.kind('no-such-kind') === null)
    await until('two has it', () => two.live.job(9_999_999) === null && two.live.kind('rebuild')?.active?.id === job.id)
    await until('one stream', () => streams(one, two) === 1)
    stop()
    await job.open()
    await until('both quiet', () => states(one, two).every((state) => state === 'quiet'))
  })

  test('what has not changed is the same object, and nobody is called for it', async () => {
    const tab = openTab()
    tab.live.want({ kind: { name: 'rebuild' } })
    await until('quiet', () => tab.live.standing().state === 'quiet')
    const before = { activity: tab.live.activity(), kind: tab.live.kind('rebuild') }
    await tab.live.refresh()
    assert.equal(tab.live.activity(), before.activity)
    assert.equal(tab.live.kind('rebuild'), before.kind)
    const job = await submitHeld()
    await tab.live.refresh()
    assert.notEqual(tab.live.kind('rebuild'), before.kind)
    await job.open()
    await until('quiet', () => tab.live.standing().state === 'quiet')
  })

  test('the server goes away and comes back: told, with the last that was known, and then live again', async () => {
    const handler = createHandler(server.holdfast)
    const own = await listen(handler.fetch, { port: 0 })
    const job = await submitHeld()
    const tab = openTab(own.url)
    await until('live', () => tab.live.standing().state === 'live' && tab.streams === 1)
    await own.close()
    await until('lost', () => tab.live.standing().state === 'lost')
    assert.equal(tab.live.job(job.id)?.state, 'running')
    const again = await listen(handler.fetch, { port: own.port, strictPort: true })
    await until('live', () => tab.live.standing().state === 'live')
    await job.open()
    await until('over', () => tab.live.job(job.id)?.state === 'succeeded')
    tab.close()
    await again.close()
  })

  test('whoever is not signed in is told so, and asks no more until he looks again', async () => {
    const own = await listen(createHandler(server.holdfast, { signIn: true, trustedProxies: [] }).fetch, { port: 0 })
    await server.holdfast.access.addUser({ name: 'ana', password: 'correct horse battery', role: 'admin' })
    const tab = openTab(own.url)
    await until('denied', () => tab.live.standing().state === 'denied')
    assert.equal(tab.live.standing().error?.status, 401)
    assert.equal(tab.asked.length, 1)
    await tab.live.refresh()
    assert.equal(tab.asked.length, 2)
    tab.close()
    await own.close()
  })

  test('what cannot be is not asked for, here or by another tab, and takes nobody else down', async () => {
    const job = await submitHeld()
    const [one, two] = [openTab(), openTab()]
    for (const id of [Number.NaN, -5, 0, 2 ** 60]) one.live.want({ job: id })
    for (const name of ['', 'x/%zz', '{{kind}}']) one.live.want({ kind: { name }, artifact: name })
    one.live.want({ kind: { name: 'rebuild', key: '\ud800' } })
    two.live.want({ job: job.id })
    await until('both live', () => states(one, two).every((state) => state === 'live') && two.live.job(job.id)?.state === 'running')
    assert.deepEqual([one.live.job(-5), one.live.job(Number.NaN), one.live.kind('x/%zz'), one.live.artifact('')], [null, null, null, null])
    // A page of another version may say anything.
    const other = new BroadcastChannel(`holdfast ${one.live.client.logTextUrl(0)}`)
    other.postMessage({ sort: 'say', from: 'other', message: { want: { job: [-1], kind: ['x/%zz'] } } })
    const late = openTab()
    await until('live all the same', () => late.live.standing().state === 'live' && streams(one, two, late) === 1)
    assert.deepEqual(states(one, two), ['live', 'live'])
    other.close()
  })

  test('more than one question has room for is asked in several, and told all the same', async () => {
    const tab = openTab()
    const keys = Array.from({ length: 120 }, (_, place) => `key ${place}`)
    for (const key of keys) tab.live.want({ kind: { name: 'rebuild', key } })
    await until('all known', () => keys.every((key) => tab.live.kind('rebuild', key)?.condition === 'idle'))
    assert.equal(tab.asked.length, 3)
  })

  test('a tab that is refused shows nothing that another tab, which may look, is told', async () => {
    await submitHeld()
    const may = openTab()
    await until('live', () => may.live.standing().state === 'live')
    const refused = openTab(server.url, async (request) =>
      request.url.includes('/events') ? fetch(request) : new Response('{}', { status: 401 }),
    )
    await until('denied', () => refused.live.standing().state === 'denied')
    const before = may.changes
    await may.live.refresh()
    await server.holdfast.submit('shell', { script: 'true' })
    await until('told', () => may.changes > before + 1)
    assert.equal(refused.live.standing().state, 'denied')
    assert.equal(refused.live.activity(), null)
  })

  test('nobody subscribes: nothing is asked; the last one leaves: nothing is open', async () => {
    const job = await submitHeld()
    let asked = 0
    const counting = (request: Request) => {
      asked++
      return fetch(request)
    }
    const live = openLive({ client: createClient({ url: server.url, fetch: counting }) })
    live.want({ job: job.id })
    const tab = openTab()
    await until('live', () => tab.streams === 1)
    assert.equal(asked, 0)
    tab.close()
    await until('closed', () => tab.streams === 0)
    const answer = await post(`${server.url}/api/v1/jobs/${job.id}/cancel`, {})
    assert.equal(answer.status, 200)
  })
})
