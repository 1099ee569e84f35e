// What has not changed stays the same object; what is told is what is got.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { kept } from './kept.ts'

describe('kept', () => {
  test('what comes out equals what was told, whatever was before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, told) => {
        assert.deepEqual(kept(before, told), told)
      }),
    )
  })

  test('the same told again is the object of before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (before) => {
        assert.ok(Object.is(kept(before, structuredClone(before)), before) || Object.is(before, -0))
      }),
    )
  })

  test('a name that objects have by themselves is a name like any other', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const told: unknown = JSON.parse(`{"${name}":{}}`)
      assert.equal(JSON.stringify(kept({}, told)), `{"${name}":{}}`)
      assert.equal(kept(told, structuredClone(told)), told, name)
    }
  })

  test('a job that stands at another place of a list is the same job', () => {
    const [one, two] = [
      { id: 1, state: 'running' },
      { id: 2, state: 'queued' },
    ]
    const now = kept(
      [one, two],
      [
        { id: 2, state: 'queued' },
        { id: 3, state: 'queued' },
        { id: 1, state: 'stopping' },
      ],
    )
    assert.equal(now[0], two)
    assert.deepEqual(now[2], { id: 1, state: 'stopping' })
  })

  test('one that lost or won a part is another one', () => {
    const before = { a: 1, b: { c: 2 } }
    const fewer = kept(before as object, { b: { c: 2 } })
    assert.deepEqual(fewer, { b: { c: 2 } })
    assert.deepEqual(kept({ a: 1 }, { b: undefined }), { b: undefined })
    assert.equal((fewer as typeof before).b, before.b)
  })
})
