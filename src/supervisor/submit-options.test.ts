// What a submit may ask for besides its input: when, how urgent, after whom, under which keys. Without a runner: what is recorded is looked at.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openings } from '../../test/contract/opened.ts'
import { defineJob, type LockOption } from './define-job.ts'
import type { Holdfast, SubmitOptions } from './holdfast.ts'

const { open } = openings('submit-options')

const any = defineJob({ kind: 'any', command: ['true'], queue: 'slow', priority: 5, expireAfterMs: 60_000 })
const locked = defineJob<LockOption[]>({ kind: 'locked', command: ['true'], locks: (locks) => locks })

interface Numbered {
  key: string
  n: number
}
const byPolicy = (['return', 'replaceQueued', 'keepLast', 'refuse'] as const).map((uniquePolicy) =>
  defineJob<Numbered>({ kind: uniquePolicy, command: ['true'], unique: ({ key }) => key, uniquePolicy }),
)
const keyed = defineJob<unknown>({ kind: 'keyed', command: ['true'], unique: (key) => key as string })
const opened = () => open([any, locked, keyed, ...byPolicy], { runner: false })

const wrong: [field: string, options: object][] = [
  ['priority', { priority: 1.5 }],
  ['priority', { priority: 'high' }],
  ['availableAt', { availableAt: Number.NaN }],
  ['availableAt', { availableAt: new Date('never') }],
  ['availableAt', { availableAt: '2030-01-01' }],
  ['availableAt', { availableAt: Number.POSITIVE_INFINITY }],
  ['availableAt', { availableAt: '5' }],
  ['delay', { delay: 1_000 }],
  ['options', []],
  ['expireAfterMs', { expireAfterMs: '10' }],
  ['expireAfterMs', { expireAfterMs: 0 }],
  ['expireAfterMs', { expireAfterMs: Number.POSITIVE_INFINITY }],
  ['after', { after: 3 }],
  ['after', { after: ['first'] }],
  ['after', { after: [0] }],
  ['after', { after: [999_999] }],
  ['name', { name: 3 }],
  ['name', { name: 'a\0b' }],
  ['name', { name: 'x'.repeat(201) }],
  ['submittedBy', { submittedBy: { id: 3 } }],
  ['submittedBy', { submittedBy: 'x'.repeat(201) }],
]

describe('an option that is wrong is refused by its name, and nothing is written', () => {
  for (const [field, options] of wrong)
    test(`${field}: ${JSON.stringify(options).slice(0, 60)}`, async () => {
      const holdfast = await opened()
      const before = await holdfast.count()
      await assert.rejects(holdfast.submit(any, null, options as SubmitOptions), (error: { code: string; details: { field?: string } }) => {
        assert.deepEqual([error.code, error.details.field], ['invalid_input', field])
        return true
      })
      assert.deepEqual(await holdfast.count(), before)
    })
})

describe('when and how urgent', () => {
  test('the kind says, the submit says otherwise', async () => {
    const holdfast = await opened()
    const { job } = await holdfast.submit(any)
    assert.deepEqual([job.queue, job.priority, job.expireAt], ['slow', 5, job.availableAt + 60_000])
    const at = Date.now() + 3_600_000
    const other = (await holdfast.submit(any, null, { priority: -1, availableAt: new Date(at), expireAfterMs: 10, submittedBy: 'ana' })).job
    assert.deepEqual([other.priority, other.availableAt, other.expireAt, other.submittedBy, other.hold], [-1, at, at + 10, 'ana', 'time'])
    assert.deepEqual((await holdfast.get(other.id))?.waitingFor, { for: 'time', until: at })
  })

  test('times are whole milliseconds, and not earlier than asked for', async () => {
    const holdfast = await opened()
    const at = Date.now() + 3_600_000
    const { job } = await holdfast.submit(any, null, { availableAt: at + 0.1, expireAfterMs: 9.5 })
    assert.deepEqual([job.availableAt, job.expireAt], [at + 1, at + 11])
  })

  test('what waits for jobs has no end to wait for until it could begin', async () => {
    const holdfast = await opened()
    const first = (await holdfast.submit(any)).job.id
    const { job } = await holdfast.submit(any, null, { after: [first], expireAfterMs: 50 })
    assert.deepEqual([job.hold, job.expireAt], ['job', null])
  })

  test('a time that is over is now', async () => {
    const holdfast = await opened()
    const { job } = await holdfast.submit(any, null, { availableAt: 0 })
    assert.ok(job.availableAt >= job.submittedAt && job.hold === 'ready')
  })

  test('after: it waits for them, each once, and says so', async () => {
    const holdfast = await opened()
    const first = (await holdfast.submit(any)).job.id
    const { job } = await holdfast.submit(any, null, { after: [first, first] })
    const waiting = await holdfast.detail(job.id)
    assert.deepEqual([waiting?.hold, waiting?.waitingFor, waiting?.after], ['job', { for: 'job', jobs: [first] }, [first]])
  })
})

describe('I2: a second submit with a key', () => {
  const submit = async (holdfast: Holdfast, kind: string, n: number, key = `${kind}-${n}`) => holdfast.submit(kind, { key, n })

  test('return and keepLast with the same input: the one that is queued', async () => {
    const holdfast = await opened()
    for (const kind of ['return', 'keepLast', 'replaceQueued']) {
      const first = await submit(holdfast, kind, 1, 'same')
      const second = await submit(holdfast, kind, 1, 'same')
      assert.deepEqual([first.created, second.created, second.job.id], [true, false, first.job.id], kind)
    }
  })

  test('return: also with another input', async () => {
    const holdfast = await opened()
    const first = await submit(holdfast, 'return', 1, 'other')
    assert.equal((await submit(holdfast, 'return', 2, 'other')).job.id, first.job.id)
  })

  for (const kind of ['replaceQueued', 'keepLast'])
    test(`${kind}: another input takes the place of the queued one, which says by whom`, async () => {
      const holdfast = await opened()
      const first = await submit(holdfast, kind, 1, 'place')
      const second = await submit(holdfast, kind, 2, 'place')
      assert.deepEqual([second.created, second.job.id === first.job.id], [true, false])
      const replaced = await holdfast.get(first.job.id)
      assert.deepEqual([replaced?.state, replaced?.failure?.kind], ['cancelled', 'replaced'])
      assert.equal(replaced?.failure?.message, `Replaced by #${second.job.id}`)
    })

  test('refuse: an error that names the active job', async () => {
    const holdfast = await opened()
    const first = await submit(holdfast, 'refuse', 1, 'one')
    await assert.rejects(submit(holdfast, 'refuse', 2, 'one'), { code: 'active_exists', details: { id: first.job.id } })
    assert.equal((await submit(holdfast, 'refuse', 2, 'two')).created, true)
  })

  test('a job cannot come after the one that it replaces', async () => {
    const holdfast = await opened()
    const first = await submit(holdfast, 'keepLast', 1, 'circle')
    const again = holdfast.submit('keepLast', { key: 'circle', n: 2 }, { after: [first.job.id] })
    await assert.rejects(again, { code: 'invalid_input', details: { field: 'after', id: first.job.id } })
    assert.equal((await holdfast.get(first.job.id))?.state, 'queued')
  })

  test('a key that is none is refused', async () => {
    const holdfast = await opened()
    for (const [key, code] of [
      ['', 'invalid_input'],
      ['x'.repeat(201), 'invalid_input'],
      ['a\0', 'invalid_input'],
      [3, 'invalid_config'],
      [null, 'invalid_config'],
    ])
      await assert.rejects(holdfast.submit(keyed, key), { code, details: { field: 'unique' } }, String(key))
  })
})

describe('lock keys', () => {
  test('a text is exclusive, a limit is shared; the same key twice is one', async () => {
    const holdfast = await opened()
    const lists: [LockOption[], object[]][] = [
      [['a'], [{ key: 'a', mode: 'exclusive' }]],
      [[{ key: 'a', limit: 2 }], [{ key: 'a', mode: 'shared', limit: 2 }]],
      [['a', { key: 'a', mode: 'shared' }], [{ key: 'a', mode: 'exclusive' }]],
      [[{ key: 'a', mode: 'shared' }, 'a'], [{ key: 'a', mode: 'exclusive' }]],
      [
        [
          { key: 'a', limit: 2 },
          { key: 'a', mode: 'shared' },
        ],
        [{ key: 'a', mode: 'shared', limit: 2 }],
      ],
      [[], []],
    ]
    for (const [asked, locks] of lists) assert.deepEqual((await holdfast.submit(locked, asked)).job.locks, locks)
  })

  test('what the function returns is checked', async () => {
    const holdfast = await opened()
    const lists: unknown[] = [null, 'a', [''], [{}], [null], [1], ['unique/a'], [{ key: 'a', mode: 'x' }], [{ key: 'a', limit: 1.5 }]]
    for (const asked of lists)
      await assert.rejects(holdfast.submit(locked, asked as LockOption[]), { code: 'invalid_config', details: { field: 'locks' } })
  })
})
