// The small rules: liveness, retention, what a job waits for in words, artifact names and which snapshots may go.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isArtifactName, snapshotsToRemove } from './artifact.ts'
import type { WaitingFor } from './job.ts'
import { limits } from './limits.ts'
import { verdict } from './liveness.ts'
import { defaultRetention, removedBefore, settledJobStates } from './retention.ts'
import { waitingWords } from './waiting.ts'

describe('liveness', () => {
  const rows: [number | null, boolean, boolean, string][] = [
    [null, true, true, 'running'],
    [null, true, false, 'running'],
    [null, false, true, 'vanished'],
    [null, false, false, 'never began'],
    [0, false, true, 'ended'],
    [7, true, true, 'ended with leftovers'],
  ]
  for (const [exitCode, alive, began, expected] of rows)
    test(`exit record ${exitCode}, ${alive ? 'held' : 'let go'}, ${began ? 'began' : 'did not begin'}: ${expected}`, () => {
      assert.equal(verdict({ exitCode, alive, began }), expected)
    })
})

describe('retention', () => {
  test('a job is removed when it is older than its age, by the instant before which it settled; without an age never', () => {
    assert.equal(removedBefore({ ageMs: 1_000, count: null }, 5_000), 4_000)
    assert.equal(removedBefore({ ageMs: 0, count: null }, 5_000), 5_000)
    assert.equal(removedBefore({ ageMs: null, count: 3 }, 5_000), null)
  })

  test('every settled state is bounded by age and count unless the app says otherwise, and failures stay longest', () => {
    assert.deepEqual(Object.keys(defaultRetention).toSorted(), settledJobStates.toSorted())
    for (const state of settledJobStates) {
      const { ageMs, count } = defaultRetention[state]
      assert.ok(ageMs !== null && ageMs > 0 && count !== null && count > 0, state)
      assert.ok(ageMs <= (defaultRetention.failed.ageMs ?? 0), state)
    }
  })
})

describe('what a job waits for, in words', () => {
  const rows: [WaitingFor, string][] = [
    [{ for: 'time', until: 5 }, 'scheduled for later'],
    [{ for: 'key', key: 'server:3', heldBy: [41] }, 'waiting for key `server:3`, held by #41'],
    [{ for: 'key', key: 'gpu', heldBy: [41, 42] }, 'waiting for key `gpu`, held by #41, #42'],
    [{ for: 'key', key: 'gpu', heldBy: [] }, 'waiting for key `gpu`, in line behind an earlier job'],
    [{ for: 'unique key', heldBy: [41] }, 'waiting for #41, which has the same unique key'],
    [{ for: 'job', jobs: [7, 8] }, 'waiting for #7, #8 to succeed'],
    [{ for: 'queue paused', queue: 'night', by: null }, 'queue night is paused'],
    [{ for: 'queue paused', queue: 'night', by: 'Ada' }, 'queue night is paused by Ada'],
    [{ for: 'kind paused', by: 'Ada' }, 'this job type is paused by Ada'],
    [{ for: 'queue full', queue: 'night', concurrency: 2 }, 'queue night runs 2 at a time'],
    [{ for: 'runner that knows this kind' }, 'no runner knows this job type'],
    [{ for: 'slot' }, 'waiting for a free slot of a runner'],
  ]
  for (const [waiting, words] of rows) test(words, () => assert.equal(waitingWords(waiting), words))
})

describe('artifacts', () => {
  test('names are safe as folders', () => {
    for (const name of ['watch-index', 'a', '0', 'taste_profile.v2', 'x'.repeat(100)]) assert.ok(isArtifactName(name), name)
    for (const name of ['', '.', '..', '.hidden', '-rf', 'a/b', 'a\\b', 'a..b', 'A', 'a b', 'ä', 'a\n', 'a\0', 'x'.repeat(101)])
      assert.ok(!isArtifactName(name), JSON.stringify(name))
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (name) => {
        if (isArtifactName(name)) assert.match(name, /^[a-z0-9][a-z0-9._-]*$/)
      }),
    )
  })

  const snapshots = fc
    .array(fc.nat(3 * limits.snapshotKeepMs), { maxLength: 15 })
    .chain((ages) => fc.tuple(fc.constant(ages.toSorted((a, b) => a - b)), fc.nat(Math.max(0, ages.length - 1))))
  test('I8: the current snapshot, the newest ones and those replaced a short time ago always stay', () => {
    const now = 10_000_000
    fc.assert(
      fc.property(snapshots, ([ages, current]) => {
        const newestFirst = ages.map((age, index) => ({ publishedAt: now - age, isCurrent: index === current, index }))
        const removed = snapshotsToRemove(newestFirst, now)
        for (const { isCurrent, index } of removed) {
          assert.ok(!isCurrent)
          assert.ok(index > limits.snapshotsKept)
          assert.ok(now - newestFirst[index - 1]!.publishedAt > limits.snapshotKeepMs, 'somebody may still read it')
        }
        const old = newestFirst.filter(({ index }) => index > limits.snapshotsKept && ages[index - 1]! > limits.snapshotKeepMs)
        assert.deepEqual(
          removed,
          old.filter(({ isCurrent }) => !isCurrent),
          'and what may go does go',
        )
      }),
    )
  })
})
