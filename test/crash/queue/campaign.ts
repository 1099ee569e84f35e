// A campaign: some processes play with one database while others of them are killed or frozen; then all comes to rest and is checked.
// `npm run test:queue -- --seconds 60 --processes 8 --database sqlite|postgres --seed 1`, or `runCampaign` from a test.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster } from '../../../tools/postgres.ts'
import { check, type Violation } from './checker.ts'
import { readFinalRows } from './final-rows.ts'
import { callsOf, type Op, readHistory } from './history.ts'
import { play } from './play.ts'

export interface CampaignOptions {
  seconds: number
  processes: number
  seed: number
  /** Of a Postgres; null: SQLite in a file. */
  address: string | null
  /** Said to the database before anybody plays, so that it breaks a promise. */
  sabotage?: string
}

export interface Outcome {
  violations: Violation[]
  /** How much was tried. */
  counts: Record<string, number>
  /** With the histories and the database; kept when something was broken. */
  folder: string
}

// A kill -9 loses nothing that the kernel has: a disk would only make it slower.
const memory = '/dev/shm'

export async function runCampaign(options: CampaignOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'holdfast-queue-'))
  const histories = join(folder, 'histories')
  for (const name of [histories, join(folder, 'starts'), join(folder, 'data')]) mkdirSync(name)
  const { asker, crashes } = await play({ ...options, folder })
  try {
    const ops = readHistory(histories)
    const violations = [...crashes.map((what) => ({ promise: 'no crash', what })), ...check({ ops, rows: await readFinalRows(asker.ask) })]
    if (violations.length === 0) rmSync(folder, { recursive: true, force: true })
    return { violations, counts: countsOf(ops), folder }
  } finally {
    await asker.close()
  }
}

function countsOf(ops: readonly Op[]): Record<string, number> {
  const kills = callsOf(ops, 'kill')
  const fenced = [...callsOf(ops, 'begun'), ...callsOf(ops, 'observe'), ...callsOf(ops, 'finish')]
  return {
    calls: ops.length,
    kills: kills.filter(({ asked }) => asked.signal === 'SIGKILL').length,
    freezes: kills.filter(({ asked }) => asked.signal === 'SIGSTOP').length,
    submitted: callsOf(ops, 'submit').flatMap(({ answer }) => answer ?? []).length,
    grants: callsOf(ops, 'claim').flatMap(({ answer }) => answer ?? []).length,
    'taken over': callsOf(ops, 'takeOver').filter(({ answer }) => answer !== null && answer !== 'lost').length,
    refused: fenced.filter(({ answer }) => answer === 'lost').length,
    'cut off': ops.filter(({ answer, threw }) => answer === null && threw === null).length,
    looks: callsOf(ops, 'look').length,
    'jobs seen in line': seenInLine(ops).size,
  }
}

function seenInLine(ops: readonly Op[]): Set<number> {
  const jobs = callsOf(ops, 'look').flatMap(({ answer }) => answer?.jobs ?? [])
  return new Set(jobs.flatMap(([id, , hold]) => (hold === 'key' ? [id] : [])))
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      processes: { type: 'string', default: '8' },
      database: { type: 'string', default: 'sqlite' },
      seed: { type: 'string', default: '1' },
      sabotage: { type: 'string' },
    },
  })
  const cluster = values.database === 'postgres' ? await startCluster() : null
  const [seconds, processes, seed] = [Number(values.seconds), Number(values.processes), Number(values.seed)]
  const { violations, counts, folder } = await runCampaign({
    ...{ seconds, processes, seed, address: cluster?.address ?? null },
    ...(values.sabotage === undefined ? {} : { sabotage: values.sabotage }),
  })
  await cluster?.remove()
  console.log(
    `${values.database}, seed ${seed}: ${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  )
  for (const { promise, what } of violations.slice(0, 40)) console.log(`${promise}: ${what}`)
  console.log(violations.length === 0 ? '0 violations' : `${violations.length} violations; histories in ${folder}`)
  process.exitCode = violations.length === 0 ? 0 : 1
}
