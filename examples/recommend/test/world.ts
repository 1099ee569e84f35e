// For the tests: the app as processes of its own on a folder and a film list that the test holds, with a browser before it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { globSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { launchChromium } from '../../../tools/chromium.ts'
import { ensureDashboard } from '../../../tools/dashboard.ts'
import { filmsPath } from '../index/films.ts'
import type { RebuildState } from '../state.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const all = JSON.parse(readFileSync(filmsPath, 'utf8')) as Record<string, unknown>[]
const rows = all.filter((row) => Number(row['IMDB Votes']) > 90_000)

export type World = Awaited<ReturnType<typeof openWorld>>

export async function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'recommend-'))
  const data = join(folder, 'data')
  const films = join(folder, 'films.json')
  const write = (list: unknown) => {
    rmSync(films, { force: true })
    writeFileSync(films, JSON.stringify(list))
  }
  write(rows)
  ensureDashboard()
  const browser = await launchChromium()
  const children: ChildProcess[] = []
  const faults: string[] = []
  const command = (args: string[]): Command => {
    const env = { ...process.env, HOLDFAST_RUNNER: 'on', HOLDFAST_DATA: data, RECOMMEND_FILMS: films }
    const child = spawn(process.execPath, ['--conditions=holdfast-source', main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
    return { child, printed: () => text, ended: once(child, 'exit').then(([code]) => code as number | null) }
  }

  return {
    data,
    faults,
    rows,
    /** Enough for a rebuild of a second or more. */
    many: all.filter((row) => Number(row['IMDB Votes']) > 30_000),
    write,
    /** The next rebuild reads from this gate, and stands still in its first phase until the list is let through. */
    closeGate() {
      rmSync(films, { force: true })
      execFileSync('mkfifo', [films])
    },
    openGate(list: unknown = rows) {
      writeFileSync(films, JSON.stringify(list))
      write(rows)
    },
    /** `recommend …` in a terminal, to its end. */
    async terminal(args: string[]) {
      const { printed, ended } = command(args)
      return { code: await ended, printed: printed() }
    },
    command,
    serve: async (port = 0) => await served(command([`--port=${port}`])),
    async visit(url: string): Promise<Page> {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      page.setDefaultTimeout(15_000)
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (message) => {
        // The app is killed under an open page: before it can answer, or in the middle of it.
        if (message.type() === 'error' && !/net::ERR_(CONNECTION|EMPTY_RESPONSE)/.test(message.text())) faults.push(message.text())
      })
      await page.goto(url)
      return page
    },
    closePages: async () => {
      for (const context of browser.contexts()) await context.close()
    },
    async close() {
      await browser.close()
      for (const child of children) child.kill('SIGKILL')
      for (const { pid } of rebuildersOf(data)) process.kill(pid, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

interface Command {
  child: ChildProcess
  printed(): string
  ended: Promise<number | null>
}

async function served(web: Command) {
  const url = await until('the address', () => /^recommend +(\S+)$/m.exec(web.printed())?.[1], 20_000)
  const get = async (path: string) => await fetch(new URL(path, url))
  const state = async () => (await (await get('/rebuild')).json()) as RebuildState
  return {
    ...web,
    url,
    pid: web.child.pid ?? 0,
    get,
    state,
    until: (what: string, isSo: (state: RebuildState) => unknown) =>
      until(
        what,
        async () => {
          const seen = await state()
          return isSo(seen) ? seen : null
        },
        20_000,
      ),
    loads: async () => ((await (await get('/healthz')).json()) as { indexLoads: number }).indexLoads,
    post: (path: string, form: Record<string, string> = {}, headers: Record<string, string> = { accept: 'application/json' }) =>
      fetch(new URL(path, url), { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' }),
    async kill() {
      web.child.kill('SIGKILL')
      await web.ended
    },
  }
}

/** Where the current snapshot of an artifact is, and every file of it with a hash of what is in it. */
export function treeOf(data: string, artifact: string): { root: string; files: string[] } {
  const root = realpathSync(join(data, 'current', artifact))
  const hashed = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(root, file)))
      .digest('hex')
  return {
    root,
    files: readdirSync(root)
      .sort()
      .map((file) => `${file} ${hashed(file)}`),
  }
}

/** How often the threads of a process have begun to run after a sleep. */
export function wakesOf(pid: number): number {
  const texts = globSync(`/proc/${pid}/task/*/status`).map((path) => readFileSync(path, 'utf8'))
  return texts.reduce((sum, text) => sum + Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(text)?.[1] ?? 0), 0)
}

export function childrenOf(pid: number): number[] {
  const lists = globSync(`/proc/${pid}/task/*/children`).map((path) => readFileSync(path, 'utf8'))
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}

/** Processes of rebuilds, and the folder that each was given. */
export function rebuildersOf(data: string): { pid: number; folder: string }[] {
  return globSync('/proc/[0-9]*/environ').flatMap((path) => {
    const folder = new RegExp(`HOLDFAST_DIR=(${data}/[^\\0]+)`).exec(textOf(path))?.[1]
    return folder === undefined ? [] : [{ pid: Number(path.split('/')[2]), folder }]
  })
}

/** Nothing, of a process that is gone or not ours. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
