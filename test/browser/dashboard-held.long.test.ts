// Job types, queues and schedules in the dashboard: held, let go and set, as others see it too.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { assertAccessible, assertAccessibleInBothThemes } from './accessible.ts'
import { launchBrowser, openWorld, type World } from './dashboard-world.ts'
import { cannotPress, withoutRefusals } from './what-is-told.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('what is held in the dashboard', { concurrency: 2 }, () => {
  test('a job type, a queue and a schedule are held and let go, and others see by whom', async () => {
    await using world = await openWorld(browser)
    await heldAndLetGo(world)
    await queuesAreHeldAndLimited(world)
    await schedulesAreSet(world)
    assert.deepEqual(withoutRefusals(world), [])
  })
})

async function heldAndLetGo(world: World): Promise<void> {
  const page = await world.visit('/job-types/tidy')
  await page.getByText('One at a time: a second start of the same gets the first job. Jobs wait in queue default.').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('region', { name: 'Paused' }).getByText('Paused by dashboard').waitFor()
  await assertAccessible(page)
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.locator('.strip').getByText('this job type is paused by dashboard').waitFor()
  await page.goto(`${world.url}/job-types`)
  const start = page.getByRole('button', { name: 'Start Tidy up' })
  await cannotPress(start, '#1 waits already')
  await page.getByRole('row').filter({ hasText: 'Tidy up' }).getByRole('link', { name: 'Tidy up' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByText('Nothing new was started').waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.locator('.job-title').getByText('Running').waitFor()
}

async function queuesAreHeldAndLimited(world: World): Promise<void> {
  const page = await world.visit('/runners')
  await page.getByText('One runner is alive, looking after one job.').waitFor()
  await assertAccessibleInBothThemes(page)
  await page.getByRole('button', { name: 'Pause queue default' }).click()
  await page.getByText(/^Nothing of it is started, said dashboard/).waitFor()
  await page.getByRole('button', { name: 'Resume queue default' }).click()
  await page.getByRole('button', { name: 'Limit queue default…' }).click()
  await page.getByRole('textbox', { name: 'At a time' }).fill('few')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('“few” is no number.').waitFor()
  await page.getByRole('textbox', { name: 'At a time' }).fill('3')
  await page.keyboard.press('Enter')
  await page.getByText('3 at a time').waitFor()
  await page.getByRole('listitem').filter({ hasText: 'disk' }).getByText('Held by #1').waitFor()
  await world.open('tidy')
  assert.equal(await world.settled(1), 'succeeded')
}

async function schedulesAreSet(world: World): Promise<void> {
  const page = await world.visit('/schedules')
  await page.getByText('Nothing is scheduled.').waitFor()
  await page.getByRole('button', { name: 'Add a schedule…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a schedule' })
  await dialog.getByLabel('Name').fill('nightly')
  await dialog.getByLabel('When').fill('at noon')
  await dialog.getByLabel('Job type').selectOption('tidy')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await dialog.getByText('must be five or six fields, or @daily and the like').waitFor()
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'nightly')
  await assertAccessibleInBothThemes(page)
  await dialog.getByLabel('When').fill('30 2 * * 1-5')
  await dialog.getByText('Monday to Friday at 02:30.').waitFor()
  await dialog.getByLabel('Time zone').fill('Europe/Berlin')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  const entry = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'nightly' }) })
  await entry.getByText('Monday to Friday at 02:30').waitFor()
  await assertAccessibleInBothThemes(page)
  await entry.getByRole('button', { name: 'Switch off: nightly' }).click()
  await entry.getByText(/^Switched off by dashboard/).waitFor()
  await entry.getByRole('button', { name: 'Run now: nightly' }).click()
  await page.getByRole('heading', { name: 'Tidy up' }).waitFor()
  await page.locator('.job-title').getByText('Succeeded').waitFor()
  await page.goto(`${world.url}/schedules`)
  await entry.getByRole('button', { name: 'Remove nightly…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('Nothing is scheduled.').waitFor()
}
