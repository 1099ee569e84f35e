// The contract of a store, about functions of the runner's own process: begun when claimed, their text in blocks, their last words in one batch with their end.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LogBlock } from '../../../src/store/store.ts'
import { checkpointOf, claim, endOf, fenced, otherPlace, place, spec, stores, submit, withStore } from './stores.ts'

const inline = { spec: { ...spec, run: { type: 'inline' } as const } }
const block = (byteOffset: number, body: string): LogBlock => ({
  stream: 'stdout',
  fileNumber: 0,
  byteOffset,
  byteLength: body.length + 1,
  lineCount: body.split('\n').length,
  at: 4,
  body,
})

for (const adapter of stores) {
  describe(`inline, ${adapter.name}`, () => {
    test('I4: it has begun as soon as it is claimed, and that is recorded', () =>
      withStore(adapter, async ({ store }) => {
        await submit(store, inline)
        const [claimed] = await claim(store, { now: 3 })
        assert.deepEqual([claimed?.attempt.state, claimed?.attempt.pid], ['running', null])
        const { events } = await store.jobs.detail({ id: 1, events: 9 })
        assert.deepEqual(
          events.map(({ name, version }) => [name, version]),
          [
            ['submitted', 1],
            ['started', claimed?.job.version],
          ],
        )
      }))

    test('I6 I7: what was not yet told comes with the end, in order; an older lease token writes none of it', () =>
      withStore(adapter, async ({ store }) => {
        await submit(store, inline)
        const [claimed] = await claim(store, { now: 3 })
        assert.ok(claimed)
        const { fence } = fenced(claimed)
        await store.claims.observe({ fence, seen: { blocks: [block(0, 'a\nb')] }, now: 4 })
        const seen = {
          blocks: [block(4, 'c\n'), block(7, 'd')],
          notes: ['note'],
          result: { ok: true },
          checkpoint: checkpointOf(7),
          heartbeatAt: 5,
        }
        const stale = { ...fence, leaseToken: fence.leaseToken - 1 }
        assert.equal(await store.claims.finish({ fence: stale, end: endOf('well'), seen }), 'lease lost')
        const before = await store.jobs.get({ id: 1 })
        assert.deepEqual([before?.result, before?.logLines], [null, 2])
        const done = await store.claims.finish({ fence, end: endOf('well'), seen })
        assert.ok(done !== 'lease lost')
        assert.deepEqual([done.state, done.result, done.logLines], ['succeeded', { ok: true }, 7])
        const blocks = await store.logs.blocks({ jobId: 1, limit: 9 })
        assert.deepEqual(
          blocks.map(({ firstSeq, lineCount, stream, body }) => [firstSeq, lineCount, stream, body]),
          [
            [1, 2, 'stdout', 'a\nb'],
            [3, 1, 'system', 'note'],
            [4, 2, 'stdout', 'c\n'],
            [6, 1, 'stdout', 'd'],
            [7, 1, 'system', 'well'],
          ],
        )
        assert.equal(await store.claims.checkpoint({ jobId: 1 }), 7)
        const { events } = await store.jobs.detail({ id: 1, events: 9 })
        assert.deepEqual([events.at(-1)?.name, events.at(-1)?.version], ['succeeded', done.version])
      }))

    test('a runner that registers again says what it claims from now on', () =>
      withStore(adapter, async ({ store }) => {
        const runner = { ...place, pid: 1, startedAt: 1, leaseUntil: 5, kinds: ['a'] }
        await store.runners.register({ runner })
        await store.runners.register({ runner: { ...runner, ...otherPlace } })
        await store.runners.register({ runner: { ...runner, leaseUntil: 9, kinds: ['a', 'b'] } })
        const runners = await store.runners.list()
        assert.deepEqual(runners.map(({ runnerId, kinds, leaseUntil }) => [runnerId, kinds, leaseUntil]).toSorted(), [
          ['runner-1', ['a', 'b'], 9],
          ['runner-2', ['a'], 5],
        ])
      }))
  })
}
