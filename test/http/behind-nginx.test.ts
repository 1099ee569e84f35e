// Behind a real nginx with a stock `proxy_pass` that buffers, under a prefix that is kept and one that is taken off: events arrive while they happen,
// followers come back, logs are downloaded in parts.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createClient } from '../../src/client/index.ts'
import { createHandler, listen } from '../../src/http/index.ts'
import { ensureNginx } from '../../tools/nginx.ts'
import { temporaryFolder, until } from '../contract/temporary.ts'
import { openServer, submit } from './open-server.ts'
import { type ReadEvent, readEvents } from './read-events.ts'

const program = ensureNginx()
const folder = temporaryFolder('nginx')
const prefixes = { 'a prefix that is kept': '/kept', 'a prefix that is taken off': '/stripped' }
let server: Awaited<ReturnType<typeof openServer>>
let own: Awaited<ReturnType<typeof listen>>
let nginx: ChildProcess
let port = 0

before(async () => {
  server = await openServer()
  own = await listen(createHandler(server.holdfast, { basePath: '/kept', trustedProxies: ['127.0.0.1'], unprotected: true }).fetch, {
    port: 0,
  })
  port = await freePort()
  configure()
  await start()
})
after(async () => {
  await stop()
  await own.close()
  await server.close()
})

function configure(): void {
  for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name))
  const forwarded =
    'proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;'
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr error;
     events { worker_connections 64; }
     http {
       access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
       fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
       server {
         listen 127.0.0.1:${port};
         proxy_buffering on;
         location /kept/ { proxy_pass http://127.0.0.1:${own.port}; ${forwarded} }
         location /stripped/ { proxy_pass http://127.0.0.1:${own.port}/; ${forwarded} }
       }
     }`,
  )
}

async function start(): Promise<void> {
  nginx = spawn(program, ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  await until('nginx listens', answers)
}

async function stop(): Promise<void> {
  if (nginx.exitCode !== null || nginx.signalCode !== null) return
  const exited = once(nginx, 'exit')
  nginx.kill('SIGKILL')
  await exited
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(!!socket.end()))
    socket.on('error', () => resolve(false))
  })
}

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port: free } = taken.address() as AddressInfo
  taken.close()
  await once(taken, 'close')
  return free
}

for (const [name, prefix] of Object.entries(prefixes)) {
  const base = () => `http://127.0.0.1:${port}${prefix}`

  test(`${name}: the page leads back here, and events arrive while they happen`, async () => {
    const page = await fetch(`${base()}/jobs/7`)
    const href = /<base href="([^"]*)">/.exec(await page.text())?.[1] ?? 'missing'
    assert.equal(new URL(href, page.url).href, `${base()}/`)
    const gate = join(server.data, `live-${prefix.slice(1)}`)
    const { job } = await submit(base(), 'shell', { input: { script: `echo one; until [ -e "${gate}" ]; do sleep 0.05; done; echo two` } })
    const events: ReadEvent[] = []
    for await (const event of readEvents(`${base()}/api/v1/jobs/${job.id}/log/stream`, { signal: AbortSignal.timeout(20_000) })) {
      events.push(event)
      // Without this line, which must not wait in a buffer of the proxy's, the job goes on for ever.
      if (event.data.text === 'one') await writeFile(gate, '')
    }
    assert.ok(events.some(({ data }) => data.text === 'two'))
    assert.equal(events.at(-1)?.event, 'end')
    for await (const { event } of readEvents(`${base()}/api/v1/events`, { signal: AbortSignal.timeout(20_000) })) {
      assert.equal(event, 'jobs')
      break
    }
  })

  test(`${name}: a follower comes back when the proxy was away, and has every line once`, async () => {
    const gate = join(server.data, `away-${prefix.slice(1)}`)
    const script = `i=0; until [ -e "${gate}" ]; do i=$((i+1)); echo line $i; sleep 0.01; done`
    const { job } = await submit(base(), 'shell', { input: { script } })
    const seqs: number[] = []
    const states: string[] = []
    const followed = createClient({ url: base(), retryDelaysMs: [20, 50] }).followLog(job.id, {
      onLines: (lines) => seqs.push(...lines.map(({ seq }) => seq)),
      onState: ({ state }) => states.push(state),
    })
    await until('some lines', () => seqs.length > 20)
    await stop()
    await until('it is missed', () => states.includes('reconnecting'))
    await start()
    const before = seqs.length
    await until('more lines', () => seqs.length > before + 20)
    await writeFile(gate, '')
    await followed
    assert.deepEqual(
      seqs,
      Array.from({ length: (await server.holdfast.log(job.id)).lastSeq }, (_, index) => index + 1),
    )
  })

  test(`${name}: a log is downloaded whole and in parts`, async () => {
    const { job } = await submit(base(), 'shell', { input: { script: 'seq 1 700000' } })
    await server.holdfast.wait(job.id)
    const direct = Buffer.from(await (await fetch(`${server.url}/api/v1/jobs/${job.id}/log.txt`)).arrayBuffer())
    const get = async (headers: Record<string, string>) => {
      const response = await fetch(`${base()}/api/v1/jobs/${job.id}/log.txt`, { headers })
      return { status: response.status, etag: response.headers.get('etag'), bytes: Buffer.from(await response.arrayBuffer()) }
    }
    const whole = await get({})
    assert.ok(whole.bytes.equals(direct))
    const rest = await get({ range: 'bytes=1000000-', 'if-range': whole.etag ?? '' })
    assert.deepEqual([rest.status, rest.bytes.equals(direct.subarray(1_000_000))], [206, true])
    const tail = await get({ range: 'bytes=-65536' })
    assert.deepEqual([tail.status, tail.bytes.equals(direct.subarray(-65_536))], [206, true])
  })
}
