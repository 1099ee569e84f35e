// A slice of the simulator for every test run: some histories, and the proof that a seed is a history. That it finds planted faults: mutants.long.test.ts.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type Outcome, simulate } from './simulate.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-simulation-'))
after(() => rmSync(root, { recursive: true, force: true }))

/** Histories of one test run; `npm run test:sim -- --minutes M` goes on for longer. */
const seeds = 4
const told = ({ violation, options, tail }: Outcome) =>
  `${violation}\nnpm run test:sim -- --seed ${options.seed} --trace\n${tail.slice(-20).join('\n')}`

describe('simulated histories', () => {
  test(`I1–I7, I10–I13: no promise is broken in the histories of seeds 1 to ${seeds}`, async (t) => {
    let events = 0
    for (let seed = 1; seed <= seeds; seed++) {
      const outcome = await simulate({ seed, root })
      assert.equal(outcome.violation, null, told(outcome))
      events += outcome.events
    }
    t.diagnostic(`${events} events`)
  })

  test('one seed is one history: the same one twice, and another one of another seed', async () => {
    const [first, again, other] = [await simulate({ seed: 2, root }), await simulate({ seed: 2, root }), await simulate({ seed: 10, root })]
    assert.ok(first.events > 100)
    assert.deepEqual([again.hash, again.events, again.virtualMs], [first.hash, first.events, first.virtualMs])
    assert.notEqual(other.hash, first.hash)
  })
})
