// What a reader who may no longer read is ended by: a no, a fault, no answer at all; and what ends nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { HoldfastError } from '../../supervisor/errors.ts'
import { whileAllowed } from './while-allowed.ts'

async function endsAfter(isStillAllowed: () => Promise<boolean>, tick: (ms: number) => void): Promise<number | null> {
  const { signal, stop } = whileAllowed(isStillAllowed, 1_000)
  try {
    for (let looks = 1; looks <= 5; looks++) {
      tick(1_000)
      await turn()
      if (signal.aborted) return looks
    }
    return null
  } finally {
    stop()
  }
}

test('a no and a fault end it at once, no answer soon, and a database that is away not', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const tick = (ms: number) => t.mock.timers.tick(ms)
  assert.equal(await endsAfter(async () => true, tick), null)
  assert.equal(await endsAfter(async () => false, tick), 1)
  assert.equal(await endsAfter(() => Promise.reject(new Error('sign in first')), tick), 1)
  assert.equal(await endsAfter(() => Promise.reject(new HoldfastError('database_busy', 'Locked.')), tick), null)
  assert.equal(await endsAfter(() => new Promise(() => undefined), tick), 3)
})
