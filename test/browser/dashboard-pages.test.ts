// The dashboard's pages beside jobs and artifacts, as people use them: starting by a form, pausing, schedules, runners, the first page.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { assertAccessible, assertAccessibleInBothThemes } from './accessible.ts'
import { launchBrowser, openWorld, until } from './dashboard-world.ts'
import { withoutRefusals } from './what-is-told.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const phone = { viewport: { width: 390, height: 844 } }

describe('dashboard pages', { concurrency: 2 }, () => {
  test('a job is started by a form from its schema: what is refused is told at its field, nothing typed is lost, and it runs again with other input', async () => {
    await using world = await openWorld(browser, '/tools/holdfast')
    const page = await world.visit('/job-types')
    await page.getByRole('row').filter({ hasText: 'Yearly report' }).getByText('Never run').waitFor()
    await assertAccessibleInBothThemes(page)
    await page.getByRole('link', { name: 'Start Yearly report…' }).click()
    await page.getByText('Counts what was seen in a year.').waitFor()
    assert.equal(await page.getByLabel('mode').inputValue(), '0', 'the default is chosen')
    await page.getByLabel('rows').fill('many')
    await page.getByLabel('heading').fill('x')
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await fieldOf(page, 'rows').getByText('must be a number').waitFor()
    await page.getByLabel('rows').fill('0')
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('alert').getByText('2 values were refused. Nothing was started.').waitFor()
    await fieldOf(page, 'rows').getByText('Too small').waitFor()
    await fieldOf(page, 'heading').getByText('Too small').waitFor()
    assert.equal(await page.getByLabel('rows').getAttribute('aria-invalid'), 'true')
    await until(() => page.getByLabel('rows').evaluate((field) => field === field.ownerDocument.activeElement))
    assert.equal(await page.getByLabel('heading').inputValue(), 'x')
    await assertAccessibleInBothThemes(page)
    await fillReport(page)
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('heading', { name: 'Yearly report' }).waitFor()
    await page.locator('.job-title').getByText('Succeeded').waitFor()
    assert.deepEqual((await world.holdfast.get(1))?.input, {
      mode: 'data',
      rows: 12,
      heading: 'All of it',
      tags: ['noir'],
      model: { layers: 3 },
      dryRun: true,
      weights: { a: 1 },
    })

    await page.getByRole('link', { name: 'Run again with other input…' }).click()
    await page.getByRole('heading', { name: 'Start one like #1' }).waitFor()
    assert.equal(await page.getByLabel('heading').inputValue(), 'All of it')
    assert.equal(await page.getByRole('textbox', { name: 'tags 1' }).inputValue(), 'noir')
    await page.getByRole('button', { name: 'Remove tags 1' }).click()
    await page.getByText('More', { exact: true }).click()
    await page.getByLabel('Name', { exact: false }).fill('The second')
    await page.getByLabel('Priority').fill('soon')
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByText('must be a whole number', { exact: true }).waitFor()
    await page.getByRole('alert').getByText('One value was refused. Nothing was started.').waitFor()
    await page.getByLabel('Priority').fill('5')
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('heading', { name: 'The second' }).waitFor()
    const second = await world.holdfast.get(2)
    assert.deepEqual([second?.name, second?.priority, JSON.stringify(second?.input).includes('"tags":[]')], ['The second', 5, true])
    assert.deepEqual(withoutRefusals(world), [])
  })

  test('the first page says what needs somebody, what runs and what waits; a failure leaves when it is made good or dismissed', async () => {
    await using world = await openWorld(browser, '/tools/holdfast', 2_000)
    const page = await world.visit('/')
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor()
    await world.settled(await world.build('threshold=0.50'))
    await world.artifact.want('threshold=0.46', { by: 'ana' })
    await page.getByText('Nothing is running. The one that finished today succeeded.').waitFor()
    const failing = { name: 'Letter' }
    await world.settled(await world.submit('echo "Error: no such film" >&2; exit 1', { name: 'Frames' }))
    await world.settled(await world.submit('[ -e "$GATES/there" ] || { echo "Error: not there yet" >&2; exit 1; }', failing))
    await world.submit('echo up; sleep 1000', { name: 'Silent' })
    await world.holdfast.submit('tidy', undefined, { submittedBy: 'ana' })
    await world.submit(
      `tell '{"progress":{"done":42,"total":100,"unit":"films"}}'; while ! [ -e "$GATES/end" ]; do echo beat; sleep 0.2; done`,
      {
        name: 'Busy',
      },
    )
    const needs = page.getByRole('region', { name: /^Needs attention/ })
    await needs
      .getByRole('listitem')
      .filter({ hasText: 'Stalled' })
      .getByText(/^No sign of life for .+\(limit 2\s.+The process is alive/)
      .waitFor()
    await page.getByText(/Two jobs are running, one has gone silent. Of 3 that finished today, two failed\./).waitFor()
    const order = await needs.locator('.word').allTextContents()
    assert.deepEqual(order, ['Stalled', 'Failed', 'Failed', 'Rebuild required'])
    await page.getByRole('link', { name: '3 running, 1 stalled' }).first().waitFor()
    const card = page
      .getByRole('region', { name: /^Running now/ })
      .getByRole('listitem')
      .filter({ hasText: 'Busy' })
    await card.getByText('42 of 100 films').waitFor()
    await until(async () => (await page.title()).startsWith('(4) Overview'))
    await assertAccessibleInBothThemes(page)

    await world.open('there')
    await world.settled(await world.submit('[ -e "$GATES/there" ] || { echo "Error: not there yet" >&2; exit 1; }', failing))
    await needs.getByText('not there yet').waitFor({ state: 'detached' })
    await needs.getByRole('button', { name: 'Dismiss Frames #2' }).click()
    await needs.getByText('no such film').waitFor({ state: 'detached' })
    await page.reload()
    await needs.getByRole('button', { name: 'Keep waiting Silent #4' }).waitFor()
    assert.equal(await needs.getByText('Failed').count(), 0, 'dismissed in this browser')
    await needs.getByRole('button', { name: 'Keep waiting Silent #4' }).click()
    await needs.getByText('Stalled').waitFor({ state: 'detached' })

    const small = await world.visit('/', { ...phone, colorScheme: 'dark' })
    await small
      .getByRole('region', { name: /^Running now/ })
      .getByText('Busy')
      .waitFor()
    await assertAccessible(small)
    assert.equal(await small.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
    await small.getByRole('button', { name: 'Menu' }).click()
    await assertAccessible(small)
    await small.getByRole('link', { name: 'Runners' }).click()
    await small.getByRole('heading', { name: 'Lock keys 1' }).waitFor()
    await small.getByRole('link', { name: 'Runners' }).waitFor({ state: 'detached' })
    await card.getByRole('button', { name: 'Cancel Busy #6…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click()
    await card.waitFor({ state: 'detached' })
    assert.deepEqual(withoutRefusals(world), [])
  })
})

async function fillReport(page: Page): Promise<void> {
  await page.getByLabel('mode').selectOption('data')
  await page.getByLabel('rows').fill('12')
  await page.getByLabel('heading').fill('All of it')
  await page.getByRole('button', { name: 'Add one' }).click()
  await page.keyboard.type('noir')
  await page.getByLabel('layers').fill('3')
  await page.getByLabel('dryRun').check()
  await page.getByLabel('weights').fill('{"a": ')
  await page.getByRole('button', { name: 'JSON' }).click()
  const whole = page.getByLabel('Input', { exact: true })
  assert.match(await whole.inputValue(), /"weights": "\{\\"a\\": "/, 'what is no value yet is kept as it was typed')
  await whole.fill((await whole.inputValue()).replace('"{\\"a\\": "', '{"a": 1}'))
  await page.getByRole('button', { name: 'Fields' }).click()
  assert.equal(await page.getByRole('textbox', { name: 'tags 1' }).inputValue(), 'noir')
}

function fieldOf(page: Page, name: string): Locator {
  return page.locator('.field').filter({ has: page.getByLabel(name) })
}
