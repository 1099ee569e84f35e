// I7: a job writes numbered lines, and the runner that reads them is killed again and again; then the log is checked offline.
// Usage: npm run test:tailer -- [--lines=100000000] [--kills=1000] [--minutes=600] [--log-bytes=…] [--seed=1]
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openHoldfast } from 'holdfast'
import { systemClock } from '../../../src/runner/system-clock.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { until } from '../../contract/temporary.ts'
import { seeded } from '../seeded.ts'
import { checkLog, type LogReport } from './check-log.ts'
import { askForPiece, dataIn, layOutPieces, type TailedOptions, tailedKind } from './tailed-job.ts'

export interface TailerOptions extends Omit<TailedOptions, 'folder' | 'pieces'> {
  kills: number
  /** No more kills after so long. */
  minutes: number
  seed: number
}

export interface TailerReport extends LogReport {
  kills: number
  /** Kills that came after the runner had stored lines. */
  killsWhileReading: number
  state: string
  seconds: number
  keptBytes: number
}

/** More than any run writes. */
const unbounded = 2 ** 39

function isSealed(folder: string): boolean {
  const names = readdirSync(join(dataIn(folder), 'attempts'), { recursive: true, encoding: 'utf8' })
  return names.some((name) => name.includes('.sealed-')) && !names.some((name) => name.endsWith('stdout.log'))
}

const runner = fileURLToPath(new URL('./tailed-runner.ts', import.meta.url))

export async function tailerCampaign(options: TailerOptions): Promise<TailerReport> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tailer-'))
  try {
    return await run({ ...options, folder, pieces: options.kills + 1 })
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function run(options: TailerOptions & TailedOptions): Promise<TailerReport> {
  const { folder, lines, kills, logBytes, seed } = options
  const random = seeded(seed)
  const startedAt = performance.now()
  layOutPieces(options, random)
  const holdfast = await openHoldfast({ data: dataIn(folder), kinds: [tailedKind(options)], runner: false })
  const { job } = await holdfast.submit('tailed')
  let killsWhileReading = 0
  let killed = 0
  for (; killed < kills && performance.now() - startedAt < options.minutes * 60_000; killed++) {
    if (await liveAndBeKilled(options, killed, random)) killsWhileReading++
  }
  for (let piece = killed; piece <= kills; piece++) askForPiece(folder, piece)
  const last = start(folder, logBytes)
  const { state } = await holdfast.wait(job.id)
  if (logBytes < unbounded) await until('its files are written anew', () => isSealed(folder), 60_000)
  await endOf(last, 'SIGTERM')
  await holdfast.close()
  const store = await openStore({ folder: dataIn(folder), clock: systemClock })
  const record = await store.jobs.get({ id: job.id })
  if (!record) throw new Error('the job is gone')
  const report = await checkLog(store, record, { attempts: join(dataIn(folder), 'attempts'), lines })
  await store.close()
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  return { kills: killed, killsWhileReading, state, seconds, keptBytes: record.logKept.bytes, ...report }
}

// The moment is the point of it, so here time is no condition to wait for.
async function liveAndBeKilled({ folder, logBytes }: TailedOptions, piece: number, random: () => number): Promise<boolean> {
  const child = start(folder, logBytes)
  askForPiece(folder, piece)
  const hasRead = once(child.stdout ?? child, 'data').then(() => true)
  // One life in ten ends at any moment before it has read anything.
  const early = random() < 0.1
  const isReading = await Promise.race([hasRead, delay(early ? random() * 2_000 : 60_000, false, { ref: false })])
  if (isReading) await delay(random() * 100)
  await endOf(child, 'SIGKILL')
  return isReading
}

function start(folder: string, logBytes: number): ChildProcess {
  const argv = ['--conditions=holdfast-source', runner, folder, String(logBytes)]
  return spawn(process.execPath, argv, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HOLDFAST_RUNNER: 'on', NODE_COMPILE_CACHE: join(folder, 'compiled') },
  })
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit')
  child.kill(signal)
  await ended
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      lines: { type: 'string', default: '100000000' },
      kills: { type: 'string', default: '1000' },
      'log-bytes': { type: 'string', default: String(2 ** 40) },
      minutes: { type: 'string', default: '600' },
      seed: { type: 'string', default: '1' },
    },
  })
  const { lines, kills, minutes, seed } = values
  const report = await tailerCampaign({
    lines: Number(lines),
    kills: Number(kills),
    minutes: Number(minutes),
    seed: Number(seed),
    logBytes: Number(values['log-bytes']),
  })
  console.log(JSON.stringify(report, null, 2))
  process.exitCode = report.violations.length === 0 ? 0 : 1
}
