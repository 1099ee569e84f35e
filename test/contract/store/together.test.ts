// The contract of a store, about what goes into one batch or one transaction: a start with the first lines, the last lines with the end,
// a claim behind the submit or the end that makes room for it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import sql from 'sql-template-tag'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import { sqlStore } from '../../../src/store/sql-store.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite.ts'
import type { Claimed, Observation, Store } from '../../../src/store/store.ts'
import { ask, claimIds, exclusive } from './acts.ts'
import { checkpointOf, claim, endOf, fenced, otherPlace, place, spec, stores, submitClaimed, withStore } from './stores.ts'

const begun = { pid: 7, processStartedAt: 's', line: 'attempt 1 started', at: 3 }
const block = { stream: 'stdout' as const, fileNumber: 0, byteOffset: 0, byteLength: 6, lineCount: 3, at: 4 }
const progress = { phase: null, done: 1, total: 2, unit: null, message: null, phases: [], updatedAt: 3 }
const seen: Observation = {
  begun,
  blocks: [block],
  notes: ['a note'],
  eventsBytes: 9,
  progress,
  result: { ok: 1 },
  checkpoint: checkpointOf(5),
  heartbeatAt: 4,
}

const linesOf = async (store: Store, jobId: number) =>
  (await store.logs.blocks({ jobId, limit: 99 })).map((one) => [one.firstSeq, one.lineCount, one.stream, one.at, one.body])

for (const adapter of stores) {
  describe(`one batch, ${adapter.name}`, () => {
    test('I7: a start with the first lines, and the last lines with the end, leave what one after the other leaves', () =>
      withStore(adapter, async ({ store }) => {
        const one = await submitClaimed(store)
        await store.claims.observe({ fence: one.fence, seen: { begun, blocks: [] }, now: 3 })
        const { begun: _, ...rest } = seen
        await store.claims.observe({ fence: one.fence, seen: rest, now: 9 })
        const apart = await store.claims.finish({ fence: one.fence, end: endOf('well', { progress }) })
        const other = await submitClaimed(store)
        const together = await store.claims.finish({ fence: other.fence, end: endOf('well', { progress }), seen })
        assert.ok(apart !== 'lease lost' && together !== 'lease lost')
        assert.deepEqual({ ...together, id: apart.id, version: apart.version }, apart)
        assert.deepEqual([together.result, together.logLines, together.version], [{ ok: 1 }, 6, 4])
        assert.deepEqual(await store.jobs.get({ id: other.job.id }), together, 'the answer is the row as it is')
        const lines = await linesOf(store, other.job.id)
        assert.deepEqual(lines, await linesOf(store, one.job.id))
        assert.deepEqual(
          lines.map(([seq, count, stream]) => [seq, count, stream]),
          [
            [1, 1, 'system'],
            [2, 1, 'system'],
            [3, 3, 'stdout'],
            [6, 1, 'system'],
          ],
        )
        const detailOf = async (id: number) => {
          const { history, events } = await store.jobs.detail({ id, events: 9 })
          return { history, events: events.map(({ name, at }) => [name, at]) }
        }
        assert.deepEqual(await detailOf(other.job.id), await detailOf(one.job.id))
        assert.deepEqual(
          (await store.jobs.detail({ id: other.job.id, events: 9 })).events.map(({ name, version }) => [name, version]),
          [
            ['submitted', 1],
            ['started', 3],
            ['succeeded', 4],
          ],
        )
        assert.equal(await store.claims.checkpoint({ jobId: other.job.id }), 5)
      }))

    test('a start alone is no sign of life of the job, and wakes no runner', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        assert.notEqual(await store.claims.observe({ fence, seen: { begun, blocks: [] }, now: 3 }), 'lease lost')
        const job = await store.jobs.get({ id: 1 })
        assert.deepEqual([job?.heartbeatAt, job?.logLines, job?.version], [null, 1, 3])
      }))

    test('I5, I7: four racing ends, each with last lines: one end, and its lines alone', () =>
      withStore(adapter, async ({ store }) => {
        for (let round = 0; round < 10; round++) {
          const { fence, job } = await submitClaimed(store)
          const finish = (line: string) =>
            store.claims.finish({ fence, end: endOf('well', { line }), seen: { begun: { ...begun, line }, blocks: [block] } })
          const answers = await Promise.all(['a', 'b', 'c', 'd'].map(finish))
          assert.equal(answers.filter((answer) => answer !== 'lease lost').length, 1)
          const [first, , last] = await linesOf(store, job.id)
          assert.deepEqual([first?.[4], (await store.jobs.get({ id: job.id }))?.logLines], [last?.[4], 5])
        }
      }))

    test('I6, I7: an end whose lease was taken over leaves none of its lines; the new holder reads them from where reading had stopped', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store)
        const taken = await store.claims.takeOver({ fence, place: otherPlace, adopting: false, now: 5 })
        assert.ok(taken !== 'lease lost')
        assert.equal(await store.claims.finish({ fence, end: endOf('well'), seen }), 'lease lost')
        assert.deepEqual(await linesOf(store, 1), [])
        assert.equal((await store.jobs.unsettled())[0]?.attempt.files.stdout.bytes, 0)
        assert.notEqual(await store.claims.finish({ fence: { ...fence, leaseToken: 2 }, end: endOf('well'), seen }), 'lease lost')
        assert.equal((await store.jobs.get({ id: 1 }))?.logLines, 6)
      }))

    test('I7: a stop asked in between has its line where it came, and an attempt that is tried again goes on behind the end', () =>
      withStore(adapter, async ({ store }) => {
        const { fence } = await submitClaimed(store, {
          spec: { ...spec, retry: { attempts: 3, backoff: 'fixed', delayMs: 0, maxDelayMs: 0 } },
        })
        await store.claims.finish({ fence, end: endOf('badly', { exitCode: 1 }), seen })
        const [again] = await claim(store, { now: 20 })
        assert.ok(again)
        await store.jobs.askStop({ id: 1, by: 'ada', now: 21 })
        const answer = await store.claims.finish({
          fence: fenced(again).fence,
          end: endOf('well', { now: 22 }),
          seen: { begun, blocks: [block] },
        })
        assert.equal(answer !== 'lease lost' && answer.state, 'succeeded')
        assert.deepEqual(
          (await linesOf(store, 1)).map(([seq, count, , , body]) => [seq, count, body]),
          [
            [1, 1, 'attempt 1 started'],
            [2, 1, 'a note'],
            [3, 3, null],
            [6, 1, 'badly; queued again'],
            [7, 1, 'stop asked by ada'],
            [8, 1, 'attempt 1 started'],
            [9, 3, null],
            [12, 1, 'well'],
          ],
        )
      }))

    test('an expected claim finds what any claim finds, and nothing where there is nothing', () =>
      withStore(adapter, async ({ store }) => {
        assert.deepEqual(await claim(store, { expected: true }), [])
        await ask(store)
        assert.deepEqual(await claimIds(store, { expected: true }), [1])
        assert.deepEqual(await claim(store, { expected: true }), [])
      }))
  })
}

/** A store on SQLite in memory, where the clock decides nothing about transactions. Claims are asked for as a runner asks for them: when something is coming. */
async function claiming(slots: number) {
  const database = await openSqlite(':memory:')
  const store = sqlStore(database, await migrate({ database, copy: null, folderInode: 'test', now: 1 }))
  const asked: Promise<Claimed[]>[] = []
  const options = { place, kinds: ['rebuild'], limit: slots, leaseUntil: 1_000, now: 2, expected: true }
  store.onChange(() => void asked.push(store.claims.claim(options).then(({ claimed }) => claimed)), 'coming')
  const claimed = async () => (await Promise.all(asked)).flat()
  const ids = async () => (await claimed()).map(({ job }) => job.id)
  // In the turn in which somebody was answered: what is not there now was not in his transaction.
  const states = async () => (await database.query(sql`select state from jobs order by id`)).map(({ state }) => state)
  return { store, database, ids, claimed, asked, states, close: () => database.close() }
}

describe('one transaction, SQLite', () => {
  test('I4: a claim behind a submit is in its transaction: nobody ever sees the job wait', async () => {
    const { store, ids, states, close } = await claiming(4)
    await ask(store)
    assert.deepEqual(await states(), ['running'])
    assert.deepEqual(await ids(), [1])
    await close()
  })

  test('the claim comes behind all submits of the turn, and is asked for once', async () => {
    const { store, ids, asked, states, close } = await claiming(3)
    const submits = [ask(store), ask(store), ask(store), ask(store)]
    await submits[0]
    assert.deepEqual(await states(), ['running', 'running', 'running', 'queued'])
    await Promise.all(submits)
    assert.deepEqual([await ids(), asked.length], [[1, 2, 3], 1])
    await close()
  })

  test('the queue is kept: who waits goes first, closed doors stay closed, keys are waited for', async () => {
    const { store, ids, close } = await claiming(1)
    await store.queues.setKind({ kind: 'rebuild', paused: true, by: null, now: 1 })
    await ask(store)
    assert.deepEqual(await ids(), [])
    await store.queues.setKind({ kind: 'rebuild', paused: false, by: null, now: 1 })
    await ask(store, { locks: [exclusive('disk')] })
    assert.deepEqual(await ids(), [1], 'the one that waited')
    await ask(store)
    assert.deepEqual(await ids(), [1, 2])
    await ask(store, { locks: [exclusive('disk')] })
    assert.deepEqual(await ids(), [1, 2, 3])
    await ask(store)
    assert.deepEqual(await ids(), [1, 2, 3, 5], 'the fourth one waits for the key of the second')
    assert.equal((await store.jobs.get({ id: 4 }))?.hold, 'key')
    await close()
  })

  test('I3: an end lets go of its key, and who waited for it is claimed in the same transaction', async () => {
    const { store, ids, claimed, states, close } = await claiming(1)
    await ask(store, { locks: [exclusive('disk')] })
    await ask(store, { locks: [exclusive('disk')] })
    assert.deepEqual([await ids(), (await store.jobs.get({ id: 2 }))?.hold], [[1], 'key'])
    const [first] = await claimed()
    assert.notEqual(await store.claims.finish({ fence: fenced(first!).fence, end: endOf('well'), seen }), 'lease lost')
    assert.deepEqual(await states(), ['succeeded', 'running'])
    assert.deepEqual(await ids(), [1, 2])
    await close()
  })

  test('I1: a submit that fails alone takes no claim with it, and one that cannot be written leaves nothing to claim', async () => {
    const { store, database, ids, close } = await claiming(4)
    const decide = () => {
      throw new Error('broken')
    }
    const broken = database.batch({ reads: [], bringsWork: true, decide }, 'caller')
    assert.deepEqual(await Promise.all([broken.catch((error: Error) => error.message), ask(store)]), ['broken', 1])
    assert.deepEqual(await ids(), [1])
    await database.query(sql`pragma max_page_count = 1`)
    await assert.rejects(ask(store, { input: 'x'.repeat(200_000) }), { code: 'database_unavailable' })
    await database.query(sql`pragma max_page_count = 1000000`)
    assert.deepEqual(await ids(), [1])
    assert.equal(await ask(store), 2)
    assert.deepEqual(await ids(), [1, 2])
    await close()
  })
})
