// What reading a log costs and gives: the slow-down of a writer at full speed, the lag to a follower, lines a second, a flood beside a quiet job.
// Usage: npm run bench:log -- [--rounds=5] [--seconds=10] [--mebibytes=512]
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defineJob, type Holdfast, type JobDefinition, openHoldfast } from 'holdfast'
import { machineLine } from './machine.ts'
import { fixed, judged, median, middleHalf, quantile, table } from './report.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    mebibytes: { type: 'string', default: '512' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const mebibytes = Number(values.mebibytes)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-log-'))

/** Lines of 70 bytes, so many MiB, as fast as the disk takes them; says how long it took. */
const flooding = `s=$(date +%s%N); yes ${'x'.repeat(69)} | head -c ${mebibytes * 1_048_576}; e=$(date +%s%N); echo $(((e - s) / 1000)) > "$TOOK"`
const took = join(folder, 'took')
/** A line every 20 to 100 ms, with the instant it was written. */
const quietly = `const end = Date.now() + ${seconds} * 1000
const say = () => { process.stdout.write(performance.timeOrigin + performance.now() + '\\n'); if (Date.now() < end) setTimeout(say, 20 + Math.random() * 80) }
say()`
const flood = defineJob({ kind: 'flood', command: ['sh', '-c', flooding], environment: { TOOK: took }, logBytes: 2 ** 40 })
const quiet = defineJob({ kind: 'quiet', command: [process.execPath, '-e', quietly] })
const holdfast = await openHoldfast({ kinds: [flood, quiet], data: join(folder, 'data'), runner: { slots: 2 } })
try {
  console.log(`${machineLine(folder)}\n`)
  await reportFloods(holdfast)
  await reportPages(holdfast)
  await reportLags('A follower of a job that writes a line every 20 to 100 ms, alone', await lagsOf(holdfast))
  const beside = holdfast.submit(flood)
  await reportLags('The same beside a flood', await lagsOf(holdfast))
  await holdfast.wait((await beside).job.id)
} finally {
  await holdfast.close()
  rmSync(folder, { recursive: true, force: true })
}

interface Round {
  bareMs: number
  /** While a `tail -f` reads the file and throws it away. */
  tailedMs: number
  readMs: number
  linesPerSecond: number
}

async function reportFloods(opened: Holdfast): Promise<void> {
  const all: Round[] = []
  for (let round = 0; round < rounds; round++) all.push({ bareMs: bareFlood(), tailedMs: tailedFlood(), ...(await readFlood(opened)) })
  const ratio = all.map(({ bareMs, readMs }) => (readMs / bareMs - 1) * 100)
  const tailed = all.map(({ bareMs, tailedMs }) => (tailedMs / bareMs - 1) * 100)
  const lines = all.map((one) => one.linesPerSecond / 1e6)
  console.log(`A writer at full speed, ${mebibytes} MiB in lines of 70 bytes, ${rounds} rounds in turns\n`)
  console.log(
    table(
      ['', 'p50', 'middle half'],
      [
        ['alone, to a file, ms', ...shown(all.map((one) => one.bareMs))],
        ['read by Holdfast, ms', ...shown(all.map((one) => one.readMs))],
        ['slower by, %', ...shown(ratio)],
        ['slower while `tail -f` reads the file instead, by, %', ...shown(tailed)],
        ['numbered, million lines a second, from submit to settled', ...shown(lines)],
      ],
    ),
  )
  console.log(
    `\nSlow-down: target ≤ 5 %: ${judged(median(ratio), 5, 'at most')}. Lines: target ≥ 1 M/s: ${judged(median(lines), 1, 'at least')}.\n`,
  )
}

function shown(samples: number[]): string[] {
  return [fixed(median(samples)), middleHalf(samples)]
}

function bareFlood(): number {
  const file = join(folder, 'bare.log')
  const { status } = spawnSync('sh', ['-c', `exec > ${file}; ${flooding}`], { env: { ...process.env, TOOK: took } })
  if (status !== 0) throw new Error(`the bare writer ended with ${status}`)
  rmSync(file)
  return writerMs()
}

// What any reader of the same file costs on this machine.
function tailedFlood(): number {
  const file = join(folder, 'tailed.log')
  writeFileSync(file, '')
  const tail = spawn('tail', ['-f', '-c', '+0', file], { stdio: 'ignore' })
  const { status } = spawnSync('sh', ['-c', `exec >> ${file}; ${flooding}`], { env: { ...process.env, TOOK: took } })
  tail.kill()
  if (status !== 0) throw new Error(`the tailed writer ended with ${status}`)
  rmSync(file)
  return writerMs()
}

async function readFlood(opened: Holdfast): Promise<Omit<Round, 'bareMs' | 'tailedMs'>> {
  const startedAt = performance.now()
  const { job } = await opened.submit(flood)
  const { logLines, state } = await opened.wait(job.id)
  if (state !== 'succeeded') throw new Error(`the flood is ${state}`)
  return { readMs: writerMs(), linesPerSecond: logLines / ((performance.now() - startedAt) / 1_000) }
}

function writerMs(): number {
  return Number(readFileSync(took, 'utf8')) / 1_000
}

/** Of the last flood, whose log is millions of lines long. */
async function reportPages(opened: Holdfast): Promise<void> {
  const [job] = (await opened.list({ kind: 'flood', limit: 1 })).jobs
  if (!job) throw new Error('there was no flood')
  const places: [string, object][] = [
    ['the first page', {}],
    ['a page in the middle', { around: Math.floor(job.logLines / 2) }],
    ['the last page', { before: job.logLines + 1 }],
  ]
  const rows: string[][] = []
  for (const [name, range] of places) {
    const times: number[] = []
    for (let round = 0; round < 20; round++) {
      const from = performance.now()
      await opened.log(job.id, { ...range, limit: 1_000 })
      times.push(performance.now() - from)
    }
    rows.push([name, ...shown(times), fixed(Math.max(...times))])
  }
  console.log(`A thousand lines of a log of ${fixed(job.logLines / 1e6)} million, ms; target ≤ 100\n`)
  console.log(`${table(['', 'p50', 'middle half', 'longest'], rows)}\n`)
}

async function lagsOf(opened: Holdfast): Promise<number[]> {
  const { job } = await opened.submit(quiet as JobDefinition)
  const lags: number[] = []
  for await (const lines of opened.followLog(job.id)) {
    const now = performance.timeOrigin + performance.now()
    for (const { stream, text } of lines) if (stream === 'stdout') lags.push(now - Number(text))
  }
  return lags
}

async function reportLags(what: string, lags: number[]): Promise<void> {
  console.log(`${what}, ${lags.length} lines, from write to followLog in the runner's process, ms\n`)
  const [p50, p99] = [median(lags), quantile(lags, 0.99)]
  console.log(
    table(['', 'p50', 'middle half', 'p99', 'longest'], [['lag', fixed(p50), middleHalf(lags), fixed(p99), fixed(Math.max(...lags))]]),
  )
  console.log(`\nTarget p50 ≤ 10 ms: ${judged(p50, 10, 'at most')}; p99 ≤ 250 ms: ${judged(p99, 250, 'at most')}.\n`)
}
