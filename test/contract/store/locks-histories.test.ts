// The contract of a store, about lock keys (LOCKS.md) as a property: whatever happens, never a conflict, nobody overtaken, nobody left.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ask, assertNothingLeft, claimAll, end, exclusive, get, shared } from './acts.ts'
import { stores, withStore } from './stores.ts'

for (const adapter of stores) {
  describe(`lines of lock keys, ${adapter.name}`, () => {
    test('I1 I3: any history of submits, ends and cancels over three keys: never a conflict, nobody overtaken, nobody left', () =>
      fc.assert(
        fc.asyncProperty(history, (steps) =>
          withStore(adapter, async ({ store, sql }) => {
            for (const step of steps) {
              if ('locks' in step) await ask(store, step)
              const active = (await store.jobs.list({ state: ['running', 'queued'], limit: 200 })).toReversed()
              const chosen = 'pick' in step ? active[step.pick % Math.max(1, active.length)] : undefined
              if (chosen?.state === 'running') await end(store, chosen.id)
              if (chosen?.state === 'queued') await store.jobs.askStop({ id: chosen.id, by: null, now: 3 })
              const parked = await sql('select id, priority from jobs where hold = 2')
              const claimed = await claimAll(store, { limit: 2 })
              for (const { job } of claimed) {
                const passed = parked.filter((one) => isEarlier(one as { id: number; priority: number }, job) && one.id !== job.id)
                for (const { id } of passed) await assertNoConflict(store, Number(id), job.id)
              }
              await assertCompatible(sql)
            }
            for (let rounds = 0; (await store.jobs.count()).queued > 0 || (await store.jobs.count()).running > 0; rounds++) {
              assert.ok(rounds < 200, 'it does not come to an end')
              for (const { id } of await store.jobs.list({ state: ['running'], limit: 99 })) await end(store, id)
              await claimAll(store)
            }
            await assertNothingLeft({ sql })
          }),
        ),
        { numRuns: 6, seed: 3 },
      ))
  })
}

const lockOf = fc.tuple(fc.constantFrom('a', 'b', 'gpu'), fc.boolean())
const history = fc.array(
  fc.oneof(
    fc.record({
      locks: fc
        .uniqueArray(lockOf, { selector: ([key]) => key, maxLength: 3 })
        .map((all) => all.map(([key, isExclusive]) => (key === 'gpu' ? shared(key, 2) : isExclusive ? exclusive(key) : shared(key)))),
      priority: fc.constantFrom(0, 0, 0, 1),
    }),
    fc.record({ pick: fc.nat(50) }),
  ),
  { minLength: 25, maxLength: 40 },
)

function isEarlier(one: { id: number; priority: number }, other: { id: number; priority: number }): boolean {
  return one.priority < other.priority || (one.priority === other.priority && one.id < other.id)
}

type OfStore = Parameters<Parameters<typeof withStore>[1]>[0]

async function assertNoConflict(store: OfStore['store'], passed: number, by: number): Promise<void> {
  const [one, other] = [await get(store, passed), await get(store, by)]
  if (one.state !== 'queued') return
  const conflict = one.locks.find((lock) =>
    other.locks.some(
      ({ key, mode, limit }) => key === lock.key && (mode === 'exclusive' || lock.mode === 'exclusive' || limit !== undefined),
    ),
  )
  assert.equal(conflict, undefined, `#${by} has overtaken #${passed}`)
}

async function assertCompatible(sql: OfStore['sql']): Promise<void> {
  const wrong = await sql(`select lock_keys.name from lock_keys join job_locks on job_locks.key_id = lock_keys.id
    join jobs on jobs.id = job_locks.job_id where jobs.state in ('running', 'stopping')
    group by lock_keys.name, lock_keys.capacity having (max(mode) = 2 and count(*) > 1) or count(*) > lock_keys.capacity`)
  assert.deepEqual(wrong, [], 'two that conflict run')
}
