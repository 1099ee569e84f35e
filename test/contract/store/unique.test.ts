// The contract of a store, about unique keys: which job serves a submitter, under each policy (I2).
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { UniquePolicy } from '../../../src/core/uniqueness.ts'
import type { Store } from '../../../src/store/store.ts'
import { ask, claimIds, claimOnly, end, get, runnerFor, stateOf, type Wanted, waitingOf, wanted } from './acts.ts'
import { stores, submit, withStore } from './stores.ts'

const keyed = (policy: UniquePolicy, given: Wanted = {}) => wanted({ unique: { key: 'k', policy }, ...given })

/** Number of the job that serves him, and whether it is new; or of the one that he is refused for. */
async function served(store: Store, policy: UniquePolicy, given: Wanted = {}): Promise<[number, boolean | 'refused']> {
  const [one] = await store.jobs.submit({ jobs: [keyed(policy, given)], now: 3 })
  assert.ok(one && ('job' in one || 'refusedFor' in one))
  return 'job' in one ? [one.job.id, one.created] : [one.refusedFor.id, 'refused']
}

/** One that runs and, with `queued`, one behind it. */
async function active(store: Store, queued: boolean): Promise<void> {
  await submit(store, keyed('keepLast', { input: 'running' }))
  await claimOnly(store, 1)
  if (queued) await submit(store, keyed('keepLast', { input: 'queued' }))
}

const retry = { attempts: 3, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } as const

for (const adapter of stores) {
  describe(`unique keys, ${adapter.name}`, () => {
    // What each policy answers a submit of another input: where nobody is active, one queued, one running, one running and one queued.
    const answers: Record<UniquePolicy, { none: unknown; queued: unknown; running: unknown; both: unknown }> = {
      return: { none: [1, true], queued: [1, false], running: [1, false], both: [2, false] },
      replaceQueued: { none: [1, true], queued: [2, true], running: [1, false], both: [3, true] },
      keepLast: { none: [1, true], queued: [2, true], running: [2, true], both: [3, true] },
      refuse: { none: [1, true], queued: [1, 'refused'], running: [1, 'refused'], both: [2, 'refused'] },
    }
    for (const [policy, wants] of Object.entries(answers) as [UniquePolicy, (typeof answers)['return']][])
      test(`I2: ${policy}: nobody active, one queued, one running, one running and one queued`, async () => {
        await withStore(adapter, async ({ store }) => {
          assert.deepEqual(await served(store, policy), wants.none)
          assert.deepEqual(await served(store, policy, { input: 'newer' }), wants.queued)
        })
        for (const both of [false, true])
          await withStore(adapter, async ({ store }) => {
            await active(store, both)
            assert.deepEqual(await served(store, policy, { input: 'newer' }), both ? wants.both : wants.running)
            assert.equal(await stateOf(store, 1), 'running')
            assert.deepEqual(await claimIds(store), [], 'and never two at a time')
          })
      })

    for (const policy of ['replaceQueued', 'keepLast'] as const)
      test(`I2: ${policy}: the very same again is served by the one that is queued`, () =>
        withStore(adapter, async ({ store }) => {
          assert.deepEqual(await served(store, policy, { input: { a: 1 }, fingerprint: 'f' }), [1, true])
          assert.deepEqual(await served(store, policy, { input: { a: 1 }, fingerprint: 'f' }), [1, false])
          assert.deepEqual(await served(store, policy, { input: { a: 1 }, fingerprint: 'g' }), [2, true])
        }))

    test('I2: the replaced one is cancelled, and says by which', () =>
      withStore(adapter, async ({ store }) => {
        await served(store, 'replaceQueued', { input: 'old' })
        await served(store, 'replaceQueued', { input: 'new' })
        const old = await get(store, 1)
        assert.deepEqual(
          [old.state, old.failure?.kind, old.failure?.message, old.finishedAt],
          ['cancelled', 'replaced', 'Replaced by #2', 3],
        )
        assert.equal((await store.jobs.detail({ id: 1, events: 9 })).events.at(-1)?.name, 'cancelled')
        assert.deepEqual(await claimIds(store), [2])
      }))

    test('I2: keepLast: behind a running one it waits for that one and is told so, and starts when it has ended', () =>
      withStore(adapter, async ({ store }) => {
        await runnerFor(store, ['rebuild'])
        await active(store, true)
        assert.deepEqual(await claimIds(store), [])
        assert.deepEqual(await waitingOf(store, 2), { for: 'unique key', heldBy: [1] })
        for (let index = 3; index < 8; index++) assert.deepEqual(await served(store, 'keepLast', { input: index }), [index, true])
        await store.jobs.askStop({ id: 1, by: 'ada', now: 4 })
        assert.deepEqual(await claimIds(store), [], 'stopping is not ended')
        await end(store, 1, 'badly')
        assert.equal(await stateOf(store, 1), 'cancelled')
        const { job } = await claimOnly(store, 7)
        assert.equal(job.input, 7, 'the newest input')
        await end(store, 7)
        assert.deepEqual(await store.queues.lockKeys({ limit: 9 }), [])
      }))

    test('I2: keepLast: with lock keys of its own as well', () =>
      withStore(adapter, async ({ store }) => {
        const locks = [{ key: 'disk', mode: 'exclusive' as const }]
        await submit(store, keyed('keepLast', { input: 1, locks }))
        await claimOnly(store, 1)
        await submit(store, keyed('keepLast', { input: 2, locks }))
        const other = await ask(store, { locks })
        assert.deepEqual(await claimIds(store), [])
        await end(store, 1)
        await claimOnly(store, 2)
        await end(store, 2)
        await claimOnly(store, other)
      }))

    test('I2: keepLast: the running one is not tried again when a newer one is queued', () =>
      withStore(adapter, async ({ store }) => {
        await submit(store, keyed('keepLast', { retry }))
        await claimOnly(store, 1)
        await submit(store, keyed('keepLast', { input: 'newer', retry }))
        const failure = { kind: 'exit', message: 'exit 1', lastLines: [], logSeq: null } as const
        const ended = await end(store, 1, 'badly', { exitCode: 1, failure: { ...failure, lastLines: [] } })
        assert.deepEqual([ended.state, ended.failure?.kind], ['failed', 'exit'])
        assert.match(ended.failure?.hint ?? '', /superseded by #2/)
        await claimOnly(store, 2)
        const again = await end(store, 2, 'badly', { exitCode: 1 })
        assert.equal(again.state, 'queued', 'with nobody behind it, it is')
        assert.deepEqual(await served(store, 'return'), [2, false])
      }))

    test('I2: keepLast: cancelling the running one or the queued one leaves the other', () =>
      withStore(adapter, async ({ store }) => {
        await active(store, true)
        await claimIds(store)
        await store.jobs.askStop({ id: 2, by: null, now: 4 })
        assert.deepEqual(await served(store, 'keepLast', { input: 'x' }), [3, true])
        await end(store, 1)
        await claimOnly(store, 3)
      }))

    test('I2: keepLast: a job that waits for its next attempt is replaced like any queued one', () =>
      withStore(adapter, async ({ store }) => {
        await submit(store, keyed('keepLast', { retry: { ...retry, delayMs: 100 } }))
        await claimOnly(store, 1)
        await end(store, 1, 'badly', { exitCode: 1, now: 5 })
        assert.deepEqual(await served(store, 'keepLast', { input: 'newer' }), [2, true])
        const old = await get(store, 1)
        assert.deepEqual([old.state, old.failure?.kind, old.logLines], ['cancelled', 'replaced', 2])
        assert.equal((await store.logs.blocks({ jobId: 1, limit: 9 })).length, 2)
        await claimOnly(store, 2)
      }))

    test('I2: one active job per kind and key: a new one after it settled; other kinds, other keys and no key are free', () =>
      withStore(adapter, async ({ store }) => {
        await served(store, 'return')
        for (const wait of ['queued', 'running', 'stopping']) {
          assert.equal(await stateOf(store, 1), wait)
          assert.deepEqual(await served(store, 'return', { input: wait }), [1, false])
          if (wait === 'queued') await claimIds(store)
          if (wait === 'running') await store.jobs.askStop({ id: 1, by: null, now: 2 })
        }
        assert.deepEqual(await served(store, 'return', { kind: 'other' }), [2, true])
        assert.deepEqual(await served(store, 'return', { unique: { key: 'other', policy: 'return' } }), [3, true])
        assert.deepEqual([await ask(store), await ask(store)], [4, 5])
        await end(store, 1)
        assert.deepEqual(await served(store, 'return'), [6, true])
      }))

    test('I2: a settled one is not tried again while another with its key is active, and is after', () =>
      withStore(adapter, async ({ store }) => {
        await served(store, 'return')
        await store.jobs.askStop({ id: 1, by: null, now: 2 })
        await served(store, 'return')
        const again = () => store.jobs.retry({ id: 1, fromCheckpoint: false, by: null, now: 4 })
        assert.deepEqual(await again(), { refused: 'active exists', id: 2 })
        await claimOnly(store, 2)
        assert.deepEqual(await again(), { refused: 'active exists', id: 2 })
        await end(store, 2)
        assert.ok('state' in (await again()))
        assert.deepEqual(await served(store, 'refuse'), [1, 'refused'])
      }))

    test('I2: two of one submit with one key: return: the second is served by the first', () =>
      withStore(adapter, async ({ store }) => {
        const answers = await store.jobs.submit({ jobs: [keyed('return'), keyed('return'), wanted(), keyed('return')], now: 1 })
        assert.deepEqual(
          answers.map((one) => ('job' in one ? [one.job.id, one.created] : one)),
          [
            [1, true],
            [1, false],
            [2, true],
            [1, false],
          ],
        )
      }))

    for (const policy of ['replaceQueued', 'keepLast', 'refuse'] as const)
      test(`I2: two of one submit with one key: ${policy}: nobody can tell which is meant, so the whole is refused`, () =>
        withStore(adapter, async ({ store }) => {
          const jobs = [wanted(), keyed(policy, { input: 'old' }), keyed(policy, { input: 'new' })]
          assert.deepEqual(await store.jobs.submit({ jobs, now: 1 }), [{ twice: 'k' }])
          assert.deepEqual(await store.jobs.list({ limit: 9 }), [])
        }))

    test('I2: one that would wait for the job it replaces is refused', () =>
      withStore(adapter, async ({ store }) => {
        await served(store, 'replaceQueued', { input: 'old' })
        const jobs = [keyed('replaceQueued', { input: 'new', after: [1] })]
        assert.deepEqual(await store.jobs.submit({ jobs, now: 1 }), [{ waitsForReplaced: 1 }])
        assert.equal(await stateOf(store, 1), 'queued')
      }))

    test('I2: fifty submits with one key in one turn make one job', () =>
      withStore(adapter, async ({ store }) => {
        const all = await Promise.all(Array.from({ length: 50 }, () => served(store, 'return')))
        assert.equal(all.filter(([, created]) => created === true).length, 1)
        assert.deepEqual(new Set(all.map(([id]) => id)), new Set([1]))
      }))

    test('I2: keepLast in one turn: whoever is last is the one that is queued, and everybody else is told by whom he was replaced', () =>
      withStore(adapter, async ({ store }) => {
        await active(store, false)
        const all = await Promise.all(Array.from({ length: 10 }, (_, index) => served(store, 'keepLast', { input: index })))
        const queued = await store.jobs.list({ state: ['queued'], limit: 99 })
        assert.equal(queued.length, 1)
        assert.equal(queued[0]?.id, Math.max(...all.map(([id]) => id)))
        const replaced = await store.jobs.list({ state: ['cancelled'], limit: 99 })
        assert.ok(replaced.every(({ failure }) => /^Replaced by #\d+$/.test(failure?.message ?? '')))
        await end(store, 1)
        assert.deepEqual(
          await claimIds(store),
          queued.map(({ id }) => id),
        )
      }))
  })
}
