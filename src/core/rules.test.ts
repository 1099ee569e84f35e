// The small rules: liveness, retention, what a job waits for in words, artifact names and which snapshots may go.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isArtifactName } from './artifact.ts'
import type { WaitingFor } from './job.ts'
import { limits } from './limits.ts'
import { verdict } from './liveness.ts'
import { defaultRetention, removedBefore, settledJobStates } from './retention.ts'
import { becomesCurrent, isReaderGone, rollBackTarget, snapshotsToRemove } from './snapshots.ts'
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
    assert.deepEqual(Object.keys(defaultRetention).toSorted(), [...settledJobStates, 'snapshots'].toSorted())
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
    .array(
      fc.record({ age: fc.nat(3 * limits.snapshotKeepMs), replaced: fc.option(fc.nat(3 * limits.snapshotKeepMs)), isPinned: fc.boolean() }),
      {
        maxLength: 15,
      },
    )
    .chain((made) => fc.tuple(fc.constant(made), fc.nat(Math.max(0, made.length - 1))))
  test('I8: the current snapshot, what a roll back goes to, what is read, the newest ones and those used a short time ago always stay', () => {
    const now = 10_000_000
    fc.assert(
      fc.property(snapshots, fc.nat(6), ([made, current], count) => {
        const newestFirst = made.map(({ age, replaced, isPinned }, index) => {
          const replacedAt = replaced === null || index === current ? null : now - replaced
          return { number: made.length - index, publishedAt: now - age, replacedAt, isPinned, isCurrent: index === current }
        })
        const removed = snapshotsToRemove(newestFirst, { ageMs: limits.snapshotKeepMs, count }, now)
        for (const { isCurrent, isPinned, number, publishedAt, replacedAt } of removed) {
          assert.ok(!isCurrent && !isPinned)
          assert.notEqual(number, rollBackTarget(newestFirst)?.number)
          assert.ok(newestFirst.filter((other) => !other.isCurrent && other.number > number).length >= count)
          assert.ok(now - (replacedAt ?? publishedAt) > limits.snapshotKeepMs, 'somebody may still read it')
        }
        // And what may go does go.
        const kept = newestFirst.filter((one) => !one.isCurrent && !removed.includes(one))
        const old = kept.filter(
          ({ isPinned, publishedAt, replacedAt }) => !isPinned && now - (replacedAt ?? publishedAt) > limits.snapshotKeepMs,
        )
        assert.ok(old.length <= count + 1, 'the newest ones, and where a roll back goes')
      }),
    )
  })

  test('I8: what an earlier job built does not take the place of what a later one did', () => {
    assert.deepEqual([becomesCurrent(null, 5), becomesCurrent(4, 5), becomesCurrent(5, 5), becomesCurrent(6, 5)], [true, true, true, false])
  })

  test('a roll back goes to the newest older one; from the oldest there is none', () => {
    const kept = (current: number) => [4, 3, 1].map((number) => ({ number, isCurrent: number === current }))
    assert.deepEqual(
      [4, 3, 1, 9].map((current) => rollBackTarget(kept(current))?.number),
      [3, 1, undefined, undefined],
    )
  })

  test('a reader is gone when its process is; one of another machine, when it was not heard of for ten minutes', () => {
    const gone = (isHere: boolean, lives: boolean | null, silentMs = 0) => isReaderGone({ isHere, lives, silentMs })
    assert.deepEqual([gone(true, true, 1e9), gone(true, false), gone(true, null)], [false, true, true])
    assert.deepEqual([gone(false, null, limits.pinLeaseMs), gone(false, null, limits.pinLeaseMs + 1)], [false, true])
  })
})
