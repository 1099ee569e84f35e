// What is done to many jobs at once: which of them, piece by piece, and what it came to in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askMany, idsFor, outcomeWords, statesFor } from '../../dashboard/src/jobs/bulk.ts'
import type { BulkAnswer } from '../../src/client/index.ts'

test('only what can be done is offered: of all that match, what nobody wanted to end so', () => {
  const states = ['queued', 'running', 'stopping', 'succeeded', 'failed', 'cancelled', 'interrupted', 'expired'] as const
  const jobs = states.map((state, place) => ({ id: place + 1, state }))
  assert.deepEqual([idsFor('cancel', jobs), idsFor('retry', jobs)], [[1, 2], [5, 7, 6, 8].toSorted()])
  assert.deepEqual(
    [statesFor('cancel', []), statesFor('retry', [])],
    [
      ['queued', 'running'],
      ['failed', 'interrupted'],
    ],
  )
  assert.deepEqual(
    [statesFor('cancel', ['failed']), statesFor('retry', ['cancelled']), statesFor('cancel', ['running', 'stopping'])],
    [[], ['cancelled'], ['running']],
  )
})

test('it goes on where the server stopped, tells how far it is, and ends between two pieces when it is stopped', async () => {
  const asked: object[] = []
  const answers: BulkAnswer[] = [
    { done: [9, 8], refused: [{ id: 7, reason: 'Job 7 is succeeded.' }], before: 7 },
    { done: [6], refused: [], before: 6 },
    { done: [5], refused: [], before: null },
  ]
  const call = async (bulk: object) => {
    asked.push(bulk)
    return answers[asked.length - 1] as BulkAnswer
  }
  const client = { cancelMany: call, retryMany: call }
  const told: number[] = []
  const which = { state: ['queued'] as const, kind: 'letter' }
  const stop = new AbortController()
  const outcome = await askMany(client, 'cancel', which, { signal: stop.signal, onProgress: ({ done }) => told.push(done) })
  assert.deepEqual(asked, [
    { state: ['queued'], kind: 'letter', by: 'dashboard' },
    { state: ['queued'], kind: 'letter', by: 'dashboard', before: 7 },
    { state: ['queued'], kind: 'letter', by: 'dashboard', before: 6 },
  ])
  assert.deepEqual([told, outcomeWords('cancel', outcome)], [[2, 3, 4], '4 jobs are being cancelled, 1 had ended already.'])
  asked.length = 0
  const stopped = await askMany(client, 'cancel', which, { signal: stop.signal, onProgress: () => stop.abort() })
  assert.deepEqual([asked.length, stopped.done, stopped.isStopped], [1, 2, true])
})

test('many numbers go in calls of five hundred', async () => {
  const sizes: number[] = []
  const call = async (bulk: { ids?: readonly number[] }) => {
    sizes.push(bulk.ids?.length ?? 0)
    return { done: [...(bulk.ids ?? [])], refused: [], before: null }
  }
  const ids = Array.from({ length: 1_000 }, (_, place) => place + 1)
  const { signal } = new AbortController()
  const { done } = await askMany({ cancelMany: call, retryMany: call }, 'retry', { ids }, { signal, onProgress: () => {} })
  assert.deepEqual([sizes, done], [[500, 500], 1_000])
})

test('what could not be done is told with its reason', () => {
  const refused = [
    { id: 4, reason: 'Job 5 of the same unique key is active.' },
    { id: 3, reason: 'Job 3 is running.' },
  ]
  assert.equal(
    outcomeWords('retry', { done: 1, refused, isStopped: false }),
    '1 job is queued again, 2 could not be. Job 5 of the same unique key is active.',
  )
})
