// The contract of a store, about snapshots and runners.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NewSnapshot, Store } from '../../../src/store/store.ts'
import { endOf, place, stores, submitClaimed, withStore } from './stores.ts'

const snapshotOf = (jobId: number, artifact = 'index'): NewSnapshot => ({
  artifact,
  folder: `${jobId}-1`,
  fingerprint: `f${jobId}`,
  files: 2,
  bytes: 10,
})

async function publish(store: Store, how: Parameters<typeof endOf>[0], artifacts = ['index']): Promise<number> {
  const { fence, job } = await submitClaimed(store)
  const published = artifacts.map((artifact) => snapshotOf(job.id, artifact))
  assert.notEqual(await store.claims.finish({ fence, end: endOf(how, { published, now: job.id * 100 }) }), 'lease lost')
  return job.id
}

for (const adapter of stores) {
  describe(`artifacts and runners, ${adapter.name}`, () => {
    test('I8: null before the first; then the newest of a job that succeeded; failure never moves the pointer', () =>
      withStore(adapter, async ({ store }) => {
        assert.equal(await store.artifacts.current({ name: 'index' }), null)
        assert.deepEqual([await store.artifacts.list({ name: 'index' }), await store.artifacts.names()], [[], []])
        await publish(store, 'badly')
        await publish(store, 'well, output refused')
        await publish(store, 'unseen')
        assert.deepEqual([await store.artifacts.current({ name: 'index' }), await store.artifacts.names()], [null, []])
        await publish(store, 'well', ['index', 'profile'])
        const first = await store.artifacts.current({ name: 'index' })
        assert.deepEqual(first, {
          artifact: 'index',
          number: 1,
          jobId: 4,
          attempt: 1,
          folder: '4-1',
          fingerprint: 'f4',
          files: 2,
          bytes: 10,
          publishedAt: 400,
          isCurrent: true,
        })
        await publish(store, 'badly')
        assert.deepEqual(await store.artifacts.current({ name: 'index' }), first)
        await publish(store, 'well')
        assert.deepEqual(
          (await store.artifacts.list({ name: 'index' })).map(({ number, jobId, isCurrent }) => [number, jobId, isCurrent]),
          [
            [2, 6, true],
            [1, 4, false],
          ],
        )
        assert.equal((await store.artifacts.current({ name: 'profile' }))?.jobId, 4)
        assert.deepEqual(await store.artifacts.names(), ['index', 'profile'])
      }))

    test('I8: a stop that came too late does not unpublish; a cancelled job publishes nothing', () =>
      withStore(adapter, async ({ store }) => {
        for (const [how, current] of [
          ['badly', undefined],
          ['well', 2],
        ] as const) {
          const { fence, job } = await submitClaimed(store)
          await store.jobs.askStop({ id: job.id, by: null, now: 1 })
          await store.claims.finish({ fence, end: endOf(how, { published: [snapshotOf(job.id)] }) })
          assert.equal((await store.artifacts.current({ name: 'index' }))?.jobId, current)
        }
      }))

    test('I6 I8: whoever lost the lease publishes nothing', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        await store.claims.takeOver({ fence, place, adopting: false, now: 1 })
        assert.equal(await store.claims.finish({ fence, end: endOf('well', { published: [snapshotOf(1)] }) }), 'lease lost')
        assert.equal(await store.artifacts.current({ name: 'index' }), null)
      }))

    test('the same snapshot twice is refused whole: the job is not settled by half', () =>
      withStore(adapter, async ({ store }) => {
        const { fence, job } = await submitClaimed(store)
        const twice = endOf('well', { published: [snapshotOf(job.id), snapshotOf(job.id)] })
        await assert.rejects(store.claims.finish({ fence, end: twice }), /constraint/i)
        assert.deepEqual(await store.jobs.get({ id: job.id }), job)
        assert.equal(await store.artifacts.current({ name: 'index' }), null)
      }))

    test('I8: the current snapshot is never forgotten; a number is not given again', () =>
      withStore(adapter, async ({ store }) => {
        for (let index = 0; index < 3; index++) await publish(store, 'well')
        await store.artifacts.forget({ name: 'index', number: 3 })
        await store.artifacts.forget({ name: 'index', number: 1 })
        await store.artifacts.forget({ name: 'other', number: 2 })
        assert.deepEqual(
          (await store.artifacts.list({ name: 'index' })).map(({ number }) => number),
          [3, 2],
        )
        await publish(store, 'well')
        assert.equal((await store.artifacts.current({ name: 'index' }))?.number, 4)
      }))

    test('runners: registered, renewed, listed, removed', () =>
      withStore(adapter, async ({ store }) => {
        const runner = { ...place, pid: 7, startedAt: 1, leaseUntil: 5, kinds: ['rebuild', 'scan'] }
        await store.runners.register({ runner })
        await store.runners.register({ runner: { ...runner, runnerId: 'runner-2', startedAt: 2 } })
        await store.runners.register({ runner: { ...runner, leaseUntil: 9, kinds: ['scan'] } })
        await store.runners.register({ runner })
        await store.runners.renew({ runnerId: 'runner-1', leaseUntil: 50 })
        await store.runners.renew({ runnerId: 'gone', leaseUntil: 50 })
        assert.deepEqual(await store.runners.list(), [
          { ...runner, leaseUntil: 50 },
          { ...runner, runnerId: 'runner-2', startedAt: 2 },
        ])
        await store.runners.remove({ runnerId: 'runner-1', now: 9 })
        await store.runners.remove({ runnerId: 'gone', now: 9 })
        assert.deepEqual(
          (await store.runners.list()).map(({ runnerId }) => runnerId),
          ['runner-2'],
        )
      }))
  })
}
