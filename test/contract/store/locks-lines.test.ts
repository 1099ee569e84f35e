// The contract of a store, about the lines of lock keys (LOCKS.md): who is in line and who is not, nobody overtakes, nobody is forgotten.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Lock } from '../../../src/core/job.ts'
import {
  ask,
  askAll,
  assertNothingLeft,
  claimIds,
  claimOnly,
  end,
  exclusive,
  get,
  promoteAll,
  runnerFor,
  shared,
  stateOf,
  waitingOf,
} from './acts.ts'
import { stores, submit, withStore } from './stores.ts'

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))

for (const adapter of stores) {
  describe(`lines of lock keys, ${adapter.name}`, () => {
    test('no overtaking: a later shared one never starts before an earlier exclusive one in line', () =>
      withStore(adapter, async ({ store }) => {
        await ask(store, { locks: [shared('k')] })
        await claimIds(store)
        const first = await ask(store, { locks: [exclusive('k')] })
        assert.deepEqual(await claimIds(store), [])
        for (let round = 0; round < 5; round++) {
          await ask(store, { locks: [shared('k')] })
          assert.deepEqual(await claimIds(store), [], 'nobody passes it')
        }
        await end(store, 1)
        await claimOnly(store, first)
        await end(store, first)
        assert.equal((await claimIds(store)).length, 5)
      }))

    test('a smaller priority goes before everybody in line, as in the queue', () =>
      withStore(adapter, async ({ store }) => {
        await ask(store, { locks: [exclusive('k')] })
        await claimIds(store)
        await askAll(store, [
          { locks: [exclusive('k')] },
          { locks: [exclusive('k')], priority: -1 },
          { locks: [exclusive('k')], priority: 5 },
        ])
        assert.deepEqual(await claimIds(store), [])
        for (const next of [3, 2, 4]) {
          await end(store, (await store.jobs.list({ state: ['running'], limit: 1 }))[0]?.id ?? 0)
          await claimOnly(store, next)
        }
      }))

    test('who cannot start yet blocks nobody: scheduled for tomorrow, waiting for a job, in a paused queue or kind, in a full queue', () =>
      withStore(adapter, async ({ store }) => {
        const kinds = ['rebuild', 'paused kind']
        const running = await ask(store, { queue: 'full' })
        await claimIds(store)
        await store.queues.setQueue({ queue: 'closed', paused: true, by: null, now: 1 })
        await store.queues.setQueue({ queue: 'full', concurrency: 1, by: null, now: 1 })
        await store.queues.setKind({ kind: 'paused kind', paused: true, by: null, now: 1 })
        const locks = [exclusive('install')]
        await askAll(store, [
          { locks, availableAt: 86_400_000 },
          { locks, after: [running] },
          { locks, queue: 'closed' },
          { locks, kind: 'paused kind' },
          { locks, queue: 'full' },
        ])
        assert.deepEqual(await claimIds(store, { kinds }), [])
        const free = await ask(store, { locks, priority: 9 })
        await claimOnly(store, free, { kinds })
        await end(store, free)
        await store.queues.setQueue({ queue: 'closed', paused: false, by: null, now: 3 })
        await claimOnly(store, 4, { kinds })
      }))

    test('paused while it is parked: it leaves the line, and comes back in its place', () =>
      withStore(adapter, async ({ store, sql }) => {
        await runnerFor(store, ['rebuild', 'scan'])
        const locks = [exclusive('k')]
        for (const closed of [{ queue: 'night' }, { kind: 'scan' }]) {
          const kinds = ['rebuild', 'scan']
          const holder = await ask(store, { locks: [shared('k')] })
          await claimOnly(store, holder, { kinds })
          const parked = await ask(store, { locks, ...closed })
          assert.deepEqual(await claimIds(store, { kinds }), [])
          assert.equal((await get(store, parked)).hold, 'key')
          const pause = (paused: boolean) =>
            'queue' in closed
              ? store.queues.setQueue({ queue: closed.queue, paused, by: 'ada', now: 3 })
              : store.queues.setKind({ kind: closed.kind, paused, by: 'ada', now: 3 })
          await pause(true)
          const told = 'queue' in closed ? { for: 'queue paused', queue: 'night', by: 'ada' } : { for: 'kind paused', by: 'ada' }
          assert.deepEqual(await waitingOf(store, parked), told)
          const later = await ask(store, { locks: [shared('k')] })
          await claimOnly(store, later, { kinds })
          await pause(false)
          const last = await ask(store, { locks: [shared('k')] })
          assert.deepEqual(await claimIds(store, { kinds }), [])
          for (const id of [holder, later]) await end(store, id)
          await claimOnly(store, parked, { kinds })
          await end(store, parked)
          await claimOnly(store, last, { kinds })
          await end(store, last)
        }
        await claimIds(store)
        await assertNothingLeft({ sql })
      }))

    test('those behind a parked one start when it is paused, at once', () =>
      withStore(adapter, async ({ store }) => {
        await ask(store, { locks: [shared('k')] })
        await claimIds(store)
        await ask(store, { locks: [exclusive('k')], queue: 'night' })
        const behind = await askAll(
          store,
          times(3, () => ({ locks: [shared('k')] })),
        )
        assert.deepEqual(await claimIds(store), [])
        await store.queues.setQueue({ queue: 'night', paused: true, by: null, now: 3 })
        assert.deepEqual(await claimIds(store), behind)
      }))

    const leaving: [string, (store: Parameters<typeof stateOf>[0], id: number) => Promise<unknown>][] = [
      ['is cancelled', (store, id) => store.jobs.askStop({ id, by: null, now: 3 })],
      ['expires', (store) => promoteAll(store, 50)],
      ['is replaced', (store) => submit(store, { unique: { key: 'u', policy: 'replaceQueued' }, input: 'newer', availableAt: 999 })],
    ]
    for (const [name, leave] of leaving)
      test(`those behind it start when one in line ${name}`, () =>
        withStore(adapter, async ({ store, sql }) => {
          await ask(store, { locks: [shared('k')] })
          await claimIds(store)
          const locks = [exclusive('k'), exclusive('other')]
          const first = await ask(store, { locks, expireAfterMs: 49, unique: { key: 'u', policy: 'return' } })
          const behind = await askAll(store, [{ locks: [shared('k')] }, { locks: [exclusive('other')] }])
          assert.deepEqual(await claimIds(store), [])
          await leave(store, first)
          assert.deepEqual(await claimIds(store), behind)
          for (const id of [1, ...behind]) await end(store, id)
          await claimIds(store)
          await assertNothingLeft({ sql })
        }))

    test('I1: a chain of two hundred parked on one key, of all sorts: all run, nobody is forgotten', () =>
      withStore(adapter, async ({ store, sql }) => {
        await ask(store, { locks: [exclusive('k')] })
        await claimIds(store)
        const lock = (index: number): Lock => (index % 23 === 5 ? exclusive('k') : shared('k'))
        const locks = times(200, (index) => [lock(index), ...(index % 3 ? [shared(`own ${index % 2}`)] : [])])
        const ids = await askAll(
          store,
          locks.map((own) => ({ locks: own })),
        )
        assert.deepEqual(await claimIds(store, { limit: 1_000 }), [])
        assert.equal((await store.queues.lockKeys({ limit: 9 })).find(({ key }) => key === 'k')?.waiting, 200)
        let running = [1]
        const started: number[] = []
        while (running.length > 0) {
          for (const id of running) await end(store, id)
          running = await claimIds(store, { limit: 1_000 })
          const isAlone = running.some((id) => locks[id - 2]?.[0]?.mode === 'exclusive')
          assert.ok(running.length === 1 || !isAlone)
          started.push(...running)
        }
        assert.deepEqual(started, ids)
        await assertNothingLeft({ sql })
      }))

    test('I1: a wave of shared ones with few slots: woken and not reached, they are still in line', () =>
      withStore(adapter, async ({ store }) => {
        await ask(store, { locks: [exclusive('k')] })
        await claimIds(store)
        const wave = await askAll(
          store,
          times(40, () => ({ locks: [shared('k')] })),
        )
        assert.deepEqual(await claimIds(store), [])
        await end(store, 1)
        const claimed = await claimIds(store, { limit: 3 })
        assert.deepEqual(claimed, wave.slice(0, 3))
        const last = await ask(store, { locks: [exclusive('k')] })
        assert.deepEqual(await claimIds(store, { limit: 1 }), wave.slice(3, 4))
        for (const id of wave.slice(4)) await store.jobs.askStop({ id, by: null, now: 3 })
        for (const id of wave.slice(0, 4)) {
          assert.deepEqual(await claimIds(store), [])
          await end(store, id)
        }
        await claimOnly(store, last)
      }))

    test('I1: more keys let go of in one moment than one pass sees to', () =>
      withStore(adapter, async ({ store, sql }) => {
        const locks = times(16, (index) => exclusive(`k${index}`))
        const more = times(16, (index) => exclusive(`more ${index}`))
        const third = times(9, (index) => exclusive(`third ${index}`))
        await askAll(store, [{ locks }, { locks: more }, { locks: third }])
        assert.deepEqual(await claimIds(store), [1, 2, 3])
        const waiting = await askAll(
          store,
          [...locks, ...more, ...third].map((lock) => ({ locks: [lock] })),
        )
        assert.deepEqual(await claimIds(store), [])
        for (const id of [1, 2, 3]) await end(store, id)
        assert.equal((await sql('select count(*) as flagged from lock_keys where wake_at is not null'))[0]?.flagged, 41)
        assert.deepEqual(
          (await claimIds(store)).toSorted((a, b) => a - b),
          waiting,
        )
      }))

    test('a kind that only another registered runner knows keeps its place; one that nobody knows does not', () =>
      withStore(adapter, async ({ store }) => {
        const mine = await runnerFor(store, ['rebuild'])
        const other = await runnerFor(store, ['scan'], 'runner-2')
        await ask(store, { locks: [shared('k')] })
        await claimIds(store)
        const scan = await ask(store, { kind: 'scan', locks: [exclusive('k')] })
        assert.deepEqual(await claimIds(store, { place: other, kinds: ['scan'] }), [])
        const behind = await ask(store, { locks: [shared('k')] })
        assert.deepEqual(await claimIds(store, { place: mine }), [])
        await end(store, 1)
        assert.deepEqual(await claimIds(store, { place: mine }), [], 'it has woken the scan, and leaves it its place')
        await claimOnly(store, scan, { place: other, kinds: ['scan'] })
        const second = await ask(store, { kind: 'scan', locks: [exclusive('k')] })
        assert.deepEqual(await claimIds(store, { place: other, kinds: ['scan'] }), [])
        await store.runners.remove({ runnerId: 'runner-2', now: 3 })
        await end(store, scan)
        assert.deepEqual(await claimIds(store, { place: mine }), [behind], 'nobody knows the second scan now')
        await end(store, behind)
        assert.deepEqual(await waitingOf(store, second), { for: 'runner that knows this kind' })
      }))

    test('I1: woken by a runner that does not know its kind, and then the last one that does goes: it lets the others by', () =>
      withStore(adapter, async ({ store }) => {
        const mine = await runnerFor(store, ['rebuild'])
        const other = await runnerFor(store, ['scan'], 'runner-2')
        await ask(store, { locks: [shared('k')] })
        await claimIds(store)
        const scan = await ask(store, { kind: 'scan', locks: [exclusive('k')] })
        assert.deepEqual(await claimIds(store, { place: other, kinds: ['scan'] }), [])
        const behind = await ask(store, { locks: [shared('k')] })
        assert.deepEqual(await claimIds(store, { place: mine }), [])
        await end(store, 1)
        assert.deepEqual(await claimIds(store, { place: mine }), [])
        await store.runners.remove({ runnerId: 'runner-2', now: 3 })
        await claimOnly(store, behind, { place: mine })
        assert.equal(await stateOf(store, scan), 'queued')
      }))
  })
}
