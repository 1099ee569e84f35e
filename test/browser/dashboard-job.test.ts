// The job page for who comes new to it: what a job is called, how it ended, on a phone and by ear. Every wait is for a condition.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser, openWorld } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('job page', { concurrency: 2 }, () => {
  test('a finished job says how it ended and what came of it, to the eye and to the ear at once', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit(
      `tell '{"phase":{"name":"Embed","index":2,"of":3}}'; tell '{"progress":{"done":1,"total":4}}'; gate quarter; tell '{"progress":{"done":2,"total":4}}'; gate end; tell '{"result":{"films":2659,"neighbours":40}}'`,
      { name: 'Rebuild' },
    )
    const page = await world.visit(`/jobs/${id}`)
    await page.locator('.big').filter({ hasText: '25\u202f% of Embed phase 2 of 3, 1 of 4' }).waitFor()
    const spoken = page.locator('main > p[role="status"]')
    await world.open('quarter')
    await spoken.getByText('Rebuild: Running, Embed, 50 percent').waitFor({ state: 'attached' })
    await world.open('end')
    const endedAt = Date.now()
    await spoken.getByText(/^Rebuild: Succeeded in [\d.]+\u202fs$/).waitFor({ state: 'attached' })
    assert.ok(Date.now() - endedAt < 6_000, 'the end does not wait for its turn')
    await page
      .locator('.big')
      .getByText(/^Succeeded in/)
      .waitFor()
    await page.locator('.big').getByText('2,659 films · 40 neighbours').waitFor()
    const tide = page.locator('.panel .tide')
    assert.equal(await tide.getAttribute('aria-valuenow'), '100')
    assert.equal(await tide.locator('.done').count(), 3)
    await page.locator('.steps').getByText('Embed').waitFor()
    assert.deepEqual(world.faults, [])
  })
})
