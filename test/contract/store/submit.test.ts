// The contract of a store, about submitting: all or none, in order, and what a claim then takes first.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ask, askAll, claimIds, claimOnly, end, get, jobsOf, promoteAll, stateOf, waitingOf, wanted } from './acts.ts'
import { newJob, otherPlace, place, stores, submitClaimed, withStore } from './stores.ts'

for (const adapter of stores) {
  describe(`submit, ${adapter.name}`, () => {
    test('I1: what was submitted is there, with everything that was said', () =>
      withStore(adapter, async ({ store }) => {
        const given = newJob({
          name: "Ana's",
          input: { a: [1, null, 'ä\u0001\n'] },
          fingerprint: 'f',
          submittedBy: 'ana',
          unique: { key: 'k', policy: 'return' },
          priority: -3,
          availableAt: 77,
          expireAfterMs: 22,
        })
        const [submitted] = await store.jobs.submit({ jobs: [given], now: 5 })
        assert.ok(submitted && 'job' in submitted)
        const { job, created } = submitted
        assert.deepEqual([created, job.id, job.state, job.hold, job.version, job.attempts], [true, 1, 'queued', 'time', 1, 0])
        assert.deepEqual(job.waitingFor, { for: 'time', until: 77 })
        assert.deepEqual(await get(store, 1), job)
        const { name, input, fingerprint, submittedBy, spec, submittedAt, priority, availableAt, expireAt, uniqueKey } = job
        assert.deepEqual(
          { name, input, fingerprint, submittedBy, spec, submittedAt, priority, availableAt, expireAt, uniqueKey },
          {
            name: given.name,
            input: given.input,
            fingerprint: 'f',
            submittedBy: 'ana',
            spec: given.spec,
            submittedAt: 5,
            priority: -3,
            availableAt: 77,
            expireAt: 99,
            uniqueKey: 'k',
          },
        )
        assert.equal(await store.jobs.get({ id: 2 }), null)
      }))

    test('I1: a thousand plain jobs in one submit: each answered in the order of the list, numbered in it, with its event', () =>
      withStore(adapter, async ({ store, sql }) => {
        const jobs = Array.from({ length: 1_000 }, (_, index) => newJob({ input: index, kind: index % 7 === 0 ? 'scan' : 'rebuild' }))
        const submitted = jobsOf(await store.jobs.submit({ jobs, now: 1 }))
        assert.deepEqual(
          submitted.map(({ id, input, kind }) => [id, input, kind]),
          jobs.map(({ input, kind }, index) => [index + 1, input, kind]),
        )
        assert.deepEqual(await sql('select count(*) as n, count(distinct job_id) as jobs from job_events'), [{ n: 1_000, jobs: 1_000 }])
      }))

    test('I1: plain ones and others in one submit keep their order', () =>
      withStore(adapter, async ({ store }) => {
        const given = Array.from({ length: 300 }, (_, index) => ({
          input: index,
          queue: index % 50 === 49 ? `q${index}` : 'default',
          locks: index % 13 === 0 ? [{ key: 'a', mode: 'shared' as const }] : [],
          after: index % 17 === 16 ? [{ index: index - 1 }] : [],
        }))
        const submitted = jobsOf(await store.jobs.submit({ jobs: given.map(wanted), now: 1 }))
        assert.deepEqual(
          submitted.map(({ id, input, queue, lockCount, hold }) => [id, input, queue, lockCount, hold]),
          given.map(({ queue, locks, after }, index) => [index + 1, index, queue, locks.length, after.length ? 'job' : 'ready']),
        )
      }))

    test('I1: all or none: one that is refused, or that waits for a job that is not there, leaves nothing behind', () =>
      withStore(adapter, async ({ store, sql }) => {
        await ask(store, { unique: { key: 'taken', policy: 'return' } })
        const refused = wanted({ unique: { key: 'taken', policy: 'refuse' } })
        const [one] = await store.jobs.submit({ jobs: [newJob(), refused, newJob()], now: 2 })
        assert.ok(one && 'refusedFor' in one)
        assert.equal(one.refusedFor.id, 1)
        assert.deepEqual(await store.jobs.submit({ jobs: [newJob(), newJob({ after: [99] })], now: 2 }), [{ unknownJob: 99 }])
        await assert.rejects(store.jobs.submit({ jobs: [newJob(), newJob({ after: [{ index: 1 }] })], now: 2 }), 'a job after itself')
        assert.deepEqual(await sql('select (select count(*) from jobs) as jobs, (select count(*) from job_events) as events'), [
          { jobs: 1, events: 1 },
        ])
      }))

    test('by priority, then by number; only the kinds asked for; never more than asked for', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(
          store,
          [1, 0, 0, -1, 0].map((priority, index) => ({ priority, kind: index === 2 ? 'scan' : 'rebuild' })),
        )
        assert.deepEqual(await claimIds(store, { limit: 2, kinds: ['rebuild', 'none'] }), [4, 2])
        assert.deepEqual(await claimIds(store), [5, 1])
        assert.deepEqual(await claimIds(store), [])
        assert.deepEqual(await claimIds(store, { kinds: ['rebuild', 'scan', 'a', 'b', 'c', 'd'] }), [3])
      }))

    test('by priority across kinds and queues', () =>
      withStore(adapter, async ({ store }) => {
        const queues = ['a', 'b', 'c', 'a', 'b', 'c']
        await askAll(
          store,
          queues.map((queue, index) => ({ queue, kind: index % 2 ? 'scan' : 'rebuild', priority: [5, 4, 3, 2, 1, 0][index] ?? 0 })),
        )
        assert.deepEqual(await claimIds(store, { kinds: ['rebuild', 'scan'], limit: 4 }), [6, 5, 4, 3])
      }))

    test('I1: a job of any queue starts, however many queues there are', () =>
      withStore(adapter, async ({ store, sql }) => {
        const names = Array.from({ length: 450 }, (_, index) => `('server-${index}')`)
        await sql(`insert into queues (name) values ${names.join(', ')}`)
        await sql(`insert into kinds (name) values ('rebuild')`)
        await sql(`insert into queue_kinds (queue, kind) select name, 'rebuild' from queues`)
        const ids = await askAll(
          store,
          ['server-0', 'server-449', 'server-220', 'a', 'z'].map((queue) => ({ queue })),
        )
        assert.deepEqual(await claimIds(store), ids)
      }))

    test('delay: not before its time, then at once, in its place; and when that is, is told', () =>
      withStore(adapter, async ({ store }) => {
        const later = await ask(store, { availableAt: 50, priority: -1 })
        await ask(store, { availableAt: 60 })
        const now = await ask(store, { availableAt: 1 })
        assert.equal(await promoteAll(store, 49), 50)
        assert.deepEqual(await claimIds(store, { now: 49, limit: 1 }), [now])
        assert.deepEqual(await waitingOf(store, later), { for: 'time', until: 50 })
        const [next] = await askAll(store, [{}])
        assert.equal(await promoteAll(store, 50), 60)
        assert.deepEqual(await claimIds(store, { now: 50 }), [later, next])
        assert.equal(await promoteAll(store, 60), null)
        assert.deepEqual(await claimIds(store, { now: 60 }), [2])
      }))

    test('delay: more than one batch is due', () =>
      withStore(adapter, async ({ store }) => {
        await askAll(
          store,
          Array.from({ length: 1_000 }, () => ({ availableAt: 50 })),
        )
        await askAll(store, [{ availableAt: 51 }])
        assert.equal((await store.claims.promote({ now: 50 })).again, true)
        await promoteAll(store, 50)
        assert.equal((await claimIds(store, { now: 50, limit: 2_000 })).length, 1_000)
      }))

    test('expireAfter: given up if it has not begun so long after it could; one that has begun is not', () =>
      withStore(adapter, async ({ store }) => {
        const begun = await ask(store, { expireAfterMs: 49 })
        await claimOnly(store, begun)
        const ready = await ask(store, { expireAfterMs: 49, kind: 'nobody' })
        const delayed = await ask(store, { expireAfterMs: 49, availableAt: 90 })
        const dependent = await ask(store, { expireAfterMs: 49, after: [begun] })
        const kept = await ask(store, { expireAfterMs: 50 })
        assert.equal(await promoteAll(store, 49), 50)
        await promoteAll(store, 50)
        const job = await get(store, ready)
        assert.deepEqual([job.state, job.failure?.kind, job.finishedAt, job.hold], ['expired', 'expired', 50, 'ready'])
        assert.equal((await store.jobs.detail({ id: ready, events: 9 })).events.at(-1)?.name, 'expired')
        // Not while it waits for its time or for another job: from then on.
        for (const id of [kept, delayed, dependent]) assert.equal(await stateOf(store, id), 'queued')
        assert.deepEqual([(await get(store, delayed)).expireAt, (await get(store, dependent)).expireAt], [139, null])
        assert.equal((await end(store, begun, 'well', { now: 60 })).state, 'succeeded')
        await promoteAll(store, 70)
        assert.equal((await get(store, dependent)).expireAt, 119)
        await promoteAll(store, 119)
        assert.deepEqual([await stateOf(store, dependent), await stateOf(store, delayed)], ['expired', 'queued'])
        await promoteAll(store, 139)
        assert.equal(await stateOf(store, delayed), 'expired')
      }))

    test('expireAfter: one that is tried again does not expire any more', () =>
      withStore(adapter, async ({ store }) => {
        const retry = { attempts: 2, delayMs: 1_000, backoff: 'fixed', maxDelayMs: 1_000 } as const
        const id = await ask(store, { expireAfterMs: 49, retry })
        await claimOnly(store, id)
        await end(store, id, 'badly', { now: 40 })
        assert.equal(await promoteAll(store, 500), 1_040)
        assert.equal(await stateOf(store, id), 'queued')
      }))

    test('submitClaimed: submitted and claimed at once, so that nobody else can claim it', () =>
      withStore(adapter, async ({ store }) => {
        const { job, attempt } = await submitClaimed(store)
        assert.deepEqual(
          [job.state, job.runnerId, job.attempts, attempt.state, attempt.folder],
          ['running', 'runner-1', 1, 'starting', '1-1-runner-1'],
        )
        assert.deepEqual(await claimIds(store, { place: otherPlace }), [])
        assert.deepEqual(
          (await store.jobs.unsettled()).map((one) => one.job.id),
          [job.id],
        )
        const [second] = await Promise.all([submitClaimed(store), submitClaimed(store, { queue: 'new', kind: 'new' })])
        assert.deepEqual([second.job.runnerId, second.attempt.folder], [place.runnerId, `${second.job.id}-1-runner-1`])
      }))
  })
}
