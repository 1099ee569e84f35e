// What many readers of one job's log cost a server: how far behind they are, its memory and its processor time. A real server, a real job that
// prints lines, and raw sockets, each in a process of its own.
// Usage: npm run bench:streams -- [--readers=500] [--lines=200] [--seconds=30] [--source] [--profile=FOLDER]
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machineLine } from './machine.ts'
import { packInto } from './packed.ts'
import { type ProcessCost, processCost } from './process-cost.ts'
import { fixed, judged, table } from './report.ts'
import type { Seen } from './streams/clients.ts'

const targets = { lagMs: 1_000, memoryMb: 64 }
/** Ordinary requests before the memory of a server in use is read: from then on the nursery of V8 has the size it has in any server that is. */
const usedRequests = 3_000
/** The server rests so long with its job and no reader before its memory is read. */
const restMs = 3_000

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '500' },
    /** A second. */
    lines: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '30' },
    source: { type: 'boolean', default: false },
    /** The server writes a processor profile of its whole life there. */
    profile: { type: 'string' },
  },
})
const [readers, lines, seconds] = [Number(values.readers), Number(values.lines), Number(values.seconds)]
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-streams-'))
console.log(`${machineLine(folder)}\n`)
const server = startServer()
try {
  await measure(server)
} finally {
  await end(server)
  rmSync(folder, { recursive: true, force: true })
}

function startServer(): ChildProcess {
  const programs = fileURLToPath(new URL('streams', import.meta.url))
  const home = values.source ? fileURLToPath(new URL('..', import.meta.url)) : packInto(join(folder, 'package'))
  const program = values.source ? join(programs, 'server.ts') : join(home, 'server.ts')
  if (!values.source) copyFileSync(join(programs, 'server.ts'), program)
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]
  const argv = [...(values.source ? ['--conditions=holdfast-source'] : []), ...profile, program, join(folder, 'data'), String(lines)]
  return spawn(process.execPath, argv, { cwd: home, stdio: ['pipe', 'pipe', 'inherit'] })
}

async function measure({ pid, stdin, stdout }: ChildProcess): Promise<void> {
  if (pid === undefined || stdin === null || stdout === null) throw new Error('the server did not start')
  const said = createInterface(stdout)
  const port = await nextLine(said)
  const started = nextLine(said)
  stdin.write('start\n')
  const id = await started
  await pause(restMs)
  const fresh = processCost(pid)
  await useIt(`http://127.0.0.1:${port}/api/v1`, id)
  await pause(restMs)
  const before = processCost(pid)
  const clients = spawn(
    process.execPath,
    [fileURLToPath(new URL('streams/clients.ts', import.meta.url)), port, id, String(readers), String(seconds)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const heard = createInterface(clients.stdout)
  await nextLine(heard)
  const opened = processCost(pid)
  let mostMb = opened.residentMb
  const watch = setInterval(() => {
    mostMb = Math.max(mostMb, processCost(pid).residentMb)
  }, 250)
  const seen = JSON.parse(await nextLine(heard)) as Seen
  clearInterval(watch)
  report({ fresh, before, opened, after: processCost(pid), mostMb, seen })
}

// As people and programs use one: lists, a job, pages of its log.
async function useIt(api: string, id: string): Promise<void> {
  const paths = ['summary', 'jobs', `jobs/${id}`, `jobs/${id}/log?limit=200`, 'kinds', 'artifacts']
  for (let asked = 0; asked < usedRequests; asked += paths.length) {
    await Promise.all(paths.map(async (path) => (await fetch(`${api}/${path}`)).arrayBuffer()))
  }
}

interface Measured {
  /** Just started. */
  fresh: ProcessCost
  /** In use, without a reader. */
  before: ProcessCost
  /** All readers have seen a line. */
  opened: ProcessCost
  after: ProcessCost
  mostMb: number
  seen: Seen
}

function report({ fresh, before, opened, after, mostMb, seen }: Measured): void {
  const lag = (part: number) => lagAt(seen.lags, part)
  const more = mostMb - before.residentMb
  console.log(
    `${readers} readers of one job that prints ${lines} lines a second, ${seconds} s, load ${fixed(loadavg()[0] ?? 0)} at the end\n`,
  )
  const rows = [
    ['lag from print to reader, p50, ms', fixed(lag(0.5)), ''],
    ['lag, p99, ms', fixed(lag(0.99)), `≤ ${targets.lagMs}: ${judged(lag(0.99), targets.lagMs, 'at most')}`],
    ['lag, longest, ms', fixed(lag(1)), ''],
    ['server, RSS just started, MB', fixed(fresh.residentMb), ''],
    [`server, RSS in use (after ${usedRequests} ordinary requests), MB`, fixed(before.residentMb), ''],
    [
      'server, most RSS with readers, MB more than that',
      fixed(more),
      `≤ ${targets.memoryMb}: ${judged(more, targets.memoryMb, 'at most')}`,
    ],
    ['server, most RSS with readers, MB more than just started', fixed(mostMb - fresh.residentMb), ''],
    ['server, CPU, % of a core', fixed((after.processorMs - opened.processorMs) / (seconds * 10)), ''],
    ['lines taken by all readers, a second', fixed(seen.lines / seconds, 0), ''],
    ['lines of one reader, least and most', `${seen.least}–${seen.most}`, ''],
    ['readers that missed or repeated a line', String(seen.wrong), `0: ${judged(seen.wrong, 0, 'at most')}`],
  ]
  console.log(table(['', 'measured', 'target'], rows))
}

function lagAt(lags: Seen['lags'], part: number): number {
  const total = lags.reduce((sum, [, count]) => sum + count, 0)
  let passed = 0
  for (const [lagMs, count] of lags.toSorted(([a], [b]) => a - b)) {
    passed += count
    if (passed >= part * total) return lagMs
  }
  return Number.NaN
}

async function nextLine(said: Interface): Promise<string> {
  const [line] = await Promise.race([once(said, 'line'), once(said, 'close').then(() => Promise.reject(new Error('it ended early')))])
  return line as string
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.stdin?.write('end\n')
  await exited
}
