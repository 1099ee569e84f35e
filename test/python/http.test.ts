// holdfast.py over HTTP against the real server: submit, follow through a restart, wait, cancel, and what goes wrong.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { listen } from '../../src/http/index.ts'
import { openServer } from '../http/open-server.ts'
import { client, python, type RunOptions, runScript } from './scripts.ts'

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer()
})
after(() => server.close())

const ask = (script: string, options: RunOptions = {}) =>
  runScript(`import holdfast, json\n${script}`, { environment: { HOLDFAST_URL: server.url, http_proxy: 'http://127.0.0.1:9' }, ...options })

describe('over HTTP', { concurrency: 2 }, () => {
  test('a job is submitted, followed, waited for and looked at, by number or as it is', async () => {
    const { status, stdout, stderr } = await ask(`
submitted = holdfast.submit("shell", {"script": "echo één; echo two >&2; exit 3"}, name="Try", submitted_by="ana")
job, created = submitted
lines = list(holdfast.follow(job))
print(created, [line.seq for line in lines] == list(range(1, len(lines) + 1)))
print(sorted((line.stream, line.text) for line in lines if line.stream != "system"))
print(lines[0].attempt, lines[0].at > 1e12, lines[0].cut_from_bytes)
print([line.seq for line in holdfast.follow(f"#{job['id']}", after=len(lines) - 1)] == [len(lines)])
settled = holdfast.wait(str(job["id"]))
print(settled["state"], settled["exitCode"], settled["name"], settled["submittedBy"])
print(holdfast.get(job["id"])["history"][0]["exitCode"], holdfast.cancel(job, by="ana")["state"])
`)
    assert.deepEqual([status, stderr], [0, ''])
    assert.deepEqual(stdout.split('\n').slice(0, -1), [
      'True True',
      "[('stderr', 'two'), ('stdout', 'één')]",
      '1 True None',
      'True',
      'failed 3 Try ana',
      '3 failed',
    ])
  })

  test('jobs are listed by every filter, tried again and run anew; artifacts are told, wanted and not rolled back to nothing', async () => {
    const { stdout, stderr } = await ask(`
client = holdfast.Client()
ids = [client.submit("shell", {"script": "exit 4"}, submitted_by="eve").job["id"] for _ in range(3)]
for id in ids: client.wait(id)
numbers = lambda **filters: [job["id"] for job in client.jobs(**filters)]
print(numbers(submitted_by="eve", kind="shell", queue="default") == ids[::-1], numbers(submitted_by="eve", before=ids[1]) == ids[:1])
print(numbers(state=["failed", "cancelled"], submitted_by="eve", limit=2) == ids[:0:-1], numbers(state="queued", schedule="x", limit=None))
print(client.retry(ids[0], by="ana")["state"], client.wait(ids[0])["attempts"])
again, created = client.rerun(ids[1], by="ana")
print(created, again["submittedBy"], again["input"]["script"], client.rerun(ids[1], input={"script": "true"}).job["input"]["script"])
def told(call):
    try: print(call())
    except (holdfast.HoldfastError, TypeError) as error: print(getattr(error, "code", error))
told(lambda: client.rerun(ids[1], inputs=1))
told(lambda: client.rerun(10**9))
told(lambda: list(client.jobs(state="lost")))
print(isinstance(client.artifacts(), list))
for call in (lambda: client.artifact("no/ne"), lambda: client.artifact("none"), lambda: client.roll_back("none", 3, together=True, reason="why", by="ana"), lambda: client.want("none", None, by="ana")): told(call)
`)
    assert.equal(stderr, '')
    assert.deepEqual(stdout.split('\n').slice(0, -1), [
      'True True',
      'True []',
      'queued 2',
      'True ana exit 4 true',
      'rerun takes by and input, not inputs',
      'job_not_found',
      'invalid_request',
      'True',
      'invalid_request',
      'artifact_not_found',
      'artifact_not_found',
      'artifact_not_found',
    ])
  })

  test('a running one is cancelled; wait gives up in time and leaves it alone', async () => {
    const { stdout, stderr } = await ask(`
import time
client = holdfast.Client(timeout=5)
job = client.submit("shell", {"script": "echo up; sleep 60"}).job
for line in client.follow(job):
    if line.text == "up": break
begun = time.monotonic()
try: client.wait(job, timeout=0.3)
except TimeoutError as error: print(str(error).replace(str(job["id"]), "N"))
print(0.25 < time.monotonic() - begun < 5, client.get(job)["state"])
print(client.cancel(job, by="ana")["state"], client.wait(job)["state"], client.wait(job)["stopAskedBy"])
`)
    assert.equal(stderr, '')
    assert.deepEqual(stdout.split('\n').slice(0, -1), [
      'job N was not settled in time; it goes on',
      'True running',
      'stopping cancelled ana',
    ])
  })

  test('errors have code, message, help and the fields that were refused', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    const { stdout, stderr } = await ask(`
def told(call):
    try: call()
    except holdfast.HoldfastError as error: print(json.dumps([error.code, error.status, error.retryable, str(error), error.errors]))
    except ValueError as error: print(json.dumps(str(error)))
told(lambda: holdfast.get(999))
told(lambda: holdfast.wait(999))
told(lambda: list(holdfast.follow(999)))
told(lambda: holdfast.submit("../kinds", {}))
told(lambda: holdfast.submit("rebuild", {"mode": "data"}))
told(lambda: holdfast.submit("shell", {}, url="http://127.0.0.1:${port}"))
told(lambda: holdfast.Client("http://127.0.0.1:${port}", patience=0).wait(1))
told(lambda: holdfast.get(1, url=holdfast.Client().url + "/elsewhere"))
for wrong in ("x", "", -1, 1.5, True, None): told(lambda: holdfast.follow(wrong))
for wrong in ("127.0.0.1:4747", "ftp://box", "http://", "http://box:x"): told(lambda: holdfast.Client(wrong))
`)
    assert.equal(stderr, '')
    const told = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
    const gone = ['job_not_found', 404, false, 'There is no job 999. Look at the list of jobs; retention may have removed it.', []]
    assert.deepEqual(told.slice(0, 3), [gone, gone, gone])
    assert.deepEqual(told[3].slice(0, 2), ['unknown_kind', 404])
    assert.deepEqual([told[4][0], told[4][4][0].path], ['invalid_input', 'input.gate'])
    const away = ['unreachable', 0, true, `No answer from http://127.0.0.1:${port}. Is the server running, and is the address right?`, []]
    assert.deepEqual(told.slice(5, 7), [away, away])
    assert.deepEqual(told[7].slice(0, 3), ['not_found', 404, false])
    assert.equal(told.length, 18)
    for (const line of told.slice(8, 14)) assert.match(line, /is no number of a job$/)
    for (const line of told.slice(14)) assert.match(line, /^url must be like|Port could not be cast/)
  })

  test('a server that cuts, garbles, floods or goes silent is told or asked again, and gets its token', async () => {
    const view = (state: string) => `event: job\ndata: {"id":1,"state":"${state}"}\n\n`
    const line = (seq: number) =>
      `event: stdout\nid: ${seq}\ndata: ${JSON.stringify({ seq, attempt: 1, stream: 'stdout', at: 1, text: `line ${seq}` })}\n\n`
    const asked: string[] = []
    const answers: RequestListener[] = [
      (_, response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>starting</h1>'),
      (_, response) => response.write(view('running') + line(1) + line(2) + line(3).slice(0, 30), () => response.destroy()),
      (_, response) => response.write(`: ping\n\n${view('running')}`),
      (_, response) => response.end(view('running') + line(2)),
      (_, response) => response.end(`${line(3)}${view('succeeded')}event: end\ndata: {}\n\n`),
      (_, response) => response.end('{"id": 1, "sta'),
      (_, response) => response.writeHead(200, { 'content-length': '500' }).write('{"id"', () => response.destroy()),
      (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      (_, response) => endless(response),
    ]
    const scripted = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers['last-event-id']} ${request.headers.authorization}`)
      answers.shift()?.(request, response)
    }).listen(0, '127.0.0.1')
    await once(scripted, 'listening')
    const { port } = scripted.address() as AddressInfo
    const { stdout, stderr } = await ask(`
client = holdfast.Client("http://127.0.0.1:${port}/holdfast/", token="abc", timeout=0.5)
print([line.text for line in client.follow(1)])
for _ in range(4):
    try: client.get(1)
    except holdfast.HoldfastError as error: print(error.code, error.message.replace("${port}", "PORT"))
`)
    scripted.closeAllConnections()
    scripted.close()
    assert.equal(stderr, '')
    assert.deepEqual(stdout.split('\n').slice(0, -1), [
      "['line 1', 'line 2', 'line 3']",
      'unexpected_answer The answer is not JSON.',
      'unreachable No answer from http://127.0.0.1:PORT.',
      'unexpected_answer The server answered 302 Found',
      'unexpected_answer The answer is longer than 16777216 bytes.',
    ])
    const stream = '/holdfast/api/v1/jobs/1/log/stream'
    assert.deepEqual(
      asked.slice(0, 5),
      [0, 0, 2, 2, 2].map((last) => `${stream} ${last} Bearer abc`),
    )
  })
})

test('I7: a log followed through a restart of the server has every line once', async () => {
  const gates = [join(server.data, 'gate-1'), join(server.data, 'gate-2')]
  const until = (gate = '') => `until [ -e ${gate} ]; do sleep 0.1; done`
  const count = 'i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; done'
  const shell = `${count}; ${until(gates[0])}; ${count}; ${until(gates[1])}; ${count}`
  const { job } = await server.holdfast.submit('shell', { script: shell })
  let listening = await listen(server.handler.fetch, { port: 0 })
  const { port, url } = listening
  const follower = spawn(
    python,
    [
      '-c',
      `import holdfast\nfor line in holdfast.follow(${job.id}): print(line.seq, flush=True)\nprint(holdfast.wait(${job.id})["state"])`,
    ],
    {
      env: { PATH: process.env.PATH, PYTHONPATH: client, HOLDFAST_URL: url },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const seen: string[] = []
  let restarts = 0
  follower.stdout.setEncoding('utf8')
  let rest = ''
  for await (const piece of follower.stdout) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    seen.push(...lines)
    // Where the job waits, and the reader has all there is.
    if (restarts < 2 && seen.length > 300 * (restarts + 1)) {
      await listening.close()
      // It goes on while nobody listens.
      writeFileSync(gates[restarts] ?? '', '')
      restarts++
      listening = await listen(server.handler.fetch, { port, strictPort: true })
    }
  }
  await listening.close()
  const { lastSeq } = await server.holdfast.log(job.id)
  assert.equal(restarts, 2)
  assert.deepEqual(seen, [...Array.from({ length: lastSeq }, (_, index) => String(index + 1)), 'succeeded'])
})

function endless(response: ServerResponse): void {
  const block = Buffer.alloc(1_048_576, ' ')
  const blocks = new Readable({
    read() {
      this.push(block)
    },
  })
  response.on('close', () => blocks.destroy())
  blocks.pipe(response)
}
