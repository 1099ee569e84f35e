// A definition is checked where it is written: every option that is wrong is refused at once, and by its name.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { limits } from '../core/limits.ts'
import { defineJob, type JobOptions, kindView, retryPolicyOf } from './define-job.ts'
import { stallPolicyOf } from './stall-options.ts'

const wrong: [field: string, options: object][] = [
  ['kind', { kind: undefined }],
  ['kind', { kind: 'x'.repeat(201) }],
  ['title', { title: 3 }],
  ['description', { description: {} }],
  ['input', { input: {} }],
  ['input', { input: 'string' }],
  ['command', { command: 'echo hello' }],
  ['command', { command: ['echo', 1] }],
  ['command', { command: [] }],
  ['command', { module: './a.ts' }],
  ['command', { command: undefined }],
  ['module', { command: undefined, module: 3 }],
  ['cwd', { cwd: null }],
  ['environment', { environment: { A: 1 } }],
  ['queue', { queue: 'a b' }],
  ['queue', { queue: '' }],
  ['priority', { priority: 1.5 }],
  ['priority', { priority: '1' }],
  ['unique', { unique: false }],
  ['unique', { unique: 'server' }],
  ['unique', { uniquePolicy: 'return' }],
  ['uniquePolicy', { unique: true, uniquePolicy: 'replace' }],
  ['locks', { locks: 'install' }],
  ['locks', { locks: [''] }],
  ['locks', { locks: [{ mode: 'shared' }] }],
  ['locks', { locks: [{ key: 'a', mode: 'write' }] }],
  ['locks', { locks: [{ key: 'a', limit: 0 }] }],
  ['locks', { locks: [{ key: 'a', limit: limits.keyLimit + 1 }] }],
  ['locks', { locks: ['unique/a'] }],
  ['locks', { locks: Array.from({ length: limits.locks + 1 }, (_, index) => `key-${index}`) }],
  ['retry', { retry: 'twice' }],
  ['retry', { retry: null }],
  ['retry.attempts', { retry: 0 }],
  ['retry.attempts', { retry: {} }],
  ['retry.attempts', { retry: limits.attempts + 1 }],
  ['retry.delayMs', { retry: { attempts: 2, delayMs: -1 } }],
  ['retry.delayMs', { retry: { attempts: 2, delayMs: limits.retryDelayMs + 1 } }],
  ['retry.maxDelayMs', { retry: { attempts: 2, maxDelayMs: Number.NaN } }],
  ['retry.maxDelayMs', { retry: { attempts: 2, delayMs: 2_000, maxDelayMs: 1_000 } }],
  ['retry.maxDelayMs', { retry: { attempts: 2, maxDelayMs: 9_999 } }],
  ['retry.delayMs', { retry: { attempts: 2, delayMs: '1000' } }],
  ['retry.delay', { retry: { attempts: 2, delay: 1_000 } }],
  ['retry', { retry: [3] }],
  ['locks.capacity', { locks: [{ key: 'a', capacity: 2 }] }],
  ['retry.backoff', { retry: { attempts: 2, backoff: 'linear' } }],
  ['safeToRepeat', { safeToRepeat: 1 }],
  ['expireAfterMs', { expireAfterMs: 0 }],
  ['expireAfterMs', { expireAfterMs: 'a day' }],
  ['expireAfterMs', { expireAfterMs: '1000' }],
  ['artifacts', { artifacts: 'index' }],
  ['artifacts', { artifacts: ['Index'] }],
  ['fingerprint', { fingerprint: 'v1' }],
  ['name', { name: 'the film' }],
  ['from', { artifacts: ['index'], from: 'last' }],
  ['from', { from: 'current' }],
  ['validate', { artifacts: ['index'], validate: true }],
  ['validate', { validate: () => undefined }],
  ['stopGraceMs', { stopGraceMs: '10s' }],
]

describe('an option that is wrong is refused by its name', () => {
  for (const [field, options] of wrong)
    test(`${field}: ${JSON.stringify(options).slice(0, 80)}`, () => {
      const all = { kind: 'scan', command: ['true'], ...options } as unknown as JobOptions<null>
      assert.throws(
        () => defineJob(all),
        (error: { code: string; message: string; details: object }) => {
          assert.deepEqual([error.code, error.details], ['invalid_config', { field }])
          assert.ok(error.message.includes(field), error.message)
          return true
        },
      )
    })
})

test('what is right is taken as it is, and shown as a kind', () => {
  const options: JobOptions<{ server: number }> = {
    kind: 'install',
    title: 'Install a server',
    command: ({ server }) => ['install', String(server)],
    queue: 'slow',
    priority: -5,
    unique: ({ server }) => `server-${server}`,
    uniquePolicy: 'keepLast',
    locks: ({ server }) => [{ key: 'install', mode: 'shared' }, `server:${server}`],
    retry: { attempts: 3, backoff: 'fixed', delayMs: 0 },
    safeToRepeat: true,
    expireAfterMs: 1,
    artifacts: ['game'],
    stopGraceMs: 0,
  }
  assert.deepEqual(defineJob(options), { ...options, isJobDefinition: true })
  assert.deepEqual(kindView(defineJob(options) as never), {
    kind: 'install',
    title: 'Install a server',
    description: null,
    unique: true,
    artifacts: ['game'],
    inputSchema: null,
    queue: 'slow',
    pausedAt: null,
    pausedBy: null,
    isDefined: true,
  })
})

test('a number of attempts is a whole policy', () => {
  assert.equal(retryPolicyOf(undefined), null)
  assert.deepEqual(retryPolicyOf(3), { attempts: 3, delayMs: 10_000, backoff: 'exponential', maxDelayMs: 3_600_000 })
  const fixed = retryPolicyOf({ attempts: 2, backoff: 'fixed', delayMs: 5 })
  assert.deepEqual(fixed, { attempts: 2, delayMs: 5, backoff: 'fixed', maxDelayMs: 3_600_000 })
})

test('the longest delay is never shorter than the first one, and both are whole milliseconds', () => {
  const twoHoursMs = 7_200_000
  assert.equal(retryPolicyOf({ attempts: 2, delayMs: twoHoursMs })?.maxDelayMs, twoHoursMs)
  assert.partialDeepStrictEqual(retryPolicyOf({ attempts: 3, delayMs: 1_000 / 3, maxDelayMs: 2_000 / 3 }), {
    delayMs: 333,
    maxDelayMs: 667,
  })
})

test('an option that does not exist is refused: a misspelt one would be passed over', () => {
  const misspelt = { kind: 'build', command: ['true'], retries: 3 }
  assert.throws(() => defineJob(misspelt), { code: 'invalid_config', details: { field: 'retries' }, message: /no such option/ })
})

test('what is said of silence is a whole policy, or none', () => {
  const command = ['true']
  assert.equal(stallPolicyOf(defineJob({ kind: 'scan', command })), null)
  assert.deepEqual(stallPolicyOf(defineJob({ kind: 'scan', command, stallAfterMs: 30_000 })), {
    stallAfterMs: 30_000,
    firstHeartbeatWithinMs: null,
    heartbeats: 'any',
    onStall: 'warn',
    stallLimitMs: 150_000,
  })
  const wrong: [object, string][] = [
    [{ onStall: 'cancel' }, 'onStall'],
    [{ stallAfterMs: 0 }, 'stallAfterMs'],
    [{ stallAfterMs: 1_000, onStall: 'kill' }, 'onStall'],
    [{ stallAfterMs: 1_000, stallLimitMs: 2_000 }, 'stallLimitMs'],
    [{ stallAfterMs: 1_000, onStall: 'cancel', stallLimitMs: 1_000 }, 'stallLimitMs'],
    [{ stallAfterMs: 1_000, onStall: 'retry' }, 'onStall'],
    [{ retry: { attempts: 2, resume: 'yes' } }, 'retry.resume'],
  ]
  for (const [options, field] of wrong)
    assert.throws(() => defineJob({ kind: 'scan', command, ...options }), { code: 'invalid_config', details: { field } }, field)
})
