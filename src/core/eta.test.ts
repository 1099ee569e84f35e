// How long it will still take: from its own pace, from past jobs of its kind, or nothing at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PastJob, remainingTime, usualOf } from './eta.ts'
import type { Progress } from './job.ts'

const phases = (...spans: [string, number, number | null][]) =>
  spans.map(([name, startedAt, finishedAt]) => ({ name, startedAt, finishedAt }))

function progress(given: Partial<Progress>): Progress {
  return { phase: null, done: null, total: null, unit: null, message: null, phases: [], updatedAt: 0, ...given }
}

function past(durationMs: number, ...spans: [string, number, number | null][]): PastJob {
  return { startedAt: 0, finishedAt: durationMs, attempts: 1, progress: progress({ phases: phases(...spans) }) }
}

test('what is usual is the median of jobs that succeeded in one attempt', () => {
  const usual = usualOf([
    past(100_000, ['Read', 0, 20_000], ['Write', 20_000, 100_000]),
    past(300_000, ['Read', 0, 30_000], ['Write', 30_000, 300_000]),
    past(120_000, ['Read', 0, 40_000], ['Write', 40_000, 120_000]),
    { ...past(9_000_000), attempts: 3 },
  ])
  assert.deepEqual(usual, {
    durationMs: 120_000,
    phases: [
      { name: 'Read', durationMs: 30_000 },
      { name: 'Write', durationMs: 80_000 },
    ],
    jobs: 3,
  })
  assert.equal(usualOf([]), null)
})

test('a job that says nothing has the time that past ones took, and none once it is over that', () => {
  const usual = usualOf([past(60_000)])
  assert.deepEqual(remainingTime({ startedAt: 0, progress: null }, usual, 20_000), { jobMs: 40_000, phaseMs: null })
  assert.equal(remainingTime({ startedAt: 0, progress: null }, usual, 61_000), null)
  assert.equal(remainingTime({ startedAt: 0, progress: null }, null, 20_000), null)
  assert.equal(remainingTime({ startedAt: null, progress: null }, usual, 20_000), null)
})

test('its own pace counts after a tenth and ten seconds; phases to come take what they usually take', () => {
  const usual = usualOf([past(200_000, ['Read', 0, 50_000], ['Write', 50_000, 200_000])])
  const reading = (done: number, updatedAt: number) => ({
    startedAt: 0,
    progress: progress({ phase: { name: 'Read', index: 1, of: 2 }, phases: phases(['Read', 0, null]), done, total: 100, updatedAt }),
  })
  assert.deepEqual(remainingTime(reading(50, 20_000), usual, 20_000), { phaseMs: 20_000, jobMs: 170_000 })
  assert.deepEqual(remainingTime(reading(5, 20_000), usual, 20_000), { phaseMs: 30_000, jobMs: 180_000 }, 'too early for its own')
  assert.deepEqual(remainingTime(reading(50, 5_000), null, 5_000), null, 'too early, and nothing is known')
  assert.deepEqual(remainingTime(reading(50, 20_000), null, 20_000), { phaseMs: 20_000, jobMs: null })
})

test('between two reports the time left runs down, and is gone rather than below nothing', () => {
  const job = { startedAt: 0, progress: progress({ done: 50, total: 100, updatedAt: 20_000 }) }
  assert.deepEqual(remainingTime(job, null, 25_000), { phaseMs: 15_000, jobMs: 15_000 })
  assert.equal(remainingTime(job, null, 90_000), null)
})
