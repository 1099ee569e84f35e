// What live jobs cost: processor time and memory of a runner with many jobs that sleep, each with a child, and memory of their shims. The runner
// measures every tree; `--profile` tells where its time goes. Real processes. Linux.
// Usage: npm run bench:live -- [--jobs=100] [--seconds=60] [--limits] [--profile=FOLDER] [--source]
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machineLine } from './machine.ts'
import { packInto } from './packed.ts'
import { processCost } from './process-cost.ts'
import { fixed, judged, quantile, table } from './report.ts'

const settleMs = 8_000
const targets = { processorPercent: 5, runnerMb: 120, shimMb: 2 }

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    /** Each job has a bound for its memory: it is looked at each second. */
    limits: { type: 'boolean', default: false },
    /** The runner writes a processor profile of its whole life there. */
    profile: { type: 'string' },
    source: { type: 'boolean', default: false },
  },
})
// Says when all of them run; on the end of its input it cancels them, waits for their end and closes.
const runnerProgram = `
  import { defineJob, openHoldfast } from 'holdfast'
  const [data, jobs, limits] = process.argv.slice(1)
  const sleeper = defineJob({ kind: 'sleeper', command: ['/bin/sh', '-c', 'sleep 100000 & wait'], stopGraceMs: 1000, limits: JSON.parse(limits) })
  const holdfast = await openHoldfast({ kinds: [sleeper], data, runner: { slots: Number(jobs) } })
  const ids = []
  for (let left = Number(jobs); left > 0; left--) ids.push((await holdfast.submit(sleeper, null)).job.id)
  while ((await holdfast.count()).running < ids.length) await new Promise((resolve) => setTimeout(resolve, 200))
  console.log('ready')
  process.stdin.on('end', async () => {
    await Promise.all(ids.map((id) => holdfast.cancel(id)))
    await Promise.all(ids.map((id) => holdfast.wait(id)))
    await holdfast.close()
  }).resume()`

const seconds = Number(values.seconds)
const jobs = Number(values.jobs)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
console.log(`${machineLine(folder)}\n`)
const runner = startRunner()
try {
  await report(runner)
} finally {
  await end(runner)
  rmSync(folder, { recursive: true, force: true })
}

function startRunner(): ChildProcess {
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]
  const bounds = JSON.stringify(values.limits ? { memoryBytes: 2 ** 30 } : {})
  const home = values.source ? fileURLToPath(new URL('..', import.meta.url)) : packInto(join(folder, 'package'))
  const argv = [
    ...(values.source ? ['--conditions=holdfast-source'] : []),
    ...profile,
    '--input-type=module',
    '-e',
    runnerProgram,
    join(folder, 'data'),
    String(jobs),
    bounds,
  ]
  return spawn(process.execPath, argv, { cwd: home, stdio: ['pipe', 'pipe', 'inherit'] })
}

async function report(child: ChildProcess): Promise<void> {
  if (child.stdout === null || child.pid === undefined) throw new Error('the runner did not start')
  await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit').then(() => Promise.reject(new Error('it ended')))])
  await pause(settleMs)
  const before = processCost(child.pid)
  await pause(seconds * 1_000)
  const after = processCost(child.pid)
  const percent = (after.processorMs - before.processorMs) / (seconds * 10)
  const shims = shimsOf(join(folder, 'data')).map(sharedMb)
  if (shims.length !== jobs) throw new Error(`${shims.length} shims of ${jobs} jobs were found`)
  const bound = values.limits ? 'with a memory limit' : 'without limits'
  console.log(
    `${jobs} live jobs ${bound}, each a shell and a sleep; ${seconds} s after ${settleMs / 1_000} s of rest, ${values.source ? 'from source' : 'as installed'}\n`,
  )
  const row = (what: string, value: number, unit: string, target: number) => [
    what,
    `${fixed(value)} ${unit}`,
    `≤ ${target} ${unit}: ${judged(value, target, 'at most')}`,
  ]
  console.log(
    table(
      ['', 'measured', 'target'],
      [
        row('runner, CPU of one core', percent, '%', targets.processorPercent),
        row('runner, RSS', after.residentMb, 'MB', targets.runnerMb),
        row('shim, memory by its share (PSS), p50', quantile(shims, 0.5), 'MB', targets.shimMb),
        row('shim, memory by its share (PSS), most', Math.max(...shims), 'MB', targets.shimMb),
      ],
    ),
  )
}

// Members of our attempts that lead a session.
function shimsOf(data: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isShim(pid, data))
}

function isShim(pid: number, data: string): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`HOLDFAST_DIR=${data}/`)) return false
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]) === pid
  } catch {
    return false
  }
}

function sharedMb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1]) / 1_024
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.stdin?.end()
  await exited
}
