// <holdfast-fresh> on a page of an app, in a real browser: what the server draws stays true, and what is the reader's stays his.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, until } from './dashboard-world.ts'
import { assertNoFaults, type ElementsWorld, openElementsWorld, recordEvents } from './elements-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const start = '<holdfast-start kind="rebuild" label="Rebuild" busy-label="Rebuilding…"></holdfast-start>'

/** How many there are, and what a reader may have begun to do. */
function drawer({ holdfast }: ElementsWorld) {
  const draws = { times: 0 }
  const draw = async () => {
    draws.times++
    const { running, succeeded } = await holdfast.count()
    return `${start}<holdfast-fresh id="part"><p>${running} running, ${succeeded} succeeded</p>
<details><summary>More</summary><p>told</p></details>
<form id="letter"><p>drawn with ${succeeded}</p><textarea>Dear ${succeeded}</textarea><button>Save</button></form>
<form id="choice"><p>offered with ${succeeded}</p><select><option>one</option><option>two</option></select></form></holdfast-fresh>`
  }
  return { draws, draw }
}

const shows = (tab: Page, words: string) => tab.locator('#part').getByText(words, { exact: true }).waitFor()

/** What happens elsewhere a page in which nothing runs hears of when it looks. */
const look = (tab: Page) => tab.evaluate<void>("document.querySelector('holdfast-start').refresh()")

describe('<holdfast-fresh>', { concurrency: 3 }, () => {
  test('is drawn anew when a job begins and ends, keeps what the reader has opened and typed, and asks for nothing while nothing is', async () => {
    await using world = await openElementsWorld({ browser })
    const { draws, draw } = drawer(world)
    const tab = await world.visit(draw)
    await shows(tab, '0 running, 0 succeeded')
    const button = tab.getByRole('button', { name: 'Rebuild', exact: true })
    await button.waitFor()
    await until(async () => (await tab.locator('holdfast-start').getAttribute('state')) === 'idle')
    assert.equal(draws.times, 1, 'nothing has happened')
    await tab.getByText('More').click()
    await tab.fill('textarea', 'Dear Ada')
    const refreshed = await recordEvents(tab, 'holdfast-refreshed')
    await button.click()
    await shows(tab, '1 running, 0 succeeded')
    await world.open('rebuild')
    await shows(tab, '0 running, 1 succeeded')
    await shows(tab, 'told')
    assert.equal(await tab.inputValue('textarea'), 'Dear Ada')
    await shows(tab, 'drawn with 0')
    await shows(tab, 'offered with 1')
    assert.deepEqual((await refreshed()).at(-1)?.name, 'holdfast-refreshed')
    await tab.fill('textarea', 'Dear 0')
    const drawnBefore = draws.times
    await look(tab)
    assert.equal(draws.times, drawnBefore, 'the same as before is no news')
    await world.holdfast.submit('rebuild')
    await look(tab)
    await shows(tab, 'drawn with 2')
    assert.equal(await tab.inputValue('textarea'), 'Dear 2')
    assertNoFaults(world)
  })

  test('what ended between the drawing of the page and its first word from the server is news', async () => {
    await using world = await openElementsWorld({ browser })
    const { draws, draw } = drawer(world)
    await world.open('rebuild')
    const tab = await world.visit(async () => {
      const drawn = await draw()
      if (draws.times > 1) return drawn
      const { job } = await world.holdfast.submit('rebuild')
      await world.holdfast.wait(job.id)
      return drawn
    })
    await shows(tab, '0 running, 1 succeeded')
    assertNoFaults(world)
  })

  test('an app that cannot draw it now is asked again, and other kinds are no news', async () => {
    await using world = await openElementsWorld({ browser })
    const { draws, draw } = drawer(world)
    await world.open('fails')
    let isBusy = false
    const tab = await world.visit(async () => {
      const drawn = ((await draw()) ?? '').replace('id="part"', 'id="part" kinds="rebuild"')
      if (!isBusy) return drawn
      isBusy = false
      return null
    })
    await tab.getByRole('button', { name: 'Rebuild', exact: true }).waitFor()
    const { job } = await world.holdfast.submit('fails')
    await world.holdfast.wait(job.id)
    await look(tab)
    isBusy = true
    await tab.getByRole('button', { name: 'Rebuild', exact: true }).click()
    await shows(tab, '1 running, 0 succeeded')
    assert.equal(isBusy, false)
    assert.equal(draws.times, 3)
    await world.open('rebuild')
    await shows(tab, '0 running, 1 succeeded')
    assertNoFaults(world)
  })

  test('a page that leads elsewhere by now, or that refused something, is not made another one under the reader’s hands', async () => {
    await using world = await openElementsWorld({ browser })
    const { draw } = drawer(world)
    await world.open('rebuild')
    const other = '<holdfast-fresh id="part"><p>another page</p></holdfast-fresh>'
    await world.visit(other, { path: '/app/other' })
    let draws = 0
    const tab = await world.visit(async () => {
      draws++
      return draws === 1 ? await draw() : Response.redirect(new URL('/app/other', world.url), 303)
    })
    await tab.getByRole('button', { name: 'Rebuild', exact: true }).click()
    await until(async () => draws > 1 && (await world.holdfast.count()).succeeded === 1)
    await tab.locator('holdfast-start[state=succeeded]').waitFor()

    let asked = 0
    const refused = await world.visit(async () => {
      asked++
      if (asked > 1) return other
      const html = `<script type="module" src="/elements.js"></script>${await draw()}`
      return new Response(html, { status: 409, headers: { 'content-type': 'text/html; charset=utf-8' } })
    })
    await refused.getByRole('button', { name: 'Rebuild', exact: true }).click()
    await until(async () => (await world.holdfast.count()).succeeded === 2)
    await refused.locator('holdfast-start[state=succeeded]').waitFor()
    assert.equal(asked, 1)
    for (const page of [tab, refused]) assert.doesNotMatch(await page.locator('#part').innerText(), /another page/)
    assertNoFaults(world)
  })
})
