// The dashboard in a real browser, on a real Holdfast with real processes: a job in the list and on its page. Every wait is for a condition.
// More of it in the files dashboard-*.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser, lineWith, logOf, openWorld, until } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('dashboard', { concurrency: 3 }, () => {
  test('the list shows a job from its submit to its end, without a reload', async () => {
    await using world = await openWorld(browser)
    const page = await world.visit('/jobs')
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor()
    await world.submit(`tell '{"progress":{"done":42,"total":100}}'; gate end; tell '{"result":{"words":412}}'`, {
      name: 'Letter',
      submittedBy: 'ana',
    })
    const row = page.getByRole('row').filter({ hasText: 'Letter' })
    await row.getByText('Running').waitFor()
    await row.getByText('42 of 100').waitFor()
    await page.getByRole('link', { name: 'Running 1' }).waitFor()
    await until(async () => (await page.title()).startsWith('1 running'))
    await world.open('end')
    await row.getByText('Succeeded').waitFor()
    await row.getByText('412 words').waitFor()
    await page.getByRole('link', { name: 'Failed 0' }).click()
    await page.getByText('No jobs match.').waitFor()
    assert.equal(new URL(page.url()).search, '?state=failed')
    assert.deepEqual(world.faults, [])
  })

  test('a job page follows its log; a refresh in the middle shows the same and goes on; the end is told', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('seq 1 50; gate more; seq 51 100; gate end')
    const page = await world.visit(`/jobs/${id}`)
    await lineWith(page, '50')
    const before_ = await logOf(page)
    await page.reload()
    await lineWith(page, '50')
    assert.deepEqual(await logOf(page), before_)
    await world.open('more')
    await lineWith(page, '100')
    await world.open('end')
    await page.locator('.job-title').getByText('Succeeded').waitFor()
    await page.getByText('exit 0').first().waitFor()
    const lines = await logOf(page)
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      lines.map((_, place) => place + 1),
      'numbered 1..n, no gap, no repeat',
    )
    assert.deepEqual(
      lines.filter(({ text }) => /^\d+$/.test(text)).map(({ text }) => Number(text)),
      Array.from({ length: 100 }, (_, place) => place + 1),
    )
    await until(async () => (await page.title()).startsWith('Succeeded'))
    assert.deepEqual(world.faults, [])
  })

  test('a lost connection is told with its time, and what came meanwhile is caught up', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('echo early; gate late; echo late; gate end')
    const page = await world.visit(`/jobs/${id}`)
    await page.locator('.page-head').getByText('Live', { exact: true }).waitFor()
    const reconnect = await world.disconnect()
    await page
      .locator('.page-head')
      .getByText(/Connection lost, as of \d\d:\d\d:\d\d/)
      .waitFor()
    const elapsed = page.locator('.strip div').filter({ hasText: 'Elapsed' })
    const frozen = await elapsed.textContent()
    await page
      .locator('.page-head')
      .getByText(/Trying again in/)
      .waitFor()
    assert.equal(await elapsed.textContent(), frozen, 'a clock that ticks without news would lie')
    await world.open('late')
    await reconnect()
    await lineWith(page, 'late')
    await page.locator('.page-head').getByText('Live', { exact: true }).waitFor()
    const seqs = (await logOf(page)).map(({ seq }) => seq)
    assert.deepEqual(
      seqs,
      seqs.map((_, place) => place + 1),
    )
  })

  test('cancel asks once; Esc keeps the job running', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('echo here; gate never', { name: 'Rebuild' })
    const page = await world.visit(`/jobs/${id}`)
    await lineWith(page, 'here')
    await page.keyboard.press('c')
    const dialog = page.getByRole('dialog', { name: `Cancel Rebuild #${id}?` })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.locator('.job-title').getByText('Running').waitFor()
    const button = page.getByRole('button', { name: /^Cancel…/ })
    await button.click()
    await dialog.getByRole('button', { name: 'Keep running' }).click()
    await until(() => button.evaluate((element) => element === element.ownerDocument.activeElement))
    await button.click()
    await dialog.getByRole('button', { name: 'Cancel job' }).click()
    await page.locator('.job-title').getByText('Cancelled').waitFor()
    await page.locator('.strip').getByText('by dashboard').waitFor()
    assert.deepEqual(world.faults, [])
  })
})
