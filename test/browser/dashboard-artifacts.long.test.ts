// An artifact in the dashboard, from published to rolled back, live, in both themes and on a phone.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { assertAccessible } from './accessible.ts'
import { launchBrowser, openWorld, until } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('an artifact in the dashboard', { concurrency: 3 }, () => {
  test('I8: an artifact says what is current, what it should be and why it is not, live; a roll back asks once and is told with its reason', async () => {
    await using world = await openWorld(browser)
    for (const settings of ['threshold=0.60;episodes=6', 'threshold=0.50;episodes=6']) await world.settled(await world.build(settings))
    const page = await world.visit('/jobs/2')
    await page.getByRole('link', { name: 'watch-index' }).click()
    const title = page.locator('.job-title')
    await title.getByText('Published').waitFor()
    await world.artifact.want('threshold=0.46;episodes=6', { by: 'ana' })
    await title.getByText('Rebuild required').waitFor()
    const banner = page.getByRole('region', { name: 'The current snapshot was built from other settings' })
    assert.match(await banner.innerText(), /threshold\s+0\.50\s*→\s*0\.46\s+changed by ana at /)
    await page.getByRole('link', { name: 'Artifacts 1 required' }).waitFor()
    await assertAccessible(page)

    const failing = await world.build('threshold=0.46;episodes=6', 'gate fail; echo "Error: no embeddings yet" >&2; exit 1')
    await title.getByText('Building').waitFor()
    await world.open('fail')
    await title.getByText('Build failed').waitFor()
    await page.getByText('Snapshot 2 is unchanged, and readers keep it.').waitFor()
    await page
      .locator('.timeline .nothing')
      .filter({ hasText: /Nothing was published\. “.*no embeddings yet”/ })
      .waitFor()

    const current = page.locator('.timeline .current')
    await page.getByRole('button', { name: 'Roll back to 1…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Roll back watch-index to snapshot 1?' })
    await assertAccessible(page)
    await page.keyboard.press('Escape')
    assert.equal((await world.artifact.current())?.number, 2)
    await page.getByRole('button', { name: 'Roll back to 1…' }).click()
    await until(async () => (await page.evaluate('document.activeElement.textContent')) === 'Keep 2')
    await dialog.getByLabel('Reason, for those who come after').fill('two actors were merged')
    await dialog.getByRole('button', { name: 'Roll back to 1' }).click()
    await current.getByText('Snapshot 1').waitFor()
    await page.getByText('Rolled back from 2 to 1').waitFor()
    await page.getByText('“two actors were merged”').waitFor()
    assert.equal((await world.artifact.current())?.number, 1)
    await page.getByRole('button', { name: 'Roll forward to 2…' }).waitFor()

    const phone = await world.visit('/artifacts', { colorScheme: 'dark', viewport: { width: 390, height: 844 } })
    await phone.getByRole('row').filter({ hasText: 'Build failed' }).waitFor()
    await assertAccessible(phone)
    await phone.getByRole('link', { name: 'watch-index' }).click()
    await phone.getByRole('link', { name: 'See why' }).waitFor()
    await assertAccessible(phone)
    assert.equal(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
    await phone.getByRole('link', { name: 'See why' }).click()
    await until(async () => new URL(phone.url()).pathname === `/jobs/${failing}`)
    await phone.goto(`${world.url}/artifacts/nowhere`)
    await phone.getByText('There is no artifact "nowhere".').waitFor()
    assert.deepEqual(
      world.faults.filter((fault) => !fault.includes('404')),
      [],
    )
  })
})
