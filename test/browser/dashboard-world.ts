// A real Holdfast behind a real server with a browser before it, for the tests of the dashboard. A `script` job's steps wait for gates.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, Page, ViewportSize } from 'playwright-core'
import { z } from 'zod'
import { createHandler, listen } from '../../src/http/index.ts'
import { type Artifact, defineJob, type Holdfast, openHoldfast } from '../../src/index.ts'
import type { Role } from '../../src/supervisor/roles.ts'
import { launchChromium } from '../../tools/chromium.ts'
import { ensureDashboard } from '../../tools/dashboard.ts'

const command = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url))
const prelude = 'gate() { until [ -e "$GATES/$1" ]; do sleep 0.1; done; }; tell() { echo "$1" >> "$HOLDFAST_EVENTS"; }'

export interface World extends AsyncDisposable {
  url: string
  /** Submits shell lines; `gate NAME` in them waits until the test opens that gate, `tell JSON` reports. */
  submit(lines: string, options?: { name?: string; note?: string; submittedBy?: string; availableAt?: Date }): Promise<number>
  /** Submits a job that publishes `watch-index`, built from these settings. */
  build(settings: string, lines?: string): Promise<number>
  settled(id: number): Promise<string>
  artifact: Artifact
  holdfast: Holdfast
  /** Whoever looks from now on is this person in this role, as the app says; else it is whoever sits at the machine. */
  lookAs(role: Role): void
  /** Resolves when the job's log has so many lines. */
  logged(id: number, lines: number): Promise<void>
  /** `holdfast run -d`: a command of the moment, which the runner of this world then looks after. */
  run(argv: string[]): Promise<number>
  open(gate: string): Promise<void>
  /** A page that fails the test by `faults` when a script fails or the policy is broken; of nobody who has been here before. */
  visit(path: string, options?: VisitOptions): Promise<Page>
  /** What the pages complained about. */
  faults: string[]
  /** What the server says of its database from now on; null: nothing is wrong. */
  degrade(trouble: string | null): void
  /** Takes the server away, as a restart or a pulled cable does; the return value brings it back. */
  disconnect(): Promise<() => Promise<void>>
}

export interface VisitOptions {
  viewport?: ViewportSize
  colorScheme?: 'light' | 'dark'
}

/** How long one waits before it is a failure: nothing that succeeds takes it. */
const patienceMs = 30_000

/** A bit of everything that a form can ask for. */
const report = defineJob({
  kind: 'report',
  title: 'Yearly report',
  description: 'Counts what was seen in a year.',
  input: z.object({
    mode: z.enum(['full', 'data']).default('full').describe('What to read'),
    rows: z.int().min(1).max(500),
    heading: z.string().min(3),
    since: z.iso.date().optional(),
    tags: z.array(z.string()).default([]),
    model: z.object({ layers: z.int().min(1).default(2) }),
    dryRun: z.boolean(),
    weights: z.record(z.string(), z.number()).optional(),
  }),
  queue: 'reports',
  command: ['true'],
})

/** One at a time, without an input; it waits for the gate `tidy`. */
const tidy = (folder: string) =>
  defineJob({
    kind: 'tidy',
    title: 'Tidy up',
    unique: true,
    locks: ['disk'],
    command: ['sh', '-c', `${prelude}\ngate tidy`],
    environment: { GATES: folder },
  })

export function launchBrowser(): Promise<Browser> {
  ensureDashboard()
  return launchChromium()
}

export async function openWorld(browser: Browser, basePath = '', stallAfterMs?: number): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-dashboard-'))
  const script = defineJob({
    kind: 'script',
    title: 'Shell lines',
    input: z.object({ lines: z.string(), note: z.string().optional() }),
    command: ({ lines }) => ['sh', '-c', `${prelude}\n${lines}`],
    environment: { GATES: folder },
    stopGraceMs: 200,
    ...(stallAfterMs !== undefined && { stallAfterMs }),
  })
  const index = defineJob({
    kind: 'index',
    title: 'Build index',
    input: z.object({ settings: z.string(), lines: z.string().default('true') }),
    artifacts: ['watch-index'],
    fingerprint: ({ settings }) => settings,
    command: ({ settings, lines }) => [
      'sh',
      '-c',
      `${prelude}\nprintf %s "$1" > "$HOLDFAST_STAGING/watch-index/settings"\n${lines}`,
      'sh',
      settings,
    ],
    environment: { GATES: folder },
  })
  const holdfast = await openHoldfast({ kinds: [script, index, report, tidy(folder)], data: join(folder, 'data'), runner: true })
  let trouble: string | null = null
  const troubled = {
    ...holdfast,
    trouble: () => trouble ?? holdfast.trouble(),
    summary: async () => ({ ...(await holdfast.summary()), ...(trouble !== null && { degraded: trouble }) }),
  }
  let handler = createHandler(troubled, { basePath })
  const answer: typeof handler.fetch = (request, env) => handler.fetch(request, env)
  let server = await listen(answer, { port: 0 })
  const { port, url } = server
  const faults: string[] = []
  const visitors = pagesOf(browser)
  return {
    url: url + basePath,
    faults,
    submit: async (lines, { note, ...options } = {}) => {
      const { job } = await holdfast.submit(script, { lines, ...(note !== undefined && { note }) }, options)
      return job.id
    },
    build: async (settings, lines = 'true') => {
      const { job } = await holdfast.submit(index, { settings, lines }, { submittedBy: 'ana' })
      return job.id
    },
    settled: async (id) => (await holdfast.wait(id)).state,
    artifact: holdfast.artifact('watch-index'),
    holdfast,
    lookAs: (role) => {
      handler = createHandler(troubled, { basePath, authorize: () => ({ name: 'vic', role }) })
    },
    logged: async (id, lines) => {
      for await (const { logLines } of holdfast.watch(id)) if (logLines >= lines) return
    },
    run: async (argv) => {
      const run = ['--conditions=holdfast-source', command, 'run', '-d', '--data', join(folder, 'data'), '--', ...argv]
      const { stdout } = await promisify(execFile)(process.execPath, run, { env: { ...process.env, GATES: folder } })
      return Number(stdout)
    },
    open: (gate) => writeFile(join(folder, gate), ''),
    visit: async (path, options) => {
      const page = await visitors.come(options)
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
      await page.goto(url + basePath + path)
      return page
    },
    degrade: (told) => {
      trouble = told
    },
    disconnect: async () => {
      await server.close()
      return async () => {
        server = await listen(answer, { port, strictPort: true })
      }
    },
    [Symbol.asyncDispose]: async () => {
      const [left] = await Promise.allSettled([visitors.leave()])
      await server.close()
      const { jobs } = await holdfast.list({ state: ['queued', 'running', 'stopping'] })
      for (const { id } of jobs) await holdfast.cancel(id)
      for (const { id } of jobs) await holdfast.wait(id)
      await holdfast.close()
      await rm(folder, { recursive: true, force: true })
      // Told last: a server that stays open keeps the process for ever.
      if (left.status === 'rejected') throw left.reason
    },
  }
}

/** Pages that wait for the next world: a new one costs more than most tests. A world has a port of its own, so nothing is remembered. */
const idle = new WeakMap<Browser, Page[]>()

function pagesOf(browser: Browser) {
  const waiting = idle.get(browser) ?? []
  idle.set(browser, waiting)
  const taken: Page[] = []
  return {
    async come({ viewport = { width: 1280, height: 900 }, colorScheme = 'light' }: VisitOptions = {}): Promise<Page> {
      const page = waiting.pop() ?? (await browser.newPage({ reducedMotion: 'reduce' }))
      taken.push(page)
      page.setDefaultTimeout(patienceMs)
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      return page
    },
    async leave(): Promise<void> {
      for (const page of taken) {
        page.removeAllListeners()
        await page.goto('about:blank')
        waiting.push(page)
      }
    },
  }
}

/** Waits until the job page has the log line, in sight or not. */
export async function lineWith(page: Page, text: string): Promise<void> {
  await page.locator('.scroller .ln .tx').getByText(text, { exact: true }).first().waitFor({ state: 'attached' })
}

/** What the job page has of the log, in sight or not. */
export function logOf(page: Page): Promise<{ seq: number; text: string }[]> {
  return page
    .locator('.scroller .ln')
    .evaluateAll((lines) => lines.map((line) => ({ seq: Number(line.id.slice(1)), text: line.querySelector('.tx')?.textContent ?? '' })))
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + patienceMs
  while (!(await condition())) {
    assert.ok(Date.now() < giveUpAt, `Never came true: ${condition}`)
    await nextTurn(20)
  }
}
