// The campaign's figures as a page of the docs, and what a runner and its shims weigh.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { machineLine } from '../../../bench/machine.ts'
import { openHoldfast } from '../../../src/index.ts'
import { until } from '../../contract/temporary.ts'
import { leadsItsSession, membersOf } from '../kills/actors.ts'
import type { Outcome } from './campaign.ts'
import type { Figure } from './figures.ts'
import { kindsFor } from './kinds.ts'
import type { CampaignOptions } from './play.ts'
import { openTroupe } from './troupe.ts'

export interface Weight {
  liveJobs: number
  /** Resident. */
  runnerMb: number
  shims: number
  /** Resident, as tools show it. */
  shimRssMb: number
  /** Its own pages, and its part of shared ones. */
  shimPssMb: number
}

/** A runner with a hundred living jobs. */
export async function measureMemory(liveJobs = 100): Promise<Weight> {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-memory-'))
  const folders = { root, data: join(root, 'data') }
  const kinds = kindsFor(folders)
  const looker = await openHoldfast({ data: folders.data, kinds, runner: false })
  const troupe = openTroupe(folders)
  const runner = troupe.enter('runner', { slots: liveJobs })
  const asked = { lines: 1_000_000, pause: 10, exit: 0, goodAt: 1, locks: [] }
  await looker.submitMany(Array.from({ length: liveJobs }, () => ({ kind: 'work', input: asked })))
  await until('all of them run', async () => (await looker.count()).running === liveJobs, 120_000)
  await until('all of them write', async () => (await looker.list({ limit: 200 })).jobs.every(({ logLines }) => logLines >= 2), 120_000)
  const runnerMb = memoryOf(runner.pid, 'status', 'VmRSS')
  const shims = membersOf(root).filter(leadsItsSession)
  const average = (file: string, name: string) => shims.reduce((sum, pid) => sum + memoryOf(pid, file, name), 0) / shims.length
  const weight: Weight = {
    liveJobs,
    runnerMb,
    shims: shims.length,
    shimRssMb: average('status', 'VmRSS'),
    shimPssMb: average('smaps_rollup', 'Pss'),
  }
  await looker.cancelMany({})
  await until('all of them are gone', async () => (await looker.count()).cancelled === liveJobs, 120_000)
  await troupe.leave()
  await looker.close()
  rmSync(root, { recursive: true, force: true })
  return weight
}

function memoryOf(pid: number, file: string, name: string): number {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]
  return Number(kilobytes) / 1_024
}

const page = fileURLToPath(new URL('../../../docs/reports/processes.md', import.meta.url))

export function writeReport(outcome: Outcome, asked: Omit<CampaignOptions, 'long' | 'minutes'>, weight: Weight): void {
  const { counts, figures, minutes, violations } = outcome
  const many = (what: string) => `${(counts[what] ?? 0).toLocaleString('en')} ${what}`
  const row = (what: string, { count, p50, p99, max }: Figure, goal: string) =>
    `| ${what} | ${count.toLocaleString('en')} | ${p50} | ${p99} | ${max} | ${goal} |`
  const mb = (value: number) => value.toFixed(1)
  const text = `# Processes under fire: what the crash campaign measured

Written by \`npm run test:crash:campaign -- --jobs ${asked.jobs} --kills ${asked.kills} --runners ${asked.runners} --seed ${asked.seed} --report\`. What is done and checked: test/crash/processes.

${machineLine()}

${asked.runners} runners on one data folder for ${minutes.toFixed(1)} minutes: **${violations.length} violations** of I1, I3–I8, I11–I13.

Tried: ${['jobs', 'attempts', 'lines', 'merged logs', 'ranges dropped', 'stops for a limit or the time'].map(many).join(', ')}; ${many('kills')} (\`kill -9\` of a runner that was at work), ${['web apps killed', 'shims killed', 'job processes killed', 'freezes', 'long freezes', 'adoptions'].map(many).join(', ')}.

| milliseconds | times | p50 | p99 | most | wanted |
|---|---|---|---|---|---|
${row('from the kill of a runner to its living job having another', figures.adopted, 'most ≤ 2,000')}
${row('from the exit record to the settled row, while a runner looks after the job', figures.settled, 'p50 ≤ 50')}

Times are of kills and ends at which nobody was frozen: who is frozen in the middle of a commit keeps SQLite's lock, and everybody waits for him.

Memory: a runner with ${weight.liveJobs} living jobs has ${mb(weight.runnerMb)} MB resident (wanted: ≤ 120); each of its ${weight.shims} shims ${mb(weight.shimRssMb)} MB resident, of which ${mb(weight.shimPssMb)} MB are not shared with others (wanted: ≤ 2).
`
  mkdirSync(dirname(page), { recursive: true })
  writeFileSync(page, text)
}
