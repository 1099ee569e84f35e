// I1, I3–I8, I11–I13: real processes are killed and frozen while jobs run, and an offline checker finds nothing to say. A slice; the campaign is
// `npm run test:crash:campaign`.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runCampaign } from './processes/campaign.ts'
import { check } from './processes/checker.ts'
import { clean, planted } from './processes/planted.ts'

const kills = Number(process.env.CRASH_KILLS ?? (process.env.CRASH_WHOLE ? 40 : 3))
const seed = Number(process.env.CRASH_SEED ?? 1)

test(`I1 I3 I4 I5 I6 I7 I8 I11 I12 I13: ${kills} kills of runners among ${kills * 8} jobs`, { timeout: 1_200_000 }, async (t) => {
  const { violations, counts, figures, folder } = await runCampaign({ jobs: kills * 8, kills, runners: 2, seed, long: false, minutes: 15 })
  t.diagnostic(JSON.stringify({ ...counts, ...figures }))
  assert.deepEqual(violations, [], `seed ${seed}; everything is in ${folder}`)
  assert.ok((counts.kills ?? 0) >= kills && (counts.jobs ?? 0) >= kills * 8, `nothing was tried: ${JSON.stringify(counts)}`)
})

describe('the checker', () => {
  test('has nothing to say where nothing is wrong', () => assert.deepEqual(check(clean()), []))

  for (const [promise, what, spoil] of planted)
    test(`finds ${promise} broken: ${what}`, () => {
      const evidence = clean()
      spoil(evidence)
      assert.ok(
        check(evidence).some((violation) => violation.promise === promise),
        JSON.stringify(check(evidence)),
      )
    })
})
