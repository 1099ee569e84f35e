// I2: which job serves a submitter, by table and by a random walk of submits, starts and ends with all four policies.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type EndedAttempt, endingOf } from './ending.ts'
import type { JobState, SaidNext } from './job.ts'
import { activeStates, isSettled, nextState } from './transitions.ts'
import { type ActiveWithKey, type Served, serveSubmit, type UniquePolicy, uniquePolicies } from './uniqueness.ts'

const none: ActiveWithKey = { running: null, queued: null, queuedIsSame: false }
const running: ActiveWithKey = { ...none, running: 41 }
const queued: ActiveWithKey = { ...none, queued: 42 }
const both: ActiveWithKey = { ...none, running: 41, queued: 42 }
const asNew = (replaces: number | null, behind: number | null): Served => ({ by: 'new', replaces, behind })
const existing = (id: number): Served => ({ by: 'existing', id })

describe('I2: who serves a submitter', () => {
  const rows: [UniquePolicy, { running: Served; queued: Served; both: Served }][] = [
    ['return', { running: existing(41), queued: existing(42), both: existing(42) }],
    ['replaceQueued', { running: existing(41), queued: asNew(42, null), both: asNew(42, 41) }],
    ['keepLast', { running: asNew(null, 41), queued: asNew(42, null), both: asNew(42, 41) }],
    ['refuse', { running: { by: 'nobody', active: 41 }, queued: { by: 'nobody', active: 42 }, both: { by: 'nobody', active: 42 } }],
  ]
  for (const [policy, expected] of rows)
    test(policy, () => {
      assert.deepEqual(serveSubmit(policy, none), asNew(null, null), 'nothing is active: a new one')
      assert.deepEqual(serveSubmit(policy, running), expected.running)
      assert.deepEqual(serveSubmit(policy, queued), expected.queued)
      assert.deepEqual(serveSubmit(policy, both), expected.both)
    })

  test('a queued one that asks for the very same serves him, unless he insists on a job of his own', () => {
    for (const active of [queued, both])
      for (const policy of uniquePolicies)
        assert.deepEqual(
          serveSubmit(policy, { ...active, queuedIsSame: true }),
          policy === 'refuse' ? { by: 'nobody', active: 42 } : existing(42),
          policy,
        )
  })

  test('all policies are in the table', () => {
    assert.deepEqual(rows.map(([policy]) => policy).toSorted(), uniquePolicies.toSorted())
  })
})

test('I2: at most one running and one queued behind it, every submitter has a job that serves him, and the newest input wins', () => {
  const seen = { returned: 0, replaced: 0, behind: 0, refused: 0, superseded: 0, snoozed: 0, retried: 0, 'retry refused': 0, succeeded: 0 }
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
      const house = openHouse((what) => seen[what]++)
      for (const one of steps) {
        house.happens(one)
        house.check()
      }
    }),
    { numRuns: 300, seed: 6 },
  )
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 50, `the walk has seen it: ${what}, ${times}`)
})

type What = 'returned' | 'replaced' | 'behind' | 'refused' | 'superseded' | 'snoozed' | 'retried' | 'retry refused' | 'succeeded'
type Step =
  | { do: 'submit'; policy: UniquePolicy; input: number }
  | { do: 'claim' | 'stop' }
  | { do: 'end'; end: EndedAttempt['end']; saidNext: SaidNext | null }
  | { do: 'retry'; which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      policy: fc.constantFrom(...uniquePolicies),
      input: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('claim' as const, 'claim' as const, 'stop' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      end: fc.constantFrom<EndedAttempt['end'][]>('well', 'badly', 'badly', 'unseen'),
      saidNext: fc.constantFrom<(SaidNext | null)[]>(null, { next: 'snooze', ms: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), which: fc.nat() }) },
)

interface Known {
  id: number
  state: JobState
  input: number
  stopReason: 'cancel' | null
  attempts: number
  attemptsExcused: number
  interruptions: number
  /** The job that was running when it was submitted; it starts when that one runs no more. */
  behind: number | null
  why: string | null
}

/** All jobs with one unique key. */
function openHouse(saw: (what: What) => void) {
  const jobs: Known[] = []
  const active = () => jobs.filter((job) => activeStates.includes(job.state))
  const find = (id: number) => jobs.find((job) => job.id === id) ?? assert.fail()
  const isRunning = (job: Known) => job.state === 'running' || job.state === 'stopping'

  function happens(one: Step): void {
    if (one.do === 'submit') submit(one.policy, one.input)
    else if (one.do === 'retry') retry(one.which)
    else if (one.do === 'end') end(one)
    else if (one.do === 'stop') change(active().at(-1), 'stop asked')
    else {
      const next = jobs.find((job) => job.state === 'queued')
      if (next && (next.behind === null || !isRunning(find(next.behind)))) change(next, 'claimed')
    }
  }

  function change(job: Known | undefined, happening: 'claimed' | 'stop asked'): void {
    const state = job && nextState(job, happening)
    if (!job || !state) return
    job.state = state
    if (state === 'stopping') job.stopReason = 'cancel'
    if (happening === 'claimed') job.attempts++
  }

  function submit(policy: UniquePolicy, input: number): void {
    const [now, waiting] = [active().find(isRunning), active().find((job) => job.state === 'queued')]
    const served = serveSubmit(policy, { running: now?.id ?? null, queued: waiting?.id ?? null, queuedIsSame: waiting?.input === input })
    if (served.by === 'nobody') {
      assert.equal(policy, 'refuse')
      assert.ok(
        active().some((job) => job.id === served.active),
        'the job it is refused for is active',
      )
      saw('refused')
      return
    }
    if (served.by === 'new') insert(input, served)
    else saw('returned')
    const job = served.by === 'new' ? (jobs.at(-1) ?? assert.fail()) : find(served.id)
    assert.ok(activeStates.includes(job.state), 'a settled job serves nobody')
    if (policy === 'keepLast') assert.deepEqual([job.state, job.input], ['queued', input], 'it begins after the submit, with its input')
    if (policy === 'replaceQueued') assert.ok(isRunning(job) || job.input === input)
    if (policy === 'return' || policy === 'refuse') assert.ok(served.by === 'existing' || active().length === 1, 'never a second one')
  }

  function insert(input: number, { replaces, behind }: Extract<Served, { by: 'new' }>): void {
    if (replaces !== null) {
      const old = find(replaces)
      assert.equal(old.state, 'queued', 'only who has not begun is replaced')
      Object.assign(old, { state: nextState(old, 'replaced'), why: 'replaced' })
      saw('replaced')
    }
    if (behind !== null) saw('behind')
    const started = { attempts: 0, attemptsExcused: 0, interruptions: 0, stopReason: null, why: null } as const
    jobs.push({ id: jobs.length + 1, state: 'queued', input, behind, ...started })
  }

  function end({ end: how, saidNext }: Extract<Step, { do: 'end' }>): void {
    const job = active().find(isRunning)
    if (!job) return
    const spec = { retry: { attempts: 3, delayMs: 0, backoff: 'fixed' as const, maxDelayMs: 0 }, safeToRepeat: true }
    const failure = how === 'well' ? null : { kind: 'exit' as const, message: 'no', lastLines: [], logSeq: null }
    const newer = active().find((other) => other.state === 'queued')
    const ended = { end: how, failure, exitCode: null, saidNext }
    const ending = endingOf({ ...job, stopWhy: null, stopAskedBy: null, spec }, ended, {
      newerQueued: newer?.id ?? null,
      random: 0,
      now: 0,
    })
    if (!ending) assert.fail()
    if (newer) assert.ok(isSettled(ending.state), 'there is no place for another attempt of it')
    if (newer && `${ending.failure?.hint} ${ending.failure?.message}`.includes(`#${newer.id}`)) saw('superseded')
    if (ending.state === 'queued' && how === 'well') saw('snoozed')
    if (ending.state === 'succeeded') saw('succeeded')
    Object.assign(job, { state: ending.state, interruptions: ending.interruptions, stopReason: null })
    if (ending.excused) job.attemptsExcused++
  }

  function retry(which: number): void {
    const settled = jobs.filter((job) => nextState(job, 'retry or resume asked') !== null)
    const job = settled[which % Math.max(1, settled.length)]
    if (!job) return
    // `active_exists` of DESIGN §4.
    if (active().length > 0) {
      saw('retry refused')
      return
    }
    Object.assign(job, { state: 'queued', interruptions: 0, behind: null, why: null })
    saw('retried')
  }

  function check(): void {
    assert.ok(active().filter(isRunning).length <= 1, 'one running')
    assert.ok(active().filter((job) => job.state === 'queued').length <= 1, 'one queued')
    for (const job of jobs) assert.ok(job.why === null || job.state === 'cancelled')
  }

  return { happens, check }
}
