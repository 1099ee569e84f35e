// What happens to page elements while a page lives: they are changed, moved, removed; people sign in and are signed out; jobs go silent, fail and end.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible } from './accessible.ts'
import { launchBrowser, until } from './dashboard-world.ts'
import { assertNoFaults, focused, openElementsWorld, recordEvents } from './elements-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const focus = (tab: Page) => tab.evaluate('dispatchEvent(new Event("focus"))')

describe('page elements, as a page lives', { concurrency: 2 }, () => {
  test('the indicator counts, opens its list and closes it; toasts tell of what ends or goes silent; a look at a silent job; what is required is asked for', async () => {
    await using world = await openElementsWorld({ browser })
    await world.holdfast.artifact('films-index').want('votes 300')
    const tab =
      await world.visit(`<holdfast-indicator noun="task tasks"></holdfast-indicator><holdfast-required kind="rebuild" label="Rebuild"></holdfast-required>
      <holdfast-job kind="silent" check></holdfast-job><holdfast-toasts></holdfast-toasts>`)
    const banner = tab.getByRole('region', { name: 'Rebuild index required' })
    await banner.getByText('It was never built from what is wanted.').waitFor()
    const told = await recordEvents(tab, 'holdfast-active', 'holdfast-toast', 'holdfast-condition')
    await banner.getByRole('button', { name: 'Rebuild' }).click()
    await tab.getByText(/Building films-index since/).waitFor()
    await world.holdfast.submit('silent')
    await focus(tab)
    await tab.getByRole('button', { name: '2 tasks running, 1 stalled' }).click()
    const list = tab.getByRole('dialog', { name: 'Running jobs' })
    await list.getByText('Extract frames').waitFor()
    await list.getByRole('progressbar').waitFor()
    await assertAccessible(tab)
    await tab.keyboard.press('Escape')
    await list.waitFor({ state: 'detached' })
    assert.equal(await focused(tab), '2 tasks running, 1 stalled')
    const toasts = tab.locator('holdfast-toasts')
    await toasts.getByText('Extract frames has gone silent').waitFor()
    await tab.getByRole('button', { name: 'Check now' }).click()
    await tab
      .locator('holdfast-job')
      .getByText(/^Checked [\d:]+: (alive|busy).*silent for/)
      .waitFor()
    await assertAccessible(tab)
    await world.holdfast.submit('fails')
    await world.open('fails')
    await toasts.getByText('Import failed').waitFor()
    await toasts.getByText('No rating file').waitFor()
    await tab.getByRole('button', { name: /1 failed just now|stalled/ }).waitFor()
    await world.open('silent')
    // It has ended, so it is no longer silent.
    await toasts.getByText('Extract frames has finished').waitFor()
    await toasts.getByText('Extract frames has gone silent').waitFor({ state: 'detached' })
    await toasts.locator('.toast').filter({ hasText: 'Import failed' }).getByRole('button', { name: 'Dismiss' }).click()
    await toasts.getByText('Import failed').waitFor({ state: 'detached' })
    await world.open('rebuild')
    await toasts.getByText('Rebuild index has finished').waitFor()
    // Built from what was wanted before, so it is required still.
    await banner.waitFor()
    await until(async () => (await told()).filter(({ detail }) => detail?.about === 'succeeded').length >= 2)
    const abouts = (await told()).filter(({ name }) => name === 'holdfast-toast').map(({ detail }) => detail.about)
    assert.deepEqual(abouts, ['stalled', 'failed', 'succeeded', 'succeeded'])
    await until(async () => (await told()).filter(({ name }) => name === 'holdfast-active').at(-1)?.detail.count === 0)
    assertNoFaults(world)
  })
})
