// How long settled jobs are kept, as an app says it: filled up with the defaults, and refused by name where it makes no sense.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultRetention } from '../core/retention.ts'
import { type RetentionOptions, retentionOf } from './retention.ts'

test('what is left out keeps its default; null is "not for that reason"', () => {
  assert.deepEqual(retentionOf(), defaultRetention)
  const kept = retentionOf({ succeeded: { days: 0.5 }, failed: { days: null, count: 3 }, expired: { count: null } })
  assert.deepEqual(kept.succeeded, { ageMs: 43_200_000, count: defaultRetention.succeeded.count })
  assert.deepEqual(kept.failed, { ageMs: null, count: 3 })
  assert.deepEqual(kept.expired, { ageMs: defaultRetention.expired.ageMs, count: null })
  assert.deepEqual(kept.cancelled, defaultRetention.cancelled)
})

test('snapshots: ten minutes and two at the least', () => {
  assert.deepEqual(retentionOf({ snapshots: { days: 2, count: 9 } }).snapshots, { ageMs: 172_800_000, count: 9 })
  assert.deepEqual(retentionOf({ snapshots: { days: 0, count: 2 } }).snapshots, { ageMs: 600_000, count: 2 })
})

test('an age is whole milliseconds: no database keeps parts of them', () => {
  assert.equal(retentionOf({ failed: { days: 1 / 7 } }).failed.ageMs, 12_342_857)
})

const wrong: [string, object][] = [
  ['retention.running', { running: { days: 1 } }],
  ['retention.done', { done: {} }],
  ['retention.succeeded', { succeeded: 30 }],
  ['retention.succeeded', { succeeded: null }],
  ['retention.failed.days', { failed: { days: -1 } }],
  ['retention.failed.days', { failed: { days: 'a week' } }],
  ['retention.failed.days', { failed: { days: '7' } }],
  ['retention.failed.days', { failed: { days: Number.POSITIVE_INFINITY } }],
  ['retention.failed.days', { failed: { days: 1e12 } }],
  ['retention.failed.ageMs', { failed: { ageMs: 3 } }],
  ['retention', [{ failed: { days: 1 } }]],
  ['retention.failed.count', { failed: { count: 1.5 } }],
  ['retention.failed.count', { failed: { count: -1 } }],
  ['retention.snapshots.count', { snapshots: { count: 1 } }],
  ['retention.snapshots.days', { snapshots: { days: -1 } }],
  ['retention.snapshots.days', { snapshots: { days: null } }],
  ['retention.snapshots.hours', { snapshots: { hours: 3 } }],
]
for (const [field, options] of wrong)
  test(`refused by its name: ${JSON.stringify(options)}`, () => {
    assert.throws(() => retentionOf(options as RetentionOptions), { code: 'invalid_config', details: { field } })
  })
