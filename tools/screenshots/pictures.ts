// The pictures of README and the guides, of the main example while it works: npm run pictures. On a busy machine the job has more to show.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { type App, openApp, rollBack, save, startRebuild } from '../../examples/recommend/app.ts'
import { createPages } from '../../examples/recommend/web/pages.ts'
import { listen } from '../../src/http/index.ts'
import { launchChromium } from '../chromium.ts'
import { ensureDashboard } from '../dashboard.ts'

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))
const longestMs = 60_000

ensureDashboard()
const data = mkdtempSync(join(tmpdir(), 'holdfast-pictures-'))
const browser = await launchChromium()
const app = await openApp({ data })
const server = await listen(createPages(app).fetch, { port: 0 })
try {
  await takeJob(browser, server.url, app)
  await takeArtifact(browser, server.url, app)
} finally {
  await server.close()
  await app.holdfast.close()
  await browser.close()
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
}

/** The first rebuild, in the middle of its longest phase. */
async function takeJob(browser: Browser, url: string, app: App): Promise<void> {
  const page = await visit(browser, `${url}/holdfast/`)
  const { job } = await startRebuild(app, 'data', 'the first start')
  await page.goto(`${url}/holdfast/jobs/${job.id}`)
  await page.locator('.big', { hasText: /^[67]\d\s%\s+of Nearest neighbours/ }).waitFor()
  await shoot(page, 'job.png')
  await app.holdfast.wait(job.id)
}

/** What it becomes after a few days of use: another index, one that failed, back to the first, and settings that ask for a third. */
async function takeArtifact(browser: Browser, url: string, app: App): Promise<void> {
  const rebuild = async (settings: { minVotes: number; neighbours: number }) => {
    await save(app, { ...app.settings.read(), ...settings })
    await app.holdfast.wait((await startRebuild(app, 'data', 'the settings page')).job.id)
  }
  await app.library.get()
  await rebuild({ minVotes: 500, neighbours: 40 })
  await rebuild({ minVotes: 900_000, neighbours: 40 })
  await rollBack(app, 1, 'ana')
  await save(app, { ...app.settings.read(), minVotes: 200, neighbours: 60 })
  await app.library.get()
  const page = await visit(browser, `${url}/holdfast/artifacts/watch-index`)
  await page.getByText('The current snapshot was built from other settings').waitFor()
  await page.getByText('Built by').waitFor()
  await shoot(page, 'artifact.png')
}

async function visit(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    deviceScaleFactor: 1.5,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  page.setDefaultTimeout(longestMs)
  await page.goto(url)
  await page.getByRole('heading').first().waitFor()
  return page
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, name) })
  console.log(`docs/pictures/${name}`)
}
