// The pages in a real browser: from the order form to the book that can be read, with the work on it shown in between. S2.1 as people see it.
import assert from 'node:assert/strict'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessibleInBothThemes } from '../../../test/browser/accessible.ts'
import { launchChromium } from '../../../tools/chromium.ts'
import { ensureDashboard } from '../../../tools/dashboard.ts'
import { gate, idFor, isChapter, openWorld, patientMs, type World } from './world.ts'

describe('bookapp in a browser', () => {
  let world: World
  let app: Awaited<ReturnType<World['open']>>
  let browser: Browser
  let page: Page
  const faults: string[] = []
  const shows = (text: string | RegExp) => page.getByText(text).filter({ visible: true }).first().waitFor()
  const isFitting = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth')

  before(async () => {
    ensureDashboard()
    world = await openWorld('pages')
    ;[app, browser] = await Promise.all([world.open(), launchChromium()])
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    page = await context.newPage()
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

  test('S2.1 a book is ordered, with a sentence where the form says nothing of use; its page shows the phases, also after a refresh and in a second tab, and becomes the book by itself', async () => {
    const go = gate()
    world.fail('The <Lantern> Below', (question) => (isChapter(question) ? { hold: go.passed } : null))
    await page.goto(app.url)
    await page.getByRole('link', { name: 'Write the first one' }).click()
    await page.getByLabel('Title').fill(' ')
    // As much as it takes. The form sends two characters for the end of a line.
    await page.getByLabel('What it is about').fill('A line\n'.repeat(400))
    await page.getByLabel('Chapters').fill('3')
    await page.getByLabel('Words a chapter').fill('60')
    await page.getByRole('button', { name: 'Write it' }).click()
    await shows('Title: a book needs one.')
    await assertAccessibleInBothThemes(page)
    await page.getByLabel('Title').fill('The <Lantern> Below')
    await page.getByRole('button', { name: 'Write it' }).click()
    await page.waitForURL(/\/books\/the-lantern-below-[0-9a-f]{12}$/)
    for (const look of [() => Promise.resolve(), () => page.reload()]) {
      await look()
      await shows('Writing')
      await shows('4 of 5')
    }
    const tab = await page.context().newPage()
    await tab.goto(app.url)
    await tab.getByText('One is being written').waitFor({ timeout: patientMs })
    await tab.getByText('4 of 5').waitFor({ timeout: patientMs })
    go.open()
    await page.getByRole('heading', { name: 'Chapters' }).waitFor()
    await page.getByRole('link', { name: 'EPUB' }).waitFor()
    await tab.getByText('1 book to read').waitFor({ timeout: patientMs })
    await tab.close()
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
    world.fail('The <Lantern> Below', () => ({ hold: go.passed }))
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.getByLabel('Chapter', { exact: true }).selectOption('2')
    await page.getByLabel('What should be different').fill('more rain')
    // Sends nothing, and least of all the page without the wish.
    await page.getByLabel('What should be different').press('Enter')
    await page.getByRole('button', { name: 'Rewrite the chapter' }).click()
    await shows('1 of 2')
    await shows('Edition 1,')
    const button = page.getByRole('button', { name: 'Rewriting…' })
    await button.waitFor()
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await assertAccessibleInBothThemes(page)
    go.open()
    await shows('Edition 2,')
    assert.match(world.chat.questions.at(-1)?.prompt ?? '', /This time: more rain$/)
  })

  test('S2.2 what was not finished stands on the shelf with its reason: an exception with its type and phase in the log, and no key in it', async () => {
    world.fail('No Credit', () => ({ status: 429, code: 'insufficient_quota', message: 'insufficient quota of sk-very-secret' }))
    const { job } = await app.order({ id: idFor('credit'), title: 'No Credit' })
    const { state, exitCode, failure } = await world.ended(job)
    const message = 'the writer answered 429 insufficient quota of •••'
    assert.deepEqual([state, exitCode, failure?.phase, failure?.message], ['failed', 1, 'Blueprint', message])
    assert.ok((await world.logOf(job)).includes(`Error in Blueprint: ${message}`))
    assert.equal(world.asked('No Credit').length, 1, 'what will not pass is not asked again')
    await page.goto(app.url)
    await page.getByRole('heading', { name: 'Not finished' }).waitFor()
    // By the name that its kind gives it, whoever ordered it.
    await page.getByRole('link', { name: 'No Credit' }).waitFor()
    await shows(message)
    await assertAccessibleInBothThemes(page)
    // Of the form without a title; else the browser found nothing wrong in all of it.
    assert.deepEqual(faults, ['Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)'])
  })

  test('whatever is wrong is told in a page with a way back, at the field that it is about; what was typed is not lost', async () => {
    const post = (asked: Record<string, string>, origin = new URL(app.url).origin) =>
      fetch(new URL('/books', app.url), { method: 'POST', body: new URLSearchParams(asked), headers: { origin } })
    const wrong = { id: '', title: 'x'.repeat(81), premise: 'y'.repeat(2_001), chapters: '400', words: '', books: 'many', seed: '1' }
    const refused = await post(wrong)
    const text = await refused.text()
    assert.equal(refused.status, 422)
    assert.match(text, /value="400"/)
    for (const sentence of [
      'This page is too old, or not ours: open the form anew.',
      'Title: shorten it to 80 characters.',
      'What it is about: shorten it to 2,000 characters.',
      'Chapters: write a whole number from 1 to 40.',
      'Words a chapter: write a whole number from 50 to 5,000.',
      'Books: write a whole number from 1 to 5.',
    ])
      assert.ok(text.includes(sentence), sentence)
    const move = (from: string, to: string) => {
      for (const end of ['', '-wal', '-shm']) renameSync(join(world.data, `${from}${end}`), join(world.data, `${to}${end}`))
    }
    move('holdfast.db', 'aside.db')
    const late = await post({ ...wrong, id: 'late', title: 'Late', premise: 'long & dear', chapters: '3', words: '60', books: '1' })
    move('aside.db', 'holdfast.db')
    assert.equal(late.status, 503)
    assert.match(await late.text(), /<p class="bad" role="alert">\S+holdfast\.db was moved or deleted .+>long &amp; dear</s)
    assert.match(await app.text('/holdfast'), /<title>/, 'the dashboard, also without the slash')
    const answers: [number, Response][] = [[403, await post(wrong, 'http://elsewhere.example')]]
    for (const none of ['books/A%20B', 'books/..%2f..', 'books/🎉', 'books/not-there', 'books/A%20B/2', 'books/A%20B/book.epub', 'none'])
      answers.push([404, await fetch(new URL(none, app.url))])
    for (const [status, answer] of answers) {
      assert.equal(answer.status, status, answer.url)
      assert.match(await answer.text(), /<h1>(Not from here|Not on this shelf)<\/h1>[\s\S]*href="\/">Back to the shelf/)
    }
  })
})
