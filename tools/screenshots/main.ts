// Every page in every state, both themes, desktop and phone, into .screenshots/ with a page that shows them all:
// npm run screenshots [-- part-of-a-name …]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { createHandler, listen } from '../../src/http/index.ts'
import { openHoldfast } from '../../src/index.ts'
import { openStories } from '../../test/browser/open-stories.ts'
import { launchChromium } from '../chromium.ts'
import { ensureDashboard } from '../dashboard.ts'
import { openSample, type Sample } from './sample.ts'

interface Shot {
  name: string
  path: string
  /** What a person does before the picture is taken. */
  act?: (page: Page) => Promise<void>
}

const folder = fileURLToPath(new URL('../../.screenshots/', import.meta.url))
const wanted = process.argv.slice(2)
const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } }
const themes = ['light', 'dark'] as const

const taken: string[] = []
mkdirSync(folder, { recursive: true })
ensureDashboard()
const place = mkdtempSync(join(tmpdir(), 'holdfast-screenshots-'))
const browser = await launchChromium()
try {
  await takeFilled(browser)
  await takeEmpty(browser)
  await takeSignIn(browser)
  await takeElements(browser)
} finally {
  await browser.close()
  rmSync(place, { recursive: true, force: true })
}
writeFileSync(join(folder, 'index.html'), contactSheet())
console.log(`${taken.length} pictures in ${folder}`)

async function takeFilled(browser: Browser): Promise<void> {
  const sample = await openSample(join(place, 'filled'))
  const server = await listen(createHandler(sample.holdfast).fetch, { port: 0 })
  try {
    for (const shot of shots(sample)) await take(browser, server.url, shot)
  } finally {
    await server.close()
    await sample.close()
  }
}

function shots({ holdfast, jobs }: Sample): Shot[] {
  return [
    { name: 'overview', path: '/' },
    { name: 'jobs', path: '/jobs' },
    { name: 'jobs-none-match', path: '/jobs?state=expired' },
    ...Object.entries(jobs)
      .filter(([name]) => name !== 'stopping')
      .map(([name, id]) => ({ name: `job-${name}`, path: `/jobs/${id}` })),
    ...['input', 'result', 'attempts', 'events'].map((tab) => ({ name: `job-failed-${tab}`, path: `/jobs/${jobs.failed}?tab=${tab}` })),
    { name: 'job-cancel', path: `/jobs/${jobs.running}`, act: (page) => page.getByRole('button', { name: 'Cancel…' }).first().click() },
    { name: 'job-none', path: '/jobs/4040' },
    { name: 'job-types', path: '/job-types' },
    { name: 'job-type', path: '/job-types/rebuild-index' },
    { name: 'artifacts', path: '/artifacts' },
    { name: 'artifact', path: '/artifacts/watch-index' },
    { name: 'schedules', path: '/schedules' },
    { name: 'runners', path: '/runners' },
    { name: 'settings', path: '/settings' },
    { name: 'no-page', path: '/nowhere' },
    // Last: it runs on the other pages.
    {
      name: 'job-stopping',
      path: `/jobs/${jobs.stopping}`,
      act: (page) => stop(page, () => holdfast.cancel(jobs.stopping, { by: 'ben' })),
    },
  ]
}

async function stop(page: Page, cancel: () => Promise<unknown>): Promise<void> {
  await cancel()
  await page.getByText('Cancelling').first().waitFor()
}

async function takeEmpty(browser: Browser): Promise<void> {
  const holdfast = await openHoldfast({ kinds: [], data: join(place, 'empty'), runner: true })
  const server = await listen(createHandler(holdfast).fetch, { port: 0 })
  try {
    for (const page of ['', 'jobs', 'job-types', 'artifacts', 'schedules', 'runners']) {
      await take(browser, server.url, { name: `empty-${page || 'overview'}`, path: `/${page}` })
    }
  } finally {
    await server.close()
    await holdfast.close()
  }
}

async function takeSignIn(browser: Browser): Promise<void> {
  const holdfast = await openHoldfast({ kinds: [], data: join(place, 'sign-in'), runner: false })
  const server = await listen(createHandler(holdfast, { signIn: true }).fetch, { port: 0 })
  try {
    await take(browser, server.url, { name: 'first-user', path: '/' })
    await holdfast.access.addUser({ name: 'ana', password: 'correct horse battery', role: 'admin' })
    await take(browser, server.url, { name: 'sign-in', path: '/' })
    await take(browser, server.url, { name: 'sign-in-wrong', path: '/', act: signInWrong })
  } finally {
    await server.close()
    await holdfast.close()
  }
}

/** Every page element in every state, as the page of stories has them. */
async function takeElements(browser: Browser): Promise<void> {
  await using stories = await openStories()
  await take(browser, stories.url, { name: 'elements', path: '' })
}

async function signInWrong(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('ana')
  await page.getByLabel('Password').fill('not the one')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
}

async function take(browser: Browser, url: string, { name, path, act }: Shot): Promise<void> {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return
  const page = await browser.newPage({ viewport: sizes.desktop, colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto(url + path, { waitUntil: 'load' })
  await page.getByRole('heading').first().waitFor()
  await page.waitForFunction(`!document.body.textContent.includes('Loading…')`)
  if (act) await act(page)
  for (const colorScheme of themes) {
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(viewport)
      // As high as the page: what is out of sight is not drawn.
      const height = await page.evaluate<number>('Math.min(9000, document.documentElement.scrollHeight)')
      await page.setViewportSize({ ...viewport, height: Math.max(viewport.height, height) })
      const file = `${name}-${colorScheme}-${size}.png`
      await page.screenshot({ path: join(folder, file) })
      taken.push(file)
    }
  }
  await page.close()
}

function contactSheet(): string {
  const figures = taken.map((file) => `<figure><img src="${file}" loading="lazy"><figcaption>${file}</figcaption></figure>`).join('\n')
  const style = 'body{font:14px system-ui;columns:3 380px;background:#888}figure{margin:0 0 16px;break-inside:avoid}img{width:100%}'
  return `<!doctype html><meta charset="utf-8"><title>Holdfast in every state</title><style>${style}</style>\n${figures}\n`
}
