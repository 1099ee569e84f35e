// The dashboard as a viewer and as an operator sees it, and by keys alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible } from './accessible.ts'
import { launchBrowser, openWorld, type World } from './dashboard-world.ts'
import { cannotPress, withoutRefusals } from './what-is-told.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

test('who only looks sees every button, cannot press it and is told who could; keys lead everywhere', async () => {
  await using world = await openWorld(browser)
  await world.settled(await world.build('threshold=0.50'))
  await world.settled(await world.build('threshold=0.46'))
  await world.settled(await world.submit('exit 3', { name: 'Letter' }))
  await world.holdfast.schedules.put({ name: 'nightly', kind: 'tidy', cron: '0 3 * * *' })
  await world.holdfast.submit('tidy')
  world.lookAs('viewer')
  const page = await world.visit('/')
  for (const [path, button, reason] of [
    ['/', 'Retry Letter #3', 'You are a viewer here: an operator can act on these.'],
    ['/', 'Cancel Tidy up #4…', 'You are a viewer here: an operator can cancel jobs.'],
    ['/jobs/4', 'Cancel… c', 'You are a viewer here: an operator can cancel jobs.'],
    ['/jobs/3', 'Retry', 'You are a viewer here: an operator can start it again.'],
    ['/job-types/tidy', 'Start', 'You are a viewer here: an operator can start jobs.'],
    ['/job-types/tidy', 'Pause', 'You are a viewer here: an operator can pause it.'],
    ['/artifacts/watch-index', 'Roll back to 1…', 'You are a viewer here: an operator can roll back.'],
    ['/schedules', 'Run now: nightly', 'You are a viewer here: an operator can start their jobs and switch them.'],
    ['/schedules', 'Add a schedule…', 'You are a viewer here: an admin can add, change and remove them.'],
    ['/runners', 'Pause queue default', 'You are a viewer here: an operator can pause queues.'],
    ['/settings', 'Tell somebody', 'You are a viewer here: an admin can say who is told.'],
  ] as const) {
    if (new URL(page.url()).pathname !== path) await page.goto(world.url + path)
    await cannotPress(page.getByRole('button', { name: button, exact: true }), reason)
    // With its reasons; every page without them is looked at where it is walked through.
    if (path === '/' || path === '/runners' || path === '/settings') await assertAccessible(page)
  }
  assert.equal((await world.holdfast.get(4))?.state, 'running')
  world.lookAs('operator')
  await page.goto(`${world.url}/schedules`)
  await cannotPress(
    page.getByRole('button', { name: 'Remove nightly…' }),
    'You are an operator here: an admin can add, change and remove them.',
  )
  await keysLeadEverywhere(page, world)
  assert.deepEqual(withoutRefusals(world), [])
})

async function keysLeadEverywhere(page: Page, world: World): Promise<void> {
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keys' })
  await help.getByText('Go to Job types').waitFor()
  await assertAccessible(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.getByRole('row').filter({ hasText: 'Tidy up' }).waitFor()
  const at = () => page.evaluate('document.activeElement.textContent')
  for (const _ of 'four') await page.keyboard.press('j')
  assert.equal(await at(), 'Tidy up')
  await page.keyboard.press('k')
  assert.equal(await at(), 'Yearly report')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Start one' }).waitFor()
  await page.keyboard.press('s')
  assert.equal(
    await page.evaluate('document.activeElement.textContent.includes("Fields") || document.activeElement.closest("form") !== null'),
    true,
  )
  await page.getByLabel('heading').fill('')
  await page.getByLabel('heading').press('g')
  await page.keyboard.press('j')
  assert.equal(await page.getByLabel('heading').inputValue(), 'gj', 'never inside a field')
  await page.locator('h1').click()
  await page.keyboard.press('?')
  await help.getByText('Start one').waitFor()
  await help.getByLabel('Single keys work here').uncheck()
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await page.keyboard.press('?')
  assert.equal(await help.count(), 0, 'switched off')
  assert.equal(page.url(), `${world.url}/job-types/report`)
}
