// For the tests: the app as a process of its own on a folder that the test holds, terminals beside it, a browser before it, and a slow disk.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createClient, type Job } from 'holdfast/client'
import type { Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { launchChromium } from '../../../tools/chromium.ts'
import { ensureDashboard } from '../../../tools/dashboard.ts'
import { killQuietly, processesOf } from '../../hour/running-app.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** What takes minutes takes seconds here. */
const quick = { SCREENTIME_WIDTH: '320', SCREENTIME_BEAT_SECONDS: '0.05', SCREENTIME_STALL_SECONDS: '1' }
const patienceMs = 60_000

export type World = ReturnType<typeof openWorld>
export type Web = Awaited<ReturnType<World['serve']>>

export function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'screentime-'))
  ensureDashboard()
  // The app and the videos are made ready meanwhile.
  const browser = launchChromium()
  const tabs = browser.then((launched) => launched.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' }))
  const children: ChildProcess[] = []
  const folders: string[] = []
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
      folders.push(data)
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
    /** A tab of the one browser. */
    async visit(url: string): Promise<Page> {
      const page = await (await tabs).newPage()
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
      await (await browser).close()
      for (const child of children) child.kill('SIGKILL')
      for (const data of folders) for (const pid of processesOf(data)) killQuietly(pid)
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
        if (isSo(seen)) return seen
        // Each look is a request, and takes from what is waited for.
        await delay(60)
        return null
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

/** In a page: all that was to be seen of detect, as "stalled BOOLEAN: BUTTONS; WHY it cannot be started, or hidden". */
export const watchDetect = `globalThis.looks = new Set()
setInterval(() => {
  const [card, start] = ['job', 'start'].map((name) => document.querySelector('[data-stage=detect] holdfast-' + name))
  if (!card?.hasAttribute('state') || !start?.hasAttribute('state')) return
  const buttons = [...card.shadowRoot.querySelectorAll('[part=actions] button')].map((button) => button.textContent)
  const why = start.checkVisibility() ? start.shadowRoot.querySelector('[part=reason]')?.innerText : 'hidden'
  looks.add('stalled ' + card.hasAttribute('stalled') + ': ' + buttons.join(', ') + '; ' + why)
}, 20)`

/** As on a disk that stands still: so much of the file can be read, and the rest when it is let through. */
export function closeGate(path: string, share: number) {
  const bytes = readFileSync(path)
  const part = (from: number, to: number) => bytes.subarray(Math.round(bytes.length * from), Math.round(bytes.length * to))
  renameSync(path, `${path}.whole`)
  execFileSync('mkfifo', [path])
  // Somebody has begun to read when it is open.
  const file = open(path, 'w')
  const reached = file.then((opened) => opened.write(part(0, share)))
  return {
    /** What is let through at first has been read. */
    reached,
    /** To a share that is larger. */
    async letThrough(to: number) {
      await reached
      await (await file).write(part(share, to))
    },
    /** Whoever opens the file now has the whole; who waits at the gate waits on. */
    restore() {
      unlinkSync(path)
      renameSync(`${path}.whole`, path)
    },
  }
}

/** The programs of a job that live, by name. */
export function programsOf(data: string, job: number): Map<number, string> {
  return new Map(processesOf(data, job).map((pid) => [pid, programOf(pid)]))
}

/** Nothing, of a process that is gone. */
function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
