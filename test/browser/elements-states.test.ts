// Every element in every state, as the stories give them: each can be used by everybody, in both themes, wide and narrow, whatever the texts hold.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchChromium } from '../../tools/chromium.ts'
import { until } from '../contract/temporary.ts'
import { assertAccessibleInBothThemes } from './accessible.ts'
import { openStories, type Stories } from './open-stories.ts'

let stories: Stories
let browser: Browser
let context: BrowserContext
let page: Page
const faults: string[] = []
before(async () => {
  stories = await openStories()
  browser = await launchChromium()
  context = await browser.newContext({ viewport: { width: 1280, height: 4_000 }, reducedMotion: 'reduce', bypassCSP: false })
  page = await context.newPage()
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('dialog', (dialog) => faults.push(`a dialog: ${dialog.message()}`))
  await page.goto(stories.url)
  await page.locator('holdfast-toasts').getByText('has gone silent').waitFor()
  await page.locator('holdfast-log').getByText('1,344/3,201').first().waitFor()
})
after(async () => {
  await browser.close()
  await stories[Symbol.asyncDispose]()
})

/** What stands in each element, its shadow root included, by the title of its story. */
function textsOf(tag: string): Promise<Record<string, string>> {
  return page.evaluate(`Object.fromEntries([...document.querySelectorAll('#${tag} figure')].map((figure) => [
    figure.querySelector('figcaption').textContent,
    [...(figure.querySelector('${tag}').shadowRoot?.children ?? [])].map((each) => each.innerText ?? '').join(' ').replace(/\\s+/g, ' ').trim()
  ]))`)
}

/** Waits for what comes in a script of its own, then says what each does say. */
async function assertTold(tag: string, expected: Record<string, RegExp>): Promise<void> {
  let wrong: string[] = []
  const isTold = async () => {
    const texts = await textsOf(tag)
    wrong = Object.entries(expected).flatMap(([title, words]) => (words.test(texts[title] ?? '') ? [] : [`${title}: ${texts[title]}`]))
    return wrong.length === 0
  }
  await until('every story tells its state', isTold).catch(() => assert.deepEqual(wrong, []))
}

test('a start button says in every state why it cannot be pressed', async () => {
  await assertTold('holdfast-start', {
    Ready: /^Rebuild index$/,
    Running: /^Rebuilding… Running since [\d:]+, started by ana\. View/,
    Stalled: /Stalled, no sign of life for 3.min .* \(limit 30.s\)\. View/,
    Waiting: /Waiting for key servers, held by #419\. View/,
    Cancelling: /Cancelling, asked to stop by ana\. View/,
    'The app says no': /Extract frames has to finish first/,
    'Not allowed': /You are a viewer\. Operators can start this\./,
    'Again, after a failure': /^Rebuild again The last one failed: Out of memory .*\. Why/,
    'After an interruption': /^Research again The last/,
    Paused: /Paused by ben: it will wait until that is over/,
    'Not connected': /No connection since [\d:]+\. Trying again/,
    'Signed out': /Your session ended\. Sign in again/,
    'No such job type': /No job type “rebuild-index” here/,
    'Its app is away': /Its app is not running/,
  })
  const unexplained: string[] = await page.evaluate(`[...document.querySelectorAll('#holdfast-start figure')].filter((figure) => {
    const { shadowRoot } = figure.querySelector('holdfast-start')
    const button = shadowRoot.querySelector('button')
    const reason = shadowRoot.getElementById(button.getAttribute('aria-describedby') ?? '')
    const isOut = button.getAttribute('aria-disabled') === 'true' && button.getAttribute('aria-busy') !== 'true'
    return isOut && !reason?.checkVisibility()
  }).map((figure) => figure.textContent)`)
  assert.deepEqual(unexplained, [])
})

test('a card says how it is with its job, also where there is none', async () => {
  await assertTold('holdfast-job', {
    Idle: /^Never run Rebuild index No job of this type so far/,
    Queued: /In line for a free slot\. Starts by itself/,
    'Waiting for a key': /Waits for key servers, held by #419/,
    'Running, amount known': /^Running #421 Rebuild index Nearest neighbours 3 of 5 41.% 1,344 of 3,201 films.*about 7.min left/,
    'Running, amount unknown': /Read pages 2 of 4 9 pages read so far/,
    Stalled: /No sign of life for 3.min .*Keep waiting Resume Cancel…/,
    Cancelling: /^Cancelling .*Asked to stop by ana\. Stopping…/,
    Succeeded: /^Succeeded .*Published taste-profile\. 3,201 films · 128,040 neighbours Run again Log/,
    Failed: /^Failed .*Out of memory at frame 18,144.*With 32 it needs half.*Resume from 41.% Retry Log/,
    Interrupted: /^Interrupted .*The machine restarted at 12:20(?!.*Resume).* Retry/,
    'Not connected': /^Not connected .*41.%.*As of [\d:]+\. The job goes on without this page/,
    'A viewer': /You are a viewer\. Operators can cancel and start jobs/,
    'Signed out in the middle': /^Signed out .*41.%.*Your session ended\. Sign in again/,
    Forbidden: /You may not see this server/,
    Removed: /Job #12 is not there: it was removed, or never was/,
    'With the tail of its log': /neighbours ████████░░░░░░░░░░ 1,344\/3,201/,
  })
})

test('nothing is wider than its place, on a phone neither', async () => {
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 4_000 })
    const wide: string[] = await page.evaluate(`[...document.querySelectorAll('figure')]
      .filter((figure) => figure.scrollWidth > figure.clientWidth + 1)
      .map((figure) => figure.querySelector('figcaption').textContent + ' in ${width}')`)
    assert.deepEqual(wide, [])
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, `${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 4_000 })
})

test('axe finds nothing, in the light and in the dark', async () => {
  await assertAccessibleInBothThemes(page)
})

test('what hostile texts hold stays text, and the policy is never broken', async () => {
  const made: string[] = await page.evaluate(
    "[...document.querySelectorAll('holdfast-job')].flatMap(({ shadowRoot }) => [...shadowRoot.querySelectorAll('img, script, iframe')].map((each) => each.outerHTML))",
  )
  assert.deepEqual(made, [])
  assert.deepEqual(faults, [])
})
