// The dashboard's list of jobs beyond its first page: pages, choosing and cancelling many, and what everything says to axe.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible, assertAccessibleInBothThemes } from './accessible.ts'
import { launchBrowser, lineWith, openWorld, until } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('the list in the dashboard', { concurrency: 3 }, () => {
  test('older jobs are a page away, and newer ones again; many are chosen and cancelled at once', async () => {
    await using world = await openWorld(browser)
    // They need not run to be listed.
    const availableAt = new Date(Date.now() + 3_600_000)
    for (let place = 0; place < 52; place++) await world.submit('true', { availableAt, submittedBy: place % 10 === 0 ? 'ben' : 'ana' })
    const page = await world.visit('/jobs')
    await page.getByText('Newest 50 of 52').waitFor()
    await page.getByRole('link', { name: 'Older' }).click()
    await page.getByText('#2 to #1').waitFor()
    assert.equal(await page.getByRole('row').count(), 3)
    await page.getByRole('link', { name: 'Newer' }).click()
    await page.getByText('Newest 50 of 52').waitFor()
    await page.goBack()
    await page.getByText('#2 to #1').waitFor()
    await chooseAndCancel(page)
    assert.deepEqual(world.faults, [])
  })

  test('both pages are free of axe violations in both themes and on a phone', async () => {
    await using world = await openWorld(browser)
    const running = await world.submit(
      `tell '{"phase":{"name":"Embed","index":2,"of":3}}'; tell '{"progress":{"done":1,"total":4}}'; echo out; echo err >&2; gate end`,
    )
    const failed = await world.submit(`printf '\\033[33mwarning\\033[0m \\033[2mdim\\033[0m\\n'; echo 'Error: no' >&2; exit 1`)
    await world.submit('true')
    const page = await world.visit('/jobs')
    await page.getByRole('row').filter({ hasText: 'Failed' }).waitFor()
    await assertAccessibleInBothThemes(page)
    await page.goto(`${world.url}/jobs/${running}`)
    await lineWith(page, 'err')
    await page.getByText('1 of 4').waitFor()
    await assertAccessibleInBothThemes(page)
    const phone = await world.visit(`/jobs/${failed}`, { colorScheme: 'dark', viewport: { width: 390, height: 844 } })
    await phone.locator('.verdict .ln').first().waitFor()
    for (const tab of ['Log', 'Input', 'Attempts', 'Events']) {
      await phone.getByRole('tab', { name: tab }).click()
      await assertAccessible(phone)
    }
  })

  test('it lives under a prefix as well as at the root', async () => {
    await using world = await openWorld(browser, '/tools/holdfast')
    const id = await world.submit('echo hello', { name: 'Prefixed' })
    const page = await world.visit('/jobs')
    await page.getByRole('link', { name: 'Prefixed' }).click()
    await lineWith(page, 'hello')
    assert.equal(page.url(), `${world.url}/jobs/${id}`)
    await page.reload()
    await lineWith(page, 'hello')
    const theme = () => page.locator('html').getAttribute('data-theme')
    await page.getByRole('button', { name: 'Theme: System. Change' }).click()
    assert.equal(await theme(), 'light')
    await page.reload()
    assert.equal(await theme(), 'light', 'the choice is remembered')
    await page.getByRole('navigation', { name: 'Where' }).getByRole('link', { name: 'Jobs' }).click()
    await page.getByRole('row').filter({ hasText: 'Prefixed' }).waitFor()
    assert.deepEqual(world.faults, [])
  })
})

/** In a list of 52 jobs that wait, every tenth asked for by ben. */
async function chooseAndCancel(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Newer' }).click()
  const bar = page.getByRole('region', { name: 'Chosen jobs' })
  await page.getByRole('checkbox', { name: '#51 ' }).click()
  await page.getByRole('checkbox', { name: '#48 ' }).click({ modifiers: ['Shift'] })
  await bar.getByText('4 selected').waitFor()
  // The focus is at #48.
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await bar.getByText('5 selected').waitFor()
  await page.getByRole('checkbox', { name: '#49 ' }).click()
  await bar.getByText('4 selected').waitFor()
  await bar.getByRole('button', { name: 'Retry 0' }).and(page.locator('[aria-disabled]')).waitFor()
  await assertAccessibleInBothThemes(page)

  await page.getByLabel('Who').selectOption('ben')
  assert.equal(new URL(page.url()).search, '?by=ben')
  await until(async () => (await page.locator('.jobs tbody tr').count()) === 6)
  assert.equal(await bar.count(), 0, 'another filter, nothing chosen')
  await page.getByRole('checkbox', { name: 'All jobs of this page' }).click()
  await bar.getByRole('button', { name: 'Cancel 6…' }).click()
  await page.getByRole('dialog', { name: 'Cancel 6 jobs?' }).getByRole('button', { name: 'Cancel them' }).click()
  await bar.getByText('6 jobs are being cancelled.').waitFor()
  await page.getByRole('link', { name: 'Clear filters' }).click()
  await page.getByRole('link', { name: 'Cancelled 6' }).waitFor()

  await page.getByRole('checkbox', { name: '#50 ' }).click()
  await bar.getByRole('button', { name: 'Select all 52' }).click()
  await bar.getByRole('button', { name: 'Cancel 46…' }).click()
  await page.getByRole('dialog', { name: 'Cancel 46 jobs?' }).getByRole('button', { name: 'Cancel them' }).click()
  await bar.getByText('46 jobs are being cancelled.').waitFor()
  await page.getByRole('link', { name: 'Cancelled 52' }).waitFor()
}
