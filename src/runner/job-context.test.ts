// What a module job says, as lines of its events file: written by the real entry in a process of its own, without any runner.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { parseEvent } from '../core/progress.ts'

const top = temporaryFolder('context')
const entry = fileURLToPath(new URL('./module-entry.ts', import.meta.url))
const words = new URL('../job.ts', import.meta.url).href
let count = 0

interface Ran {
  status: number | null
  stdout: string
  stderr: string
  said: Record<string, unknown>[]
}

function runModule(body: string, { input = null, checkpoint }: { input?: unknown; checkpoint?: unknown } = {}): Ran {
  const folder = join(top, String(++count))
  mkdirSync(join(folder, 'staging', 'index'), { recursive: true })
  writeFileSync(join(folder, 'input.json'), JSON.stringify(input))
  if (checkpoint !== undefined) writeFileSync(join(folder, 'checkpoint.json'), JSON.stringify(checkpoint))
  const file = join(folder, 'job.mjs')
  writeFileSync(file, `import { doNotRetry, retryLater, snooze } from '${words}'\nexport default async (job) => {\n${body}\n}\n`)
  const env = {
    PATH: process.env.PATH,
    HOLDFAST_JOB_ID: '42',
    HOLDFAST_ATTEMPT: '2',
    HOLDFAST_INPUT: join(folder, 'input.json'),
    HOLDFAST_EVENTS: join(folder, 'events'),
    HOLDFAST_STAGING: join(folder, 'staging'),
    HOLDFAST_CHECKPOINT: join(folder, 'checkpoint.json'),
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=holdfast-source', entry, file], { env, encoding: 'utf8' })
  const lines = existsSync(env.HOLDFAST_EVENTS) ? readFileSync(env.HOLDFAST_EVENTS, 'utf8').trim().split('\n') : []
  for (const line of lines) assert.ok(parseEvent(line), `not understood: ${line}`)
  return { status, stdout, stderr, said: lines.map((line) => JSON.parse(line)).map(({ at, ...event }) => event) }
}

test('who it is, what it was given, and every way to say how far it is', () => {
  const body = `
    job.phase('Read', { index: 1, of: 2 })
    job.progress({ done: 1, total: 2, unit: 'films' })
    job.heartbeat()
    job.save({ at: 1 })
    job.log('hello')
    return { id: job.id, attempt: job.attempt, input: job.input, before: job.checkpoint, folder: job.output('index').endsWith('/index') }`
  const { status, stdout, stderr, said } = runModule(body, { input: { film: 7 } })
  assert.deepEqual([status, stdout, stderr], [0, 'hello\n', ''])
  assert.deepEqual(said, [
    { phase: { name: 'Read', index: 1, of: 2 } },
    { progress: { done: 1, total: 2, unit: 'films' } },
    { heartbeat: {} },
    { checkpoint: { at: 1 } },
    { result: { id: 42, attempt: 2, input: { film: 7 }, before: null, folder: true } },
  ])
})

test('the checkpoint of an earlier attempt is there when it is to go on from it', () => {
  assert.deepEqual(runModule('return job.checkpoint', { checkpoint: { at: [3] } }).said, [{ result: { at: [3] } }])
})

test('a checkpoint comes after the newest report, also after one that was held back: what was done then is told with it', () => {
  const { said } = runModule('for (let done = 1; done <= 1000; done++) job.progress({ done })\njob.save(1000)')
  const saved = said.findIndex((event) => 'checkpoint' in event)
  assert.deepEqual(said[saved - 1], { progress: { done: 1000 } })
})

test('many reports are few lines, and the last one is always among them', () => {
  const { said } = runModule('for (let done = 1; done <= 1000; done++) job.progress({ done })')
  assert.ok(said.length < 100, `${said.length} lines`)
  assert.deepEqual(said.at(-1), { progress: { done: 1000 } })
})

test('what it throws says what becomes of it', () => {
  const cases: [body: string, status: number, said: object[], stderr: RegExp][] = [
    [`throw doNotRetry('no sound')`, 1, [{ error: { message: 'no sound', retry: false } }], /no sound/],
    [`throw retryLater(60_000, 'busy')`, 1, [{ error: { message: 'busy', retryAfterMs: 60_000 } }], /busy/],
    [`throw new TypeError('film 7')`, 1, [{ error: { message: 'film 7' } }], /TypeError: film 7/],
    [`throw 'a text'`, 1, [{ error: { message: 'a text' } }], /a text/],
    [`throw Object.assign(new Error('dpkg says no'), { exitCode: 2 })`, 2, [{ error: { message: 'dpkg says no' } }], /dpkg says no/],
    [`throw Object.assign(new Error('no code'), { exitCode: 0 })`, 1, [{ error: { message: 'no code' } }], /no code/],
    [`throw Object.assign(new Error('none either'), { exitCode: 256 })`, 1, [{ error: { message: 'none either' } }], /none either/],
    ['throw snooze(30_000)', 0, [{ snooze: { ms: 30_000 } }], /^$/],
  ]
  for (const [body, status, said, stderr] of cases) {
    const ran = runModule(body)
    assert.deepEqual([ran.status, ran.said], [status, said], body)
    assert.match(ran.stderr, stderr, body)
  }
})

test('asked to stop, it ends as stopped whatever it throws or returns', () => {
  const asked = `const asked = new Promise((resolve) => job.signal.addEventListener('abort', resolve))
    setTimeout(() => {}, 5_000)
    process.kill(process.pid, 'SIGTERM')
    await asked;`
  for (const end of ['return 7', 'throw doNotRetry("x")', 'throw snooze(1)', 'job.signal.throwIfAborted()']) {
    const { status, said } = runModule(`${asked} ${end}`)
    assert.deepEqual([status, said], [143, []], end)
  }
})
