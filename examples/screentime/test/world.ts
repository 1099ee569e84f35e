// For the tests: the app as a process of its own on a folder that the test holds, terminals beside it, a browser before it, and a slow disk.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, globSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, unlinkSync, write } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClient, type Job } from 'holdfast/client'
import type { Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { launchChromium } from '../../../tools/chromium.ts'
import { ensureDashboard } from '../../../tools/dashboard.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** What takes minutes takes seconds here. */
const quick = { SCREENTIME_WIDTH: '320', SCREENTIME_BEAT_SECONDS: '0.05', SCREENTIME_STALL_SECONDS: '1' }
const patienceMs = 60_000

export type World = Awaited<ReturnType<typeof openWorld>>
export type Web = Awaited<ReturnType<World['serve']>>

export async function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'screentime-'))
  ensureDashboard()
  const browser = await launchChromium()
  const children: ChildProcess[] = []
  const gates: number[] = []
  const faults: string[] = []

  const command = (data: string, args: string[], environment: Record<string, string> = {}) => {
    const env = { ...process.env, HOLDFAST_RUNNER: 'on', HOLDFAST_DATA: data, ...quick, ...environment }
    const child = spawn(process.execPath, ['--conditions=holdfast-source', main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
    return { child, printed: () => text, ended: once(child, 'exit') }
  }

  return {
    faults,
    dataFolder(name: string) {
      const data = join(folder, name)
      for (const part of ['videos', 'episodes']) mkdirSync(join(data, 'screentime', part), { recursive: true })
      return data
    },
    /** A command in a terminal, to its end; what it printed. */
    async terminal(data: string, args: string[], environment: Record<string, string> = {}) {
      const { printed, ended } = command(data, args, environment)
      await ended
      return printed().trim()
    },
    serve: async (data: string, port = 0) => await served(command(data, [`--port=${port}`])),
    /** As on a disk that stands still: so much of the file can be read, and the rest when it is let through. */
    async gate(path: string, share: number) {
      const gate = await openGate(path, share)
      gates.push(gate.descriptor)
      return gate
    },
    async visit(url: string): Promise<Page> {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      page.setDefaultTimeout(patienceMs)
      page.on('pageerror', (error) => faults.push(error.message))
      page.on(
        'console',
        (message) => message.type() === 'error' && !/ERR_|Failed to load/.test(message.text()) && faults.push(message.text()),
      )
      await page.goto(url)
      return page
    },
    async close() {
      await browser.close()
      for (const child of children) child.kill('SIGKILL')
      for (const pid of processesOf(folder)) kill(pid, 'SIGKILL')
      for (const gate of gates) closeSync(gate)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function served(web: { child: ChildProcess; printed(): string; ended: Promise<unknown> }) {
  const url = await until('the address', () => /^screentime +(\S+)$/m.exec(web.printed())?.[1], patienceMs)
  const client = createClient({ url: `${url}/holdfast` })
  /** The job, once this is true of it. */
  const job = (id: number, what: string, isSo: (job: Job) => unknown) =>
    until(
      `${what} of ${id}`,
      async () => {
        const seen = await client.get(id)
        return isSo(seen) ? seen : null
      },
      patienceMs,
    )
  return {
    ...web,
    url,
    client,
    job,
    end: (id: number) => job(id, 'the end', ({ finishedAt }) => finishedAt !== null),
    lines: async (id: number) => (await client.log(id)).lines.map(({ text }) => text),
  }
}

async function openGate(path: string, share: number) {
  const bytes = readFileSync(path)
  const half = Math.round(bytes.length * share)
  renameSync(path, `${path}.whole`)
  execFileSync('mkfifo', [path])
  const descriptor = openSync(path, 'r+')
  const put = promisify(write) as (file: number, bytes: Uint8Array) => Promise<unknown>
  // More than fits into a pipe goes through when somebody reads.
  const first = put(descriptor, bytes.subarray(0, half))
  return {
    descriptor,
    /** To a share that is larger. Whoever reads must be there. */
    async letThrough(to: number) {
      await first
      await put(descriptor, bytes.subarray(half, Math.round(bytes.length * to)))
    },
    /** Whoever opens the file now has the whole; who waits at the gate waits on. */
    restore() {
      unlinkSync(path)
      renameSync(`${path}.whole`, path)
    },
  }
}

/** Of the jobs below a data folder; of one of its jobs where its number is given. */
export function processesOf(data: string, job?: number): number[] {
  const mark = job === undefined ? `HOLDFAST_DIR=${data}` : `HOLDFAST_JOB_ID=${job}\0`
  return globSync('/proc/[0-9]*/environ')
    .filter((path) => {
      const text = textOf(path)
      return text.includes(mark) && text.includes(`HOLDFAST_DIR=${data}`)
    })
    .map((path) => Number(path.split('/')[2]))
}

/** Which program each of these is. */
export const namesOf = (pids: readonly number[]): string[] => pids.map((pid) => textOf(`/proc/${pid}/comm`).trim()).sort()

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone already.
  }
}

/** Nothing, of a process that is gone or not ours. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
