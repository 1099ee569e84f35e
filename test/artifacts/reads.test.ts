// I8: pinned readers under continuous publishing and sweeping: none torn, none missing. A slice; `npm run test:reads` reads a million times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryFolder } from '../contract/temporary.ts'
import { playReads } from './reads/play.ts'

const reads = Number(process.env.ARTIFACT_READS ?? 4_000)

test(`I8: ${reads} pinned reads of two files that belong together`, { timeout: 3_600_000 }, async (t) => {
  const played = await playReads({ data: temporaryFolder('reads'), reads, readers: 2 })
  t.diagnostic(
    `${played.reads} reads of ${played.seen} snapshots, ${played.published} published, ${played.removed} removed, ${played.wrong.length} wrong, ${played.seconds.toFixed(0)} s`,
  )
  assert.deepEqual(played.wrong.slice(0, 10), [])
  assert.equal(played.reads, reads)
  assert.ok(played.published > 2 && played.seen > 2 && played.removed > 0, 'it was published and removed meanwhile')
})
