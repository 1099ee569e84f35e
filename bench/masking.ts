// What taking secrets out costs whoever reads a log: following it from its beginning, pages, and the whole text, with none, one and twenty secrets.
// Usage: npm run bench:masking -- [--lines=500000] [--rounds=3]
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defineJob, type Holdfast, openHoldfast } from 'holdfast'
import { machineLine } from './machine.ts'
import { fixed, median, table } from './report.ts'

const { values } = parseArgs({ options: { lines: { type: 'string', default: '500000' }, rounds: { type: 'string', default: '3' } } })
const lines = Number(values.lines)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-masking-'))
const data = join(folder, 'data')
const line = '2026-01-01T00:00:00.000Z INFO frame %d of 100000 done, path=/srv/data/film.mkv took 31 ms\\n'
const script = `awk 'BEGIN { for (i = 0; i < ${lines}; i++) printf "${line}", i }'`
const writes = defineJob({ kind: 'writes', command: ['sh', '-c', script] })

const first = await openHoldfast({ data, kinds: [writes] })
const { job } = await first.submit(writes)
await first.wait(job.id)
await first.close()
try {
  console.log(`${machineLine(folder)}\n\n${lines} lines of about 90 bytes, median of ${values.rounds}\n`)
  const rows: string[][] = []
  await measured(0)
  for (const count of [0, 1, 20]) rows.push([String(count), ...(await measured(count))])
  console.log(table(['secrets', 'followed, lines a second', 'a page of 5,000 lines, ms', 'log.txt, MB a second'], rows))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measured(count: number): Promise<string[]> {
  const secrets = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
  const holdfast = await openHoldfast({ data, secrets, runner: false })
  const rounds = { followed: [] as number[], page: [] as number[], text: [] as number[] }
  for (let round = 0; round < Number(values.rounds); round++) {
    rounds.followed.push(lines / (await secondsOf(() => follow(holdfast))))
    rounds.page.push(1_000 * (await secondsOf(() => holdfast.log(job.id, { around: lines / 2, limit: 5_000 }))))
    const text = await holdfast.logText(job.id)
    rounds.text.push(text.bytes / 1e6 / (await secondsOf(() => Array.fromAsync(text.read(), ({ length }) => length))))
  }
  await holdfast.close()
  return [fixed(median(rounds.followed), 0), fixed(median(rounds.page), 1), fixed(median(rounds.text), 0)]
}

async function follow(holdfast: Holdfast): Promise<void> {
  for await (const some of holdfast.followLog(job.id)) if (some.length === 0) throw new Error('an empty bundle')
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}
