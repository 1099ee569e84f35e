// The contract of a store, about snapshots and runners.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NewSnapshot, Store } from '../../../src/store/store.ts'
import { endOf, place, spec, stores, submitClaimed, withStore } from './stores.ts'

const snapshotOf = (jobId: number, artifact = 'index'): NewSnapshot => ({
  artifact,
  folder: `${jobId}-1`,
  fingerprint: `f${jobId}`,
  seededFrom: null,
  files: 2,
  bytes: 10,
})

const reader = {
  holder: 'reader',
  program: 'web',
  hostId: 'host',
  bootId: 'boot',
  pid: 7,
  processStartedAt: 's',
}
const currentOf = async (store: Store, name = 'index') => (await store.artifacts.list({ names: [name] }))[0]?.current ?? null
const keptOf = async (store: Store, name = 'index') => (await store.artifacts.kept({ name })).snapshots
const namesOf = async (store: Store) => (await store.artifacts.list()).map(({ name }) => name)

async function publish(store: Store, how: Parameters<typeof endOf>[0], artifacts = ['index']): Promise<number> {
  const { fence, job } = await submitClaimed(store, { submittedBy: 'ana', spec: { ...spec, artifacts } })
  const published = artifacts.map((artifact) => snapshotOf(job.id, artifact))
  assert.notEqual(await store.claims.finish({ fence, end: endOf(how, { published, now: job.id * 100 }) }), 'lease lost')
  return job.id
}

for (const adapter of stores) {
  describe(`artifacts and runners, ${adapter.name}`, () => {
    test('I8: null before the first; then the newest of a job that succeeded; failure never moves the pointer', () =>
      withStore(adapter, async ({ store }) => {
        assert.equal(await currentOf(store), null)
        assert.deepEqual([await keptOf(store), await namesOf(store)], [[], []])
        await publish(store, 'badly')
        await publish(store, 'well, output refused')
        await publish(store, 'unseen')
        assert.deepEqual([await currentOf(store), await namesOf(store)], [null, ['index']])
        await publish(store, 'well', ['index', 'profile'])
        const first = await currentOf(store)
        assert.deepEqual(first, {
          id: 1,
          artifact: 'index',
          number: 1,
          jobId: 4,
          attempt: 1,
          kind: 'rebuild',
          submittedBy: 'ana',
          folder: '4-1',
          fingerprint: 'f4',
          seededFrom: null,
          files: 2,
          bytes: 10,
          publishedAt: 400,
          isCurrent: true,
          replacedAt: null,
        })
        await publish(store, 'badly')
        assert.deepEqual(await currentOf(store), first)
        await publish(store, 'well')
        assert.deepEqual(
          (await keptOf(store)).map(({ number, jobId, isCurrent }) => [number, jobId, isCurrent]),
          [
            [2, 6, true],
            [1, 4, false],
          ],
        )
        assert.equal((await currentOf(store, 'profile'))?.jobId, 4)
        assert.deepEqual(await namesOf(store), ['index', 'profile'])
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
          assert.equal((await currentOf(store))?.jobId, current)
        }
      }))

    test('I6 I8: whoever lost the lease publishes nothing', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        await store.claims.takeOver({ fence, place, adopting: false, now: 1 })
        assert.equal(await store.claims.finish({ fence, end: endOf('well', { published: [snapshotOf(1)] }) }), 'lease lost')
        assert.equal(await currentOf(store), null)
      }))

    test('the same snapshot twice is refused whole: the job is not settled by half', () =>
      withStore(adapter, async ({ store }) => {
        const { fence, job } = await submitClaimed(store)
        const twice = endOf('well', { published: [snapshotOf(job.id), snapshotOf(job.id)] })
        await assert.rejects(store.claims.finish({ fence, end: twice }), /constraint/i)
        assert.deepEqual(await store.jobs.get({ id: job.id }), job)
        assert.equal(await currentOf(store), null)
      }))

    test('I8: the current snapshot is never forgotten, nor one that is read; a number is not given again', () =>
      withStore(adapter, async ({ store }) => {
        for (let index = 0; index < 4; index++) await publish(store, 'well')
        await store.artifacts.hold({ holder: reader, names: ['index'], number: 2, keep: [], now: 5 })
        assert.deepEqual(await Promise.all([1, 2, 3, 4, 9].map((id) => store.artifacts.forget({ id }))), [true, false, true, false, false])
        assert.deepEqual(
          (await keptOf(store)).map(({ number, pins }) => [number, pins.map(({ holder }) => holder)]),
          [
            [4, []],
            [2, ['reader']],
          ],
        )
        await store.artifacts.hold({ holder: reader, names: [], keep: [], now: 6 })
        assert.equal(await store.artifacts.forget({ id: 2 }), true)
        await publish(store, 'well')
        assert.equal((await currentOf(store))?.number, 5)
      }))

    test('I8: what an earlier job built comes too late: it is stored, and does not become current', () =>
      withStore(adapter, async ({ store }) => {
        const [early, late] = [await submitClaimed(store), await submitClaimed(store)]
        const finish = async ({ fence, job }: typeof early) =>
          store.claims.finish({ fence, end: endOf('well', { published: [snapshotOf(job.id)] }) })
        await finish(late)
        await finish(early)
        assert.deepEqual(
          (await keptOf(store)).map(({ number, jobId, isCurrent }) => [number, jobId, isCurrent]),
          [
            [2, 1, false],
            [1, 2, true],
          ],
        )
        const [line] = await store.logs.blocks({ jobId: 1, limit: 9 })
        assert.equal(line?.body, 'well, stored index 2, not current: job 2 was asked for later')
        // A person can go forward to it.
        await store.artifacts.change({ name: 'index', to: { current: 2, reason: 'better' }, by: 'ana', now: 7 })
        assert.deepEqual(
          (await store.artifacts.kept({ name: 'index' })).events.map(({ name, number, before, by, text }) => [
            name,
            number,
            before,
            by,
            text,
          ]),
          [
            ['rolled forward', 2, 1, 'ana', 'better'],
            ['stored', 2, 1, null, null],
            ['published', 1, null, null, null],
          ],
        )
      }))

    test('I8: back and forth: the pointer moves to what is kept, says when each was replaced, and nothing else changes it', () =>
      withStore(adapter, async ({ store }) => {
        const move = (current: number | null, now = 900) =>
          store.artifacts.change({ name: 'index', to: { current, reason: null }, by: 'ana', now })
        assert.deepEqual(await move(null), { refused: 'no such artifact' })
        for (let index = 0; index < 3; index++) await publish(store, 'well')
        const moved = await move(null)
        assert.ok('current' in moved && moved.current?.number === 2)
        assert.deepEqual(
          (await keptOf(store)).map(({ number, isCurrent, replacedAt }) => [number, isCurrent, replacedAt]),
          [
            [3, false, 900],
            [2, true, null],
            [1, false, 200],
          ],
        )
        const { version } = moved
        const again = await move(2)
        assert.ok('version' in again && again.version === version, 'it is so already')
        await move(1)
        assert.deepEqual([await move(null), await move(7)], [{ refused: 'none before it' }, { refused: 'no such snapshot' }])
        await move(3)
        assert.equal((await currentOf(store))?.number, 3)
        await publish(store, 'well')
        assert.equal((await currentOf(store))?.number, 4)
      }))

    test('what is wanted is remembered with who wanted it, once; also of what nobody ever built', () =>
      withStore(adapter, async ({ store }) => {
        const want = (wanted: string | null, by: string | null, now: number) =>
          store.artifacts.change({ name: 'index', to: { wanted }, by, now })
        const nothing = await want(null, 'ana', 4)
        assert.deepEqual('wanted' in nothing && [nothing.wanted, nothing.version], [null, 1])
        const first = await want('a', 'ana', 5)
        assert.ok('wanted' in first)
        assert.deepEqual([first.wanted, first.current, first.version], [{ fingerprint: 'a', at: 5, by: 'ana' }, null, 2])
        const same = await want('a', 'ben', 6)
        assert.deepEqual('wanted' in same && [same.wanted, same.version], [{ fingerprint: 'a', at: 5, by: 'ana' }, 2])
        await publish(store, 'well')
        // Of wishes in a row the last one is kept.
        await want('b', 'ana', 6)
        await want('c', 'ana', 6)
        const none = await want(null, 'ben', 7)
        assert.ok('wanted' in none && none.wanted === null && none.current?.number === 1)
        const { events } = await store.artifacts.kept({ name: 'index' })
        assert.deepEqual(
          events.map(({ name, by, text }) => [name, by, text]),
          [
            ['wanted', 'ben', null],
            ['published', 'ana', null],
            ['wanted', 'ana', 'a'],
          ],
        )
      }))

    test('I8: what is held is of one instant, says who reads it, and only what is still read stays held', () =>
      withStore(adapter, async ({ store }) => {
        const hold = (names: string[], keep: number[], now: number) => store.artifacts.hold({ holder: reader, names, keep, now })
        assert.deepEqual(await hold(['index', 'profile'], [], 1), [null, null])
        await publish(store, 'well', ['index', 'profile'])
        const pair = await hold(['profile', 'index'], [], 10)
        assert.deepEqual(
          pair.map((one) => [one?.artifact, one?.id]),
          [
            ['profile', 2],
            ['index', 1],
          ],
        )
        await publish(store, 'well', ['index', 'profile'])
        assert.deepEqual(
          (await hold(['index'], [1, 99], 20)).map((one) => one?.id),
          [3],
        )
        const readers = async (name: string) =>
          (await keptOf(store, name)).map(({ number, pins }) => [
            number,
            pins.map(({ since, seenAt, pid, program }) => [since, seenAt, pid, program]),
          ])
        assert.deepEqual(await readers('index'), [
          [2, [[20, 20, 7, 'web']]],
          [1, [[10, 20, 7, 'web']]],
        ])
        assert.deepEqual(await readers('profile'), [
          [2, []],
          [1, []],
        ])
      }))

    test('terabytes are counted', () =>
      withStore(adapter, async ({ store }) => {
        const { fence, job } = await submitClaimed(store)
        await store.claims.finish({ fence, end: endOf('well', { published: [{ ...snapshotOf(job.id), bytes: 7e12 }] }) })
        const [index] = await store.artifacts.list()
        assert.deepEqual([index?.bytes, index?.current?.bytes], [7e12, 7e12])
      }))

    test('the jobs for an artifact come along, newest first, as many as asked for, and their end is seen', () =>
      withStore(adapter, async ({ store }) => {
        for (const how of ['well', 'badly', 'well', 'badly'] as const) await publish(store, how)
        await publish(store, 'well', ['profile'])
        await submitClaimed(store, { spec: { ...spec, artifacts: ['index', 'profile'] } })
        const [index, profile] = await store.artifacts.list({ builds: 3 })
        assert.deepEqual(
          [index, profile].map((one) => one?.builds.map(({ jobId, state }) => [jobId, state])),
          [
            [
              [6, 'running'],
              [4, 'failed'],
              [3, 'succeeded'],
            ],
            [
              [6, 'running'],
              [5, 'succeeded'],
            ],
          ],
        )
        assert.deepEqual([index?.snapshots, index?.bytes], [2, 20])
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
