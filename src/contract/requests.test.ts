// Parameters and bodies as strictly as they are read.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isArtifactName } from '../core/artifact.ts'
import { limits } from '../core/limits.ts'
import { wireBounds } from './bounds.ts'
import { artifactParams, jobParams, listQuery, logQuery, submitBody } from './requests.ts'

test('a number is digits and nothing else', () => {
  assert.equal(jobParams.parse({ id: '42' }).id, 42)
  for (const id of [
    '',
    ' ',
    '4 2',
    '+42',
    '-42',
    '4.2',
    '1e3',
    '0x2a',
    '0',
    '#42',
    '９',
    '9007199254740992',
    '1'.repeat(400),
    undefined,
    ['1', '2'],
  ]) {
    assert.equal(jobParams.safeParse({ id }).success, false, String(id))
  }
})

test('an empty value is an absent one', () => {
  const { state, kind, before, limit } = listQuery.parse({ state: '', kind: '', before: '', limit: '' })
  assert.deepEqual([state, kind, before, limit], [undefined, undefined, undefined, undefined])
  const { after, full } = logQuery.parse({ after: '', before: '5', full: '' })
  assert.deepEqual([after, full], [undefined, false])
})

test('several values come separated by commas or one by one', () => {
  assert.deepEqual(listQuery.parse({ state: 'running,failed' }).state, ['running', 'failed'])
  assert.deepEqual(listQuery.parse({ state: ['running', 'failed'] }).state, ['running', 'failed'])
  assert.equal(listQuery.safeParse({ state: 'running,,failed' }).success, false)
})

test('page sizes have their bounds', () => {
  const size = (schema: typeof listQuery | typeof logQuery, limit: string) => schema.safeParse({ limit }).success
  assert.deepEqual(
    ['1', '200', '0', '201'].map((limit) => size(listQuery, limit)),
    [true, true, false, false],
  )
  assert.deepEqual(
    ['1', '5000', '0', '5001'].map((limit) => size(logQuery, limit)),
    [true, true, false, false],
  )
})

test('any JSON value is an input, and none is needed', () => {
  for (const input of [null, false, 0, '', [], {}, { __proto__: null }]) assert.deepEqual(submitBody.parse({ input }).input, input)
  assert.deepEqual(submitBody.parse({}), {})
})

test('an artifact may be called on the wire what it may be called anywhere', () => {
  const edges = [
    'a',
    '0',
    'a.b',
    'a-b_c',
    'a..b',
    '.a',
    '-a',
    '_a',
    'A',
    'ä',
    'a b',
    'a/b',
    'a\n',
    '',
    'x'.repeat(100),
    'x'.repeat(101),
    '..',
    'a.',
  ]
  for (const name of edges) assert.equal(artifactParams.safeParse({ name }).success, isArtifactName(name), JSON.stringify(name))
  assert.equal(wireBounds.fingerprint, limits.fingerprint)
  for (const bound of ['activityJobs', 'activityKinds', 'activityArtifacts'] as const) assert.equal(wireBounds[bound], limits[bound])
})
