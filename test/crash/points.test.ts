// I1, I3–I5, I7–I9, I11, I13: a process is killed at a named point of its life; the next one brings everything to its right end.
// A sample here; `npm run test:crash` visits every point. A failure names its point: `CRASH_POINT='<part of it>'` plays those alone;
// `CRASH_LIFE='<part of its name>'` those of one life.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type CrashPoint, pointText } from './points/crash-point.ts'
import { lives } from './points/lives.ts'
import { playPoint, recordPoints } from './points/play.ts'
import { seeded } from './seeded.ts'

// Another sample each day; what fails is told by its name, and can be played again by it.
const today = Number(process.env.CRASH_SEED ?? Math.floor(Date.now() / 86_400_000))
/** How many points are visited of each life. */
const most = Number(process.env.CRASH_POINTS ?? (process.env.CRASH_WHOLE ? 1_000 : 3))
const only = process.env.CRASH_POINT
// A kill -9 loses nothing that the kernel has: a disk would only make it slower.
const memory = '/dev/shm'
const root = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'holdfast-points-'))
const broken: string[] = []
after(() => broken.length === 0 && rmSync(root, { recursive: true, force: true }))

test('I1 I3 I4 I5 I7 I8 I9 I11 I13: killed at any point, everything comes to its right end', {
  timeout: 3_600_000,
  concurrency: 2,
}, async (t) => {
  await Promise.all(livesOf(today).map((life) => t.test(life, { timeout: 3_600_000 }, () => playLife(life, t.diagnostic.bind(t)))))
})

async function playLife(life: string, tell: (text: string) => void): Promise<void> {
  const points = await recordPoints(root, life)
  const chosen = only === undefined ? sampleOf(points) : points.filter((point) => pointText(point).includes(only))
  let reached = 0
  const wrong: string[] = []
  for (const point of chosen) {
    try {
      if (await playPoint(root, life, point)) reached++
    } catch (error) {
      wrong.push(error instanceof Error ? error.message : String(error))
    }
  }
  broken.push(...wrong)
  tell(`${life}: killed at ${reached} of ${chosen.length} points, of ${points.length} in all`)
  assert.deepEqual(wrong, [])
  assert.ok(chosen.length > 0 || only !== undefined, 'its life has points')
  // What belongs to a timer comes at another moment each time.
  assert.ok(reached >= Math.floor(chosen.length * 0.8), `${reached} of ${chosen.length} points were reached`)
}

// All of them in `npm run test:crash`; in `npm test` three, others each day.
function livesOf(day: number): string[] {
  const all = Object.keys(lives)
  const { CRASH_WHOLE: whole, CRASH_LIFE: life } = process.env
  if (life !== undefined) return all.filter((one) => one.includes(life))
  if (whole || only !== undefined) return all
  return Array.from({ length: 3 }, (_, index) => all[(3 * day + index) % all.length] ?? '')
}

function sampleOf(points: readonly CrashPoint[]): CrashPoint[] {
  const random = seeded(today)
  const mixed = points.map((point) => ({ point, at: random() })).sort((a, b) => a.at - b.at)
  return mixed.slice(0, most).map(({ point }) => point)
}
