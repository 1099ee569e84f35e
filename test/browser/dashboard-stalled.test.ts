// The job page of a job that has gone silent: the warning comes by itself, says what it knows, and goes when somebody decides.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible } from './accessible.ts'
import { launchBrowser, lineWith, openWorld, until } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const stallAfterMs = 2_000

describe('stalled jobs', { concurrency: 2 }, () => {
  test('I10: a stalled job is a warning that comes by itself; check now, keep waiting and cancel do what they say', async () => {
    await using world = await openWorld(browser, '', stallAfterMs)
    const id = await world.submit("echo up; gate quiet; echo 'frame 420'; sleep 1000", { name: 'Extract frames' })
    const page = await world.visit(`/jobs/${id}`)
    await world.open('quiet')
    await lineWith(page, 'frame 420')
    const card = page.locator('.verdict.stalled')
    await card.getByRole('heading', { name: /^No sign of life for \d+\ss \(limit 2\ss\)$/ }).waitFor()
    await card.getByText('This is a warning, not a verdict').waitFor()
    await card.getByText('frame 420', { exact: true }).waitFor()
    await page.locator('.job-title .pill').getByText('Stalled', { exact: true }).waitFor()
    await until(async () => (await page.title()).startsWith('Stalled Extract frames'))
    await assertAccessible(page)

    await card.getByRole('button', { name: 'Check now' }).click()
    await systemLine(page, /^checked by dashboard: (?:alive|busy), \d+ % CPU, .+ in 2 processes, silent for \d+ s$/)
    await card.getByText('alive, sleeping').waitFor()

    await card.getByRole('button', { name: 'Keep waiting' }).dblclick()
    await card.waitFor({ state: 'detached' })
    await page.locator('.job-title .pill').getByText('Running', { exact: true }).waitFor()
    await page.getByText('warns after 2\u202fs of silence').waitFor({ state: 'attached' })
    const kept = page.locator('.scroller .ln .tx').getByText('keep waiting, said dashboard: silence is counted from now')
    await kept.first().waitFor({ state: 'attached' })
    assert.equal(await kept.count(), 1, 'a double click asks once')

    await card.waitFor()
    await card.getByRole('button', { name: 'Cancel…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click()
    await page.locator('.job-title .pill').getByText('Cancelled', { exact: true }).waitFor()
    assert.equal(await card.count(), 0)
    assert.deepEqual(world.faults, [])
  })
})

function systemLine(page: Page, text: RegExp): Promise<void> {
  return page.locator('.scroller .ln .tx').filter({ hasText: text }).first().waitFor({ state: 'attached' })
}
