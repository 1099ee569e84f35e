// The page elements on a page of an app, in a real browser, on a real Holdfast with real processes. Every wait is for a condition.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser, until } from './dashboard-world.ts'
import { assertNoFaults, focused, openElementsWorld, recordEvents } from './elements-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const start = '<holdfast-start kind="rebuild" label="Rebuild" busy-label="Rebuilding…"></holdfast-start>'
const card = '<holdfast-job kind="rebuild"></holdfast-job>'

describe('page elements', { concurrency: 3 }, () => {
  test('fifty double clicks start one job; the page tells of it, a refresh finds it again, its end is told', async () => {
    await using world = await openElementsWorld({ browser })
    const context = await world.context()
    const tab = await world.visit(start + card, { context })
    const other = await world.visit(start, { context })
    const button = tab.getByRole('button', { name: 'Rebuild', exact: true })
    await button.waitFor()
    const told = await recordEvents(tab, 'holdfast-start', 'holdfast-started', 'holdfast-denied', 'holdfast-state', 'holdfast-settled')
    const element = tab.locator('holdfast-start button')
    for (let click = 0; click < 50; click++) await element.dblclick({ force: true })
    await tab.getByText('Rebuilding…').waitFor()
    assert.equal((await world.holdfast.list()).jobs.length, 1)
    await tab.getByText(/Running since .*View/).waitFor()
    assert.equal(await tab.locator('holdfast-start').getAttribute('state'), 'active')
    assert.equal((await told()).filter(({ name }) => name === 'holdfast-start').length, 1)
    const started = (await told()).filter(({ name }) => name === 'holdfast-started')
    assert.deepEqual(
      started.map(({ detail }) => detail.created),
      [true],
    )
    // The other tab was told, too.
    await other.getByText('Rebuilding…').waitFor()
    await tab.reload()
    await tab.getByText('Embed').waitFor()
    await tab.getByText('42 of 100 films').waitFor()
    assert.match(
      (await tab.getByRole('progressbar').getAttribute('aria-valuetext')) ?? '',
      /Phase 2 of 5, Embed, 42 of 100 films, 42 percent/,
    )
    const later = await recordEvents(tab, 'holdfast-state', 'holdfast-settled', 'holdfast-condition')
    await world.open('rebuild')
    await tab.locator('holdfast-job').getByText('Succeeded', { exact: true }).waitFor()
    await button.waitFor()
    await until(async () => (await later()).some(({ name }) => name === 'holdfast-settled'))
    const events = await later()
    assert.deepEqual(events.find(({ name }) => name === 'holdfast-settled')?.detail.result, { films: 100 })
    assert.deepEqual(
      events.filter(({ name }) => name === 'holdfast-condition').map(({ detail }) => detail),
      [{ from: 'active', to: 'succeeded' }],
    )
    // One that begins and ends while the page asks for nothing is told of when the page is looked at again.
    const { job } = await world.holdfast.submit('rebuild')
    await world.holdfast.wait(job.id)
    await tab.evaluate(`window.dispatchEvent(new Event('focus'))`)
    await until(async () =>
      (await later()).some(({ name, detail }) => name === 'holdfast-settled' && (detail.job as { id: number }).id === job.id),
    )
    assertNoFaults(world)
  })

  test('a form gives the input, by the schema; what the server refuses is said under the button', async () => {
    await using world = await openElementsWorld({ browser })
    const tab = await world.visit(`<form id="letter">
      <label>Company <input name="company" value="Tidewright"></label> <label>Pages <input name="pages" type="text" value="9"></label>
      <label>Tone <select name="tone"><option>plain<option selected>warm</select></label>
      <label><input type="checkbox" name="urgent" checked> Urgent</label>
      <label><input type="checkbox" name="topics" value="sea" checked> Sea</label> <label><input type="checkbox" name="topics" value="land"> Land</label>
      <label>Mail <input name="contact.mail" type="email"></label> <label>Note <input name="note" required value="soon"></label></form>
      <holdfast-start kind="letter" form="letter" label="Draft"></holdfast-start>`)
    const told = await recordEvents(tab, 'holdfast-denied')
    const button = tab.getByRole('button', { name: 'Draft', exact: true })
    await button.click()
    await tab
      .getByText(/pages: Too big/)
      .first()
      .waitFor()
    await until(async () => (await told()).length === 1)
    assert.equal((await world.holdfast.list()).jobs.length, 0)
    await tab.getByLabel('Note').fill('')
    await button.click()
    assert.equal(await focused(tab), 'note', 'the browser says what is missing, and nothing is sent')
    await tab.getByLabel('Note').fill('soon')
    await tab.getByLabel('Pages').fill('0x2')
    await button.click()
    await tab
      .locator('holdfast-start')
      .getByText(/pages: Invalid input/)
      .first()
      .waitFor()
    await tab.getByLabel('Pages').fill(' 2 ')
    await button.click()
    await until(async () => (await world.holdfast.list()).jobs.length === 1)
    const [job] = (await world.holdfast.list()).jobs
    assert.deepEqual((await world.holdfast.get(job?.id ?? 0))?.input, {
      company: 'Tidewright',
      pages: 2,
      tone: 'warm',
      urgent: true,
      topics: ['sea'],
      contact: {},
      note: 'soon',
    })
    assertNoFaults(world)
  })
})
