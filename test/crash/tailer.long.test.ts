// I7: runners that read a log are killed while its middle is taken out. A slice; the campaign is `npm run test:tailer`.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tailerCampaign } from './tailer/campaign.ts'

const kills = Number(process.env.CRASH_ROUNDS ?? 4)
const seed = Number(process.env.CRASH_SEED ?? 1)

test(`I7: ${kills} kills while a log of 1 MiB is kept of more: beginning and end, and exact numbers between`, {
  timeout: 300_000,
}, async () => {
  const report = await tailerCampaign({ lines: 400_000, kills, minutes: 4, seed, logBytes: 1_048_576 })
  assert.deepEqual({ violations: report.violations, state: report.state }, { violations: [], state: 'succeeded' })
  assert.ok(report.droppedLines > 100_000, `${report.droppedLines} lines were taken out`)
  assert.ok(report.diskBytes < 2 * 1_048_576, `${report.diskBytes} bytes on the disk`)
})
