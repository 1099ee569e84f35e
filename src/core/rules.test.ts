// The small rules: liveness, uniqueness, artifact names and which snapshots may go.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isArtifactName, snapshotFolder, snapshotsToRemove } from './artifact.ts'
import { jobStates } from './job.ts'
import { limits } from './limits.ts'
import { verdict } from './liveness.ts'
import { isSettled } from './transitions.ts'
import { serveSubmit } from './uniqueness.ts'

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

test('I2: the active job with the key serves a submitter, a settled one never does', () => {
  assert.equal(serveSubmit(null), 'insert')
  for (const state of jobStates) assert.deepEqual(serveSubmit({ id: 7, state }), isSettled(state) ? 'insert' : { existing: 7 })
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

  test('I8: the folder is known before publishing, and differs for every attempt', () => {
    assert.equal(snapshotFolder(12, 3), '12-3')
    assert.notEqual(snapshotFolder(1, 12), snapshotFolder(11, 2))
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
