// The timeout of an attempt is counted in waits: no clock and no sleep takes from it more than one wait.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spentAfter } from './spent.ts'

test('a wait counts for what it took; a clock set back, set forward, or an hour of sleep for one wait more at the most', () => {
  const cases: [tookMs: number, spentMs: number][] = [
    [1_000, 1_000],
    [1_007, 1_007],
    [1_990, 1_990],
    [3_600_000, 2_000],
    [-3_600_000, 1_000],
    [0, 1_000],
  ]
  for (const [tookMs, spent] of cases) assert.equal(spentAfter(5_000, { waitedMs: 1_000, tookMs }), 5_000 + spent, `${tookMs}`)
})
