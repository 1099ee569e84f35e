// The fake clock: nothing passes but what a test lets pass, and whatever waits wakes in order.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fakeClock } from './fake-clock.ts'

describe('fakeClock', () => {
  test('stands still, and wakes in order what is due when it is advanced', async () => {
    const clock = fakeClock(1_000)
    const woken: [string, number][] = []
    for (const [name, ms] of [
      ['late', 50],
      ['soon', 10],
      ['soon too', 10],
      ['never', 101],
    ] as const)
      void clock.sleep(ms).then(() => woken.push([name, clock.now()]))
    assert.equal(clock.now(), 1_000)
    assert.equal(clock.nextMs(), 10)
    await clock.advance(100)
    assert.deepEqual(woken, [
      ['soon', 1_010],
      ['soon too', 1_010],
      ['late', 1_050],
    ])
    assert.equal(clock.now(), 1_100)
  })

  test('who sleeps again when woken is woken again within the same advance', async () => {
    const clock = fakeClock(0)
    const at: number[] = []
    void (async () => {
      for (;;) {
        await clock.sleep(30)
        at.push(clock.now())
      }
    })()
    await clock.advance(100)
    assert.deepEqual(at, [30, 60, 90])
  })

  test('a sleep ends with the reason of its signal, at once, and is forgotten', async () => {
    const clock = fakeClock()
    const reason = new Error('enough')
    const controller = new AbortController()
    const slept = clock.sleep(1_000, controller.signal)
    controller.abort(reason)
    await assert.rejects(slept, reason)
    assert.equal(clock.nextMs(), null)
    await assert.rejects(clock.sleep(1, controller.signal), reason)
  })

  test('every: again and again, until stopped, also by itself', async () => {
    const clock = fakeClock()
    let calls = 0
    const stop = clock.every(10, () => {
      if (++calls === 3) stop()
    })
    await clock.advance(1_000)
    assert.equal(calls, 3)
    assert.equal(clock.nextMs(), null)
  })
})
