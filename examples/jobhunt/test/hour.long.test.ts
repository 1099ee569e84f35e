// The program that uses an example for an hour (`npm run test:examples`), for some seconds: it finds what is broken, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ensureDashboard } from '../../../tools/dashboard.ts'
import type { Use } from '../../hour/use.ts'
import { useApp } from '../../hour/use-app.ts'
import use from './use.ts'

test('S5.5 I1 I2 I7 I13 killed while it is used, nothing is lost, doubled, stuck or half-written; and what is lost is found', async () => {
  ensureDashboard()
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const forgetful: Use = {
    ...use,
    async act(world) {
      await use.act(world)
      world.acknowledged(1_000_000)
    },
  }
  const report = await useApp({ main, use: forgetful, forMs: 5_000, killEveryMs: 2_500, seed: 7, users: 2, everythingShare: 0.5 })
  assert.deepEqual(report.broken, ['I1: job #1000000 was acknowledged and is not there'])
  assert.ok(report.kills.app + report.kills.everything > 0)
  assert.equal(report.startMs.length, report.kills.app + report.kills.everything + 1)
  assert.ok(report.acts > 0)
})
