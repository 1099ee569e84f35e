// Who is recorded as the one who asked: himself, the program and for whom, or whom the request names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from 'hono'
import type { AppEnv } from '../context.ts'
import { askedBy } from './asked-by.ts'

const asked = (visitor: Partial<AppEnv['Variables']['visitor']>, claimed?: string) =>
  askedBy({ var: { visitor } } as Context<AppEnv>, claimed)

test('who signed in is himself, a program says for whom, and where nobody signs in the request is believed', () => {
  for (const by of ['password', 'proxy', 'app'] as const) assert.equal(asked({ name: 'ana', by }, 'eve'), 'ana')
  assert.equal(asked({ name: 'bookapp', by: 'token' }), 'bookapp')
  assert.equal(asked({ name: 'bookapp', by: 'token' }, 'cleo'), 'cleo (bookapp)')
  assert.equal(asked({ name: 'bookapp', by: 'token' }, 'bookapp'), 'bookapp')
  assert.equal(asked({ name: null, by: 'loopback' }, 'cleo'), 'cleo')
  assert.equal(asked({ name: null, by: 'loopback' }), undefined)
})

test('whatever the names are long, what is recorded fits', () => {
  const long = 'x'.repeat(200)
  for (const [name, claimed] of [
    ['y'.repeat(200), long],
    ['bookapp', long],
    [long, 'cleo'],
    [`${'x'.repeat(198)}👍`, `${'x'.repeat(98)}👍${long}`],
  ] as const) {
    const both = asked({ name, by: 'token' }, claimed) ?? ''
    assert.ok(both.length <= 200 && both.isWellFormed() && both.endsWith(')'), both)
  }
  assert.equal(asked({ name: long.repeat(3), by: 'app' })?.length, 200)
})
