// The log as a download: what the job wrote, byte for byte, and any part of it by itself.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { z } from '@hono/zod-openapi'
import fc from 'fast-check'
import { defineJob, type JobDefinition } from '../../src/index.ts'
import { until } from '../contract/temporary.ts'
import { openServer, submit } from './open-server.ts'

/** Keeps a MiB of its log. */
const bounded = defineJob({
  kind: 'bounded',
  input: z.object({ script: z.string() }),
  command: ({ script }) => ['sh', '-c', script],
  logBytes: 1_048_576,
})

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer({}, [bounded as JobDefinition<unknown>])
})
after(() => server.close())

interface Answer {
  status: number
  headers: Headers
  bytes: Buffer
}

async function get(id: number, headers: Record<string, string> = {}, query = ''): Promise<Answer> {
  const response = await fetch(`${server.url}/api/v1/jobs/${id}/log.txt${query}`, { headers })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

async function logOf(script: string, kind = 'shell'): Promise<number> {
  const { job } = await submit(server.url, kind, { input: { script } })
  await server.holdfast.wait(job.id)
  return job.id
}

function linesOf(bytes: Buffer): string[] {
  const text = bytes.toString()
  assert.ok(text.endsWith('\n'))
  return text.slice(0, -1).split('\n')
}

test('I7: the text is what the job wrote, byte for byte: no text at all, lines of any length, an end without newline', async () => {
  const program = `
    const line = Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0xc3, 0x28, 0x0a])
    process.stdout.write(Buffer.concat([line, Buffer.alloc(200_000, 'a long line '), Buffer.from('\\r\\n\\n\\n'), line, Buffer.from('the end, without newline')]))`
  const id = await logOf(`${process.execPath} -e '${program.replaceAll("'", `'"'"'`)}'`)
  const line = Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0xc3, 0x28, 0x0a])
  const written = Buffer.concat([
    line,
    Buffer.alloc(200_000, 'a long line '),
    Buffer.from('\r\n\n\n'),
    line,
    Buffer.from('the end, without newline\n'),
  ])
  const { bytes } = await get(id, {}, '?stream=stdout')
  assert.ok(bytes.equals(written), `${bytes.length} bytes instead of ${written.length}`)
  // What Holdfast says stands on lines of its own.
  const whole = linesOf((await get(id)).bytes)
  assert.ok(whole.includes('the end, without newline'))
  const { lines } = await server.holdfast.log(id, { stream: ['system'] })
  for (const { text } of lines) assert.ok(whole.includes(text), text)
})

test('I7: both streams and several attempts stand in the order of their numbers, each line by itself', async () => {
  const id = await logOf('echo out; echo err >&2; printf half; printf other >&2; exit 1')
  await server.holdfast.retry(id)
  await server.holdfast.wait(id)
  const { lines } = await server.holdfast.log(id)
  const { bytes, headers } = await get(id)
  assert.deepEqual(
    linesOf(bytes),
    lines.map(({ text }) => text),
  )
  assert.equal(headers.get('content-length'), String(bytes.length))
  const errors = (await get(id, {}, '?stream=stderr')).bytes
  assert.equal(errors.toString(), 'err\nother\nerr\nother\n')
})

test('any range is the same bytes as in the whole, whether blocks are long or a line each', async () => {
  const id = await logOf(
    `seq 1 40000; i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo "slow ünï $i"; echo two >&2; done; seq 1 20000; printf end`,
  )
  const { bytes, headers, status } = await get(id)
  assert.deepEqual([status, headers.get('accept-ranges'), headers.get('content-length')], [200, 'bytes', String(bytes.length)])
  const place = fc.nat({ max: bytes.length - 1 })
  const check = async (first: number, last: number) => {
    const part = await get(id, { range: `bytes=${first}-${last}` })
    const end = Math.min(last, bytes.length - 1)
    assert.equal(part.status, 206)
    assert.equal(part.headers.get('content-range'), `bytes ${first}-${end}/${bytes.length}`)
    assert.equal(part.headers.get('content-length'), String(end - first + 1))
    assert.ok(part.bytes.equals(bytes.subarray(first, end + 1)), `bytes ${first} to ${last}`)
  }
  await fc.assert(
    fc.asyncProperty(place, fc.nat({ max: 100_000 }), (first, more) => check(first, first + more)),
    { numRuns: 40 },
  )
  await check(0, 0)
  await check(bytes.length - 1, bytes.length + 1_000)
  for (const [range, from] of [
    ['bytes=-65536', bytes.length - 65_536],
    [`bytes=-${bytes.length + 5}`, 0],
    [`bytes=${bytes.length - 7}-`, bytes.length - 7],
  ] as const) {
    const part = await get(id, { range })
    assert.equal(part.status, 206, range)
    assert.ok(part.bytes.equals(bytes.subarray(from)), range)
  }
})

test('what is no range of it is refused or ignored as HTTP says; If-Range goes on only with the same text', async () => {
  const id = await logOf('seq 1 5000; exit 1')
  const { bytes, headers } = await get(id)
  const etag = headers.get('etag') ?? ''
  assert.match(etag, /^"[\w-]+"$/)
  for (const range of [`bytes=${bytes.length}-`, 'bytes=-0', `bytes=${bytes.length + 9}-${bytes.length + 10}`]) {
    const refused = await get(id, { range })
    assert.equal(refused.status, 416, range)
    assert.equal(refused.headers.get('content-range'), `bytes */${bytes.length}`)
    assert.equal(JSON.parse(refused.bytes.toString()).code, 'range_not_satisfiable')
  }
  for (const range of ['bytes=0-1,4-5', 'bytes=5-4', 'bytes=-', 'lines=1-2', 'bytes=a-b', 'bytes=1.5-2']) {
    const whole = await get(id, { range })
    assert.deepEqual([whole.status, whole.bytes.length], [200, bytes.length], range)
  }
  const rest = await get(id, { range: 'bytes=100-', 'if-range': etag })
  assert.equal(rest.status, 206)
  for (const other of ['"other"', `W/${etag}`, new Date().toUTCString()]) {
    assert.equal((await get(id, { range: 'bytes=100-', 'if-range': other })).status, 200, other)
  }
  await server.holdfast.retry(id)
  await server.holdfast.wait(id)
  const longer = await get(id, { range: 'bytes=100-', 'if-range': etag })
  assert.equal(longer.status, 200, 'another attempt has written more')
  assert.ok(longer.bytes.subarray(0, bytes.length).equals(bytes))
})

test('HEAD says how long it is', async () => {
  const id = await logOf('seq 1 1000')
  const { bytes } = await get(id)
  const response = await fetch(`${server.url}/api/v1/jobs/${id}/log.txt`, { method: 'HEAD' })
  assert.deepEqual([response.status, response.headers.get('content-length')], [200, String(bytes.length)])
  assert.equal((await response.arrayBuffer()).byteLength, 0)
})

test('I7: a log whose middle was taken out is told whole, with one line for what is gone; a download beside a flood keeps its length', async () => {
  const { job } = await submit(server.url, 'bounded', { input: { script: 'seq 1 1500000; printf end' } })
  let downloads = 0
  // While lines are taken out, a download is as long as it said it would be: fetch fails otherwise.
  const seen = until(
    'the job has ended',
    async () => {
      await get(job.id)
      downloads++
      return (await server.holdfast.get(job.id))?.finishedAt
    },
    60_000,
  )
  await seen
  assert.ok(downloads > 0)
  const { bytes } = await get(job.id)
  const { lines } = await server.holdfast.log(job.id, { limit: 5_000 })
  const dropped = lines.find((line) => line.lines !== undefined) ?? (await findDropped(job.id))
  const text = linesOf(bytes)
  const at = text.indexOf(dropped.text)
  const written = (await get(job.id, {}, '?stream=stdout')).bytes.toString().split('\n')
  assert.ok(at > 0 && written[0] === '1' && written.at(-2) === 'end', 'both ends are there')
  assert.ok(bytes.length < 3 * 1_048_576)
  const tail = await get(job.id, { range: 'bytes=-1000' })
  assert.ok(tail.bytes.equals(bytes.subarray(-1_000)))
  assert.equal(hash((await get(job.id)).bytes), hash(bytes))
})

async function findDropped(id: number) {
  const { lines } = await server.holdfast.log(id, { stream: ['system'] })
  const found = lines.find((line) => line.lines !== undefined)
  assert.ok(found, 'a line says what was taken out')
  return found
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
