// The contract of a store, about jobs: submit, read, ask to stop, and the rows that no store may take.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type JobState, jobStates } from '../../../src/core/job.ts'
import { isSettled, nextState } from '../../../src/core/transitions.ts'
import { claim, endOf, newJob, otherPlace, stores, submitClaimed, withStore } from './stores.ts'

for (const adapter of stores) {
  describe(`jobs, ${adapter.name}`, () => {
    test('I1: what was submitted is there, with everything that was said', () =>
      withStore(adapter, async ({ store }) => {
        const given = newJob({ name: "Ana's", input: { a: [1, null, 'ä\u0000\n'] }, fingerprint: 'f', submittedBy: 'ana', uniqueKey: 'k' })
        const { job, created, attempt } = await store.jobs.submit({ job: given, now: 5 })
        assert.deepEqual([created, attempt, job.id, job.state, job.version], [true, null, 1, 'queued', 1])
        const read = await store.jobs.get({ id: 1 })
        assert.deepEqual(read, job)
        const { name, input, fingerprint, submittedBy, uniqueKey, spec, submittedAt } = job
        assert.deepEqual({ ...given, submittedAt: 5 }, { ...given, name, input, fingerprint, submittedBy, uniqueKey, spec, submittedAt })
        assert.equal(await store.jobs.get({ id: 2 }), null)
      }))

    test('I2: one active job per kind and key; a new one after it settled; other kinds and no key are free', () =>
      withStore(adapter, async ({ store }) => {
        const submit = (given: Parameters<typeof newJob>[0]) => store.jobs.submit({ job: newJob(given), now: 1 })
        const first = await submit({ uniqueKey: 'a' })
        for (const wait of ['queued', 'running', 'stopping']) {
          assert.equal((await store.jobs.get({ id: first.job.id }))?.state, wait)
          const again = await submit({ uniqueKey: 'a', input: wait })
          assert.deepEqual([again.created, again.job.id, again.job.input, again.attempt], [false, first.job.id, null, null])
          if (wait === 'queued') await claim(store)
          if (wait === 'running') await store.jobs.askStop({ id: first.job.id, by: null, now: 2 })
        }
        assert.equal((await submit({ uniqueKey: 'b' })).created, true)
        assert.equal((await submit({ uniqueKey: 'a', kind: 'other' })).created, true)
        assert.equal((await submit({})).created && (await submit({})).created, true)
        await store.claims.finish({ fence: { jobId: first.job.id, attempt: 1, leaseToken: 1 }, end: endOf('ended well') })
        assert.equal((await submit({ uniqueKey: 'a' })).created, true)
      }))

    test('I2: fifty submits with one key in one turn make one job', () =>
      withStore(adapter, async ({ store }) => {
        const all = await Promise.all(Array.from({ length: 50 }, () => store.jobs.submit({ job: newJob({ uniqueKey: 'k' }), now: 1 })))
        assert.equal(all.filter(({ created }) => created).length, 1)
        assert.deepEqual(new Set(all.map(({ job }) => job.id)), new Set([1]))
      }))

    test('claimFor: submitted and claimed at once, so that nobody else can claim it; but not somebody else’s active job', () =>
      withStore(adapter, async ({ store }) => {
        const { job, attempt } = await submitClaimed(store, { uniqueKey: 'k' })
        assert.deepEqual(
          [job.state, job.runnerId, job.attempts, attempt.state, attempt.folder],
          ['running', 'runner-1', 1, 'starting', '1-1'],
        )
        assert.deepEqual(await claim(store), [])
        const second = await store.jobs.submit({ job: newJob({ uniqueKey: 'k' }), claimFor: otherPlace, now: 2 })
        assert.deepEqual([second.created, second.attempt, second.job.runnerId], [false, null, 'runner-1'])
      }))

    test('lists are newest first, by page and by filter; counts name every state', () =>
      withStore(adapter, async ({ store }) => {
        for (let index = 0; index < 7; index++) await store.jobs.submit({ job: newJob({ kind: index % 2 ? 'odd' : 'even' }), now: 1 })
        await store.jobs.askStop({ id: 3, by: null, now: 2 })
        const ids = async (filter: Parameters<typeof store.jobs.list>[0]) => (await store.jobs.list(filter)).map((job) => job.id)
        assert.deepEqual(await ids({ limit: 3 }), [7, 6, 5])
        assert.deepEqual(await ids({ limit: 3, before: 5 }), [4, 3, 2])
        assert.deepEqual(await ids({ limit: 9, kind: 'odd' }), [6, 4, 2])
        assert.deepEqual(await ids({ limit: 9, state: ['cancelled', 'failed'] }), [3])
        assert.deepEqual(await ids({ limit: 9, state: ['queued'], kind: 'even', before: 7 }), [5, 1])
        assert.deepEqual(await ids({ limit: 9, state: [...jobStates] }), [7, 6, 5, 4, 3, 2, 1])
        const none = Object.fromEntries(jobStates.map((state) => [state, 0]))
        assert.deepEqual(await store.jobs.count(), { ...none, queued: 6, cancelled: 1 })
      }))

    test('a list of no states is an empty list', () =>
      withStore(adapter, async ({ store }) => {
        await store.jobs.submit({ job: newJob(), now: 1 })
        assert.deepEqual(await store.jobs.list({ state: [], limit: 9 }), [])
        assert.deepEqual(await claim(store, { kinds: [] }), [])
      }))

    test('askStop: queued is cancelled at once, running is asked, asked again changes nothing, settled stays', () =>
      withStore(adapter, async ({ store }) => {
        assert.equal(await store.jobs.askStop({ id: 1, by: 'ada', now: 2 }), null)
        await store.jobs.submit({ job: newJob(), now: 1 })
        const queued = await store.jobs.askStop({ id: 1, by: 'ada', now: 3 })
        assert.deepEqual(
          [queued?.state, queued?.failure?.message, queued?.finishedAt, queued?.stopReason, queued?.stopAskedBy, queued?.logLines],
          ['cancelled', 'Cancelled by ada', 3, 'cancel', 'ada', 0],
        )
        assert.deepEqual(await store.jobs.askStop({ id: 1, by: 'bob', now: 4 }), queued)
        assert.deepEqual(await claim(store), [])
        const { fence } = await submitClaimed(store)
        const asked = await store.jobs.askStop({ id: 2, by: null, now: 5 })
        assert.deepEqual(
          [asked?.state, asked?.finishedAt, asked?.failure, asked?.logLines, asked?.runnerId],
          ['stopping', null, null, 1, 'runner-1'],
        )
        assert.deepEqual(await store.jobs.askStop({ id: 2, by: 'bob', now: 6 }), asked)
        await store.claims.finish({ fence, end: endOf('ended badly') })
        const settled = await store.jobs.get({ id: 2 })
        assert.equal(settled?.state, 'cancelled')
        assert.deepEqual(await store.jobs.askStop({ id: 2, by: 'bob', now: 7 }), settled)
      }))

    test('the record of who did what: in order, each at the version the job had, never twice', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store, { submittedBy: 'ana' })
        await store.claims.begun({ fence, pid: 7, processStartedAt: 's', line: 'started', now: 2 })
        const asked = await store.jobs.askStop({ id: 1, by: 'bob', now: 3 })
        const done = await store.claims.finish({ fence, end: endOf('ended badly') })
        const events = await store.jobs.events({ id: 1, limit: 10 })
        assert.deepEqual(
          events.map(({ name, by }) => [name, by]),
          [
            ['submitted', 'ana'],
            ['started', null],
            ['cancel asked', 'bob'],
            ['cancelled', null],
          ],
        )
        assert.deepEqual(
          events.map(({ version }) => version),
          events.map(({ version }) => version).toSorted((a, b) => a - b),
        )
        assert.ok(done !== 'lease lost')
        assert.deepEqual([events[2]?.version, events[3]?.version], [asked?.version, done.version])
        assert.deepEqual(
          (await store.jobs.events({ id: 1, limit: 2 })).map(({ name }) => name),
          ['cancel asked', 'cancelled'],
        )
      }))

    test('numbers of jobs are never used again', () =>
      withStore(adapter, async ({ store, sql }) => {
        await store.jobs.submit({ job: newJob(), now: 1 })
        await submitClaimed(store)
        await sql('delete from jobs')
        assert.equal((await store.jobs.submit({ job: newJob(), now: 1 })).job.id, 3)
        assert.deepEqual(
          await sql('select 1 from attempts union all select 1 from job_events where job_id < 3'),
          [],
          'what belonged to them went too',
        )
      }))

    test('I5: any walk of what may happen follows the table and never breaks a rule of the schema', () =>
      withStore(adapter, async ({ store }) => {
        const happenings = ['claimed', 'cancel asked', 'adopted', 'ended well', 'ended badly', 'ended well, output refused'] as const
        const steps = fc.array(fc.constantFrom(...happenings, 'process gone without an exit record' as const), {
          minLength: 1,
          maxLength: 12,
        })
        await fc.assert(
          fc.asyncProperty(steps, async (walk) => {
            const { job } = await store.jobs.submit({ job: newJob({ kind: 'walk' }), now: 1 })
            let expected: JobState = 'queued'
            for (const happening of walk) {
              const before = await store.jobs.get({ id: job.id })
              assert.ok(before)
              expected = nextState(before, happening) ?? expected
              const fence = { jobId: job.id, attempt: before.attempts, leaseToken: before.leaseToken }
              if (happening === 'claimed') await claim(store, { kinds: ['walk'] })
              else if (happening === 'cancel asked') await store.jobs.askStop({ id: job.id, by: null, now: 3 })
              else if (happening === 'adopted') await store.claims.takeOver({ fence, place: otherPlace, adopting: true, now: 4 })
              else await store.claims.finish({ fence, end: endOf(happening) })
              const after = await store.jobs.get({ id: job.id })
              assert.equal(after?.state, expected, `${before.state}, ${happening}`)
              assert.ok(after.version >= before.version)
              if (isSettled(before.state)) assert.deepEqual(after, before)
            }
            await store.jobs.askStop({ id: job.id, by: null, now: 5 })
          }),
          { numRuns: 40 },
        )
      }))

    const illegal: [string, string][] = [
      ['a state that does not exist', `update jobs set state = 'lost'`],
      ['queued, but held by a runner', `update jobs set runner_id = 'r'`],
      ['running without a runner', `update jobs set state = 'running'`],
      ['stopping without a reason', `update jobs set state = 'stopping', runner_id = 'r'`],
      ['a reason that does not exist', `update jobs set stop_reason = 'mood'`],
      ['settled without an end', `update jobs set state = 'failed'`],
      ['an end, but not settled', `update jobs set finished_at = 1`],
      ['settled, but held by a runner', `update jobs set state = 'failed', finished_at = 1, runner_id = 'r'`],
      ['running, but put on hold', `update jobs set state = 'running', runner_id = 'r', hold = 1`],
      ['waiting for a key, but for none', `update jobs set hold = 2`],
      ['a hold that does not exist', `update jobs set hold = 5`],
      [
        'an attempt of no job',
        `insert into attempts (job_id, attempt, state, protocol, folder, runner_id, host_id, boot_id, started_at) values (9, 1, 'ended', 1, '', '', '', '', 1)`,
      ],
      [
        'a block of no lines',
        `insert into log_blocks (job_id, first_seq, line_count, attempt, stream, byte_offset, byte_length, at) values (1, 1, 0, 1, 1, 0, 0, 1)`,
      ],
      [
        'a second active job with the key',
        `insert into jobs select 2, kind, name, queue, state, hold, parked_key, priority, available_at, expire_at, unique_key, input, spec, runs_on, fingerprint, submitted_by, submitted_at, lease_token, runner_id, attempts, attempts_excused, started_at, finished_at, stop_reason, stop_asked_at, stop_asked_by, heartbeat_at, progress, result, exit_code, signal, failure, log_lines, version, updated_at from jobs`,
      ],
    ]
    for (const [name, statement] of illegal)
      test(`the database itself refuses: ${name}`, () =>
        withStore(adapter, async ({ store, sql }) => {
          await store.jobs.submit({ job: newJob({ uniqueKey: 'k' }), now: 1 })
          await assert.rejects(sql(statement), /constraint/i)
        }))
  })
}
