// An app's tests never start a worker by accident: who decides, in which order, and from what.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { defineJob, openHoldfast } from '../index.ts'
import { runnerWanted } from './runner-wanted.ts'

const plain = { environment: {}, argv: ['node', '/app/main.ts'], execArgv: [] }

test('an app executes its jobs unless it says otherwise', () => {
  assert.deepEqual(runnerWanted(undefined, plain), { wanted: true, test: null })
  assert.equal(runnerWanted(false, plain).wanted, false)
  assert.equal(runnerWanted(undefined, { ...plain, environment: { HOLDFAST_RUNNER: 'off' } }).wanted, false)
  assert.equal(runnerWanted(undefined, { ...plain, environment: { HOLDFAST_RUNNER: '', NODE_ENV: 'production' } }).wanted, true)
})

test('HOLDFAST_RUNNER is on or off: of anything else nobody knows what was meant', () => {
  for (const named of ['false', '0', 'no', 'true', 'ON', ' off']) {
    const around = { ...plain, environment: { HOLDFAST_RUNNER: named } }
    const expected = { code: 'invalid_config', message: /HOLDFAST_RUNNER must be on or off/, details: { field: 'HOLDFAST_RUNNER' } }
    assert.throws(() => runnerWanted(undefined, around), expected)
    assert.equal(runnerWanted(false, around).wanted, false, 'an app that says so itself is not asked')
  }
})

const tests = [
  ['node:test', { ...plain, environment: { NODE_TEST_CONTEXT: 'child-v8' } }],
  ['node:test without isolation', { ...plain, execArgv: ['--test'] }],
  ['a test file run by itself', { ...plain, argv: ['node', '/app/jobs.test.ts'] }],
  ['a spec file run by itself', { ...plain, argv: ['node', '/app/jobs.spec.mjs'] }],
  ['vitest', { ...plain, environment: { VITEST: 'true' } }],
  ['jest', { ...plain, environment: { JEST_WORKER_ID: '1' } }],
  ['anything else that says so', { ...plain, environment: { NODE_ENV: 'test' } }],
] as const

for (const [name, around] of tests) {
  test(`under ${name} none is started unless somebody asks for one`, () => {
    const { wanted, test: sign } = runnerWanted(undefined, around)
    assert.equal(wanted, false)
    assert.ok(sign)
    assert.deepEqual(runnerWanted(true, around), { wanted: true, test: null })
    assert.deepEqual(runnerWanted({ slots: 2 }, around), { wanted: false, test: sign })
    assert.equal(runnerWanted(undefined, { ...around, environment: { ...around.environment, HOLDFAST_RUNNER: 'on' } }).wanted, true)
  })
}

test('openHoldfast in a test leaves jobs queued and says once how to change that; runner: true executes them', async () => {
  const data = temporaryFolder('runner-wanted')
  const kind = defineJob({ kind: 'hello', command: ['true'] })
  const told: string[] = []
  const logger = { info() {}, warn: (message: string) => void told.push(message), error: (message: string) => void told.push(message) }
  const named = process.env.HOLDFAST_RUNNER
  delete process.env.HOLDFAST_RUNNER
  try {
    const holdfast = await openHoldfast({ data, kinds: [kind], logger })
    await (await openHoldfast({ data, kinds: [kind], logger })).close()
    const { job } = await holdfast.submit(kind, null)
    assert.deepEqual((await holdfast.get(job.id))?.waitingFor, { for: 'runner that knows this kind' })
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /this is a test .*runner: true.*HOLDFAST_RUNNER=on.*openTestHoldfast/)
    const working = await openHoldfast({ data, kinds: [kind], logger, runner: true })
    assert.equal((await holdfast.wait(job.id)).state, 'succeeded')
    assert.equal(told.length, 1)
    await working.close()
    await holdfast.close()
  } finally {
    process.env.HOLDFAST_RUNNER = named
  }
})
