// Artifacts over a real socket: what is told of them, what is asked of them, and what is refused.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from '@hono/zod-openapi'
import { createClient, HoldfastClientError } from '../../src/client/index.ts'
import { artifactDetailSchema, artifactSchema, artifactsEventSchema, artifactsSchema, snapshotSchema } from '../../src/contract/artifact.ts'
import { problemSchema } from '../../src/contract/problem.ts'
import { summarySchema } from '../../src/contract/summary.ts'
import { defineJob } from '../../src/index.ts'
import { openServer, post, quiet } from './open-server.ts'
import { readEvents } from './read-events.ts'

const index = defineJob({
  kind: 'index',
  input: z.object({ threshold: z.string(), exit: z.number().default(0), gate: z.string().default('/') }),
  artifacts: ['watch-index'],
  fingerprint: ({ threshold }) => `threshold=${threshold}`,
  command: ({ threshold, exit, gate }) => [
    'sh',
    '-c',
    'echo "$1" > "$HOLDFAST_STAGING/watch-index/at"; until [ -e "$3" ]; do sleep 0.05; done; exit "$2"',
    'sh',
    threshold,
    String(exit),
    gate,
  ],
})

let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  server = await openServer({ logger: quiet }, [index])
})
after(() => server.close())

const at = (path: string) => `${server.url}/api/v1/artifacts${path}`
const get = async (url: string) => (await fetch(url)).json()
const detail = async () => artifactDetailSchema.strict().parse(await get(at('/watch-index')))
const required = async () => summarySchema.strict().parse(await get(`${server.url}/api/v1/summary`)).required
const build = async (threshold: string, exit = 0) => {
  const { job } = await server.holdfast.submit(index, { threshold, exit })
  return server.holdfast.wait(job.id)
}

async function codeOf(response: Response): Promise<string> {
  const problem = problemSchema.strict().parse(await response.json())
  assert.equal(response.status, problem.status)
  return problem.code
}

test('what a kind declares is there before it was ever built; what is wanted of it is remembered, counted, and starts nothing', async () => {
  const { artifacts, pollAfterMs } = artifactsSchema.strict().parse(await get(at('')))
  assert.deepEqual(
    artifacts.map(({ name, condition, current }) => [name, condition, current]),
    [['watch-index', 'idle', null]],
  )
  assert.deepEqual([pollAfterMs, await required()], [null, 0])

  const asked = await post(at('/watch-index/want'), { fingerprint: 'threshold=0.50', by: 'ana' })
  assert.equal(asked.status, 200)
  const wanted = artifactSchema.strict().parse(await asked.json())
  assert.deepEqual([wanted.condition, wanted.wanted?.fingerprint, wanted.wanted?.by], ['required', 'threshold=0.50', 'ana'])
  assert.equal(await required(), 1)
  assert.deepEqual((await server.holdfast.list()).jobs, [])
})

test('while it is built it is not required by anybody, and its page says which job builds it; no absolute path leaves the machine', async () => {
  const gate = join(server.data, 'gate')
  const { job } = await server.holdfast.submit(index, { threshold: '0.50', gate })
  const building = await detail()
  assert.deepEqual([building.condition, building.building?.jobId, building.pollAfterMs, await required()], ['building', job.id, 2000, 0])
  await writeFile(gate, '')
  await server.holdfast.wait(job.id)

  const built = await detail()
  assert.deepEqual(
    [built.condition, built.required, built.pollAfterMs, built.current?.number, built.current?.fingerprint],
    ['succeeded', false, null, 1, 'threshold=0.50'],
  )
  const { current, kept } = built
  assert.equal(current?.folder, `snapshots/watch-index/${kept[0]?.folder.split('/').at(-1)}`)
  assert.equal(await readFile(join(server.holdfast.data, current?.folder ?? '', 'at'), 'utf8'), '0.50\n')
  for (const path of ['', '/watch-index']) assert.ok(!JSON.stringify(await get(at(path))).includes(server.data), path)
})

test('I8: a failed build publishes nothing; a roll back moves the pointer, with who and why, and forward again', async () => {
  assert.equal((await build('0.46', 1)).state, 'failed')
  const failed = await detail()
  assert.deepEqual([failed.condition, failed.current?.number, failed.last?.state], ['failed', 1, 'failed'])
  assert.equal((await build('0.46')).state, 'succeeded')

  const back = await post(at('/watch-index/roll-back'), { reason: 'two actors were merged', by: 'ana' })
  assert.equal(back.status, 200)
  assert.equal(snapshotSchema.strict().parse(await back.json()).number, 1)
  const link = () => readFile(join(server.holdfast.data, 'current/watch-index/at'), 'utf8')
  assert.equal(await link(), '0.50\n')
  assert.equal(snapshotSchema.parse(await (await post(at('/watch-index/roll-back'), { to: 2 })).json()).number, 2)
  assert.equal(await link(), '0.46\n')

  const { events, kept } = await detail()
  assert.deepEqual(
    events.slice(0, 2).map(({ name, number, before, by, text }) => [name, number, before, by, text]),
    [
      ['rolled forward', 2, 1, null, null],
      ['rolled back', 1, 2, 'ana', 'two actors were merged'],
    ],
  )
  assert.deepEqual(
    kept.map(({ number, isCurrent }) => [number, isCurrent]),
    [
      [2, true],
      [1, false],
    ],
  )
})

test('who reads a snapshot is named with it', async () => {
  using snapshot = await server.holdfast.artifact('watch-index').open()
  const { kept } = await detail()
  assert.deepEqual(
    kept.find(({ number }) => number === snapshot?.number)?.readers.map(({ pid }) => pid),
    [process.pid],
  )
})

test('one artifact and all of them are told again soon after a change', async () => {
  const seen: string[] = []
  let asked = false
  for await (const { event, data } of readEvents(at('/watch-index/events'))) {
    assert.equal(event, 'artifact')
    artifactDetailSchema.omit({ pollAfterMs: true }).strict().parse(data)
    seen.push(data.condition)
    if (data.wanted.fingerprint === 'threshold=0.30') break
    if (!asked) await post(at('/watch-index/want'), { fingerprint: 'threshold=0.30' })
    asked = true
  }
  assert.deepEqual([seen.length >= 2, seen.at(-1)], [true, 'required'])

  for await (const { event, data } of readEvents(`${server.url}/api/v1/events/artifacts`)) {
    assert.equal(event, 'artifacts')
    const [one] = artifactsEventSchema.strict().parse(data).artifacts
    if (one?.wanted === null) break
    await post(at('/watch-index/want'), { fingerprint: null })
  }
})

test('the client asks all of it, and hears of changes', async () => {
  const client = createClient({ url: server.url })
  const stop = new AbortController()
  const seen: (number | undefined)[] = []
  const watching = client.watchArtifact('watch-index', {
    signal: stop.signal,
    onArtifact({ current }) {
      seen.push(current?.number)
      if (current?.number === 1) stop.abort()
    },
  })
  assert.deepEqual(
    (await client.artifacts()).map(({ name }) => name),
    ['watch-index'],
  )
  const old = (await client.artifact('watch-index')).wanted?.fingerprint ?? null
  assert.equal((await client.want('watch-index', 'threshold=0.50', { by: 'ana' })).wanted?.by, 'ana')
  assert.equal((await client.rollBack('watch-index', { to: 1, reason: 'to see', by: 'ana' })).isCurrent, true)
  await watching
  assert.equal(seen.at(-1), 1)
  await client.rollBack('watch-index', { to: 2 })
  await client.want('watch-index', old)
  await assert.rejects(client.artifact('nowhere'), (error) => error instanceof HoldfastClientError && error.code === 'artifact_not_found')
})

test('what cannot be is refused, and changes nothing', async () => {
  const before = await detail()
  for (const rest of ['', '/events']) assert.equal(await codeOf(await fetch(at(`/nowhere${rest}`))), 'artifact_not_found')
  assert.equal(await codeOf(await post(at('/nowhere/want'), { fingerprint: 'x' })), 'artifact_not_found')
  assert.equal(await codeOf(await post(at('/nowhere/roll-back'), {})), 'artifact_not_found')
  assert.equal(await codeOf(await post(at('/watch-index/roll-back'), { to: 77 })), 'snapshot_not_found')
  await post(at('/watch-index/roll-back'), { to: 1 })
  assert.equal(await codeOf(await post(at('/watch-index/roll-back'), {})), 'wrong_state')
  await post(at('/watch-index/roll-back'), { to: 2 })

  for (const name of ['UPPER', '..%2fjobs', '.hidden', 'a..b', '%00', 'x'.repeat(101)]) {
    const problem = problemSchema.parse(await get(at(`/${name}`)))
    assert.deepEqual([problem.code, problem.errors?.[0]?.path], ['invalid_request', 'name'], name)
  }
  for (const body of [{ to: 0 }, { to: '1' }, { to: 1.5 }, { reason: 'x'.repeat(201) }, { by: 7 }])
    assert.equal(await codeOf(await post(at('/watch-index/roll-back'), body)), 'invalid_request', JSON.stringify(body))
  for (const body of [{}, { fingerprint: 7 }, { fingerprint: 'x'.repeat(4_097) }, { fingerprint: 'a\0b' }])
    assert.equal(await codeOf(await post(at('/watch-index/want'), body)), 'invalid_request', JSON.stringify(body).slice(0, 40))
  assert.equal(await codeOf(await fetch(at('/watch-index/want'), { method: 'POST' })), 'invalid_request')
  for (const ask of ['roll-back', 'want'])
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
      assert.equal(await codeOf(await post(at(`/watch-index/${ask}`), { fingerprint: 'evil' }, headers)), 'forbidden')

  const now = await detail()
  assert.deepEqual([now.current?.number, now.wanted], [before.current?.number, before.wanted])
})
