// The page elements as a page changes around them, and who may not press.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible } from './accessible.ts'
import { launchBrowser } from './dashboard-world.ts'
import { assertNoFaults, openElementsWorld, recordEvents } from './elements-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const focus = (tab: Page) => tab.evaluate('dispatchEvent(new Event("focus"))')

describe('page elements, as a page changes', { concurrency: 2 }, () => {
  test('who is signed out, a viewer, signed out in the middle reads it where he wanted to press; what was known stays', async () => {
    await using world = await openElementsWorld({ browser, signIn: true })
    const password = 'correct horse battery'
    await world.holdfast.access.addUser({ name: 'ana', password, role: 'admin' })
    await world.holdfast.access.addUser({ name: 'vic', password, role: 'viewer' })
    await world.holdfast.submit('rebuild')
    const body =
      '<holdfast-start kind="letter"></holdfast-start><holdfast-job kind="rebuild"></holdfast-job><holdfast-indicator></holdfast-indicator>'
    const tab = await world.visit(body)
    await tab.locator('holdfast-start').getByText('You are not signed in.').waitFor()
    assert.equal(await tab.locator('holdfast-job').getByRole('link', { name: 'Sign in' }).getAttribute('href'), `${world.url}sign-in`)
    await tab.locator('holdfast-indicator').getByRole('link', { name: 'Sign in' }).waitFor()
    assert.equal((await tab.request.post(`${world.url}api/v1/session`, { data: { name: 'vic', password } })).status(), 200)
    await focus(tab)
    await tab.locator('holdfast-start').getByText('You are a viewer. Operators can start this.').waitFor()
    assert.equal(await tab.locator('holdfast-start').getAttribute('state'), 'forbidden')
    const told = await recordEvents(tab, 'holdfast-denied', 'holdfast-start')
    await tab.getByRole('button', { name: 'Cover letter' }).click({ force: true })
    await tab.getByRole('button', { name: 'Cancel…' }).click({ force: true })
    assert.deepEqual(
      (await told()).map(({ name, detail }) => `${name}: ${detail.reason}`),
      [
        'holdfast-denied: You are a viewer. Operators can start this.',
        'holdfast-denied: You are a viewer. Operators can cancel and start jobs.',
      ],
    )
    await tab.getByText('42 of 100 films').waitFor()
    await world.holdfast.access.changeUser('vic', { password: 'another horse battery' })
    const comeBack = await world.disconnect()
    await comeBack()
    await tab.locator('holdfast-job').getByText('Your session ended.').waitFor()
    assert.ok(await tab.getByText('42 of 100 films').isVisible())
    await assertAccessible(tab)
    assertNoFaults(world)
  })

  test('attributes change, elements are moved, removed and put back, and there may be several; what is not there is said', async () => {
    await using world = await openElementsWorld({ browser })
    const tab = await world.visit(`<div id="one"><holdfast-start kind="nothing"></holdfast-start></div><div id="two"></div>
      <holdfast-job job="77"></holdfast-job><holdfast-job kind="rebuild"></holdfast-job><holdfast-log kind="rebuild" lines="2"></holdfast-log>`)
    const start = tab.locator('holdfast-start')
    await start.getByText('No job type “nothing” here.').waitFor()
    await tab.getByText('Job #77 is not there').waitFor()
    // One that names what cannot be spoils nothing for the others.
    await tab.evaluate(`{
      const wrong = [['job', { job: 'abc' }], ['job', { job: '-5' }], ['kind', { kind: 'x/%zz' }], ['start', {}], ['start', { kind: 'rebuild', api: 'javascript:1' }]]
      for (const [name, own] of wrong) document.querySelector('main').append(Object.assign(document.createElement('holdfast-' + name), { ...own, id: 'wrong' }))
    }`)
    for (const words of [
      '“abc” is no number of a job.',
      '“-5” is no number',
      'no job type “x/%zz”',
      '`kind` is missing',
      '`api` is no address.',
    ])
      await tab.getByText(words).first().waitFor()
    await tab.evaluate("document.querySelectorAll('#wrong').forEach((each) => each.remove())")
    await tab.getByText('No job of this type so far.').first().waitFor()
    await tab.evaluate(
      "Object.assign(document.querySelector('holdfast-start'), { kind: 'rebuild', label: 'Go', reason: 'Not on Sundays' })",
    )
    await start.getByText('Not on Sundays').waitFor()
    assert.equal(await start.getAttribute('state'), 'blocked')
    await tab.evaluate("document.querySelector('holdfast-start').reason = null")
    await tab.getByRole('button', { name: 'Go' }).click()
    await start.getByText('Running…').waitFor()
    await tab.locator('holdfast-log').getByText('42 films').waitFor()
    await tab.evaluate("two.append(document.querySelector('holdfast-start'))")
    await tab.locator('#two').getByText('Running…').waitFor()
    await tab.evaluate("document.querySelector('holdfast-job').job = '#1'")
    assert.equal(await tab.getByText('42 of 100 films').count(), 2)
    // All of them gone: nobody listens, so nothing is asked.
    await tab.evaluate(
      "window.all = [...document.querySelectorAll('holdfast-start, holdfast-job, holdfast-log')]; all.forEach((each) => each.remove())",
    )
    await tab.waitForLoadState('networkidle')
    const before_ = world.requests.length
    await world.open('rebuild')
    await world.holdfast.wait(1)
    assert.deepEqual(world.requests.slice(before_), [])
    await tab.evaluate("document.querySelector('main').append(...all)")
    await tab.locator('holdfast-job').getByText('Succeeded', { exact: true }).first().waitFor()
    await tab.getByRole('button', { name: 'Go' }).waitFor()
    // As HTML that comes later, and with properties set before.
    await tab.evaluate(
      "const late = document.createElement('holdfast-kind'); late.kind = 'letter'; late.show = 'condition'; document.querySelector('main').append(late)",
    )
    await tab.locator('holdfast-kind').getByText('Cover letter').waitFor()
    assertNoFaults(world)
  })
})
