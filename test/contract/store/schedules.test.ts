// The contract of a store, about schedules: a firing happens once whoever fires it, and what became of it is kept.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NewJob, ScheduleRecord, Store } from '../../../src/store/store.ts'
import { claimOnly, stateOf, type Wanted, wanted } from './acts.ts'
import { stores, withStore } from './stores.ts'

type NewSchedule = Parameters<Store['schedules']['put']>[0]['schedule']

function put(store: Store, given: Partial<NewSchedule> = {}, now = 1): Promise<ScheduleRecord> {
  const what = {
    name: 'nightly',
    kind: 'rebuild',
    cron: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    input: { full: true },
    missed: 'skip',
  } as const
  return store.schedules.put({ schedule: { ...what, nextAt: 100, ...given }, now })
}

const firing = (given: Wanted = {}): NewJob => wanted({ schedule: 'nightly', submittedBy: 'schedule nightly', ...given })

async function theOne(store: Store): Promise<ScheduleRecord> {
  const [schedule] = await store.schedules.list({ limit: 9 })
  return schedule ?? assert.fail('there is none')
}

for (const adapter of stores) {
  describe(`schedules, ${adapter.name}`, () => {
    test('put: kept as it was said, by name', () =>
      withStore(adapter, async ({ store }) => {
        const stored = await put(store)
        assert.deepEqual(stored, {
          name: 'nightly',
          kind: 'rebuild',
          cron: '30 2 * * *',
          timeZone: 'Europe/Berlin',
          input: { full: true },
          missed: 'skip',
          pausedAt: null,
          pausedBy: null,
          nextAt: 100,
          lastAt: null,
          lastJobId: null,
          trouble: null,
          version: 1,
        })
        await put(store, { name: 'hourly', nextAt: null })
        assert.deepEqual(
          (await store.schedules.list({ limit: 9 })).map(({ name }) => name),
          ['hourly', 'nightly'],
        )
        assert.equal((await store.schedules.list({ limit: 1 })).length, 1)
      }))

    test('put again: the same time keeps its next firing, which may have been missed; another time begins anew', () =>
      withStore(adapter, async ({ store }) => {
        await put(store)
        const same = await put(store, { input: 'other', missed: 'once', kind: 'scan', nextAt: 900 })
        assert.deepEqual([same.nextAt, same.input, same.missed, same.kind, same.version], [100, 'other', 'once', 'scan', 2])
        assert.equal((await put(store, { cron: '0 3 * * *', nextAt: 900 })).nextAt, 900)
        assert.equal((await put(store, { cron: '0 3 * * *', timeZone: 'UTC', nextAt: 950 })).nextAt, 950)
        assert.equal((await store.schedules.list({ limit: 9 })).length, 1)
      }))

    test('put again does not resume a paused one, and forgets nothing', () =>
      withStore(adapter, async ({ store }) => {
        const schedule = await put(store)
        await store.schedules.fire({ schedule, nextAt: 200, job: firing(), trouble: null, now: 105 })
        await store.schedules.pause({ name: 'nightly', paused: true, nextAt: null, by: 'ada', now: 106 })
        const again = await put(store, { cron: '0 3 * * *', nextAt: 900 })
        assert.deepEqual([again.pausedAt, again.pausedBy, again.lastAt, again.lastJobId], [106, 'ada', 105, 1])
      }))

    test('due: those whose time has come, the earliest first; not the paused ones, nor those that never fire', () =>
      withStore(adapter, async ({ store }) => {
        for (const [name, nextAt] of [
          ['a', 120],
          ['b', 100],
          ['c', 200],
          ['d', null],
          ['e', 90],
        ] as const)
          await put(store, { name, nextAt })
        await store.schedules.pause({ name: 'e', paused: true, nextAt: null, by: null, now: 1 })
        const due = async (dueAt: number) => (await store.schedules.list({ dueAt, limit: 9 })).map(({ name }) => name)
        assert.deepEqual([await due(99), await due(100), await due(150), await due(200)], [[], ['b'], ['b', 'a'], ['b', 'a', 'c']])
      }))

    test('list: those of some kinds, or of a name', () =>
      withStore(adapter, async ({ store }) => {
        for (const [name, kind, nextAt] of [
          ['a', 'scan', 100],
          ['b', 'mail', 90],
          ['c', 'build', 80],
          ['d', 'scan', 70],
        ] as const)
          await put(store, { name, kind, nextAt })
        const names = async (options: { dueAt?: number; kinds?: string[]; name?: string; limit: number }) =>
          (await store.schedules.list(options)).map(({ name }) => name)
        assert.deepEqual(await names({ kinds: ['scan', 'mail'], limit: 9 }), ['a', 'b', 'd'])
        assert.deepEqual(await names({ dueAt: 95, kinds: ['scan', 'mail'], limit: 9 }), ['d', 'b'])
        assert.deepEqual(await names({ dueAt: 95, kinds: ['scan', 'mail'], limit: 1 }), ['d'])
        assert.deepEqual(await names({ kinds: [], limit: 9 }), [])
        assert.deepEqual([await names({ name: 'c', limit: 1 }), await names({ name: 'e', limit: 1 })], [['c'], []])
      }))

    test('one that fires no more begins anew when it is put or resumed, without its trouble', () =>
      withStore(adapter, async ({ store }) => {
        const end = async () =>
          store.schedules.fire({ schedule: await theOne(store), nextAt: null, job: null, trouble: 'no such time zone', now: 5 })
        await put(store)
        await end()
        assert.partialDeepStrictEqual(await theOne(store), { nextAt: null, trouble: 'no such time zone' })
        assert.partialDeepStrictEqual(await put(store, { nextAt: 300 }), { nextAt: 300, trouble: null })
        await end()
        const resumed = await store.schedules.pause({ name: 'nightly', paused: false, nextAt: 400, by: null, now: 6 })
        assert.partialDeepStrictEqual(resumed, { nextAt: 400, trouble: null })
      }))

    test('fire: the job is there, and the schedule has moved on', () =>
      withStore(adapter, async ({ store }) => {
        const fired = await store.schedules.fire({ schedule: await put(store), nextAt: 200, job: firing(), trouble: null, now: 105 })
        assert.ok(fired !== null && typeof fired === 'object' && 'job' in fired && fired.created)
        const after = await theOne(store)
        assert.deepEqual([after.nextAt, after.lastAt, after.lastJobId, after.version], [200, 105, fired.job.id, 2])
        const { events } = await store.jobs.detail({ id: fired.job.id, events: 9 })
        assert.deepEqual(
          events.map(({ name, by, details }) => [name, by, details]),
          [['submitted', 'schedule nightly', { schedule: 'nightly' }]],
        )
        await claimOnly(store, fired.job.id)
      }))

    test('I4: fired by eight at the same time: one job', () =>
      withStore(adapter, async ({ store }) => {
        const schedule = await put(store)
        const fire = () => store.schedules.fire({ schedule, nextAt: 200, job: firing(), trouble: null, now: 105 })
        const all = await Promise.all(Array.from({ length: 8 }, fire))
        assert.equal(all.filter((one) => one === 'fired by another').length, 7)
        assert.equal((await store.jobs.list({ limit: 9 })).length, 1)
        assert.equal(await fire(), 'fired by another')
      }))

    test('fire: of one that was changed, paused or removed meanwhile: nothing', () =>
      withStore(adapter, async ({ store }) => {
        const changes = [
          () => put(store, { input: 'new' }),
          () => store.schedules.pause({ name: 'nightly', paused: true, nextAt: null, by: null, now: 3 }),
          () => store.schedules.remove({ name: 'nightly' }),
        ]
        await put(store)
        for (const change of changes) {
          const schedule = await theOne(store)
          await change()
          assert.equal(await store.schedules.fire({ schedule, nextAt: 200, job: firing(), trouble: null, now: 105 }), 'fired by another')
        }
        assert.deepEqual(await store.jobs.list({ limit: 9 }), [])
      }))

    test('overlap: the unique key decides, and the schedule moves on whichever way', () =>
      withStore(adapter, async ({ store }) => {
        await put(store)
        const fire = async (policy: 'return' | 'refuse', nextAt: number) =>
          store.schedules.fire({
            schedule: await theOne(store),
            nextAt,
            job: firing({ unique: { key: '*', policy } }),
            trouble: null,
            now: nextAt - 1,
          })
        await fire('return', 200)
        const second = await fire('return', 300)
        assert.ok(second !== null && typeof second === 'object' && 'job' in second)
        assert.deepEqual([second.created, second.job.id], [false, 1])
        assert.equal((await theOne(store)).lastJobId, 1)
        const third = await fire('refuse', 400)
        assert.ok(third !== null && typeof third === 'object' && 'refusedFor' in third)
        const refused = await theOne(store)
        assert.deepEqual([refused.nextAt, (await store.jobs.list({ limit: 9 })).length], [400, 1])
        assert.deepEqual([refused.lastAt, refused.lastJobId], [299, 1], 'what made no job is not the last firing that did')
        assert.match(refused.trouble ?? '', /job 1 .*unique key.* queued/)
        await fire('return', 500)
        assert.deepEqual([(await theOne(store)).lastAt, (await theOne(store)).trouble], [499, null])
      }))

    test('a firing that was missed makes no job, and moves on; its trouble is kept until the next one that works', () =>
      withStore(adapter, async ({ store }) => {
        const fire = async (job: NewJob | null, trouble: string | null, nextAt: number | null) =>
          store.schedules.fire({ schedule: await theOne(store), nextAt, job, trouble, now: 105 })
        await put(store)
        await fire(null, null, 200)
        assert.partialDeepStrictEqual(await theOne(store), { nextAt: 200, lastAt: null, lastJobId: null, trouble: null })
        await fire(null, 'input: wrong', 300)
        assert.partialDeepStrictEqual(await theOne(store), { nextAt: 300, lastAt: null, lastJobId: null, trouble: 'input: wrong' })
        await fire(firing(), null, null)
        assert.partialDeepStrictEqual(await theOne(store), { nextAt: null, lastAt: 105, lastJobId: 1, trouble: null })
        assert.deepEqual(await store.schedules.list({ dueAt: 9_999, limit: 9 }), [])
      }))

    test('run now: fired with the next time kept', () =>
      withStore(adapter, async ({ store }) => {
        const schedule = await put(store)
        await store.schedules.fire({ schedule, nextAt: schedule.nextAt, job: firing(), trouble: null, now: 50 })
        assert.partialDeepStrictEqual(await theOne(store), { nextAt: 100, lastAt: 50, lastJobId: 1 })
        assert.equal(await stateOf(store, 1), 'queued')
      }))

    test('pause and resume: who and when; what would have fired meanwhile was not missed', () =>
      withStore(adapter, async ({ store }) => {
        await put(store)
        const pause = (paused: boolean, nextAt: number | null) =>
          store.schedules.pause({ name: 'nightly', paused, nextAt, by: 'ada', now: 50 })
        assert.partialDeepStrictEqual(await pause(true, null), { pausedAt: 50, pausedBy: 'ada', nextAt: 100 })
        assert.partialDeepStrictEqual(await pause(false, 500), { pausedAt: null, pausedBy: null, nextAt: 500 })
        const { version } = await theOne(store)
        assert.partialDeepStrictEqual(await pause(false, 900), { nextAt: 500, version }, 'what is not paused keeps its next firing')
        assert.equal(await store.schedules.pause({ name: 'none', paused: true, nextAt: null, by: null, now: 1 }), null)
      }))

    test('remove: gone, and its jobs stay', () =>
      withStore(adapter, async ({ store }) => {
        await store.schedules.fire({ schedule: await put(store), nextAt: 200, job: firing(), trouble: null, now: 105 })
        assert.deepEqual(
          [await store.schedules.remove({ name: 'nightly' }), await store.schedules.remove({ name: 'nightly' })],
          [true, false],
        )
        assert.deepEqual([(await store.schedules.list({ limit: 9 })).length, await stateOf(store, 1)], [0, 'queued'])
      }))
  })
}
