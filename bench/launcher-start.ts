// The launcher's own part of a start, without any database: `prepare`, `layOut`, `start`, to the command's first instruction, by each means of ending
// a tree, against a bare detached spawn of the same `sh -c`; all in turns. Then what a hundred live attempts cost.
// Usage: npm run bench:launcher -- [--rounds=200] [--live=100]
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findCgroupBase } from '../src/launch/cgroup.ts'
import { detachedLauncher } from '../src/launch/detached.ts'
import type { AttemptTree, KillTier, Launcher } from '../src/launch/launcher.ts'
import { bareSpawn } from './bare-spawn.ts'
import { type FirstInstruction, instant, watchFirstInstruction } from './first-instruction.ts'
import { machineLine } from './machine.ts'
import { processCost } from './process-cost.ts'
import { fixed, judged, median, middleHalf, quantile, table } from './report.ts'

const targets = { overBareMs: 3, shimMb: 2, runnerMb: 120 }
const warmUps = 20
/** Between two starts, so that what the one leaves to do is not paid by the other. */
const pauseMs = 10

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' }, live: { type: 'string', default: '100' } } })
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
const tiers: KillTier[] = [...(findCgroupBase() ? (['cgroup'] as const) : []), 'subreaper', 'marks']
const launchers = new Map(tiers.map((killTier) => [killTier, openLauncher(killTier)]))
const environment = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LANG: process.env.LANG ?? '' }
let count = 0
const first = await watchFirstInstruction(folder)
try {
  console.log(`${machineLine(folder)}\n`)
  await reportStarts(first, Number(values.rounds))
  for (const tier of tiers) await reportLive(tier, Number(values.live))
} finally {
  for (const launcher of launchers.values()) await launcher.close()
  await first.close()
  rmSync(folder, { recursive: true, force: true })
}

interface Start {
  prepareMs: number
  layOutMs: number
  /** From the call of `start` to its answer. */
  startMs: number
  firstMs: number
}

async function reportStarts(first: FirstInstruction, rounds: number): Promise<void> {
  const bare: number[] = []
  const ours = new Map(tiers.map((tier) => [tier, [] as Start[]]))
  for (let round = -warmUps; round < rounds; round++) {
    const bareMs = await startBare(first)
    for (const tier of tiers) {
      await pause(pauseMs)
      const start = await startOurs(first, tier)
      if (round >= 0) ours.get(tier)?.push(start)
    }
    await pause(pauseMs)
    if (round >= 0) bare.push(bareMs)
  }
  const row = (name: string, samples: number[], overBare: string) => [
    name,
    fixed(median(samples)),
    middleHalf(samples),
    fixed(quantile(samples, 0.95)),
    overBare,
  ]
  const rows = [...ours].map(([tier, starts]) => {
    const samples = starts.map(({ firstMs }) => firstMs)
    const over = median(samples) - median(bare)
    return row(`launcher, ${tier}`, samples, `${fixed(over)}, ≤ ${targets.overBareMs}: ${judged(over, targets.overBareMs, 'at most')}`)
  })
  console.log(`To the first instruction, ${rounds} rounds in turns after ${warmUps} to warm up, ms\n`)
  console.log(table(['', 'p50', 'middle half', 'p95', 'over bare p50'], [row('bare detached `spawn` of `sh -c`', bare, ''), ...rows]))
  const parts = [...ours].map(([tier, starts]) => [
    tier,
    ...(['prepareMs', 'layOutMs', 'startMs'] as const).map((part) => fixed(median(starts.map((start) => start[part])), 3)),
  ])
  console.log(`\nWhere it goes, p50, ms\n\n${table(['', 'prepare', 'lay out', 'start, until it answers'], parts)}`)
}

async function startBare(first: FirstInstruction): Promise<number> {
  const seen = first.next()
  const { calledAt } = await bareSpawn(first.argv, folder)
  return (await seen) - calledAt
}

async function startOurs(first: FirstInstruction, tier: KillTier): Promise<Start> {
  const launcher = launcherOf(tier)
  const seen = first.next()
  const calledAt = instant()
  const attempt = await prepared(launcher, tier)
  const { preparedAt, laidOutAt } = attempt
  const started = await launcher.start({ argv: first.argv, cwd: folder, environment, ...attempt })
  const startedAt = instant()
  if (!started.started) throw new Error(started.refused)
  const firstAt = await seen
  await launcher.ended(attempt.folder, AbortSignal.timeout(60_000))
  await stop(launcher, { ...attempt, process: started.process })
  return { prepareMs: preparedAt - calledAt, layOutMs: laidOutAt - preparedAt, startMs: startedAt - laidOutAt, firstMs: firstAt - calledAt }
}

async function reportLive(tier: KillTier, live: number): Promise<void> {
  const launcher = launcherOf(tier)
  const before = processCost(process.pid)
  const over = new AbortController()
  const attempts: AttemptTree[] = []
  for (let each = 0; each < live; each++) {
    const attempt = await prepared(launcher, tier)
    const started = await launcher.start({ argv: ['/bin/sleep', '600'], cwd: folder, environment, ...attempt })
    if (!started.started) throw new Error(started.refused)
    attempts.push({ ...attempt, process: started.process })
    launcher.follow(attempt.folder, () => {})
    launcher.ended(attempt.folder, over.signal).catch(() => {})
  }
  await pause(1_000)
  const from = processCost(process.pid)
  const idleMs = 10_000
  await pause(idleMs)
  const to = processCost(process.pid)
  const shims = attempts.map(({ process: shim }) => proportionalMb(shim?.pid ?? 0))
  over.abort()
  const stopFrom = performance.now()
  await Promise.all(attempts.map((attempt) => stop(launcher, attempt)))
  const stopMs = performance.now() - stopFrom
  console.log(`\n${live} live attempts, ${tier}, followed and waited for by this process
- a shim: p50 ${fixed(median(shims.map(({ pss }) => pss)))} MB of its own share (PSS), ${fixed(median(shims.map(({ rss }) => rss)))} MB resident; target ≤ ${targets.shimMb}: ${judged(median(shims.map(({ rss }) => rss)), targets.shimMb, 'at most')}
- this process: ${fixed(before.residentMb, 0)} MB before, ${fixed(to.residentMb, 0)} MB with them; target ≤ ${targets.runnerMb}: ${judged(to.residentMb, targets.runnerMb, 'at most')}
- idle: ${fixed((to.processorMs - from.processorMs) / (idleMs / 100))} % of a processor, ${fixed((to.sleeps - from.sleeps) / (idleMs / 1_000), 1)} wake-ups/s
- all stopped at once: ${fixed(stopMs, 0)} ms`)
}

async function prepared(launcher: Launcher, tier: KillTier) {
  const mark = `${folder}:${tier}:${++count}`
  const attemptFolder = await launcher.prepare(`${tier}-${count}`)
  const preparedAt = instant()
  launcher.layOut(attemptFolder, { input: '{}', checkpoint: null, outputs: [] })
  return { folder: attemptFolder, mark, preparedAt, laidOutAt: instant() }
}

async function stop(launcher: Launcher, { folder, mark, process }: AttemptTree): Promise<void> {
  const { gone } = await launcher.stop({ folder, mark, process, graceMs: 5_000, signal: new AbortController().signal })
  if (!gone) throw new Error('not gone')
}

function openLauncher(killTier: KillTier): Launcher {
  const place = (name: string) => join(folder, killTier, name)
  for (const name of ['attempts', 'runners']) mkdirSync(place(name), { recursive: true })
  return detachedLauncher({ attempts: place('attempts'), runners: place('runners'), pool: place('pool'), ready: 8, killTier })
}

function launcherOf(tier: KillTier): Launcher {
  const launcher = launchers.get(tier)
  if (!launcher) throw new Error(tier)
  return launcher
}

// What is shared with other shims is divided among them.
function proportionalMb(pid: number): { pss: number; rss: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024
  return { pss: field('Pss'), rss: field('Rss') }
}
