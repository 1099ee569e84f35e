// The contract of a store, about logs: one sequence per job without gap over streams, attempts and lines of ours; pages of it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Stream } from '../../../src/core/job.ts'
import type { LogBlock, Observation, StoredBlock } from '../../../src/store/store.ts'
import { until } from '../temporary.ts'
import { claim, endOf, fenced, otherPlace, stores, submitClaimed, withStore } from './stores.ts'

const block = (stream: Stream, byteOffset: number, lineCount: number, byteLength = lineCount * 2): LogBlock => ({
  stream,
  fileNumber: 0,
  byteOffset,
  byteLength,
  lineCount,
  at: 4,
})
const seen = (blocks: LogBlock[], rest: Partial<Observation> = {}): Observation => ({ blocks, heartbeatAt: 4, ...rest })

/** Every line that the blocks hold, by number. */
const numbersOf = (blocks: StoredBlock[]) =>
  blocks.flatMap((one) =>
    Array.from({ length: one.lineCount }, (_, index) => ({ seq: one.firstSeq + index, attempt: one.attempt, stream: one.stream })),
  )

for (const adapter of stores) {
  describe(`logs, ${adapter.name}`, () => {
    test('I7: lines of both streams, ours, and of two attempts have one sequence without gap', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        await store.claims.observe({
          fence,
          seen: { begun: { pid: 7, processStartedAt: 's', line: 'started', at: 2 }, blocks: [] },
          now: 2,
        })
        await store.claims.observe({ fence, seen: seen([block('stderr', 0, 2), block('stdout', 0, 3)]), now: 4 })
        await store.jobs.askStop({ id: 1, by: 'ada', now: 5 })
        await store.claims.observe({ fence, seen: seen([block('stdout', 6, 1)]), now: 6 })
        await store.claims.takeOver({ fence, place: otherPlace, adopting: true, now: 7 })
        // The second attempt's files begin at 0 again.
        await store.claims.finish({ fence: { ...fence, leaseToken: 2 }, end: endOf('badly') })
        await store.jobs.retry({ id: 1, fromCheckpoint: false, by: null, now: 8 })
        const [claimed] = await claim(store, { now: 8 })
        assert.ok(claimed)
        const second = fenced(claimed).fence
        assert.notEqual(await store.claims.observe({ fence: second, seen: seen([block('stdout', 0, 2)]), now: 8 }), 'lease lost')
        const blocks = await store.logs.blocks({ jobId: 1, limit: 99 })
        assert.deepEqual(
          blocks.map((one) => [one.firstSeq, one.lineCount, one.stream, one.attempt, one.byteOffset, one.body]),
          [
            [1, 1, 'system', 1, 0, 'started'],
            [2, 2, 'stderr', 1, 0, null],
            [4, 3, 'stdout', 1, 0, null],
            [7, 1, 'system', 1, 6, 'stop asked by ada'],
            [8, 1, 'stdout', 1, 6, null],
            [9, 1, 'system', 1, 8, 'adopted: another runner looks after it now, the process went on'],
            [10, 1, 'system', 1, 9, 'badly'],
            [11, 1, 'system', 1, 10, 'retry asked'],
            [12, 2, 'stdout', 2, 0, null],
          ],
        )
        assert.equal((await store.jobs.get({ id: 1 }))?.logLines, 13)
        const { files } = await store.jobs.detail({ id: 1, events: 1 })
        assert.deepEqual(
          files.map(({ stdout, stderr }) => [stdout.bytes, stderr.bytes]),
          [
            [8, 4],
            [4, 0],
          ],
        )
      }))

    test('I7: a file that is read again adds nothing, and leaves no gap in the numbers', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        await store.claims.observe({ fence, seen: seen([block('stdout', 0, 3)]), now: 4 })
        const before = await store.jobs.get({ id: 1 })
        await assert.rejects(store.claims.observe({ fence, seen: seen([block('stdout', 0, 3)], { result: 'no' }), now: 5 }))
        assert.deepEqual(await store.jobs.get({ id: 1 }), before)
        await store.claims.observe({ fence, seen: seen([block('stdout', 6, 1)]), now: 6 })
        assert.deepEqual(
          numbersOf(await store.logs.blocks({ jobId: 1, limit: 9 })).map(({ seq }) => seq),
          [1, 2, 3, 4],
        )
      }))

    test('what was seen is kept, and what was not said again stays', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        const progress = { phase: null, done: 1, total: null, unit: null, message: null, phases: [], updatedAt: 3 }
        await store.claims.observe({ fence, seen: seen([], { progress, result: { a: 1 }, saidError: 'e', eventsBytes: 50 }), now: 4 })
        const later = await store.claims.observe({ fence, seen: seen([], { heartbeatAt: 8 }), now: 8 })
        assert.ok(later !== 'lease lost')
        assert.deepEqual([later.progress, later.result, later.heartbeatAt], [progress, { a: 1 }, 8])
        const [unsettled] = await store.jobs.unsettled()
        assert.deepEqual([unsettled?.attempt.eventsBytes, unsettled?.attempt.saidError], [50, 'e'])
        const cleared = await store.claims.observe({ fence, seen: seen([], { progress: null, result: null }), now: 9 })
        assert.ok(cleared !== 'lease lost')
        assert.deepEqual([cleared.progress, cleared.result], [null, null])
      }))

    test('I7: pages after and before any number, of any streams, are those of a list of lines', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        const random = fc.sample(fc.tuple(fc.constantFrom('stdout', 'stderr'), fc.integer({ min: 1, max: 7 }), fc.boolean()), {
          numRuns: 60,
          seed: 7,
        })
        const offsets = { stdout: 0, stderr: 0 }
        for (const [stream, lines, ours] of random) {
          await store.claims.observe({ fence, seen: seen([block(stream as 'stdout', offsets[stream as 'stdout'], lines)]), now: 4 })
          offsets[stream as 'stdout'] += lines * 2
          if (ours)
            await store.claims.observe({
              fence,
              seen: { begun: { pid: 1, processStartedAt: null, line: 'ours', at: 4 }, blocks: [] },
              now: 4,
            })
        }
        const model = numbersOf(await store.logs.blocks({ jobId: 1, limit: 1_000 }))
        assert.deepEqual(
          model.map(({ seq }) => seq),
          model.map((_, index) => index + 1),
        )
        const query = fc.record({
          edge: fc.integer({ min: 0, max: model.length + 2 }),
          fromEnd: fc.boolean(),
          limit: fc.integer({ min: 1, max: 12 }),
          streams: fc.option(fc.subarray<Stream>(['stdout', 'stderr', 'system'], { minLength: 1 })),
        })
        await fc.assert(
          fc.asyncProperty(query, async ({ edge, fromEnd, limit, streams }) => {
            const range = fromEnd ? { before: edge } : { after: edge }
            const blocks = await store.logs.blocks({ jobId: 1, ...range, limit, ...(streams ? { streams } : {}) })
            assert.ok(blocks.length <= limit)
            const wanted = model.filter(({ seq, stream }) => (fromEnd ? seq < edge : seq > edge) && (streams?.includes(stream) ?? true))
            const got = numbersOf(blocks).filter(({ seq }) => (fromEnd ? seq < edge : seq > edge))
            assert.deepEqual(
              got,
              fromEnd ? wanted.slice(wanted.length - got.length) : wanted.slice(0, got.length),
              'no line is left out between',
            )
            assert.ok(got.length > 0 || wanted.length === 0)
            assert.ok(blocks.length === limit || got.length === wanted.length)
          }),
          { numRuns: 150 },
        )
      }))

    test('of no streams there are no lines', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        await store.claims.observe({ fence, seen: seen([block('stdout', 0, 3)]), now: 4 })
        assert.deepEqual(await store.logs.blocks({ jobId: 1, streams: [], limit: 9 }), [])
      }))

    test('a full batch of blocks is stored in one go', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        const blocks = Array.from({ length: 128 }, (_, index) => block(index % 2 ? 'stdout' : 'stderr', Math.floor(index / 2) * 10, 5))
        const after = await store.claims.observe({ fence, seen: seen(blocks), now: 4 })
        assert.equal(after !== 'lease lost' && after.logLines, 640)
        assert.equal((await store.logs.blocks({ jobId: 1, limit: 999 })).length, 128)
      }))
  })
}

for (const adapter of stores)
  test(`onChange, ${adapter.name}: called after a commit, never after unsubscribing`, () =>
    withStore(adapter, async ({ store }) => {
      const rings = { count: 0 }
      const unsubscribe = store.onChange(() => rings.count++)
      await submitClaimed(store)
      await until('a ring', () => rings.count)
      unsubscribe()
      rings.count = 0
      await submitClaimed(store)
      await new Promise<void>((resolve) => store.onChange(resolve))
      assert.equal(rings.count, 0)
    }))
