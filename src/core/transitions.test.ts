// I5: the state machine of DESIGN §4, written down a second time by hand, and walked at random.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { initial } from '../store/migrations/0001-initial.ts'
import { type JobState, jobStates, type StopReason } from './job.ts'
import { settledJobStates } from './retention.ts'
import { activeStates, type Happening, isSettled, nextState, statesBefore, transitions } from './transitions.ts'

const happenings = [...new Set(transitions.map((row) => row.happening))]
const allReasons = {
  cancel: true,
  timeout: true,
  stall: true,
  limit: true,
  resume: true,
  shutdown: true,
  lease: true,
  replaced: true,
} satisfies Record<StopReason, true>
const reasons = [null, ...(Object.keys(allReasons) as StopReason[])]

/** What follows; where that depends on why the job is being stopped: by reason, and otherwise. */
type After = JobState | ({ otherwise: JobState } & Partial<Record<StopReason, JobState>>)

// happening → what follows each state; a state that is not named does not have the happening.
const expected: Record<Happening, Partial<Record<JobState, After>>> = {
  claimed: { queued: 'running' },
  'stop asked': { queued: 'cancelled', running: 'stopping', stopping: 'stopping' },
  replaced: { queued: 'cancelled' },
  'needed job did not succeed': { queued: 'cancelled' },
  'waited too long': { queued: 'expired' },
  adopted: { running: 'running', stopping: 'stopping' },
  'ended well': { running: 'succeeded', stopping: 'succeeded' },
  'ended well, output refused': { running: 'failed', stopping: 'failed' },
  'ended badly, tries left': { running: 'queued', stopping: { otherwise: 'queued', cancel: 'cancelled' } },
  'ended badly': { running: 'failed', stopping: { otherwise: 'failed', cancel: 'cancelled', resume: 'queued', shutdown: 'queued' } },
  snoozed: { running: 'queued', stopping: { otherwise: 'queued', cancel: 'cancelled' } },
  superseded: { running: 'failed', stopping: 'failed' },
  'snoozed, superseded': { running: 'cancelled', stopping: 'cancelled' },
  'process gone without an exit record, safe to repeat': { running: 'queued', stopping: { otherwise: 'queued', cancel: 'cancelled' } },
  'process gone without an exit record, once too often': { running: 'failed', stopping: { otherwise: 'failed', cancel: 'cancelled' } },
  'process gone without an exit record': { running: 'interrupted', stopping: { otherwise: 'interrupted', cancel: 'cancelled' } },
  'retry or resume asked': { failed: 'queued', cancelled: 'queued', interrupted: 'queued', expired: 'queued' },
}

function expectedAfter(state: JobState, stopReason: StopReason | null, happening: Happening): JobState | null {
  const after = expected[happening][state] ?? null
  if (after === null || typeof after === 'string') return after
  return (stopReason === null ? undefined : after[stopReason]) ?? after.otherwise
}

describe('transitions', () => {
  for (const happening of happenings) {
    for (const state of jobStates) {
      const after = expected[happening][state] ?? null
      test(`${state}, ${happening}: ${after === null ? 'does not apply' : JSON.stringify(after)}`, () => {
        for (const stopReason of reasons)
          assert.equal(
            nextState({ state, stopReason }, happening),
            expectedAfter(state, stopReason, happening),
            `stopped for ${stopReason}`,
          )
      })
    }
  }

  test('every row of the table is in the list by hand, and the other way round', () => {
    assert.deepEqual(happenings.toSorted(), Object.keys(expected).toSorted())
  })

  test('every row is the first that fits somewhere: none is shadowed by an earlier one', () => {
    for (const row of transitions) {
      const marked = transitions.map((one) => (one === row ? { ...one, to: 'marked' } : one))
      const isFirst = jobStates.some((state) =>
        reasons.some((reason) => firstRow(marked, { state, reason, happening: row.happening })?.to === 'marked'),
      )
      assert.ok(isFirst, JSON.stringify(row))
    }
  })

  test('and it is the first for every state and reason it names', () => {
    for (const row of transitions.filter(({ reasons: only }) => only !== undefined))
      for (const state of row.from)
        for (const reason of row.reasons ?? [])
          assert.equal(firstRow(transitions, { state, reason, happening: row.happening }), row, `${state}, ${reason}, ${row.happening}`)
  })

  test('I5: a settled job changes only when a person asks for a retry or resume, and a success not even then', () => {
    for (const state of jobStates.filter(isSettled))
      for (const happening of happenings)
        for (const stopReason of reasons) {
          const isAsked = happening === 'retry or resume asked' && state !== 'succeeded'
          assert.equal(nextState({ state, stopReason }, happening), isAsked ? 'queued' : null, `${state}, ${happening}`)
        }
  })

  test('nobody can retry what is not settled', () => {
    for (const state of activeStates)
      for (const stopReason of reasons) assert.equal(nextState({ state, stopReason }, 'retry or resume asked'), null)
  })

  test('a stopping job of any reason leaves that state by every way its process can end (I11), and cancelled never runs again', () => {
    for (const stopReason of reasons)
      for (const happening of happenings.filter((one) => /ended|snoozed|gone/.test(one))) {
        const after = nextState({ state: 'stopping', stopReason }, happening)
        assert.ok(after !== null && after !== 'stopping' && after !== 'running', `${stopReason}, ${happening}: ${after}`)
        if (stopReason === 'cancel') assert.ok(isSettled(after), `${happening}: ${after}`)
        else if (happening !== 'snoozed, superseded') assert.notEqual(after, 'cancelled', `${stopReason}, ${happening}`)
      }
  })

  test('why an earlier attempt was stopped says nothing of a job that is not being stopped', () => {
    for (const state of jobStates.filter((one) => one !== 'stopping'))
      for (const happening of happenings)
        for (const stopReason of reasons)
          assert.equal(nextState({ state, stopReason }, happening), nextState({ state, stopReason: null }, happening))
  })

  test('every state is either active or settled, and the statements ask for exactly the states a happening applies to', () => {
    for (const state of jobStates) assert.equal(isSettled(state), !activeStates.includes(state), state)
    assert.deepEqual(settledJobStates.toSorted(), jobStates.filter(isSettled).toSorted())
    for (const happening of happenings)
      assert.deepEqual(statesBefore(happening).toSorted(), Object.keys(expected[happening]).toSorted(), happening)
  })

  test('every state is reached from queued, every way on from there, and every active state can settle', () => {
    const reached = reachedFrom('queued')
    assert.deepEqual([...reached].toSorted(), jobStates.toSorted())
    for (const state of activeStates) assert.ok([...reachedFrom(state)].some(isSettled), state)
    for (const state of ['succeeded', 'failed', 'cancelled', 'interrupted'] as const) assert.ok(reachedFrom('running').has(state), state)
  })

  test('I5: no walk leaves the states the schema allows, and none goes on after it settled unless a person asks', () => {
    const allowed: readonly string[] = /state in \(([^)]*)\)\)/.exec(initial.text)?.[1]?.match(/\w+/g) ?? []
    assert.deepEqual(allowed.toSorted(), jobStates.toSorted())
    const used = new Set<string>()
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...happenings), fc.constantFrom(...reasons)), { minLength: 20, maxLength: 60, size: 'max' }),
        (steps) => {
          let job: { state: JobState; stopReason: StopReason | null } = { state: 'queued', stopReason: null }
          for (const [happening, reason] of steps) {
            const after = nextState(job, happening)
            if (after === null) continue
            used.add(`${job.state}, ${happening}`)
            assert.ok(allowed.includes(after), after)
            assert.ok(!isSettled(job.state) || happening === 'retry or resume asked', `${job.state}, ${happening}: ${after}`)
            assert.ok(job.state === 'queued' || after !== 'running' || happening === 'adopted', 'only a queued job begins')
            // The reason of a stop is forgotten when the attempt is over.
            job = { state: after, stopReason: after === 'stopping' ? (job.stopReason ?? reason ?? 'cancel') : null }
          }
        },
      ),
      { numRuns: 1_000, seed: 3 },
    )
    const applies = happenings.flatMap((happening) => statesBefore(happening).map((state) => `${state}, ${happening}`))
    assert.deepEqual([...used].toSorted(), applies.toSorted(), 'the walk has been everywhere')
  })
})

interface Asked {
  state: JobState
  reason: StopReason | null
  happening: Happening
}

type Row = { from: readonly JobState[]; happening: Happening; reasons?: readonly StopReason[]; to: string }

function firstRow(rows: readonly Row[], { state, reason, happening }: Asked): Row | undefined {
  return rows.find(
    (row) => row.happening === happening && row.from.includes(state) && (!row.reasons || (reason !== null && row.reasons.includes(reason))),
  )
}

function reachedFrom(start: JobState): Set<JobState> {
  const reached = new Set([start])
  for (const state of reached)
    for (const happening of happenings)
      for (const stopReason of reasons) {
        const after = nextState({ state, stopReason }, happening)
        if (after !== null) reached.add(after)
      }
  return reached
}
