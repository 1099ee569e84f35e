// I7: runners that read a log are killed at any moment, and no line is lost or doubled. A slice; of a log that is kept short in tailer.long.test.ts, and the
// campaign is `npm run test:tailer`.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tailerCampaign } from './tailer/campaign.ts'

const kills = Number(process.env.CRASH_ROUNDS ?? 4)
const seed = Number(process.env.CRASH_SEED ?? 1)

test(`I7: ${kills} kills of the runner while it reads: every line once, in order`, { timeout: 300_000 }, async () => {
  const report = await tailerCampaign({ lines: 400_000, kills, minutes: 4, seed, logBytes: 2 ** 40 })
  assert.deepEqual(
    { violations: report.violations, lines: report.lines, state: report.state },
    { violations: [], lines: 400_000, state: 'succeeded' },
  )
})
