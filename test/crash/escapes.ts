// Six ways to escape × each means of ending a tree × many rounds, and a bomb of 200 processes: how many survive a stop, and what the stop said.
// Usage: npm run test:escapes -- [--rounds=100] [--tiers=cgroup,subreaper,marks,group] [--group-rounds=5]
import { parseArgs } from 'node:util'
import { table } from '../../bench/report.ts'
import type { KillTier } from '../../src/launch/launcher.ts'
import { bomb, type Escaped, escapeNames, stopEscape } from '../contract/escapes.ts'
import { carriersOf, lines, openLaunching, stop } from '../contract/launched.ts'
import { until } from '../contract/temporary.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    tiers: { type: 'string', default: 'cgroup,subreaper,marks,group' },
    // Each of these waits in vain for those whom it cannot see.
    'group-rounds': { type: 'string', default: '5' },
    bombs: { type: 'string', default: '5' },
  },
})

const tiers = values.tiers.split(',') as KillTier[]
const rows: string[][] = []
let broken = 0
for (const killTier of tiers) {
  const launching = openLaunching(`escapes-${killTier}`, { killTier })
  const rounds = Number(killTier === 'group' ? values['group-rounds'] : values.rounds)
  for (const way of escapeNames) {
    const seen: Escaped[] = []
    for (let round = 0; round < rounds; round++) seen.push(await stopEscape(launching, way))
    note(killTier, way, seen)
  }
  if (isStrong(killTier)) note(killTier, 'a bomb of 200 processes', await bombs(launching))
}
console.log(table(['tier', 'way', 'stops', 'survivors', 'said to be gone', 'gone said of a survivor', 'proof said of a survivor'], rows))
console.log(
  broken === 0
    ? 'Nobody survived where that is promised, and no proof was claimed of a survivor.'
    : `**${broken} survived where nobody may.**`,
)
process.exitCode = broken === 0 ? 0 : 1

function isStrong(killTier: KillTier): boolean {
  return killTier === 'cgroup' || killTier === 'subreaper'
}

function note(killTier: KillTier, way: string, seen: Escaped[]): void {
  const survivors = seen.filter(({ lives }) => lives).length
  const wrong = seen.filter(({ lives, gone }) => lives && gone).length
  const sworn = seen.filter(({ lives, proven }) => lives && proven).length
  broken += sworn
  if (isStrong(killTier)) broken += seen.filter(({ lives, gone, proven }) => lives || !gone || !proven).length
  rows.push([killTier, way, ...[seen.length, survivors, seen.filter(({ gone }) => gone).length, wrong, sworn].map(String)])
  console.error(rows.at(-1)?.join(' · '))
}

async function bombs({ start, launcher }: ReturnType<typeof openLaunching>): Promise<Escaped[]> {
  const seen: Escaped[] = []
  for (let round = 0; round < Number(values.bombs); round++) {
    const attempt = await start(bomb(200))
    await lines(attempt, 1)
    await until('some of them', async () => (await launcher.left(attempt)) > 50, 50_000)
    const { gone, survivors } = await stop(launcher, attempt, 0)
    seen.push({ gone, survivors, lives: carriersOf(attempt.mark).length > 0, proven: launcher.provesEnd(attempt) })
  }
  return seen
}
