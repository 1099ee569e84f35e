// A short campaign against the queue, as the tests play it, and what must be true of it.
import assert from 'node:assert/strict'
import { type CampaignOptions, type Outcome, runCampaign } from './campaign.ts'

export const seconds = Number(process.env.CRASH_SECONDS ?? 2)
const seed = Number(process.env.CRASH_SEED ?? 1)

export function campaign(given: Partial<CampaignOptions>): Promise<Outcome> {
  return runCampaign({ seconds, processes: 6, seed, address: null, ...given })
}

export function assertNothingBroken({ violations, counts, folder }: Outcome): void {
  assert.deepEqual(violations, [], `seed ${seed}: ${JSON.stringify(counts)}; histories in ${folder}`)
  for (const what of ['grants', 'kills', 'jobs seen in line'])
    assert.ok((counts[what] ?? 0) > 0, `nothing was tried: ${JSON.stringify(counts)}`)
}
