// I5: the state machine of DESIGN §4, written down a second time by hand, and walked at random.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { initial } from '../store/migrations/0001-initial.ts'
import { type JobState, jobStates, type StopReason } from './job.ts'
import { activeStates, type Happening, isSettled, nextState, statesBefore, transitions } from './transitions.ts'

const happenings = [...new Set(transitions.map((row) => row.happening))]
const reasons: (StopReason | null)[] = [null, 'cancel', 'timeout', 'stall', 'limit', 'resume', 'shutdown', 'lease', 'replaced']

// happening → the state that follows each state; a state that is not named does not have the happening.
const expected: Record<Happening, Partial<Record<JobState, JobState>>> = {
  claimed: { queued: 'running' },
  'cancel asked': { queued: 'cancelled', running: 'stopping', stopping: 'stopping' },
  adopted: { running: 'running', stopping: 'stopping' },
  'ended well': { running: 'succeeded', stopping: 'succeeded' },
  'ended well, output refused': { running: 'failed', stopping: 'failed' },
  'ended badly': { running: 'failed', stopping: 'cancelled' },
  'process gone without an exit record': { running: 'interrupted', stopping: 'cancelled' },
}

describe('transitions', () => {
  for (const happening of happenings) {
    for (const state of jobStates) {
      const after = expected[happening][state] ?? null
      test(`${state}, ${happening}: ${after ?? 'does not apply'}`, () => {
        assert.equal(nextState({ state, stopReason: state === 'stopping' ? 'cancel' : null }, happening), after)
      })
    }
  }

  test('every row of the table is in the list by hand, and the other way round', () => {
    assert.deepEqual(happenings.toSorted(), Object.keys(expected).toSorted())
  })

  test('I5: a settled job changes by nothing that happens', () => {
    for (const state of jobStates.filter(isSettled))
      for (const happening of happenings)
        for (const stopReason of reasons) assert.equal(nextState({ state, stopReason }, happening), null, `${state}, ${happening}`)
  })

  test('a stop for another reason than cancel is no cancellation', () => {
    for (const stopReason of reasons.filter((reason) => reason !== 'cancel')) {
      assert.equal(nextState({ state: 'stopping', stopReason }, 'ended badly'), 'failed')
      assert.equal(nextState({ state: 'stopping', stopReason }, 'process gone without an exit record'), 'interrupted')
    }
  })

  test('every state is either active or settled, and the statements ask for exactly the states a happening applies to', () => {
    for (const state of jobStates) assert.equal(isSettled(state), !activeStates.includes(state), state)
    for (const happening of happenings)
      assert.deepEqual(statesBefore(happening).toSorted(), Object.keys(expected[happening]).toSorted(), happening)
  })

  test('I5: no walk leaves the states the schema allows, and none goes on after it settled', () => {
    const allowed: readonly string[] = /state in \(([^)]*)\)\)/.exec(initial.text)?.[1]?.match(/\w+/g) ?? []
    assert.deepEqual(allowed.toSorted(), jobStates.toSorted())
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...happenings), fc.constantFrom(...reasons)), { maxLength: 40 }), (steps) => {
        let state: JobState = 'queued'
        for (const [happening, stopReason] of steps) {
          const after = nextState({ state, stopReason }, happening)
          assert.ok(after === null || (!isSettled(state) && allowed.includes(after)), `${state}, ${happening}: ${after}`)
          state = after ?? state
        }
      }),
    )
  })
})
