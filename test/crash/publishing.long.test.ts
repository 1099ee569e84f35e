// I8, I13: killed at a named point of publishing, of beginning as a copy, or of a roll back: after a restart the pointer is old or new, complete, and what the
// database says. A sample here; `npm run test:publishing` plays 300 rounds over every point.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { CrashPoint } from './points/crash-point.ts'
import { lives } from './points/lives.ts'
import { playPoint, recordPoints } from './points/play.ts'
import { seeded } from './seeded.ts'

const seed = Number(process.env.CRASH_SEED ?? Math.floor(Date.now() / 86_400_000))
const rounds = Number(process.env.CRASH_PUBLISHING ?? 4)
const memory = '/dev/shm'
const root = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'holdfast-publishing-'))
const wrong: string[] = []
after(() => wrong.length === 0 && rmSync(root, { recursive: true, force: true }))

// Ours by the file that the call comes from, or by the tables that the commit writes.
const isPublishing = ({ name }: CrashPoint) =>
  /@ (publisher|link-current|seed-output|scan-output|sync-tree|lay-out|snapshot-sweep)\.|^commit .*(snapshots|artifact)/.test(name)

test(`I8 I13: ${rounds} kills at points of publishing`, { timeout: 3_600_000 }, async (t) => {
  const points: { life: string; point: CrashPoint }[] = []
  for (const [life, { ends }] of Object.entries(lives)) {
    if (ends.publishes) points.push(...(await recordPoints(root, life)).filter(isPublishing).map((point) => ({ life, point })))
  }
  const random = seeded(seed)
  const mixed = points.map((one) => ({ one, at: random() })).sort((a, b) => a.at - b.at)
  const played = new Set<string>()
  let reached = 0
  // Each point once before any is visited again.
  const turns = Array.from(
    { length: rounds },
    (_, index) => mixed[index % mixed.length]?.one ?? assert.fail('there are no points'),
  ).values()
  const player = async () => {
    for (const { life, point } of turns) {
      played.add(`${life} ${point.side} ${point.name} ${point.ordinal}`)
      try {
        if (await playPoint(root, life, point)) reached++
      } catch (error) {
        wrong.push(error instanceof Error ? error.message : String(error))
      }
    }
  }
  await Promise.all([player(), player()])
  t.diagnostic(`killed in ${reached} of ${rounds} rounds, at ${played.size} of ${points.length} points`)
  assert.deepEqual(wrong, [])
  assert.ok(reached >= Math.floor(rounds * 0.8), `${reached} of ${rounds} points were reached`)
})
