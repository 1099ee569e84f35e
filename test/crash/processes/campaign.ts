// A campaign of real processes: jobs run while runners, web apps and the jobs' own processes are killed and frozen; then all comes to rest and is checked.
// `npm run test:crash:campaign -- --jobs 5000 --kills 1000 --runners 4 --seed 1 [--report]`, or `runCampaign` from a test.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check, type Violation } from './checker.ts'
import { gather } from './evidence.ts'
import { type Figures, figuresOf } from './figures.ts'
import { type CampaignOptions, play } from './play.ts'
import { measureMemory, writeReport } from './report.ts'

export interface Outcome {
  violations: Violation[]
  counts: Record<string, number>
  figures: Figures
  minutes: number
  /** Kept when something was broken. */
  folder: string
}

// A kill -9 loses nothing that the kernel has: a disk would only make it slower.
const memory = '/dev/shm'

export async function runCampaign(options: CampaignOptions): Promise<Outcome> {
  const root = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'holdfast-processes-'))
  const folders = { root, data: join(root, 'data') }
  mkdirSync(folders.data)
  const startedAt = performance.now()
  const played = await play(folders, options)
  const minutes = (performance.now() - startedAt) / 60_000
  const evidence = await gather(folders, played)
  const violations = check(evidence)
  const pids = new Map(
    played.witness.ask<{ runner: string; pid: number }>('select * from campaign_runners').map(({ runner, pid }) => [runner, pid]),
  )
  const figures = figuresOf(evidence, { blows: played.troupe.blows, pids })
  played.witness.close()
  if (violations.length === 0) rmSync(root, { recursive: true, force: true })
  const { jobs, attempts, stamps } = evidence
  const logs = [...evidence.logs.values()].flat()
  const counts = {
    jobs: jobs.length,
    attempts: attempts.length,
    lines: logs.length,
    'ranges dropped': logs.filter((line) => line.lines !== undefined).length,
    'merged logs': jobs.filter(({ kind }) => kind === 'merged').length,
    'stops for a limit or the time': jobs.filter(({ failureKind }) => failureKind === 'limit' || failureKind === 'timeout').length,
    stamps: stamps.length,
    ...played.counts,
    adoptions: figures.adopted.count,
  }
  return { violations, counts, figures, minutes, folder: root }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', default: '500' },
      kills: { type: 'string', default: '100' },
      runners: { type: 'string', default: '4' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '600' },
      report: { type: 'boolean', default: false },
    },
  })
  const [jobs, kills, runners, seed] = [values.jobs, values.kills, values.runners, values.seed].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  const outcome = await runCampaign({ jobs, kills, runners, seed, long: true, minutes: Number(values.minutes) })
  const { violations, counts, figures, minutes, folder } = outcome
  console.log(
    `seed ${seed}, ${minutes.toFixed(1)} minutes: ${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  )
  for (const [what, { count, p50, p99, max }] of Object.entries(figures))
    console.log(`${what}: ${count} times, ms p50 ${p50}, p99 ${p99}, max ${max}`)
  for (const { promise, what } of violations.slice(0, 60)) console.log(`${promise}: ${what}`)
  console.log(violations.length === 0 ? '0 violations' : `${violations.length} violations; everything is in ${folder}`)
  if (values.report) writeReport(outcome, { jobs, kills, runners, seed }, await measureMemory())
  process.exitCode = violations.length === 0 ? 0 : 1
}
