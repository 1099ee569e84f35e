// What a job says of itself: garbage never fails it, nothing it says is unbounded, and a phase never goes backwards.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Progress, SaidNext } from './job.ts'
import { limits } from './limits.ts'
import { closedProgress, heard, type JobSays, parseEvent, saidAt, withEvent } from './progress.ts'

const report = (done: number | null, rest: { total?: number; unit?: string; message?: string } = {}) =>
  ({ says: 'progress', done, total: rest.total ?? null, unit: rest.unit ?? null, message: rest.message ?? null }) as const
const error = (next: SaidNext | null) => ({ says: 'error', message: 'no model', next }) as const
const phase = (name: string, index: number | null = null, of: number | null = null) => ({ says: 'phase', name, index, of }) as const

describe('parseEvent', () => {
  const cases: [string, unknown][] = [
    ['{"progress":{"done":420,"total":1000,"unit":"frames","message":"go"}}', report(420, { total: 1000, unit: 'frames', message: 'go' })],
    ['{"progress":{"done":0}}', report(0)],
    ['{"progress":{}}', report(null)],
    ['{"progress":{"done":-1,"total":"9","unit":"","message":7}}', report(null)],
    ['{"progress":{"done":1e999}}', report(null)],
    ['{"phase":{"name":"Embed","index":2,"of":5}}', phase('Embed', 2, 5)],
    ['{"phase":{"name":""}}', null],
    ['{"phase":"Embed"}', null],
    ['{"heartbeat":{"seq":420}}', { says: 'heartbeat' }],
    ['{"checkpoint":null}', { says: 'checkpoint', value: null }],
    ['{"result":{"films":3}}', { says: 'result', value: { films: 3 } }],
    ['{"error":{"message":"no model"}}', error(null)],
    ['{"error":{"message":"no model","retry":false}}', error({ next: 'never' })],
    ['{"error":{"message":"no model","retry":true}}', error(null)],
    ['{"error":{"message":"no model","retryAfterMs":2000}}', error({ next: 'later', ms: 2_000 })],
    ['{"error":{"message":"no model","retryAfterMs":1e30}}', error({ next: 'later', ms: limits.retryDelayMs })],
    ['{"error":{"message":"no model","retryAfterMs":"soon"}}', error(null)],
    ['{"error":{"message":"no model","retry":false,"retryAfterMs":2000}}', error({ next: 'never' })],
    ['{"error":{"retry":false}}', null],
    ['{"snooze":{"ms":2000.4}}', { says: 'snooze', ms: 2_000 }],
    ['{"snooze":{"ms":1e30}}', { says: 'snooze', ms: limits.retryDelayMs }],
    ['{"snooze":2000}', null],
    ['{"error":"no model"}', null],
    ['{"progress":{"done":1}', null],
    ['[{"result":1}]', null],
    ['null', null],
    ['', null],
  ]
  for (const [line, event] of cases)
    test(line === '' ? 'an empty line' : line, () => assert.deepEqual(parseEvent(line), event && { event, at: null }))

  test('garbage is understood as nothing, never thrown', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => void parseEvent(line)))
    fc.assert(fc.property(fc.json(), (line) => void parseEvent(line)))
    fc.assert(
      fc.property(
        fc.constantFrom('progress', 'phase', 'heartbeat', 'checkpoint', 'result', 'error', 'snooze'),
        fc.jsonValue(),
        (name, value) => {
          const event = parseEvent(JSON.stringify({ [name]: value }))?.event
          if (event?.says !== 'progress' && event?.says !== 'phase' && event?.says !== 'snooze') return
          for (const part of Object.values(event)) {
            if (typeof part === 'number') assert.ok(part >= 0 && Number.isFinite(part))
            if (typeof part === 'string') assert.ok(part.length <= limits.progressText)
          }
        },
      ),
    )
  })

  test('when it was said: the job has the word, within what can be', () => {
    const said = (at: unknown) => parseEvent(JSON.stringify({ heartbeat: {}, at })) ?? assert.fail()
    const before = { phase: null, done: null, total: null, unit: null, message: null, phases: [], updatedAt: 100 }
    for (const [at, expected] of [
      [150, 150],
      [50, 100],
      [900, 200],
      ['soon', 200],
      [undefined, 200],
    ])
      assert.equal(saidAt(said(at), before, 200), expected, String(at))
  })

  test('long texts are cut to the bound', () => {
    const long = 'x'.repeat(limits.progressText + 1)
    const cut = long.slice(1)
    assert.deepEqual(parseEvent(JSON.stringify({ phase: { name: long } }))?.event, phase(cut))
    assert.deepEqual(
      parseEvent(JSON.stringify({ progress: { unit: long, message: long } }))?.event,
      report(null, { unit: cut, message: cut }),
    )
  })
})

const someEvent = fc.oneof(
  fc.record({
    says: fc.constant('progress' as const),
    done: fc.option(fc.nat(1_000)),
    total: fc.option(fc.nat(1_000)),
    unit: fc.option(fc.string()),
    message: fc.option(fc.string()),
  }),
  fc.record({
    says: fc.constant('phase' as const),
    name: fc.constantFrom('Read', 'Embed', 'Write'),
    index: fc.option(fc.nat(5)),
    of: fc.constant(null),
  }),
  fc.constant({ says: 'heartbeat' as const }),
  fc.constant({ says: 'result' as const, value: null }),
)

describe('withEvent', () => {
  test('what is not said again stays', () => {
    const first = withEvent(null, report(3, { total: 10, unit: 'films', message: 'a' }), 1)
    const second = withEvent(first, report(4), 2)
    assert.deepEqual(second, { ...first, done: 4, updatedAt: 2 })
  })

  test('a new phase starts without amounts, and closes the one before', () => {
    const before = withEvent(withEvent(null, phase('Read', 1, 2), 1), report(9, { total: 9, unit: 'films', message: 'a' }), 2)
    assert.deepEqual(withEvent(before, phase('Embed', 2, 2), 5), {
      phase: { name: 'Embed', index: 2, of: 2 },
      done: null,
      total: null,
      unit: null,
      message: null,
      phases: [
        { name: 'Read', startedAt: 1, finishedAt: 5 },
        { name: 'Embed', startedAt: 5, finishedAt: null },
      ],
      updatedAt: 5,
    })
  })

  test('the same phase said again keeps its amounts and its start', () => {
    const before = withEvent(withEvent(null, phase('Read', 1, 3), 1), report(9), 2)
    const again = withEvent(before, phase('Read', 1, 4), 3)
    assert.deepEqual([again?.done, again?.phase?.of, again?.phases], [9, 4, [{ name: 'Read', startedAt: 1, finishedAt: null }]])
  })

  test('other events leave progress as it is', () => {
    assert.equal(withEvent(null, { says: 'heartbeat' }, 1), null)
    const before = withEvent(null, report(3), 1)
    assert.equal(withEvent(before, { says: 'result', value: 1 }, 2), before)
  })

  test('property: never backwards within a phase, one open phase at most, in order of time, bounded', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 150 }), (events) => {
        let before: Progress | null = null
        for (const [now, event] of events.entries()) {
          const after: Progress | null = withEvent(before, event, now)
          if (before !== null && after !== null && after.phase?.name === before.phase?.name)
            assert.ok((after.done ?? 0) >= (before.done ?? 0))
          const open = after?.phases.filter((span) => span.finishedAt === null) ?? []
          assert.deepEqual(
            open.map((span) => span.name),
            after?.phase ? [after.phase.name] : [],
          )
          assert.ok((after?.phases.length ?? 0) <= limits.phases)
          const spans = after?.phases ?? []
          for (const [place, span] of spans.entries())
            assert.ok(span.startedAt >= (spans[place - 1]?.startedAt ?? 0) && (span.finishedAt ?? now) >= span.startedAt)
          before = after
        }
        assert.ok(closedProgress(before, events.length)?.phases.every((span) => span.finishedAt !== null) ?? true)
      }),
    )
  })

  test('the oldest phases are forgotten, not the newest', () => {
    let progress: Progress | null = null
    for (let index = 0; index < limits.phases + 7; index++) progress = withEvent(progress, phase(`p${index}`), index)
    assert.equal(progress?.phases.length, limits.phases)
    assert.deepEqual([progress.phases[0]?.name, progress.phases.at(-1)?.name], ['p7', `p${limits.phases + 6}`])
  })
})

describe('heard', () => {
  const say = (event: JobSays, at: number) => ({ event, at })

  test('I9: a checkpoint stands where the job was when it saved, whatever it says in the same breath', () => {
    const before = withEvent(null, phase('Read', 1, 2), 1)
    const saves = (value: number, at: number) => say({ says: 'checkpoint', value }, at)
    const said = [say(report(3, { total: 10, unit: 'films' }), 2), saves(3, 3), say(report(4), 4), say(phase('Embed', 2, 2), 5)]
    const { checkpoint, progress } = heard(said, before, 9)
    assert.deepEqual(checkpoint, { value: 3, saved: { at: 3, phase: 'Read', done: 3, total: 10, unit: 'films' } })
    assert.equal(progress?.phase?.name, 'Embed')
    const newest = heard([...said, saves(4, 6)], before, 9).checkpoint
    assert.deepEqual(newest, { value: 4, saved: { at: 6, phase: 'Embed', done: null, total: null, unit: null } })
  })

  test('a job that says nothing of how far it is has saved all the same', () => {
    const { checkpoint, progress } = heard([say({ says: 'checkpoint', value: 'a' }, 5)], null, 9)
    assert.deepEqual(checkpoint, { value: 'a', saved: { at: 5, phase: null, done: null, total: null, unit: null } })
    assert.equal(progress, undefined)
  })
})
