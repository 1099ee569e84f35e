// What a job throws to say what becomes of it: an error that is read by its brand, not by its class.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doNotRetry, retryLater, saidNextOf, snooze } from './next-attempt.ts'

test('each says what it says, and is an error with its sentence', () => {
  assert.deepEqual(saidNextOf(doNotRetry('no sound')), { next: 'never' })
  assert.deepEqual(saidNextOf(retryLater(60_000, 'asked to wait')), { next: 'later', ms: 60_000 })
  assert.deepEqual(saidNextOf(snooze(0)), { next: 'snooze', ms: 0 })
  const messages = [doNotRetry('no sound'), retryLater(1, 'asked to wait'), retryLater(1)].map(
    (error) => error instanceof Error && error.message,
  )
  assert.deepEqual(messages, ['no sound', 'asked to wait', 'to be tried again later'])
})

test('any other thrown value says nothing', () => {
  for (const thrown of [new Error('x'), 'x', null, undefined, 7, { next: 'never' }]) assert.equal(saidNextOf(thrown), null)
})

test('another copy of this module is understood, as an app that has its own would have it', async () => {
  const copy: typeof import('./next-attempt.ts') = await import(`./next-attempt.ts?${'copy'}`)
  assert.notEqual(copy.doNotRetry, doNotRetry)
  assert.deepEqual(saidNextOf(copy.doNotRetry('theirs')), { next: 'never' })
})

test('milliseconds that are none are refused where they are written', () => {
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1000' as unknown as number]) {
    assert.throws(() => snooze(ms), { name: 'TypeError', message: /ms must be milliseconds/ })
    assert.throws(() => retryLater(ms), { name: 'TypeError' })
  }
})
