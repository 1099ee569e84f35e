// The queue beside its peers: how fast jobs are taken, run and seen by Holdfast's store on both databases, by plainjob, graphile-worker and BullMQ, in one run
// on one machine, in turns. Installs the peers, starts its own Redis and Postgres, and writes bench/results/queue-….md.
// Usage: npm run bench:queue -- [--quick] [--rounds=5] [--seconds=2] [--rows=A,B,C,E,E100] [--only=plainjob,…] [--waiting=100000] [--settled=1000000]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machineLine } from './machine.ts'
import { measureClaims } from './queue/measure-claims.ts'
import { measureGrown } from './queue/measure-grown.ts'
import { type Bench, measureDrains, measurePickups, measureSubmits } from './queue/measure-rows.ts'
import { queueReport } from './queue/report-queue.ts'
import { newResults } from './queue/results.ts'
import { startPostgres } from './queue/servers.ts'
import { findSystems } from './queue/systems.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    rows: { type: 'string', default: 'A,B,C,E,E100' },
    /** Parts of names; Holdfast is always measured. */
    only: { type: 'string', default: '' },
    waiting: { type: 'string' },
    settled: { type: 'string' },
  },
})
const whole = { rounds: 5, seconds: 2, drainJobs: 20_000, pickups: 200, waiting: 100_000, settled: 1_000_000 }
const quick = { rounds: 2, seconds: 0.5, drainJobs: 4_000, pickups: 50, waiting: 10_000, settled: 50_000 }
const usual = values.quick ? quick : whole
const effort = { ...usual, rounds: Number(values.rounds ?? usual.rounds), seconds: Number(values.seconds ?? usual.seconds) }
const grown = { waiting: Number(values.waiting ?? usual.waiting), settled: Number(values.settled ?? usual.settled) }

// Ends by the exit event, which takes the servers along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
installPeers()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-queue-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
const postgres = await startPostgres()
try {
  const { systems, missing } = findSystems(folder, postgres)
  const machine = machineLine(folder)
  console.log(`${machine}\n`)
  const results = newResults()
  await measureAll({ systems: systems.filter(isWanted), effort, results, say: (what) => console.error(`… ${what}`) })
  const report = queueReport({ systems: systems.filter(isWanted), results, missing })
  console.log(report)
  console.log(`\nWritten to ${write(`# The queue beside its peers\n\n${machine}\n\n${effortLine()}\n\n${report}\n`)}`)
} finally {
  await postgres?.stop()
}

async function measureAll(bench: Bench): Promise<void> {
  const wanted = values.rows.split(',')
  if (wanted.includes('A')) await measureSubmits(bench)
  if (wanted.includes('B')) await measureDrains(bench)
  if (wanted.includes('C')) await measurePickups(bench)
  if (wanted.includes('E')) await measureGrown(bench, grown)
  if (wanted.includes('E100')) await measureClaims(bench, grown.waiting)
}

function isWanted({ name, isOurs }: { name: string; isOurs: boolean }): boolean {
  return isOurs || values.only === '' || values.only.split(',').some((part) => name.toLowerCase().includes(part.trim().toLowerCase()))
}

function effortLine(): string {
  const { rounds, seconds, drainJobs, pickups } = effort
  return `${rounds} rounds in turns; ${seconds} s a figure (drains at most ${drainJobs} jobs or ${seconds * 4} s); ${pickups} pickups; E with ${grown.waiting} waiting, ${grown.settled} settled.`
}

// By their lock file, and without their install scripts: better-sqlite3 brings its binaries along.
function installPeers(): void {
  const peers = fileURLToPath(new URL('peers', import.meta.url))
  const installed = join(peers, 'node_modules/.package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(peers, 'package-lock.json')).mtimeMs) return
  console.log('Installing the peers into bench/peers …')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: peers, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('npm ci in bench/peers failed')
}

function write(text: string): string {
  const results = fileURLToPath(new URL('results', import.meta.url))
  mkdirSync(results, { recursive: true })
  const file = join(results, `queue-${new Date().toISOString().slice(0, 16).replace(':', '')}.md`)
  writeFileSync(file, text)
  return file
}
