// I1–I6, and that nothing is overtaken: processes play with one database at random while others of them are killed or frozen, and an offline checker
// finds nothing to say. A slice; the campaign is `npm run test:queue`.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { testSchema } from '../contract/postgres-cluster.ts'
import { type CampaignOptions, type Outcome, runCampaign } from './queue/campaign.ts'

const seconds = Number(process.env.CRASH_SECONDS ?? 2)
const seed = Number(process.env.CRASH_SEED ?? 1)

test(`I1 I2 I3 I4 I5 I6 I7: ${seconds} s of kill -9 among processes on SQLite`, { timeout: 900_000 }, async () => {
  assertNothingBroken(await campaign({}))
})

test(`I1 I2 I3 I4 I5 I6 I7: ${seconds} s of kill -9 among processes on Postgres`, { timeout: 900_000 }, async () => {
  const { address, drop } = await testSchema()
  assertNothingBroken(await campaign({ address }))
  await drop()
})

// The same campaign on a database that has been made to break a promise: the checker is not blind.
for (const [promise, what, sabotage] of [
  ['I3', 'holders are forgotten', forgetting(2)],
  ['no overtaking', 'nobody stays in line', forgetting(1)],
] as const)
  test(`${promise} is found broken where ${what}`, { timeout: 300_000 }, async () => {
    // What a few seconds come to depends on the machine.
    for (const given of [2, 8, 30]) {
      const { violations, folder } = await campaign({ seconds: given, processes: 4, sabotage })
      rmSync(folder, { recursive: true, force: true })
      if (violations.some((one) => one.promise === promise)) return
    }
    assert.fail('three campaigns found nothing')
  })

function campaign(given: Partial<CampaignOptions>): Promise<Outcome> {
  return runCampaign({ seconds, processes: 6, seed, address: null, ...given })
}

function forgetting(stage: number): string {
  return `create trigger forgetting after update of stage on job_locks when new.stage = ${stage}
    begin update job_locks set stage = 0 where job_id = new.job_id and key_id = new.key_id; end`
}

function assertNothingBroken({ violations, counts, folder }: Outcome): void {
  assert.deepEqual(violations, [], `seed ${seed}: ${JSON.stringify(counts)}; histories in ${folder}`)
  for (const what of ['grants', 'kills', 'jobs seen in line'])
    assert.ok((counts[what] ?? 0) > 0, `nothing was tried: ${JSON.stringify(counts)}`)
}
