// Several jobs in one submit: all or none, answers in the order of the questions, and each may come after others of the call.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openings } from '../../test/contract/opened.ts'
import { limits } from '../core/limits.ts'
import { defineJob } from './define-job.ts'
import type { JobToSubmit } from './holdfast.ts'

const { open } = openings('submit-many')
const any = defineJob<unknown>({ kind: 'any', command: ['true'] })
const once = defineJob({ kind: 'once', command: ['true'], unique: true })
const alone = defineJob({ kind: 'alone', command: ['true'], unique: true, uniquePolicy: 'refuse' })
const newest = defineJob<number>({ kind: 'newest', command: ['true'], unique: true, uniquePolicy: 'keepLast' })
const locked = defineJob({ kind: 'locked', command: ['true'], locks: Array.from({ length: 16 }, (_, index) => `key-${index}`) })
const opened = () => open([any, once, alone, newest, locked], { runner: false })

/** One more than one call may have. */
function manyTies(of: 'after' | 'locks'): JobToSubmit[] {
  if (of === 'locks') return Array.from({ length: Math.floor(limits.bulkTies / 16) + 1 }, () => ({ kind: locked }))
  const first = Array.from({ length: 50 }, (_, index) => named(`n-${index}`))
  const refs = first.map(({ options }) => options?.ref ?? '')
  return [...first, ...Array.from({ length: limits.bulkTies / 50 }, (_, index) => named(`m-${index}`, ...refs)), named('last', 'n-0')]
}

const named = (ref: string, ...after: (string | number)[]): JobToSubmit => ({ kind: any, input: ref, options: { ref, after } })

test('answers come in the order of the questions, wherever the refs lead', async () => {
  const holdfast = await opened()
  const answers = await holdfast.submitMany([
    named('last', 'left', 'right'),
    named('left', 'first'),
    named('right', 'first'),
    named('first'),
  ])
  assert.deepEqual(
    answers.map(({ job, created }) => [job.input, created]),
    [
      ['last', true],
      ['left', true],
      ['right', true],
      ['first', true],
    ],
  )
  const [last = 0, left = 0, right = 0, first = 0] = answers.map(({ job }) => job.id)
  const after = async (id: number) => (await holdfast.detail(id))?.after
  assert.deepEqual([await after(last), await after(left), await after(right), await after(first)], [[left, right], [first], [first], []])
})

test('jobs that were there before can be waited for as well, and options are of each', async () => {
  const holdfast = await opened()
  const before = (await holdfast.submit(any)).job.id
  const [, second] = await holdfast.submitMany([
    named('x'),
    { kind: 'any', options: { after: ['x', before], priority: 7, submittedBy: 'ana' } },
  ])
  assert.deepEqual([second?.job.priority, second?.job.submittedBy], [7, 'ana'])
  assert.equal((await holdfast.detail(second?.job.id ?? 0))?.after.length, 2)
})

test('I2: two of one call with one key are one job, new for the first of them', async () => {
  const holdfast = await opened()
  const answers = await holdfast.submitMany([{ kind: once }, { kind: once }, { kind: any }])
  assert.deepEqual(
    answers.map(({ created }) => created),
    [true, false, true],
  )
  assert.equal(answers[0]?.job.id, answers[1]?.job.id)
})

test('I2: where the newest is to win, or nobody else, two of one call with one key are refused: none of them is lost in silence', async () => {
  const holdfast = await opened()
  const before = await holdfast.count()
  const again = holdfast.submitMany([
    { kind: newest, input: 1 },
    { kind: newest, input: 2 },
  ])
  await assert.rejects(again, { code: 'invalid_input', details: { field: 'unique' } })
  await assert.rejects(holdfast.submitMany([{ kind: alone }, { kind: alone }]), { code: 'invalid_input', details: { field: 'unique' } })
  assert.deepEqual(await holdfast.count(), before)
})

test('no jobs are no jobs; the most there may be are taken', async () => {
  const holdfast = await opened()
  assert.deepEqual(await holdfast.submitMany([]), [])
  // Each after the next one, so that the order has to be found.
  const chain = Array.from({ length: limits.bulk }, (_, n) => named(`n-${n}`, ...(n + 1 < limits.bulk ? [`n-${n + 1}`] : [])))
  const answers = await holdfast.submitMany(chain)
  assert.equal(new Set(answers.map(({ job }) => job.id)).size, limits.bulk)
  assert.deepEqual((await holdfast.detail(answers[0]?.job.id ?? 0))?.after, [answers[1]?.job.id])
})

describe('refused as a whole, with the field and the place', () => {
  const wrong: [name: string, jobs: JobToSubmit[], expected: object][] = [
    ['a circle', [named('a', 'b'), named('b', 'a')], { code: 'invalid_input', message: /a → b → a/, details: { field: 'after' } }],
    ['itself', [named('a', 'a')], { code: 'invalid_input', message: /a → a/, details: { field: 'after' } }],
    ['a ref twice', [named('a'), named('a')], { code: 'invalid_input', details: { field: 'ref' } }],
    ['no such ref', [named('a'), named('b', 'c')], { code: 'invalid_input', message: /"c"/, details: { field: 'after' } }],
    ['no such job', [named('a'), named('b', 999_999)], { code: 'invalid_input', details: { field: 'after', id: 999_999 } }],
    ['no number', [named('a'), named('b', 1.5)], { code: 'invalid_input', details: { field: 'after', index: 1 } }],
    [
      'no such kind',
      [named('a'), { kind: 'nobody' }],
      { code: 'unknown_kind', message: /^jobs\[1\]: /, details: { kind: 'nobody', index: 1 } },
    ],
    ['input', [named('a'), { kind: any, input: 1n }], { code: 'invalid_input', details: { field: 'input', index: 1 } }],
    [
      'an option',
      [named('a'), { kind: any, options: { priority: 0.5 } }],
      { code: 'invalid_input', details: { field: 'priority', index: 1 } },
    ],
    [
      'a transaction of one',
      [named('a'), { kind: any, options: { transaction: {} } as object }],
      { code: 'invalid_input', details: { field: 'transaction', index: 1 } },
    ],
    [
      'no such option',
      [named('a'), { kind: any, options: { delay: 3 } as object }],
      { code: 'invalid_input', details: { field: 'delay', index: 1 } },
    ],
    [
      'no such field',
      [named('a'), { kind: any, inputs: 3 } as never],
      { code: 'invalid_input', details: { field: 'job.inputs', index: 1 } },
    ],
    ['no job', [named('a'), null as never], { code: 'invalid_input', details: { field: 'job', index: 1 } }],
    [
      'after, no list',
      [named('a'), { kind: any, options: { after: 'a' as never } }],
      { code: 'invalid_input', details: { field: 'after', index: 1 } },
    ],
    [
      'after, nothing',
      [named('a'), { kind: any, options: { after: [null] as never } }],
      { code: 'invalid_input', details: { field: 'after', index: 1 } },
    ],
    [
      'too much to wait for',
      manyTies('after'),
      { code: 'invalid_input', message: /at most 5000 together, not 5001/, details: { field: 'jobs' } },
    ],
    [
      'too many locks',
      manyTies('locks'),
      { code: 'invalid_input', message: /at most 5000 together, not 5008/, details: { field: 'jobs' } },
    ],
    ['too many', Array.from({ length: limits.bulk + 1 }, () => ({ kind: any })), { code: 'invalid_input', details: { field: 'jobs' } }],
    ['no list', { kind: any } as unknown as JobToSubmit[], { code: 'invalid_input', details: { field: 'jobs' } }],
  ]
  for (const [name, jobs, expected] of wrong)
    test(name, async () => {
      const holdfast = await opened()
      const before = await holdfast.count()
      await assert.rejects(holdfast.submitMany(jobs), expected)
      assert.deepEqual(await holdfast.count(), before)
    })

  test('a unique key that refuses', async () => {
    const holdfast = await opened()
    const { job } = await holdfast.submit(alone)
    const before = await holdfast.count()
    await assert.rejects(holdfast.submitMany([named('a'), { kind: alone }]), { code: 'active_exists', details: { id: job.id } })
    assert.deepEqual(await holdfast.count(), before)
  })
})
