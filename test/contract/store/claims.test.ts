// The contract of a store, about the right to act: claims, fences, ends.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LeaseLost, Store } from '../../../src/store/store.ts'
import { claimAll } from './acts.ts'
import { checkpointOf, claim, endOf, otherPlace, place, stores, submit, submitClaimed, withStore } from './stores.ts'

const end = endOf('well')

for (const adapter of stores) {
  describe(`claims, ${adapter.name}`, () => {
    test('I4: a claim is an attempt, and its lease is renewed in the same batch', () =>
      withStore(adapter, async ({ store }) => {
        await store.runners.register({ runner: { ...place, pid: 1, startedAt: 1, leaseUntil: 5, kinds: [] } })
        await submit(store)
        const [claimed] = await claim(store, { leaseUntil: 777, now: 3 })
        assert.ok(claimed)
        const { job, attempt } = claimed
        assert.deepEqual([job.state, job.attempts, job.leaseToken, job.runnerId, job.startedAt], ['running', 1, 1, 'runner-1', 3])
        assert.deepEqual(
          [attempt.attempt, attempt.state, attempt.folder, attempt.runnerId, attempt.bootId, attempt.pid, attempt.startedAt],
          [1, 'starting', '1-1-runner-1', 'runner-1', 'boot', null, 3],
        )
        assert.equal((await store.runners.list())[0]?.leaseUntil, 777)
        assert.deepEqual(await store.jobs.unsettled(), [claimed])
        assert.deepEqual(await store.jobs.unsettled({ except: new Set([claimed.job.id]) }), [])
        assert.deepEqual(await store.jobs.unsettled({ except: new Set([claimed.job.id + 1]) }), [claimed])
      }))

    test('I4: eight claimers at once, two hundred jobs: each is claimed once', () =>
      withStore(adapter, async ({ store }) => {
        await Promise.all(Array.from({ length: 200 }, () => submit(store)))
        const claimer = async (name: string) => {
          const mine: number[] = []
          for (;;) {
            const claimed = await claimAll(store, { place: { ...place, runnerId: name }, limit: 3 })
            if (claimed.length === 0) return mine
            mine.push(...claimed.map(({ job }) => job.id))
          }
        }
        const all = (await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(claimer))).flat()
        assert.deepEqual(
          all.toSorted((a, b) => a - b),
          Array.from({ length: 200 }, (_, index) => index + 1),
        )
        assert.ok((await store.jobs.unsettled()).every(({ job }) => job.attempts === 1 && job.leaseToken === 1))
      }))

    const writes: [string, (store: Store, fence: Parameters<Store['claims']['finish']>[0]['fence']) => Promise<unknown | LeaseLost>][] = [
      [
        'begun',
        (store, fence) =>
          store.claims.observe({ fence, seen: { begun: { pid: 1, processStartedAt: null, line: 'l', at: 5 }, blocks: [] }, now: 5 }),
      ],
      ['finish', (store, fence) => store.claims.finish({ fence, end: { ...end, published: [snapshot] } })],
      [
        'finish with what was seen last',
        (store, fence) =>
          store.claims.finish({ fence, end, seen: { blocks: [], notes: ['a note'], checkpoint: checkpointOf(3), heartbeatAt: 5 } }),
      ],
      ['takeOver', (store, fence) => store.claims.takeOver({ fence, place: otherPlace, adopting: true, now: 5 })],
      ['takeOver without adopting', (store, fence) => store.claims.takeOver({ fence, place: otherPlace, adopting: false, now: 5 })],
      [
        'observe',
        (store, fence) =>
          store.claims.observe({
            fence,
            seen: {
              blocks: [{ stream: 'stdout', fileNumber: 0, byteOffset: 0, byteLength: 2, lineCount: 1, at: 5 }],
              eventsBytes: 9,
              result: 1,
              checkpoint: checkpointOf(2),
              saidError: 'e',
              saidNext: { next: 'never' },
              notes: ['a note'],
              progress: null,
              heartbeatAt: 5,
            },
            now: 5,
          }),
      ],
    ]
    const snapshot = { artifact: 'index', folder: '1-1', fingerprint: null, seededFrom: null, files: 1, bytes: 1 }
    for (const [name, write] of writes)
      test(`I6: ${name} by the holder of another token, attempt or of a settled job changes nothing and says so`, () =>
        withStore(adapter, async ({ store, sql }) => {
          const { fence } = await submitClaimed(store)
          const everything = async () => [
            await store.jobs.get({ id: 1 }),
            await store.jobs.detail({ id: 1, events: 99 }),
            await store.logs.blocks({ jobId: 1, limit: 99 }),
            (await store.artifacts.list()).filter(({ current }) => current !== null),
            await sql('select * from checkpoints'),
            await sql('select * from attempts'),
          ]
          const before = await everything()
          for (const wrong of [{ leaseToken: 0 }, { leaseToken: 2 }, { attempt: 0 }, { attempt: 2 }, { jobId: 2 }])
            assert.equal(await write(store, { ...fence, ...wrong }), 'lease lost', JSON.stringify(wrong))
          assert.deepEqual(await everything(), before)
          assert.notEqual(await write(store, fence), 'lease lost')
          const now = await store.jobs.get({ id: 1 })
          await store.claims.finish({ fence: { ...fence, leaseToken: now?.leaseToken ?? 0 }, end })
          const settled = await everything()
          for (const leaseToken of [1, 2]) assert.equal(await write(store, { ...fence, leaseToken }), 'lease lost')
          assert.deepEqual(await everything(), settled)
        }))

    test('I6: of two who take over only one gets the job, and the former holder writes no more', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        const take = (runnerId: string) => store.claims.takeOver({ fence, place: { ...place, runnerId }, adopting: true, now: 5 })
        const taken = (await Promise.all([take('b'), take('c'), take('d')])).filter((answer) => answer !== 'lease lost')
        assert.equal(taken.length, 1)
        const { job, attempt } = taken[0]!
        assert.deepEqual([job.leaseToken, job.attempts, attempt.runnerId, attempt.adoptedAt, job.state], [2, 1, job.runnerId, 5, 'running'])
        assert.ok(['b', 'c', 'd'].includes(job.runnerId ?? ''))
        assert.deepEqual(await store.jobs.get({ id: 1 }), job, 'the answer is the row as it is')
        assert.equal(await store.claims.finish({ fence, end }), 'lease lost')
        assert.notEqual(await store.claims.finish({ fence: { ...fence, leaseToken: 2 }, end }), 'lease lost')
      }))

    test('taking over without adopting is no adoption, and tells nothing in the log', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        const taken = await store.claims.takeOver({ fence, place: otherPlace, adopting: false, now: 5 })
        assert.ok(taken !== 'lease lost')
        assert.deepEqual([taken.attempt.adoptedAt, taken.job.logLines], [null, 0])
        assert.deepEqual(
          (await store.jobs.detail({ id: 1, events: 9 })).events.map(({ name }) => name),
          ['submitted'],
        )
      }))

    test('a stop that was asked outlives a take-over', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        await store.jobs.askStop({ id: 1, by: 'ada', now: 4 })
        const taken = await store.claims.takeOver({ fence, place: otherPlace, adopting: true, now: 5 })
        assert.ok(taken !== 'lease lost')
        assert.deepEqual([taken.job.state, taken.job.stopReason, taken.job.stopAskedBy], ['stopping', 'cancel', 'ada'])
      }))

    test('I5: four racing finishers, one end', () =>
      withStore(adapter, async ({ store }) => {
        for (let round = 1; round <= 25; round++) {
          const { fence } = await submitClaimed(store)
          const ends = [0, 1, 2, 3].map((exitCode) => endOf(exitCode ? 'badly' : 'well', { exitCode, line: `exit ${exitCode}` }))
          const answers = await Promise.all(ends.map((one) => store.claims.finish({ fence, end: one })))
          const won = answers.filter((answer) => answer !== 'lease lost')
          assert.equal(won.length, 1)
          const job = await store.jobs.get({ id: fence.jobId })
          assert.deepEqual(job, won[0])
          assert.deepEqual([job?.finishedAt, job?.runnerId, job?.logLines], [9, null, 1])
          const [attempt] = (await store.jobs.detail({ id: fence.jobId, events: 1 })).history
          assert.deepEqual([attempt?.state, attempt?.exitCode, attempt?.finishedAt], ['ended', job?.exitCode, 9])
        }
      }))

    test('what the end says is kept', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        const failure = { kind: 'signal', message: 'Killed', lastLines: ['a'], logSeq: 1 } as const
        const progress = { phase: null, done: 1, total: 2, unit: null, message: null, phases: [], updatedAt: 3 }
        const badly = endOf('badly', { exitCode: 137, signal: 'SIGKILL', failure: { ...failure, lastLines: ['a'] }, progress })
        const job = await store.claims.finish({ fence, end: badly })
        assert.ok(job !== 'lease lost')
        assert.deepEqual([job.state, job.exitCode, job.signal, job.failure, job.progress], ['failed', 137, 'SIGKILL', failure, progress])
      }))

    test('I9: the checkpoint of an older attempt never replaces a newer one', () =>
      withStore(adapter, async ({ store, sql }) => {
        const { fence } = await submitClaimed(store)
        const save = (attempt: number, value: number) =>
          store.claims.observe({
            fence: { ...fence, attempt },
            seen: { blocks: [], checkpoint: checkpointOf(value), heartbeatAt: 1 },
            now: 1,
          })
        const saved = async () => (await sql('select attempt, value from checkpoints')).map(({ attempt, value }) => [attempt, value])
        await save(1, 10)
        await save(1, 11)
        assert.deepEqual(await saved(), [[1, '11']])
        await sql('update checkpoints set attempt = 2')
        await save(1, 12)
        assert.deepEqual(await saved(), [[2, '11']])
      }))
  })
}
