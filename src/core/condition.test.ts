// The five conditions: which one wins, and what is said of it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Build } from './artifact.ts'
import { conditionOf, type KnownOfArtifact } from './condition.ts'
import { type JobState, jobStates } from './job.ts'

function build(jobId: number, state: JobState, given: Partial<Build> = {}): Build {
  const isActive = state === 'queued' || state === 'running' || state === 'stopping'
  const times = { submittedAt: jobId, finishedAt: isActive ? null : jobId * 10 }
  return { jobId, kind: 'build', state, fingerprint: 'a', submittedBy: null, failure: null, ...times, ...given }
}

const snapshot = (jobId: number, fingerprint: string | null = 'a') => ({ number: jobId, jobId, fingerprint })
const wanted = (fingerprint: string, at = 1) => ({ fingerprint, at, by: 'ana' })
const failure: Build['failure'] = { kind: 'exit', message: 'no films', lastLines: [], logSeq: null }

const cases: [string, Partial<KnownOfArtifact>, string, string][] = [
  ['nobody ever built or wanted it', {}, 'idle', 'No snapshot was published yet.'],
  [
    'it is wanted and was never built',
    { wanted: wanted('a') },
    'required',
    'It was never built from what is wanted (changed by ana). There is no snapshot yet.',
  ],
  [
    'built, and nobody wants anything',
    { current: snapshot(1), builds: [build(1, 'succeeded')] },
    'succeeded',
    'Job #1 published snapshot 1.',
  ],
  ['the job is gone', { current: snapshot(1), wanted: wanted('a') }, 'idle', 'Snapshot 1 is current and is what is wanted.'],
  [
    'it does not say what it was built from',
    { current: snapshot(1, null), wanted: wanted('a') },
    'required',
    'Snapshot 1 does not say what it was built from.',
  ],
  [
    'queued behind a running one, of what is wanted',
    { current: snapshot(1), wanted: wanted('b'), builds: [build(3, 'queued', { fingerprint: 'b' }), build(2, 'running')] },
    'building',
    'Job #2 builds it now. Job #3 is queued to build it after that. Snapshot 1 is unchanged and still current.',
  ],
  [
    'a failure',
    { current: snapshot(1), builds: [build(2, 'failed', { failure }), build(1, 'succeeded')] },
    'failed',
    'Job #2 failed: no films. Snapshot 1 is unchanged and still current.',
  ],
  [
    'a cancel is no failure',
    { current: snapshot(1), builds: [build(2, 'cancelled'), build(1, 'succeeded')] },
    'idle',
    'Snapshot 1 is current.',
  ],
  [
    'settings that changed after the failure are what is to be told',
    { current: snapshot(1), wanted: wanted('b', 25), builds: [build(2, 'interrupted')] },
    'required',
    'Snapshot 1 was built from something else than what is wanted (changed by ana).',
  ],
  [
    'settings that were set back after the failure: what is current is what is wanted',
    { current: snapshot(1), wanted: wanted('a', 25), builds: [build(2, 'failed', { fingerprint: 'b', failure })] },
    'idle',
    'Snapshot 1 is current and is what is wanted.',
  ],
  [
    'settings that changed while it is built',
    { current: snapshot(1), wanted: wanted('b', 3), builds: [build(2, 'running')] },
    'building',
    'Job #2 builds it now. What is wanted changed meanwhile (changed by ana): another build will be required when this one finishes. Snapshot 1 is unchanged and still current.',
  ],
  [
    'what is built was never what is wanted',
    { wanted: wanted('b', 1), builds: [build(2, 'running')] },
    'building',
    'Job #2 builds it now. It is not built from what is wanted (changed by ana): another build will be required when this one finishes. No snapshot was published yet.',
  ],
  [
    'rolled back: the last build succeeded, and its snapshot is not current',
    { current: snapshot(1), wanted: wanted('b'), builds: [build(2, 'succeeded', { fingerprint: 'b' })] },
    'required',
    'Snapshot 1 was built from something else than what is wanted (changed by ana).',
  ],
]

describe('conditionOf', () => {
  for (const [name, given, condition, reasons] of cases)
    test(name, () => {
      const found = conditionOf({ current: null, wanted: null, builds: [], ...given })
      assert.deepEqual([found.condition, found.reasons.join(' ')], [condition, reasons])
    })

  const builds = fc.uniqueArray(
    fc.record({
      jobId: fc.integer({ min: 1, max: 30 }),
      state: fc.constantFrom(...jobStates),
      fingerprint: fc.constantFrom('a', 'b', null),
    }),
    { selector: ({ jobId }) => jobId, maxLength: 8 },
  )
  test('building exactly while a job is active; required exactly while the current one is not what is wanted; always a reason', () => {
    fc.assert(
      fc.property(builds, fc.option(fc.constantFrom('a', 'b')), fc.option(fc.constantFrom('a', 'b', null)), (made, want, current) => {
        const known = { current: current === null ? null : snapshot(1, current), wanted: want === null ? null : wanted(want) }
        const all = made.map(({ jobId, state, fingerprint }) => build(jobId, state, { fingerprint }))
        const found = conditionOf({ ...known, builds: all })
        const active = all.filter(({ finishedAt }) => finishedAt === null)
        assert.equal(found.condition === 'building', active.length > 0)
        assert.equal(found.required, want !== null && current !== want)
        assert.equal(found.anotherRequired, want !== null && active.length > 0 && active.every(({ fingerprint }) => fingerprint !== want))
        assert.ok(found.reasons.length > 0)
        if (found.condition === 'required') assert.ok(found.required)
      }),
    )
  })
})
