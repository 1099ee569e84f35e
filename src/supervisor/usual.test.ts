// What is usual is read from jobs that succeeded, and remembered for a moment.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endOf, fenced, newJob, place } from '../../test/contract/store/stores.ts'
import { limits } from '../core/limits.ts'
import { openStore } from '../store/open-store.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { usualTimes } from './usual.ts'

test('the past of a kind is asked for at most every ten seconds, and failures are no measure', async () => {
  const clock = fakeClock(1_000_000)
  const store = await openStore({ folder: '/', database: ':memory:', clock })
  const took = async (ms: number, how: 'well' | 'badly') => {
    const claimed = fenced(await store.jobs.submitClaimed({ job: newJob(), place, now: 1_000 }))
    await store.claims.finish({ fence: claimed.fence, end: endOf(how, { now: 1_000 + ms }) })
  }
  const usual = usualTimes({ store, clock })
  assert.equal(await usual('rebuild'), null)
  await took(60_000, 'well')
  await took(9_000_000, 'badly')
  assert.equal(await usual('rebuild'), null, 'remembered')
  await clock.advance(limits.usualMs)
  assert.deepEqual(await usual('rebuild'), { durationMs: 60_000, phases: [], jobs: 1 })
  assert.equal(await usual('other'), null)
  await store.close()
})
