// The pages in a real browser: from the order form to the book that can be read, with the work on it shown in between. S2.1 as people see it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessibleInBothThemes } from '../../../test/browser/accessible.ts'
import { launchChromium } from '../../../tools/chromium.ts'
import { ensureDashboard } from '../../../tools/dashboard.ts'
import { gate, openWorld, patientMs, type World } from './world.ts'

describe('bookapp in a browser', () => {
  let world: World
  let app: Awaited<ReturnType<World['open']>>
  let browser: Browser
  let page: Page
  const faults: string[] = []
  const isChapter = ({ prompt }: { prompt: string }) => prompt.startsWith('Write the chapter')
  const shows = (text: string | RegExp) => page.getByText(text).filter({ visible: true }).first().waitFor()
  const isFitting = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth')

  before(async () => {
    ensureDashboard()
    world = await openWorld('pages')
    app = await world.open()
    browser = await launchChromium()
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    page.setDefaultTimeout(patientMs)
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
  })
  after(async () => {
    await browser.close()
    await world.close()
  })

  test('S2.1 a book is ordered; its page shows the phases, also after a refresh and in a second tab, and becomes the book by itself', async () => {
    const go = gate()
    world.chat.failWith((question) => (isChapter(question) ? { hold: go.passed } : null))
    await page.goto(app.url)
    await assertAccessibleInBothThemes(page)
    await page.getByRole('link', { name: 'Write the first one' }).click()
    await assertAccessibleInBothThemes(page)
    await page.getByLabel('Title').fill('The <Lantern> Below')
    await page.getByLabel('Chapters').fill('3')
    await page.getByLabel('Words a chapter').fill('60')
    await page.getByRole('button', { name: 'Write it' }).click()
    await page.waitForURL(/\/books\/the-lantern-below-\w{6}$/)
    for (const look of [() => Promise.resolve(), () => page.reload()]) {
      await look()
      await shows('Writing')
      await shows('4 of 5')
    }
    const tab = await browser.newPage()
    await tab.goto(app.url)
    await tab.getByText('One is being written').waitFor({ timeout: patientMs })
    await tab.getByText('4 of 5').waitFor({ timeout: patientMs })
    await assertAccessibleInBothThemes(page)
    go.open()
    await page.getByRole('heading', { name: 'Chapters' }).waitFor()
    await page.getByRole('link', { name: 'EPUB' }).waitFor()
    await tab.getByText('1 book to read').waitFor({ timeout: patientMs })
    await tab.close()
    await assertAccessibleInBothThemes(page)
  })

  test('it is read chapter by chapter, on a phone too', async () => {
    await page.getByRole('link', { name: 'Read', exact: true }).click()
    await shows(/It is \w+, & nothing <else>/)
    await page.setViewportSize({ width: 390, height: 844 })
    assert.ok(await isFitting())
    await assertAccessibleInBothThemes(page)
    await page.locator('a[rel=next]').click()
    await page.waitForURL(/\/2$/)
    await page.getByRole('link', { name: 'The <Lantern> Below' }).click()
    assert.ok(await isFitting())
  })

  test('S2.1 a chapter is written anew: the button waits with its reason, the old edition is there until the new one is', async () => {
    const go = gate()
    world.chat.failWith(() => ({ hold: go.passed }))
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.getByLabel('Chapter', { exact: true }).selectOption('2')
    await page.getByLabel('What should be different').fill('more rain')
    await page.getByRole('button', { name: 'Rewrite the chapter' }).click()
    await shows('1 of 2')
    await shows('Edition 1,')
    const button = page.getByRole('button', { name: 'Rewriting…' })
    await button.waitFor()
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    go.open()
    await shows('Edition 2,')
    assert.match(world.chat.questions.at(-1)?.prompt ?? '', /This time: more rain$/)
  })

  test('what was not finished stands on the shelf with its reason; a form with a fault comes back with it', async () => {
    world.chat.failWith((question) => (question.prompt.includes('No Credit') ? { status: 402, message: 'insufficient quota' } : null))
    const { job } = await app.order({ id: 'order-credit', title: 'No Credit' })
    await world.ended(job)
    await page.goto(app.url)
    await page.getByRole('heading', { name: 'Not finished' }).waitFor()
    await shows('the writer answered 402: insufficient quota')
    await assertAccessibleInBothThemes(page)
    const body = new URLSearchParams({ id: 'order-credit', title: ' ', chapters: '400' })
    const answer = await fetch(new URL('/books', app.url), { method: 'POST', body, headers: { origin: new URL(app.url).origin } })
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), /A title is needed\.[\s\S]*value="400"/)
    const foreign = await fetch(new URL('/books', app.url), { method: 'POST', body, headers: { origin: 'http://elsewhere.example' } })
    assert.equal(foreign.status, 403)
    for (const none of ['books/A%20B', 'books/..%2f..', 'books/🎉', 'books/not-there', 'books/A%20B/2', 'books/A%20B/book.epub']) {
      const away = await fetch(new URL(none, app.url))
      assert.equal(away.status, 404, none)
      assert.match(away.headers.get('content-type') ?? '', /^text\/html/)
    }
    assert.deepEqual(faults, [])
  })
})
