// The contract of a store, about jobs: lists and counts, any walk through the states, and the rows that no store may take.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { endingOf } from '../../../src/core/ending.ts'
import { type JobState, jobStates } from '../../../src/core/job.ts'
import { isSettled, nextState } from '../../../src/core/transitions.ts'
import type { JobRecord, Store } from '../../../src/store/store.ts'
import { ask, get } from './acts.ts'
import { claim, endOf, otherPlace, stores, submit, withStore } from './stores.ts'

const acts = ['claim', 'cancel', 'adopt', 'well', 'badly', 'well, output refused', 'unseen', 'snooze', 'retry', 'resume'] as const
type Act = (typeof acts)[number]

/** What core/ says: the table, and for ends the policy as well. */
function expected(job: JobRecord, act: Act): JobState {
  if (act === 'claim') return nextState(job, 'claimed') ?? job.state
  if (act === 'cancel') return nextState(job, 'stop asked') ?? job.state
  if (act === 'adopt') return nextState(job, 'adopted') ?? job.state
  if (act === 'resume' && job.state === 'running') return 'stopping'
  if (act === 'retry' || act === 'resume') return nextState(job, 'retry or resume asked') ?? job.state
  return endingOf(job, ended(act), { newerQueued: null, random: 0, now: 9 })?.state ?? job.state
}

function ended(act: Act) {
  const end = act === 'snooze' ? 'well' : (act as 'well')
  return endOf(end, act === 'snooze' ? { saidNext: { next: 'snooze', ms: 0 } } : {})
}

async function perform(store: Store, id: number, act: Act): Promise<void> {
  const { attempts, leaseToken } = await get(store, id)
  const fence = { jobId: id, attempt: attempts, leaseToken }
  if (act === 'claim') await claim(store, { kinds: ['walk'], now: 99 })
  else if (act === 'cancel') await store.jobs.askStop({ id, by: null, now: 3 })
  else if (act === 'adopt') await store.claims.takeOver({ fence, place: otherPlace, adopting: true, now: 4 })
  else if (act === 'retry' || act === 'resume') await store.jobs.retry({ id, fromCheckpoint: act === 'resume', by: null, now: 6 })
  else await store.claims.finish({ fence, end: ended(act) })
}

for (const adapter of stores) {
  describe(`jobs, ${adapter.name}`, () => {
    test('lists are newest first, by page and by filter; counts name every state', () =>
      withStore(adapter, async ({ store }) => {
        for (let index = 0; index < 7; index++)
          await submit(store, { kind: index % 2 ? 'odd' : 'even', queue: index < 3 ? 'night' : 'default' })
        await store.jobs.askStop({ id: 3, by: null, now: 2 })
        const ids = async (filter: Parameters<typeof store.jobs.list>[0]) => (await store.jobs.list(filter)).map((job) => job.id)
        assert.deepEqual(await ids({ limit: 3 }), [7, 6, 5])
        assert.deepEqual(await ids({ limit: 3, before: 5 }), [4, 3, 2])
        assert.deepEqual(await ids({ limit: 9, kind: 'odd' }), [6, 4, 2])
        assert.deepEqual(await ids({ limit: 9, state: ['cancelled', 'failed'] }), [3])
        assert.deepEqual(await ids({ limit: 9, state: ['queued'], kind: 'even', before: 7 }), [5, 1])
        assert.deepEqual(await ids({ limit: 9, state: [...jobStates] }), [7, 6, 5, 4, 3, 2, 1])
        assert.deepEqual(await ids({ limit: 9, queue: 'night', state: ['queued'] }), [2, 1])
        const none = Object.fromEntries(jobStates.map((state) => [state, 0]))
        assert.deepEqual(await store.jobs.count(), { ...none, queued: 6, cancelled: 1 })
      }))

    test('a list of no states is an empty list', () =>
      withStore(adapter, async ({ store }) => {
        await submit(store)
        assert.deepEqual(await store.jobs.list({ state: [], limit: 9 }), [])
        assert.deepEqual(await claim(store, { kinds: [] }), [])
      }))

    test('I5: any walk of what may happen follows the table and never breaks a rule of the schema', () =>
      withStore(adapter, async ({ store }) => {
        const policy = { attempts: 2, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } as const
        const steps = fc.array(fc.constantFrom(...acts), { minLength: 1, maxLength: 14 })
        const kept = fc.record({ retry: fc.constantFrom(null, policy), safeToRepeat: fc.boolean() })
        await fc.assert(
          fc.asyncProperty(steps, kept, async (walk, how) => {
            const id = await ask(store, { kind: 'walk', ...how })
            for (const act of walk) {
              const before = await get(store, id)
              const wants = expected(before, act)
              await perform(store, id, act)
              const after = await get(store, id)
              assert.equal(after.state, wants, `${before.state}, ${act}`)
              assert.ok(after.version >= before.version)
              if (isSettled(before.state) && after.state === before.state) assert.deepEqual(after, before)
            }
            await store.jobs.askStop({ id, by: null, now: 5 })
          }),
          { numRuns: 40, seed: 5 },
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
        'a second queued job with the key',
        `insert into jobs (kind, queue, state, available_at, unique_key, input, spec, submitted_at, updated_at) select kind, queue, state, available_at, unique_key, input, spec, submitted_at, updated_at from jobs`,
      ],
    ]
    test('the database itself refuses: a second running job with the key, but lets one queue behind it', () =>
      withStore(adapter, async ({ store, sql }) => {
        await submit(store, { unique: { key: 'k', policy: 'return' } })
        await claim(store)
        const copy = (state: string, runner: string) =>
          sql(`insert into jobs (kind, queue, state, runner_id, stop_reason, available_at, unique_key, input, spec, submitted_at, updated_at)
            select kind, queue, '${state}', ${runner}, 'cancel', available_at, unique_key, input, spec, submitted_at, updated_at from jobs where id = 1`)
        for (const state of ['running', 'stopping']) await assert.rejects(copy(state, `'r'`), /constraint/i)
        await copy('queued', 'null')
      }))

    for (const [name, statement] of illegal)
      test(`the database itself refuses: ${name}`, () =>
        withStore(adapter, async ({ store, sql }) => {
          await submit(store, { unique: { key: 'k', policy: 'return' } })
          await assert.rejects(sql(statement), /constraint/i)
        }))
  })
}
