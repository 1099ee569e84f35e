// Stalled jobs in the dashboard's list.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible } from './accessible.ts'
import { launchBrowser, openWorld, until, type World } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const stallAfterMs = 2_000

describe('stalled jobs in the list', { concurrency: 2 }, () => {
  test('the list says which jobs are stalled, and for how long; what saved nothing is stopped and starts another attempt', async () => {
    await using world = await openWorld(browser, '', stallAfterMs)
    const id = await world.submit('echo up; sleep 1000', { name: 'Silent' })
    const page = await world.visit('/jobs')
    const row = page.getByRole('row').filter({ hasText: 'Silent' })
    await row.getByText(/^No sign of life for \d+\u202fs \(limit 2\u202fs\)$/).waitFor()
    await row.getByText('Stalled', { exact: true }).waitFor()
    await until(async () => (await page.title()).startsWith('1 running, 1 stalled'))
    await troubleIsTold(world, page)
    await page.goto(`${world.url}/jobs/${id}`)
    await page.locator('.verdict.stalled').getByRole('button', { name: 'Stop and retry' }).click()
    await systemLine(page, /^attempt 2 started/)
    assert.deepEqual(world.faults, [])
  })
})

async function troubleIsTold(world: World, page: Page): Promise<void> {
  world.degrade('the database has been locked for 12 s')
  const told = page.getByText('The database has been locked for 12 s. Jobs run on, and what happens is recorded when it is over.')
  await told.waitFor()
  assert.equal(await page.locator('.trouble [role=status]').count(), 1)
  await assertAccessible(page)
  world.degrade(null)
  await told.waitFor({ state: 'detached' })
}

function systemLine(page: Page, text: RegExp): Promise<void> {
  return page.locator('.scroller .ln .tx').filter({ hasText: text }).first().waitFor({ state: 'attached' })
}
