// The slice of queue.test.ts on Postgres; and that the checker is not blind.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { testSchema } from '../contract/postgres-cluster.ts'
import { assertNothingBroken, campaign, seconds } from './queue/slice.ts'

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

function forgetting(stage: number): string {
  return `create trigger forgetting after update of stage on job_locks when new.stage = ${stage}
    begin update job_locks set stage = 0 where job_id = new.job_id and key_id = new.key_id; end`
}
