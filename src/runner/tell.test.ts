// What is told of errors that nobody waits for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../core/limits.ts'
import { tell } from './tell.ts'

function told() {
  const lines: string[] = []
  let now = 1_000
  const closing = new AbortController()
  const logger = { info() {}, warn() {}, error: (line: string) => void lines.push(line) }
  const house = { closing: closing.signal, clock: { now: () => now } as never, logger }
  return { lines, house, close: () => closing.abort(), later: (ms: number) => (now += ms) }
}

test('the same trouble is told at once, and then once in a while with how often it came', () => {
  const { lines, house, later } = told()
  for (let i = 0; i < 50; i++) tell(house, 'job 1 was dropped', `attempt ${i}`)
  tell(house, 'job 2 was dropped', 'no space')
  assert.deepEqual(lines, ['job 1 was dropped: attempt 0', 'job 2 was dropped: no space'])
  later(limits.sameTroubleMs)
  tell(house, 'job 1 was dropped', 'attempt 50')
  assert.equal(lines[2], 'job 1 was dropped (49 more times since it was last said): attempt 50')
  tell(house, 'job 2 was dropped', 'no space')
  assert.equal(lines[3], 'job 2 was dropped: no space')
})

test('however many troubles there are, a bounded number is remembered, and none is swallowed', () => {
  const { lines, house } = told()
  for (let i = 0; i < limits.troubles * 3; i++) tell(house, `trouble ${i}`, 'x')
  assert.equal(lines.length, limits.troubles * 3)
  tell(house, `trouble ${limits.troubles * 3 - 1}`, 'x')
  assert.equal(lines.length, limits.troubles * 3)
  tell(house, 'trouble 0', 'x')
  assert.equal(lines.length, limits.troubles * 3 + 1, 'forgotten, so told')
})

test('what breaks off because the runner closes is not told', () => {
  const { lines, house, close } = told()
  close()
  tell(house, 'job 1 was dropped', new Error('aborted'))
  assert.deepEqual(lines, [])
})
