// What Holdfast costs while nothing runs: processor time and memory of a bare Node, of an app with openHoldfast and its runner, and of `holdfast up`
// whose dashboard has been looked at once. Real processes, at the same time, on folders of their own. Linux.
// Usage: npm run bench:idle -- [--seconds=30] [--jobs=20] [--source]
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machineLine } from './machine.ts'
import { packInto } from './packed.ts'
import { type ProcessCost, processCost } from './process-cost.ts'
import { fixed, judged, table } from './report.ts'

const settleMs = 5_000
const targets = { processorPercent: 0.2, libraryMb: 75, serverMb: 120 }

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    /** Jobs that ran before the measurement, in the two that can run jobs. */
    jobs: { type: 'string', default: '20' },
    source: { type: 'boolean', default: false },
  },
})
// Each says one line when it is ready.
const bareProgram = `console.log('ready'); setInterval(() => {}, 2 ** 30)`
const libraryProgram = `
  import { defineJob, openHoldfast } from 'holdfast'
  const [data, jobs] = process.argv.slice(1)
  const greeting = defineJob({ kind: 'greeting', command: ['/bin/sh', '-c', 'echo hello'] })
  const holdfast = await openHoldfast({ kinds: [greeting], data })
  for (let left = Number(jobs); left > 0; left--) await holdfast.wait((await holdfast.submit(greeting, null)).job.id)
  console.log('ready')`

const seconds = Number(values.seconds)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
const children: ChildProcess[] = []
try {
  console.log(`${machineLine(folder)}\n`)
  await report()
} finally {
  await Promise.all(children.map(end))
  rmSync(folder, { recursive: true, force: true })
}

async function report(): Promise<void> {
  const home = values.source ? fileURLToPath(new URL('..', import.meta.url)) : packInto(join(folder, 'package'))
  const bare = await start(home, ['--input-type=module', '-e', bareProgram])
  const library = await start(home, ['--input-type=module', '-e', libraryProgram, join(folder, 'library'), values.jobs])
  const server = await start(home, ['bin/holdfast.js', 'up', '--port', '0', '--json', '--data', join(folder, 'server')])
  await lookAtDashboard(server.said)
  await pause(settleMs)
  const processes = [bare, library, server].map(({ pid }) => pid)
  const before = processes.map(processCost)
  await pause(seconds * 1_000)
  const after = processes.map(processCost)
  const jobs = `the library has run ${values.jobs} jobs before`
  console.log(`Idle for ${seconds} s after ${settleMs / 1_000} s of rest, ${values.source ? 'from source' : 'as installed'}; ${jobs}\n`)
  const names = ['bare Node', 'app with openHoldfast and its runner', '`holdfast up`, dashboard opened once']
  const wanted = [null, targets.libraryMb, targets.serverMb]
  const rows = names.map((name, index) => row(name, before[index], after[index], wanted[index] ?? null))
  console.log(table(['', 'CPU', `target ≤ ${targets.processorPercent} %`, 'RSS', 'own memory', 'target RSS', 'sleeps/s'], rows))
}

function row(name: string, before: ProcessCost | undefined, after: ProcessCost | undefined, targetMb: number | null): string[] {
  if (!before || !after) throw new Error(`${name} was not measured`)
  const percent = (after.processorMs - before.processorMs) / (seconds * 10)
  return [
    name,
    `${fixed(percent)} %`,
    targetMb === null ? '' : judged(percent, targets.processorPercent, 'at most'),
    `${fixed(after.residentMb, 0)} MB`,
    `${fixed(after.anonymousMb, 0)} MB`,
    targetMb === null ? '' : `≤ ${targetMb}: ${judged(after.residentMb, targetMb, 'at most')}`,
    fixed((after.sleeps - before.sleeps) / seconds, 1),
  ]
}

interface Started {
  pid: number
  said: string
}

async function start(home: string, argv: readonly string[]): Promise<Started> {
  const condition = values.source ? ['--conditions=holdfast-source'] : []
  const child = spawn(process.execPath, [...condition, ...argv], { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [said] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit').then(() => [''])])
  if (child.pid === undefined || typeof said !== 'string' || said === '') throw new Error(`it did not start: node ${argv.join(' ')}`)
  return { pid: child.pid, said }
}

// As a browser does: the page, a file of it, the first answers of the API.
async function lookAtDashboard(said: string): Promise<void> {
  const { url } = JSON.parse(said) as { url: string }
  const page = await (await fetch(url)).text()
  const script = /src="([^"]+)"/.exec(page)?.[1]
  if (!script) throw new Error('the dashboard was not served')
  for (const path of [script, 'api/v1/summary', 'api/v1/jobs']) {
    const answer = await fetch(new URL(path, `${url}/`))
    if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`)
    await answer.arrayBuffer()
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}
