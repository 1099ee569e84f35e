// For the tests: the app as a process of its own on a folder that the test holds, between companies' sites and a language model that
// do what the test says, and a browser before it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { createClient } from 'holdfast/client'
import type { Browser, BrowserContext } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { launchChromium } from '../../../tools/chromium.ts'
import { ensureDashboard } from '../../../tools/dashboard.ts'
import { killQuietly, processesOf } from '../../hour/running-app.ts'
import { openModel } from './model.ts'
import { openSites } from './sites.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

const secret = 'sk-secret-of-the-test'

export type World = Awaited<ReturnType<typeof openWorld>>
export type Web = World['web']

export async function openWorld() {
  const data = mkdtempSync(join(tmpdir(), 'jobhunt-'))
  ensureDashboard()
  const [sites, model] = await Promise.all([openSites(), openModel()])
  const environment = {
    HOLDFAST_RUNNER: 'on',
    JOBHUNT_SITES: sites.url,
    JOBHUNT_PAUSE_MS: '0',
    OPENAI_BASE_URL: model.url,
    OPENAI_MODEL: 'stand-in',
    OPENAI_API_KEY: secret,
  }
  const children: ChildProcess[] = []
  const faults: string[] = []
  /** The app as a user starts it who has a language model. */
  async function serve(port: number) {
    const env = { ...process.env, ...environment }
    const args = ['--conditions=holdfast-source', main, `--port=${port}`, `--data=${data}`]
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    return await served(child)
  }
  const [browser, web] = await Promise.all([launchChromium(), serve(0)])
  return {
    data,
    sites,
    model,
    /** What went wrong in the browser's pages. */
    faults,
    /** The key for the model. */
    secret,
    web,
    /** After a kill, at the address where it was. */
    serveAgain: () => serve(Number(new URL(web.url).port)),
    window: () => openContext(browser, faults),
    /** The app's own tables, beside the app. */
    tables: () => new DatabaseSync(join(data, 'jobhunt/results.db')),
    rows(sql: string) {
      using database = new DatabaseSync(join(data, 'jobhunt/results.db'), { readOnly: true })
      return database
        .prepare(sql)
        .all()
        .map((row): Record<string, unknown> => ({ ...row }))
    },
    async close() {
      await browser.close()
      await Promise.all([sites.close(), model.close()])
      for (const child of children) child.kill('SIGKILL')
      for (const pid of processesOf(data)) killQuietly(pid)
      rmSync(data, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function openContext(browser: Browser, faults: string[]): Promise<BrowserContext> {
  // Without movement: what turns is drawn sixty times a second, by the processor.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(60_000)
  context.on('weberror', (error) => faults.push(error.error().message))
  context.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return context
}

async function served(child: ChildProcess) {
  let text = ''
  child.stdout?.on('data', (chunk) => (text += chunk))
  const ended = once(child, 'exit')
  const url = await until('the address', () => /^jobhunt +(\S+)$/m.exec(text)?.[1], 60_000)
  const client = createClient({ url: `${url}/holdfast/` })
  return {
    url,
    client,
    at: (path: string) => new URL(path, url).href,
    submit: (kind: 'company-research' | 'cover-letter', posting: string) => client.submit(kind, { posting }),
    /** The job when it is so. */
    until: (id: number, what: string, isSo: (job: Awaited<ReturnType<typeof client.get>>) => boolean) =>
      until(
        what,
        async () => {
          const job = await client.get(id)
          return isSo(job) ? job : null
        },
        60_000,
      ),
    async change(letter: number, form: Record<string, string>, origin = url) {
      const body = new URLSearchParams(form)
      const answer = await fetch(new URL(`/letters/${letter}`, url), { method: 'POST', body, redirect: 'manual', headers: { origin } })
      return [answer.status, await answer.text()] as const
    },
    async page(path: string) {
      const answer = await fetch(new URL(path, url))
      return [answer.status, await answer.text()] as const
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
