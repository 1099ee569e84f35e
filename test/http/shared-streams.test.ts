// Many followers of one thing over real sockets: they share one look at it, and each gets every line once, wherever it began.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createHandler, listen } from '../../src/http/index.ts'
import type { FollowOptions, Holdfast } from '../../src/index.ts'
import { until } from '../contract/temporary.ts'
import { openServer, submit } from './open-server.ts'
import { type ReadEvent, readEvents } from './read-events.ts'

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer()
})
after(() => server.close())

/** The same Holdfast, which counts what is asked of it, and how much of it still goes on. */
async function counting() {
  const asked = { followLog: 0, watch: 0, log: 0, list: 0, open: 0 }
  const ending = (signal: AbortSignal | undefined) => {
    asked.open++
    signal?.addEventListener('abort', () => asked.open--)
  }
  const holdfast: Holdfast = {
    ...server.holdfast,
    followLog(id, options) {
      asked.followLog++
      ending(options?.signal)
      return server.holdfast.followLog(id, options)
    },
    watch(id, options) {
      asked.watch++
      ending(options?.signal)
      return server.holdfast.watch(id, options)
    },
    log(id, range) {
      asked.log++
      return server.holdfast.log(id, range)
    },
    list(filter) {
      asked.list++
      return server.holdfast.list(filter)
    },
  }
  return { asked, ...(await listen(createHandler(holdfast).fetch, { port: 0 })) }
}

const isLine = ({ event }: ReadEvent) => event === 'stdout' || event === 'stderr' || event === 'system'

interface Followed {
  seqs: number[]
  views: number[]
  ended: boolean
}

async function follow(url: string, onLine: (seq: number) => void = () => {}): Promise<Followed> {
  const followed: Followed = { seqs: [], views: [], ended: false }
  for await (const event of readEvents(url)) {
    if (event.event === 'end') followed.ended = true
    if (event.event === 'job') followed.views.push(event.data.version)
    if (!isLine(event)) continue
    followed.seqs.push(event.data.seq)
    onLine(event.data.seq)
  }
  return followed
}

function from(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

test('I7: followers who came at different times share one look, and each has every line once, in order, then the end', async () => {
  const { asked, url, close } = await counting()
  try {
    const gate = join(server.data, 'shared')
    // More than the tail keeps: whoever comes late must read what was before by itself, and then go along with it.
    const script = `yes "$(printf '%0200d' 0)" | head -n 8000; i=0; until [ -e "${gate}" ]; do i=$((i+1)); echo line $i; sleep 0.02; done; echo last`
    const { job } = await submit(url, 'shell', { input: { script } })
    const stream = `${url}/api/v1/jobs/${job.id}/log/stream`
    let seen = 0
    const first = follow(stream, (seq) => {
      seen = seq
    })
    await until('the flood and some lines after it', () => seen > 8_010)
    const fromHere = seen
    const late = [0, 0, 1, 700, 5_000, 7_999, fromHere, fromHere - 3].map(async (number) => ({
      number,
      ...(await follow(`${stream}?after=${number}`)),
    }))
    await until('lines after they came', () => seen > fromHere + 30)
    assert.deepEqual({ followLog: asked.followLog, watch: asked.watch, open: asked.open }, { followLog: 1, watch: 1, open: 2 })
    await writeFile(gate, '')
    const { lastSeq } = await server.holdfast.log(job.id)
    for (const { number, seqs, views, ended } of [{ number: 0, ...(await first) }, ...(await Promise.all(late))]) {
      const total = seqs.at(-1) ?? 0
      assert.ok(ended && total >= lastSeq, `from ${number}`)
      assert.deepEqual(seqs, from(number + 1, total))
      assert.deepEqual(
        views,
        [...new Set(views)].sort((a, b) => a - b),
        'no view is older than the one before',
      )
    }
    assert.ok(asked.log < 40, `${asked.log} pages were read for nine followers of ${seen} lines`)
  } finally {
    await close()
  }
})

test('a job that writes faster than its followers take is read no further than they are, and told in full when they go on', async () => {
  let read = 0
  async function* followLog(id: number, options?: FollowOptions) {
    for await (const lines of server.holdfast.followLog(id, options)) {
      read += lines.length
      yield lines
    }
  }
  const own = await listen(createHandler({ ...server.holdfast, followLog }).fetch, { port: 0 })
  try {
    const gate = join(server.data, 'flood')
    const { job } = await submit(server.url, 'shell', {
      input: { script: `until [ -e "${gate}" ]; do sleep 0.05; done; yes "$(printf '%0200d' 0)" | head -n 100000` },
    })
    const events = readEvents(`${own.url}/api/v1/jobs/${job.id}/log/stream`)
    await events.next()
    await writeFile(gate, '')
    await server.holdfast.wait(job.id)
    let [before, stillFor] = [0, 0]
    await until('the tail stands still', () => {
      stillFor = read > 1_000 && read === before ? stillFor + 1 : 0
      before = read
      return stillFor > 20
    })
    assert.ok(read < 30_000, `${read} lines were read for a reader that takes nothing`)
    const seqs: number[] = []
    for await (const event of events) if (isLine(event)) seqs.push(event.data.seq)
    assert.deepEqual(seqs, from(1, (await server.holdfast.log(job.id)).lastSeq))
  } finally {
    await own.close()
  }
})

test('a job that nobody follows any more is not looked at; whoever comes then is told all', async () => {
  const { asked, url, close } = await counting()
  try {
    const gate = join(server.data, 'left')
    const { job } = await submit(url, 'shell', { input: { script: `echo one; until [ -e "${gate}" ]; do sleep 0.05; done; echo two` } })
    const stream = `${url}/api/v1/jobs/${job.id}/log/stream`
    const readers = [readEvents(stream), readEvents(stream)]
    for (const reader of readers) await reader.next()
    assert.equal(asked.open, 2)
    await readers[0]!.return(undefined)
    await readers[1]!.return(undefined)
    await until('nothing is looked at', () => asked.open === 0)
    await writeFile(gate, '')
    const { seqs, ended } = await follow(stream)
    assert.ok(ended)
    assert.deepEqual(seqs, from(1, (await server.holdfast.log(job.id)).lastSeq))
  } finally {
    await close()
  }
})

test('what goes wrong with what many share is told once, and ends all of them so that they come back', async () => {
  const errors: unknown[] = []
  const disk = Promise.withResolvers<never>()
  async function* failing() {
    yield await disk.promise
  }
  const logger = { info() {}, warn() {}, error: (...all: unknown[]) => void errors.push(all) }
  const own = await listen(createHandler({ ...server.holdfast, followLog: failing }, { logger }).fetch, { port: 0 })
  try {
    const { job } = await submit(server.url, 'shell', { input: { script: 'true' } })
    const streams = Array.from({ length: 5 }, () => readEvents(`${own.url}/api/v1/jobs/${job.id}/log/stream`))
    for (const stream of streams) assert.equal((await stream.next()).value?.event, 'job')
    disk.reject(new Error('disk on fire'))
    for (const stream of streams) for await (const { event } of stream) assert.equal(event, 'job')
    assert.equal(errors.length, 1)
  } finally {
    await own.close()
  }
})

test('equal lists share one look, other ones have their own', async () => {
  const { asked, url, close } = await counting()
  const stop = new AbortController()
  try {
    const page = async (query: string) => {
      const events = readEvents(`${url}/api/v1/events${query}`, { signal: stop.signal })
      assert.equal((await events.next()).value?.event, 'jobs')
      return events
    }
    for (let reader = 0; reader < 10; reader++) await page('?kind=shell&limit=3')
    const looks = asked.list
    assert.ok(looks < 5, `${looks} looks for ten readers of one list`)
    await page('?kind=rebuild')
    assert.ok(asked.list > looks)
  } finally {
    stop.abort()
    await close()
  }
})
