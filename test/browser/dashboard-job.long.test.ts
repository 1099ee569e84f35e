// The page of a job in the dashboard: commands of the moment, addresses that are none, and phones.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser, lineWith, openWorld, until } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('job page, more of it', { concurrency: 2 }, () => {
  test('a command of `holdfast run` is called by its words, and who looks after it now is said', async () => {
    await using world = await openWorld(browser)
    const script = `until [ -e "$GATES/end" ]; do sleep 0.1; done # ${'word '.repeat(20)}`
    const id = await world.run(['sh', '-c', script])
    const page = await world.visit('/jobs')
    const row = page.getByRole('row').filter({ hasText: `sh -c 'until` })
    await row.getByRole('link').click()
    const heading = page.getByRole('heading', { level: 1 })
    await heading.getByText(/^sh -c 'until .+…$/).waitFor()
    assert.equal(await heading.getAttribute('title'), `sh -c '${script}'`)
    await until(async () => (await page.title()).includes(`sh -c 'until`))
    await page.locator('.command').getByText(`sh -c '${script}'`, { exact: true }).waitFor()
    await page.getByText(/Another runner looks after it since \d\d:\d\d:\d\d; the process went on and no line was lost\./).waitFor()
    await world.open('end')
    await page
      .locator('.big')
      .getByText(/^Succeeded in/)
      .waitFor()
    assert.deepEqual(world.faults, [], `job ${id}`)
  })

  test('an address that is no job number is told as such', async () => {
    await using world = await openWorld(browser)
    const page = await world.visit('/jobs/abc')
    for (const id of ['abc', '0', '1.5', '-1']) {
      await page.goto(`${world.url}/jobs/${id}`)
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    }
    assert.deepEqual(world.faults, [])
  })

  test('on a phone Cancel stands beside the state, and rows that go on sideways fade where they go on', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('seq 1 2000; gate end', { name: 'A rebuild with a name of several words', submittedBy: 'ana' })
    const page = await world.visit(`/jobs/${id}`, { viewport: { width: 320, height: 800 } })
    await lineWith(page, '2000')
    const middleOf = (selector: string) =>
      page.locator(selector).evaluate((element) => element.getBoundingClientRect().top + element.getBoundingClientRect().height / 2)
    assert.ok(Math.abs((await middleOf('.job-title .pill')) - (await middleOf('.btn.danger'))) < 2)
    const tabs = page.getByRole('tablist')
    await until(async () => (await tabs.getAttribute('data-more')) === 'after')
    await page.getByRole('tab', { name: 'Events' }).click()
    await tabs.evaluate((row) => row.scrollTo(row.scrollWidth, 0))
    await until(async () => (await tabs.getAttribute('data-more')) === 'before')
    await page.reload()
    await page.getByRole('tab', { name: 'Events', selected: true }).waitFor()
    await until(() => tabs.evaluate((row) => row.scrollLeft > 0))
    await page.goto(`${world.url}/jobs`)
    await until(async () => (await page.locator('.chips').getAttribute('data-more')) === 'after')
    assert.deepEqual(world.faults, [])
  })
})
