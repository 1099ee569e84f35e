// The page elements: by the keyboard alone, under prefixes, and with a server that goes away.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser } from './dashboard-world.ts'
import { assertNoFaults, focused, openElementsWorld, tabTo } from './elements-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const start = '<holdfast-start kind="rebuild" label="Rebuild" busy-label="Rebuilding…"></holdfast-start>'
const card = '<holdfast-job kind="rebuild"></holdfast-job>'

describe('page elements, more of it', { concurrency: 3 }, () => {
  test('by the keyboard alone: start, ask to cancel, Esc keeps it running, then cancel; the focus is where it was', async () => {
    await using world = await openElementsWorld({ browser })
    const tab = await world.visit(start + card)
    await tab.getByRole('button', { name: 'Rebuild', exact: true }).waitFor()
    await tab.keyboard.press('Tab')
    await tab.keyboard.press('Enter')
    await tab.getByText('Rebuilding…').waitFor()
    // It is the same button that has another label, and still has the focus.
    assert.equal(await focused(tab), 'Rebuilding…')
    const cancel = tab.getByRole('button', { name: 'Cancel…' })
    await cancel.waitFor()
    await tabTo(tab, 'Cancel…')
    await tab.keyboard.press('Enter')
    const dialog = tab.getByRole('dialog', { name: /Cancel Rebuild index #\d+\?/ })
    await dialog.waitFor()
    assert.equal(await focused(tab), 'Keep running')
    await tab.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await focused(tab), 'Cancel…')
    assert.equal((await world.holdfast.list()).jobs[0]?.state, 'running')
    await tab.keyboard.press('Enter')
    await dialog.waitFor()
    await tab.keyboard.press('Tab')
    assert.equal(await focused(tab), 'Cancel job')
    await tab.keyboard.press('Enter')
    await tab.locator('holdfast-job').getByText('Cancelled', { exact: true }).waitFor()
    assertNoFaults(world)
  })

  test('a server that goes away is told, with what was last known; when it is back the page goes on by itself', async () => {
    await using world = await openElementsWorld({ browser })
    await world.holdfast.submit('rebuild')
    const tab = await world.visit(`${start}${card}<holdfast-indicator></holdfast-indicator>`)
    await tab.getByText('42 of 100 films').waitFor()
    const comeBack = await world.disconnect()
    await tab.locator('holdfast-job').getByText('Not connected').waitFor()
    await tab.getByText(/As of .* The job goes on without this page/).waitFor()
    await tab
      .locator('holdfast-start')
      .getByText(/No connection since .*/)
      .waitFor()
    assert.equal(await tab.getByText('42 of 100 films').isVisible(), true)
    assert.equal(await tab.locator('holdfast-start').getAttribute('state'), 'offline')
    await world.open('rebuild')
    await comeBack()
    await tab.locator('holdfast-job').getByText('Succeeded', { exact: true }).waitFor()
    assertNoFaults(world)
  })

  for (const [words, isStripped] of [
    ['kept', false],
    ['taken off', true],
  ] as const) {
    test(`under a prefix of ninety characters that is ${words} all is found, from the script's own address`, async () => {
      const basePath = `/${'a-long-prefix/'.repeat(7).slice(0, 88)}x`
      await using world = await openElementsWorld({ browser, basePath, isStripped })
      const tab = await world.visit(`${start}${card}<holdfast-log kind="rebuild" lines="3"></holdfast-log>`)
      await tab.getByRole('button', { name: 'Rebuild', exact: true }).click()
      await tab.locator('holdfast-log').getByText('42 films').waitFor()
      const href = await tab.getByRole('link', { name: 'View' }).getAttribute('href')
      assert.match(href ?? '', new RegExp(`${basePath}/jobs/1$`))
      assert.equal((await tab.request.get(href ?? '')).status(), 200)
      assertNoFaults(world)
    })
  }

  test('where nothing is active a page asks for nothing, and where something was, soon no more', async () => {
    await using world = await openElementsWorld({ browser })
    const context = await world.context()
    await context.clock.install()
    const tab = await world.visit(
      `${start}${card}<holdfast-indicator></holdfast-indicator><holdfast-toasts></holdfast-toasts>
      <holdfast-required kind="rebuild"></holdfast-required><holdfast-kind kind="letter"></holdfast-kind>`,
      { context },
    )
    await tab.getByRole('button', { name: 'Rebuild', exact: true }).waitFor()
    await tab.locator('holdfast-kind').getByText('Never run').waitFor()
    await tab.waitForLoadState('networkidle')
    const before_ = world.requests.length
    await context.clock.runFor(60_000)
    assert.deepEqual(world.requests.slice(before_), [])
    // Another page starts one without a word to this one; whoever comes back to it sees it.
    await world.holdfast.submit('rebuild')
    await tab.evaluate('dispatchEvent(new Event("focus"))')
    await tab.getByText('Rebuilding…').waitFor()
    await world.open('rebuild')
    await tab.locator('holdfast-job').getByText('Succeeded', { exact: true }).waitFor()
    await tab.waitForLoadState('networkidle')
    // What the toast calls the job by was asked for, once.
    await tab.getByText('Rebuild index has finished').waitFor()
    await tab.waitForLoadState('networkidle')
    const after_ = world.requests.length
    await context.clock.runFor(60_000)
    assert.deepEqual(world.requests.slice(after_), [])
    assertNoFaults(world)
  })
})
