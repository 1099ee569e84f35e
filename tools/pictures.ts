// Makes the pictures of README and docs from the real app: node --conditions=holdfast-source tools/pictures.ts [folder]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { start } from '../examples/recommend/main.ts'
import { launchChromium } from './chromium.ts'
import { ensureDashboard } from './dashboard.ts'

const target = process.argv[2] ?? fileURLToPath(new URL('../docs/pictures', import.meta.url))

ensureDashboard()
const data = mkdtempSync(join(tmpdir(), 'holdfast-pictures-'))
const app = await start({ port: 0, data })
const browser = await launchChromium()
try {
  await takeRunningJob(browser)
  await app.ready
  await take(browser, '/', 'recommend.png')
  await buildAnother()
  await take(browser, '/holdfast/artifacts/watch-index', 'artifact.png')
} finally {
  await browser.close()
  await app.close()
  rmSync(data, { recursive: true, force: true })
}

/** The first rebuild, in the middle of comparing films. */
async function takeRunningJob(browser: Browser): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', deviceScaleFactor: 1.5 })
  await page.goto(`${app.url}/holdfast/jobs/1`)
  for await (const { progress } of app.holdfast.watch(1)) {
    if (progress?.phase?.name === 'Nearest neighbours' && (progress.done ?? 0) > 0) break
  }
  await page.getByText('Nearest neighbours').first().waitFor()
  await page.screenshot({ path: join(target, 'job.png') })
  await page.close()
}

/** A second index, one that could not be built, a way back, and settings that are not in it yet. */
async function buildAnother(): Promise<void> {
  const index = app.holdfast.artifact('watch-index')
  for (const minVotes of ['500', '900000']) {
    await post('/settings', { results: '12', variety: '35', neighbours: '40', minVotes })
    await post('/rebuild', { mode: 'data' })
    const { jobs } = await app.holdfast.list({ limit: 1 })
    await app.holdfast.wait(jobs[0]?.id ?? 0)
  }
  await index.rollBack({ by: 'ana', reason: 'too few films', together: true })
  await post('/settings', { results: '12', variety: '35', neighbours: '60', minVotes: '200' })
}

async function post(path: string, form: Record<string, string>): Promise<void> {
  const answer = await fetch(new URL(path, app.url), { method: 'POST', body: new URLSearchParams(form) })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
}

async function take(browser: Browser, path: string, name: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', deviceScaleFactor: 1.5 })
  await page.goto(app.url + path, { waitUntil: 'load' })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.screenshot({ path: join(target, name) })
  await page.close()
}
