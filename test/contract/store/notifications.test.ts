// The contract of a store, about notifications: what is to be told is there if and only if what it tells of is, and nobody sends what another is sending.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Failure } from '../../../src/core/job.ts'
import { limits } from '../../../src/core/limits.ts'
import type { NotifyEvent } from '../../../src/core/notification.ts'
import type { Stalled } from '../../../src/core/stall-words.ts'
import type { ClaimedNotification, NewTarget, Store, TargetRecord } from '../../../src/store/store.ts'
import { end, get, withStores } from './acts.ts'
import { postgres, sqliteInFile } from './databases.ts'
import { endOf, newJob, place, spec, stores, submit, submitClaimed, withStore } from './stores.ts'

const failure: Failure = { kind: 'exit', message: 'Disk full', hint: 'Make room.', exitCode: 5, lastLines: ['a', 'b'], logSeq: 2 }

async function put(store: Store, given: Partial<NewTarget> = {}, revives = true): Promise<TargetRecord> {
  const usual: NewTarget = {
    name: 'ops',
    type: 'webhook',
    url: 'http://h/',
    secret: null,
    events: ['failed', 'stalled', 'interrupted'],
    kinds: null,
  }
  const stored = await store.notifications.put({ target: { ...usual, ...given }, revives, now: 5 })
  return stored === 'too many' ? assert.fail(stored) : stored
}

async function target(store: Store, name = 'ops'): Promise<TargetRecord> {
  return (await store.notifications.get({ name })) ?? assert.fail(`there is no ${name}`)
}

function claimNext(store: Store, now = 100, name = 'ops'): Promise<ClaimedNotification | null> {
  return store.notifications.claim({ target: name, leaseUntil: now + 60, now })
}

/** What waits for a target, in the order in which it is sent. Everything is claimed by it. */
async function waiting(store: Store, name = 'ops'): Promise<[number | undefined, string][]> {
  const all: [number | undefined, string][] = []
  for (let one = await claimNext(store, 100, name); one; one = await claimNext(store, 100, name)) {
    all.push([one.message.job?.id, one.message.event])
    assert.ok(all.length < 100, 'what is claimed is claimed again and again')
  }
  return all
}

const stalled = (since: number, lookedAt = since): Stalled => ({
  since,
  lookedAt,
  silentMs: 180_000,
  heartbeats: 'any',
  process: { processes: 1, cpuPercent: 0, memoryBytes: 1, doing: 'sleeping' },
  lastLine: 'frame 420',
})

for (const adapter of stores) {
  describe(`notifications, ${adapter.name}`, () => {
    test('a job that fails for good is told to whoever wants it, with what it was; one that is tried again is not', () =>
      withStore(adapter, async ({ store }) => {
        await put(store)
        await put(store, { name: 'other kinds', kinds: ['install', 'update'] })
        await put(store, { name: 'successes', events: ['succeeded'], kinds: ['rebuild'] })
        const retry = { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } as const
        const { job, fence } = await submitClaimed(store, { name: 'Nightly', submittedBy: 'ana', spec: { ...spec, retry } })
        await store.claims.finish({ fence, end: endOf('badly', { failure, exitCode: 5 }) })
        assert.equal((await get(store, job.id)).state, 'queued')
        assert.deepEqual(await store.notifications.due(), [])
        await store.claims.claim({ place, kinds: ['rebuild'], limit: 1, leaseUntil: 1_000, now: 20 })
        await end(store, job.id, 'badly', { failure, exitCode: 5, now: 30 })
        assert.deepEqual(await store.notifications.due(), [{ target: 'ops', nextAt: 30 }])
        const claimed = await claimNext(store)
        const { lastLines: _, ...told } = failure
        assert.deepEqual(claimed?.message, {
          event: 'failed',
          at: 30,
          job: {
            id: job.id,
            kind: 'rebuild',
            name: 'Nightly',
            state: 'failed',
            attempts: 2,
            submittedBy: 'ana',
            submittedAt: 1,
            startedAt: 1,
            finishedAt: 30,
            failure: told,
            stalled: null,
          },
        })
        assert.deepEqual(await waiting(store, 'other kinds'), [])
        assert.deepEqual(await waiting(store, 'successes'), [])
      }))

    test('each end is told to exactly those that want it; what was cancelled to nobody', () =>
      withStore(adapter, async ({ store }) => {
        const wishes: [string, NotifyEvent[], string[] | null][] = [
          ['all', ['failed', 'stalled', 'interrupted', 'succeeded'], null],
          ['bad', ['failed', 'interrupted'], null],
          ['installs', ['failed', 'succeeded'], ['install']],
        ]
        for (const [name, events, kinds] of wishes) await put(store, { name, events, kinds })
        const ends: [string, Parameters<typeof end>[2]][] = [
          ['rebuild', 'badly'],
          ['rebuild', 'unseen'],
          ['install', 'well'],
          ['install', 'badly'],
        ]
        const ids: number[] = []
        for (const [kind, how] of ends) {
          const { job } = await submitClaimed(store, { kind })
          await end(store, job.id, how, how === 'well' ? {} : { failure, exitCode: how === 'unseen' ? null : 5 })
          ids.push(job.id)
        }
        const { job: running } = await submitClaimed(store)
        await store.jobs.askStop({ id: running.id, by: 'ana', now: 9 })
        await end(store, running.id, 'badly', { failure })
        const { job: queued } = await submit(store)
        await store.jobs.askStop({ id: queued.id, by: 'ana', now: 9 })
        const [failed, interrupted, installed, broken] = ids
        assert.deepEqual(await waiting(store, 'all'), [
          [failed, 'failed'],
          [interrupted, 'interrupted'],
          [installed, 'succeeded'],
          [broken, 'failed'],
        ])
        assert.deepEqual(await waiting(store, 'bad'), [
          [failed, 'failed'],
          [interrupted, 'interrupted'],
          [broken, 'failed'],
        ])
        assert.deepEqual(await waiting(store, 'installs'), [
          [installed, 'succeeded'],
          [broken, 'failed'],
        ])
      }))

    test('I6: what the holder of an older lease says of an end is told to nobody', () =>
      withStore(adapter, async ({ store }) => {
        await put(store)
        const { fence } = await submitClaimed(store)
        await store.claims.takeOver({ fence, place, adopting: true, now: 3 })
        assert.equal(await store.claims.finish({ fence, end: endOf('badly', { failure }) }), 'lease lost')
        assert.deepEqual(await store.notifications.due(), [])
      }))

    test('a silence is told once, also when its facts are looked at again; one that comes and goes once an hour; after a person said to wait on, anew', () =>
      withStore(adapter, async ({ store, sql }) => {
        await put(store)
        const { job, fence } = await submitClaimed(store)
        const see = (seen: Stalled | null, now: number) => store.claims.observe({ fence, seen: { blocks: [], stalled: seen }, now })
        await see(stalled(1_000), 1_000)
        await see(stalled(1_000, 16_000), 16_000)
        await see(null, 17_000)
        await see(stalled(20_000), 20_000)
        await see(null, 21_000)
        const told = async () => (await sql('select at from notifications order by id')).map((row) => Number(row.at))
        assert.deepEqual(await told(), [1_000])
        const late = 30_000 + limits.stallToldMs
        await see(stalled(30_000, 30_000), 30_000)
        assert.deepEqual(await told(), [1_000])
        await see(stalled(30_000, late), late)
        assert.deepEqual(await told(), [1_000, late], 'it is silent still, and nobody was told of this silence')
        await store.jobs.note({ id: job.id, name: 'keep waiting', line: 'on', forgive: true, by: 'ana', now: late + 1 })
        await see(stalled(late + 2), late + 2)
        assert.deepEqual(await told(), [1_000, late, late + 2])
        const first = await claimNext(store, late)
        assert.deepEqual(
          [first?.message.event, first?.message.job?.state, first?.message.job?.stalled],
          ['stalled', 'running', 'alive, 0 % CPU, silent for 3 min; last line: frame 420'],
        )
      }))

    test('what is sent is gone and counted as sent; what is not is tried again, or given up, and the trouble is kept', () =>
      withStore(adapter, async ({ store }) => {
        await put(store, { secret: 'whsec_x' })
        const { job } = await submitClaimed(store)
        await end(store, job.id, 'badly', { failure })
        const first = (await claimNext(store, 100)) ?? assert.fail()
        assert.equal(first.target.secret, 'whsec_x')
        assert.equal(await claimNext(store, 159), null)
        await store.notifications.conclude({
          claimed: first,
          outcome: { became: 'again', nextAt: 200, heldUntil: 300, why: 'answered 503' },
          now: 110,
        })
        assert.deepEqual(await store.notifications.due(), [{ target: 'ops', nextAt: 300 }])
        assert.deepEqual((await target(store)).lastError, { at: 110, message: 'answered 503' })
        assert.equal(await claimNext(store, 250), null, 'it asked to be left alone')
        const second = (await claimNext(store, 300)) ?? assert.fail()
        assert.equal(second.tries, 1)
        await store.notifications.conclude({ claimed: second, outcome: { became: 'let go' }, now: 310 })
        const third = (await claimNext(store, 310)) ?? assert.fail()
        assert.equal(third.tries, 1, 'what was let go is no failed try')
        await store.notifications.conclude({ claimed: third, outcome: { became: 'sent' }, now: 320 })
        const { waiting, lastSentAt, heldUntil } = await target(store)
        assert.deepEqual({ waiting, lastSentAt, heldUntil }, { waiting: 0, lastSentAt: 320, heldUntil: 0 })
        const { job: other } = await submitClaimed(store)
        await end(store, other.id, 'badly', { failure })
        const last = (await claimNext(store, 400)) ?? assert.fail()
        await store.notifications.conclude({ claimed: last, outcome: { became: 'given up', why: 'given up' }, now: 400 })
        const after = await target(store)
        assert.deepEqual([after.waiting, after.givenUp, after.lastError?.message], [0, 1, 'given up'])
      }))

    test('whoever says too late what became of it changes nothing', () =>
      withStore(adapter, async ({ store }) => {
        await put(store)
        const { job } = await submitClaimed(store)
        await end(store, job.id, 'badly', { failure })
        const frozen = (await claimNext(store, 100)) ?? assert.fail()
        const next = (await claimNext(store, 160)) ?? assert.fail()
        assert.equal(next.id, frozen.id)
        for (const outcome of [{ became: 'sent' }, { became: 'given up', why: 'x' }, { became: 'gone', why: 'x' }] as const)
          assert.equal(await store.notifications.conclude({ claimed: frozen, outcome, now: 200 }), false)
        const { waiting, lastSentAt, givenUp, disabledAt } = await target(store)
        assert.deepEqual({ waiting, lastSentAt, givenUp, disabledAt }, { waiting: 1, lastSentAt: null, givenUp: 0, disabledAt: null })
        assert.equal(await store.notifications.conclude({ claimed: next, outcome: { became: 'sent' }, now: 201 }), true)
      }))

    test('a target that is gone is told nothing more, until a person puts it right, or it is another place', () =>
      withStore(adapter, async ({ store }) => {
        await put(store)
        const fail = async () => end(store, (await submitClaimed(store)).job.id, 'badly', { failure })
        await fail()
        await fail()
        const claimed = (await claimNext(store)) ?? assert.fail()
        await store.notifications.conclude({ claimed, outcome: { became: 'gone', why: 'answered 410' }, now: 110 })
        await fail()
        const gone = await target(store)
        assert.deepEqual([gone.waiting, gone.givenUp, gone.disabledAt, gone.disabledWhy], [0, 2, 110, 'answered 410'])
        assert.deepEqual(await store.notifications.due(), [])
        assert.equal((await put(store, {}, false)).disabledAt, 110, 'an app that opens again says nothing new')
        assert.equal((await put(store, { url: 'http://other/' }, false)).disabledAt, null)
        await fail()
        assert.deepEqual((await waiting(store)).length, 1)
      }))

    test('a target keeps its secret where none is said, and loses it where null is; removed, it has nothing waiting', () =>
      withStore(adapter, async ({ store }) => {
        await put(store, { secret: 'a' })
        assert.equal((await put(store, { secret: undefined, kinds: ['x'] })).secret, 'a')
        assert.deepEqual((await target(store)).kinds, ['x'])
        assert.equal((await put(store, { secret: null })).secret, null)
        const token = { type: 'ntfy', url: 'https://ntfy.sh/a', secret: 'tk_1' } as const
        await put(store, token)
        assert.equal((await put(store, { ...token, url: 'https://ntfy.sh/b', secret: undefined })).secret, 'tk_1')
        assert.equal(
          (await put(store, { ...token, url: 'https://other.example/b', secret: undefined })).secret,
          null,
          'not shown elsewhere',
        )
        await put(store, token)
        assert.equal((await put(store, { ...token, type: 'webhook', secret: undefined })).secret, null, 'a token signs nothing')
        await end(store, (await submitClaimed(store)).job.id, 'badly', { failure })
        assert.equal(await store.notifications.remove({ name: 'ops' }), true)
        assert.equal(await store.notifications.remove({ name: 'ops' }), false)
        await put(store)
        assert.deepEqual(await waiting(store), [])
      }))

    test('at most so many wait for a target: the oldest are dropped, and counted', () =>
      withStore(adapter, async ({ store, sql }) => {
        await put(store)
        await put(store, { name: 'quiet', kinds: ['install'] })
        const rows = Array.from({ length: limits.notificationsWaiting }, () => `('ops', 'failed', 1, '{"id":0}', 1)`)
        await sql(`insert into notifications (target, event, at, job, next_at) values ${rows.join()}`)
        const jobs = await store.jobs.submit({ jobs: [newJob(), newJob()], now: 1 })
        await store.claims.claim({ place, kinds: ['rebuild'], limit: 2, leaseUntil: 1_000, now: 2 })
        for (const one of jobs) await end(store, 'job' in one ? one.job.id : 0, 'badly', { failure })
        const { waiting, dropped } = await target(store)
        assert.deepEqual({ waiting, dropped }, { waiting: limits.notificationsWaiting, dropped: 2 })
        const [{ oldest } = {}] = await sql('select min(id) as oldest from notifications')
        assert.equal(Number(oldest), 3)
      }))

    test('there may be so many targets and no more', () =>
      withStore(adapter, async ({ store }) => {
        for (let index = 0; index < limits.notificationTargets; index++) await put(store, { name: `t${index}` })
        const one = { name: 'more', type: 'ntfy', url: 'http://h/t', secret: null, events: ['failed'], kinds: null } as const
        assert.equal(await store.notifications.put({ target: one, revives: true, now: 1 }), 'too many')
        assert.equal((await put(store, { name: 't3', url: 'http://new/' })).url, 'http://new/')
      }))
  })
}

for (const adapter of [sqliteInFile, postgres])
  test(`two processes never have the same notification at the same time, ${adapter.name}`, () =>
    withStores(adapter, async ({ first, second, sql }) => {
      await put(first)
      const rows = Array.from({ length: 60 }, () => `('ops', 'failed', 1, '{"id":0}', 1)`)
      await sql(`insert into notifications (target, event, at, job, next_at) values ${rows.join()}`)
      const all = async (store: Store) => {
        const ids: number[] = []
        for (let one = await claimNext(store); one; one = ids.length < 100 ? await claimNext(store) : null) ids.push(one.id)
        return ids
      }
      const claimed = await Promise.all([all(first), all(second), all(first), all(second)])
      const ids = claimed.flat()
      assert.equal(new Set(ids).size, ids.length, 'none was claimed twice')
      assert.equal(ids.length, 60)
    }))
