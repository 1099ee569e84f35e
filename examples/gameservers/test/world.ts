// For the tests: the app as a process on a folder that the test holds, people who ask it, a browser before it, and host commands with a gate.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { defineJob, type Holdfast, type Job, openHoldfast } from 'holdfast'
import type { Browser, Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { launchChromium } from '../../../tools/chromium.ts'
import { ensureDashboard } from '../../../tools/dashboard.ts'
import { killQuietly, processesOf } from '../../hour/running-app.ts'
import { openDatabase } from '../database.ts'
import { kinds } from '../kinds.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
/** The app's own. */
const kept = fileURLToPath(new URL('../.cache', import.meta.url))

export const waitMs = 60_000

export type World = Awaited<ReturnType<typeof openWorld>>
export type Web = Awaited<ReturnType<World['serve']>>

export async function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'gameservers-'))
  const data = join(folder, 'data')
  const [programs, cache] = [join(folder, 'programs'), join(folder, 'cache')]
  for (const made of [programs, cache]) mkdirSync(made)
  copyPackages(kept, cache)
  const children: ChildProcess[] = []
  const faults: string[] = []
  let browser: Promise<Browser> | null = null
  // Another program on the same folder, which looks and asks, and executes nothing.
  const holdfast = await openHoldfast({ data, kinds: [...kinds, defrag], runner: false })
  const database = await openDatabase(join(data, 'gameservers'), { forMs: waitMs })

  return {
    folder,
    data,
    holdfast,
    database,
    faults,
    /** A host command of another making: found before the machine's own. */
    program: (name: string, script: string) => writeProgram(join(programs, name), script),
    noProgram: (name: string) => rmSync(join(programs, name), { force: true }),
    gate: gateIn(folder),
    async serve(args: string[] = []) {
      const settings = {
        GAMESERVERS_RETRY_MS: '50',
        GAMESERVERS_FIRST_PORT: String(12_000 + (process.pid % 4_000) * 5),
        GAMESERVERS_CACHE: cache,
        GAMESERVERS_STEAMCMD: join(programs, 'steamcmd'),
      }
      const env = { ...process.env, ...settings, HOLDFAST_RUNNER: 'on', PATH: `${programs}:${process.env.PATH}` }
      const argv = ['--conditions=holdfast-source', main, '--port=0', `--data=${data}`, ...args]
      const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
      children.push(child)
      let printed = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
      const url = await until(`the address, not ${printed}`, () => /^gameservers +(\S+)$/m.exec(printed)?.[1], waitMs)
      return {
        url,
        pid: child.pid ?? 0,
        printed: () => printed,
        kill: () => killed(child),
        /** It is printed before it holds. */
        password: async () => ((await holdfast.access.users()).length > 0 ? / the password (\S+)/.exec(printed)?.[1] : undefined),
      }
    },
    async visit(url: string): Promise<Page> {
      browser ??= launchBrowser()
      const page = await (await browser).newPage({ viewport: { width: 1280, height: 900 } })
      page.setDefaultTimeout(waitMs)
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('response', (answer) => {
        if (answer.status() >= 400 && answer.status() !== 422) faults.push(`${answer.status()} ${answer.url()}`)
      })
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load')) faults.push(message.text())
      })
      await page.goto(url)
      return page
    },
    async close() {
      await (await browser)?.close()
      database.close()
      await holdfast.close()
      for (const child of children) await killed(child)
      for (const pid of processesOf(data)) killQuietly(pid)
      copyPackages(cache, kept)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** What was downloaded once is not downloaded for each test; what else a test puts into its cache stays there. */
function copyPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const name of globSync('*.deb', { cwd: from })) {
    if (existsSync(join(to, name))) continue
    copyFileSync(join(from, name), join(to, `${name}.${process.pid}`))
    renameSync(join(to, `${name}.${process.pid}`), join(to, name))
  }
}

/** Another program's: the app does not know it. */
export const defrag = defineJob({ kind: 'defrag', command: ['true'], queue: 'operations' })

function writeProgram(path: string, script: string): void {
  writeFileSync(`${path}.new`, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  renameSync(`${path}.new`, path)
}

function launchBrowser(): Promise<Browser> {
  ensureDashboard()
  return launchChromium()
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** A line of shell that stands still while the gate is shut. */
function gateIn(folder: string) {
  const path = join(folder, 'gate')
  return {
    line: `while [ -e ${path} ]; do sleep 0.05; done`,
    shut: () => writeFileSync(path, ''),
    open: () => rmSync(path, { force: true }),
  }
}

/** Somebody who is signed in, and asks as a browser does. */
export async function person(web: Web, name: string, password: string) {
  const answer = await post(web, '/sign-in', { name, password, next: '/' })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  return {
    name,
    password,
    cookie,
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(new URL(path, web.url), { headers: { cookie, ...headers }, redirect: 'manual' }),
    post: (path: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      post(web, path, form, { cookie, ...headers }),
    text: async (path: string) => await (await fetch(new URL(path, web.url), { headers: { cookie } })).text(),
  }
}

/** Comes to the admin's page as somebody does who has just started the app. */
export async function signIn(page: Page, web: Web): Promise<void> {
  const password = await until('an admin', web.password, waitMs)
  await page.goto(`${web.url}/admin`)
  await page.getByLabel('Name').fill('admin')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Admin' }).waitFor()
}

/** One of each role. */
export async function people({ holdfast: { access } }: World, web: Web) {
  const password = 'a long password'
  const somebody = async (name: string, role: 'operator' | 'viewer') => {
    await access.addUser({ name, password, role })
    return person(web, name, password)
  }
  const first = await until('an admin', web.password, waitMs)
  const [admin, crew, player] = await Promise.all([person(web, 'admin', first), somebody('cleo', 'operator'), somebody('pat', 'viewer')])
  return { admin, crew, player }
}

export type Person = Awaited<ReturnType<typeof person>>

export function post({ url }: Web, path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const init = { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' as const }
  return fetch(new URL(path, url), { ...init, headers: { origin: url, ...headers } })
}

/** The newest job of a kind about a server, when it is as wanted. */
export function jobOf({ holdfast }: { holdfast: Holdfast }, kind: string, isSo: (job: Job) => boolean = (job) => job.finishedAt !== null) {
  return async (server?: number): Promise<Job> =>
    until(
      `${kind} of ${server}`,
      async () => {
        const { jobs } = await holdfast.list({ kind })
        const job = jobs.find(({ input }) => server === undefined || (input as { server?: number }).server === server)
        return job && isSo(job) ? job : null
      },
      waitMs,
    )
}

/** The pid of a game server, as long as it is one. */
export function serverProcesses(data: string, server: number): number[] {
  const folder = `${data}/gameservers/servers/${server}`
  return processesOf(data).filter(
    (pid) => textOf(`/proc/${pid}/cmdline`).startsWith('./program\0') && textOf(`/proc/${pid}/environ`).includes(`PWD=${folder}\0`),
  )
}

function textOf(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  } catch {
    return ''
  }
}

/** A stand-in for Valve's program, which takes the game from where it is installed already: its first try breaks off. */
export function steamcmd({ data, folder }: World): string {
  const [installed, tries] = [`${data}/current/runtime/usr`, join(folder, 'tries')]
  return `dir="$2"; echo "Loading Steam API...OK"; echo x >> ${tries}
echo " Update state (0x61) downloading, progress: 25.00 (2097152 / 8388608)"
[ "$(wc -l < ${tries})" -gt 1 ] || { echo "Error! App '380840' state is 0x202 after update job."; exit 8; }
rm -rf "$dir/data"; /bin/cp ${installed}/games/teeworlds-server "$dir/teeworlds_srv"; /bin/cp -r ${installed}/share/games/teeworlds/data "$dir"
echo "Success! App '380840' fully installed."`
}

/** As if all that has ended had ended long ago: what is kept too long is removed at the next start. */
export function tenYearsPass(data: string): void {
  const database = new DatabaseSync(join(data, 'holdfast.db'), { timeout: 20_000 })
  database.exec('update jobs set finished_at = finished_at - 315360000000 where finished_at is not null')
  database.close()
}

export function isWritable(database: DatabaseSync): boolean {
  try {
    database.exec('begin immediate')
    database.exec('rollback')
    return true
  } catch {
    return false
  }
}
