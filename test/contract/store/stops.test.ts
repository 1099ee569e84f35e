// The contract of a store, about stops that are a runner's own doing, and what it tells of processes: flags and telemetry.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Failure, JobFlag, StopReason } from '../../../src/core/job.ts'
import type { Telemetry } from '../../../src/core/telemetry.ts'
import type { AttemptEnd } from '../../../src/store/store.ts'
import { ask, claimOnly, end, get } from './acts.ts'
import { endOf, otherPlace, stores, submitClaimed, withStore } from './stores.ts'

const why = 'took longer than 10 min'
const sample = { at: 5, cpuPercent: 50, memoryBytes: 1_000, processes: 2 }
const telemetry: Telemetry = { everyMs: 5_000, samples: [sample, { ...sample, at: 6 }] }

for (const adapter of stores) {
  describe(`stops and processes, ${adapter.name}`, () => {
    for (const reason of ['timeout', 'stall', 'limit', 'shutdown', 'lease'] as const)
      test(`I6: a stop for ${reason} is asked by who holds the lease, and by nobody else`, () =>
        withStore(adapter, async ({ store }) => {
          const { job } = await submitClaimed(store)
          const before = await get(store, job.id)
          const asked = (leaseToken: number) => store.jobs.askStop({ id: job.id, reason, why, leaseToken, by: null, now: 4 })
          for (const wrong of [0, 2]) assert.deepEqual(await asked(wrong), before, `token ${wrong}`)
          assert.deepEqual((await store.jobs.detail({ id: job.id, events: 9 })).events.length, 1)
          const stopping = await asked(1)
          assert.deepEqual(
            [stopping?.state, stopping?.stopReason, stopping?.stopWhy, stopping?.stopAskedBy, stopping?.logLines],
            ['stopping', reason, why, null, 1],
          )
          const { events } = await store.jobs.detail({ id: job.id, events: 9 })
          const { name, by, details, version } = events.at(-1) ?? assert.fail('no event')
          assert.deepEqual([name, by, details, version], ['stop asked', null, { reason, why }, stopping?.version])
          const [block] = await store.logs.blocks({ jobId: job.id, limit: 9 })
          assert.deepEqual([block?.stream, block?.body], ['system', `stopped: it ${why}`])
          assert.deepEqual(await asked(1), stopping, 'asked again, nothing changes')
        }))

    test('of several reasons the first counts, but a cancel by a person wins, and no runner takes it back', () =>
      withStore(adapter, async ({ store }) => {
        const { job } = await submitClaimed(store)
        const ask = (reason: StopReason) => store.jobs.askStop({ id: job.id, reason, why, leaseToken: 1, by: null, now: 4 })
        const timeout = await ask('timeout')
        assert.deepEqual(await ask('limit'), timeout)
        const cancelled = await store.jobs.askStop({ id: job.id, by: 'ada', now: 5 })
        assert.deepEqual([cancelled?.stopReason, cancelled?.stopWhy, cancelled?.stopAskedBy], ['cancel', null, 'ada'])
        assert.deepEqual(await ask('timeout'), cancelled)
        assert.equal((await end(store, job.id, 'badly')).state, 'cancelled')
        assert.equal((await ask('timeout'))?.state, 'cancelled', 'a settled one stays')
      }))

    test('I3: a stop whose end is no proof says so, in the log and to whoever reads why; an end that nobody asked for does not', () =>
      withStore(adapter, async ({ store }) => {
        const retry = { attempts: 3, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } as const
        const id = await ask(store, { retry })
        const failure: Failure = { kind: 'exit', message: 'exit 1', lastLines: [], logSeq: null }
        const lineAfter = async (given: Partial<AttemptEnd>, stop?: StopReason) => {
          const { fence } = await claimOnly(store, id, { now: 20 })
          if (stop) await store.jobs.askStop({ id, reason: stop, why, leaseToken: fence.leaseToken, by: null, now: 21 })
          const ended = await end(store, id, 'badly', { line: 'exit 1', failure, ...given })
          const [last] = (await store.logs.blocks({ jobId: id, after: ended.logLines - 1, limit: 1 })).slice(-1)
          return [ended.state, last?.body, ended.failure?.hint]
        }
        const doubt = '(nothing of it is seen any more; on this machine that is no proof, see holdfast doctor)'
        const hint = 'Nothing of it is seen any more. On this machine that is no proof: see `holdfast doctor`.'
        assert.deepEqual(await lineAfter({ unproven: true }), ['queued', 'exit 1; queued again', undefined])
        assert.deepEqual(await lineAfter({ unproven: true }, 'timeout'), ['queued', `exit 1 ${doubt}; queued again`, hint])
        assert.deepEqual(await lineAfter({ unproven: true }, 'cancel'), ['cancelled', `exit 1 ${doubt}`, hint])
        await store.jobs.retry({ id, fromCheckpoint: false, by: null, now: 12 })
        assert.deepEqual(await lineAfter({}, 'cancel'), ['cancelled', 'exit 1', undefined])
      }))

    test('a running job can be given time: its silence is forgiven, and that is in its log; any other job is left as it is', () =>
      withStore(adapter, async ({ store }) => {
        const { job } = await submitClaimed(store)
        const fence = { jobId: job.id, attempt: 1, leaseToken: 1 }
        const stalled = { since: 5, lookedAt: 6, silentMs: 30_000, heartbeats: 'any' as const, process: null, lastLine: 'frame 1' }
        await store.claims.observe({ fence, seen: { blocks: [], stalled }, now: 6 })
        const silent = await get(store, job.id)
        assert.deepEqual([silent.stalled, silent.flags], [stalled, ['stalled']])
        const noted = { id: job.id, name: 'keep waiting', line: 'keep waiting, said ana', by: 'ana', now: 7 }
        const kept = await store.jobs.note({ ...noted, forgive: true })
        assert.deepEqual([kept?.stalled, kept?.flags, kept?.waitedAt, kept?.logLines], [null, [], 7, silent.logLines + 1])
        const { events } = await store.jobs.detail({ id: job.id, events: 9 })
        assert.deepEqual([events.at(-1)?.name, events.at(-1)?.by], ['keep waiting', 'ana'])
        assert.equal((await store.jobs.note({ ...noted, forgive: false, now: 8 }))?.waitedAt, 7, 'only a note')
        const ended = await end(store, job.id, 'badly')
        assert.deepEqual(await store.jobs.note({ ...noted, forgive: true, now: 9 }), ended)
        assert.equal(await store.jobs.note({ ...noted, id: 999, forgive: true }), null)
      }))

    test('a queued job is never stopped by a runner that had it', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store, { retry: { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } })
        await claimOnly(store, id)
        const queued = await end(store, id, 'badly')
        assert.equal(queued.state, 'queued')
        const answer = await store.jobs.askStop({ id, reason: 'timeout', why, leaseToken: queued.leaseToken, by: null, now: 9 })
        assert.deepEqual([answer?.state, answer?.version], ['queued', queued.version])
      }))

    for (const how of ['badly', 'unseen'] as const)
      test(`stopped because it took too long, ended ${how}: failed with that reason, or tried again, and the next attempt knows nothing of it`, () =>
        withStore(adapter, async ({ store }) => {
          const failure = {
            kind: 'signal',
            message: 'Killed by SIGKILL',
            hint: 'h',
            phase: 'Embed',
            lastLines: ['the last'],
            logSeq: 3,
          } as const
          const id = await ask(store, { retry: { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } })
          const expected = { kind: 'timeout', message: 'Took longer than 10 min', phase: 'Embed', lastLines: ['the last'], logSeq: 3 }
          for (const state of ['queued', 'failed']) {
            const { fence, job } = await claimOnly(store, id, { now: 20 })
            assert.deepEqual([job.stopReason, job.stopWhy, job.flags], [null, null, []])
            await store.jobs.askStop({ id, reason: 'timeout', why, leaseToken: fence.leaseToken, by: null, now: 21 })
            const ended = await end(store, id, how, {
              failure: { ...failure, lastLines: ['the last'] },
              exitCode: how === 'badly' ? 137 : null,
            })
            assert.deepEqual([ended.state, ended.failure], [state, expected])
            assert.deepEqual((await store.jobs.detail({ id, events: 1 })).history.at(-1)?.failure, expected)
          }
          const again = await store.jobs.retry({ id, fromCheckpoint: false, by: null, now: 30 })
          assert.deepEqual('stopWhy' in again && [again.stopReason, again.stopWhy], [null, null])
        }))

    test('telemetry is kept with its attempt, is no sign of life, and an adopter reads it', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        await store.claims.observe({ fence, seen: { blocks: [], heartbeatAt: 3 }, now: 3 })
        const seen = await store.claims.observe({ fence, seen: { blocks: [], telemetry }, now: 9 })
        assert.ok(seen !== 'lease lost')
        assert.deepEqual([seen.heartbeatAt, seen.logLines], [3, 0])
        await store.claims.observe({ fence, seen: { blocks: [], heartbeatAt: 10, saidError: 'e' }, now: 10 })
        const taken = await store.claims.takeOver({ fence, place: otherPlace, adopting: true, now: 11 })
        assert.deepEqual(taken !== 'lease lost' && taken.attempt.telemetry, telemetry)
        await store.claims.finish({ fence: { ...fence, leaseToken: 2 }, end: endOf('well') })
        assert.deepEqual((await store.jobs.detail({ id: 1, events: 1 })).history[0]?.telemetry, telemetry)
      }))

    test('I13: who takes over keeps what is told of the job, but does not pass on that it waits for the app: one of many takes it, and once', () =>
      withStore(adapter, async ({ store }) => {
        const id = await ask(store)
        const { fence } = await claimOnly(store, id)
        await store.claims.observe({ fence, seen: { blocks: [], flags: ['leftovers', 'unchecked'] }, now: 4 })
        const taken = await store.claims.takeOver({ fence, place: otherPlace, adopting: false, now: 5 })
        assert.deepEqual(taken !== 'lease lost' && taken.job.flags, ['leftovers'])
        assert.deepEqual((await get(store, id)).flags, ['leftovers'])
      }))

    test('flags are set as a whole, left alone by other observations, and gone with the end of the attempt', () =>
      withStore(adapter, async ({ store }) => {
        const retry = { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } as const
        const id = await ask(store, { retry })
        const set = async (flags: JobFlag[]) => {
          const { attempts, leaseToken } = await get(store, id)
          return store.claims.observe({ fence: { jobId: id, attempt: attempts, leaseToken }, seen: { blocks: [], flags }, now: 4 })
        }
        await claimOnly(store, id)
        await set(['leftovers', 'disconnected'])
        const { fence } = { fence: { jobId: id, attempt: 1, leaseToken: 1 } }
        await store.claims.observe({ fence, seen: { blocks: [], heartbeatAt: 5 }, now: 5 })
        assert.deepEqual((await get(store, id)).flags, ['leftovers', 'disconnected'])
        await set(['killIncomplete'])
        assert.deepEqual((await store.jobs.list({ limit: 5 }))[0]?.flags, ['killIncomplete'])
        await set([])
        assert.deepEqual((await get(store, id)).flags, [])
        await set(['leftovers'])
        assert.deepEqual((await end(store, id, 'badly')).flags, [], 'queued again')
        await claimOnly(store, id, { now: 20 })
        await set(['leftovers'])
        assert.deepEqual((await end(store, id, 'badly')).flags, [], 'settled')
      }))
  })
}
