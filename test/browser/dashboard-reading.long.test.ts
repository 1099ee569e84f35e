// A reader of the dashboard's log: he is not moved, finds his way from a failure into the log, and nothing a job says is more than text.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, lineWith, logOf, openWorld, until } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('reading a log in the dashboard', { concurrency: 3 }, () => {
  test('new lines never move a reader who has scrolled up', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('seq 1 3000; gate more; seq 3001 3120; gate end')
    await world.logged(id, 3_001)
    const page = await world.visit(`/jobs/${id}`)
    await lineWith(page, '3000')
    assert.equal((await logOf(page)).length, 1_000, 'the last thousand lines are there at once')
    const scroller = page.getByRole('log')
    await scroller.hover()
    await page.mouse.wheel(0, -2_000)
    await page.getByRole('button', { name: 'Follow', pressed: false }).waitFor()
    const place = await firstSeen(page)
    await world.open('more')
    await page.getByRole('button', { name: '120 new lines' }).waitFor()
    assert.deepEqual(await firstSeen(page), place)
    await scroller.evaluate((element) => element.scrollTo(0, 600))
    await until(async () => (await page.locator('.scroller .ln').count()) >= 2_000)
    await page.getByRole('button', { name: '120 new lines' }).click()
    await until(() => scroller.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2))
    await page.getByRole('button', { name: 'Follow', pressed: true }).waitFor()
  })

  test('a failure is one line with its evidence, and the way into the log', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit(`seq 1 2000; echo 'Error: rating file not found: ratings.csv' >&2; exit 3`)
    const page = await world.visit(`/jobs/${id}`)
    const verdict = page.getByRole('region', { name: 'Error: rating file not found: ratings.csv' })
    await verdict.waitFor()
    await verdict.locator('.ln.hit').getByText('Error: rating file not found').waitFor()
    await page.getByRole('button', { name: 'Wrap' }).click()
    await page.getByRole('tab', { name: 'Events' }).click()
    await verdict.getByRole('link', { name: 'Open the log here' }).click()
    const picked = page.getByRole('log').locator('.ln.picked.hit')
    await picked.waitFor()
    assert.equal(new URL(page.url()).hash, `#${await picked.getAttribute('id')}`)
    await page.reload()
    await picked.waitFor()
    await until(() =>
      picked.evaluate(
        (line) =>
          line.getBoundingClientRect().top >= 0 && line.getBoundingClientRect().bottom <= line.ownerDocument.defaultView.innerHeight,
      ),
    )
    await page.locator('.facts').getByText('code 3').waitFor()
    await findInLog(page)
    await page.getByRole('tab', { name: 'Attempts' }).click()
    await page.getByRole('cell', { name: 'exit code 3 Error: rating file not found: ratings.csv' }).waitFor()
  })

  test('nothing a job says is taken for markup or script', async () => {
    await using world = await openWorld(browser)
    const evil = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`
    const id = await world.submit(
      `printf '%s\\n' '${evil}'; printf '\\033]8;;javascript:window.hacked=1\\033\\\\link\\033]8;;\\033\\\\ \\033[31mred\\033[0m\\n'; echo 'Error: ${evil}' >&2; exit 1`,
      {
        name: evil,
        note: evil,
        submittedBy: evil,
      },
    )
    const page = await world.visit('/jobs')
    await page.getByRole('link', { name: evil }).click()
    await page.locator('h1').getByText(evil, { exact: true }).waitFor()
    await lineWith(page, evil)
    await lineWith(page, 'link red')
    await page.locator('.verdict h2').getByText(evil).waitFor()
    await page.getByRole('tab', { name: 'Input' }).click()
    await page.getByRole('region', { name: 'Input' }).getByText('onerror').first().waitFor()
    assert.equal(await page.evaluate("'hacked' in window"), false)
    assert.equal(await page.locator('main img, main script, a[href^="javascript"]').count(), 0)
    assert.deepEqual(world.faults, [], `job ${id}`)
  })
})

/** In a log of `seq 1 2000` and an error: far from where one stands, by text, by error, by lines. */
async function findInLog(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Clear' }).click()
  assert.equal(new URL(page.url()).hash, '')
  await page.getByRole('button', { name: 'stdout' }).click()
  await page.keyboard.press('/')
  const field = page.getByLabel('Find in log')
  await field.fill('7')
  await field.press('Enter')
  await page.locator('.found').getByText('542 of 542').waitFor()
  await field.press('Enter')
  await page.locator('.found').getByText('1 of 542').waitFor()
  await page.locator('.ln.found mark').getByText('7', { exact: true }).waitFor()
  await field.blur()
  await page.keyboard.press('n')
  await page.locator('.ln.found .tx').getByText('17', { exact: true }).waitFor()
  await field.focus()
  await field.press('Escape')
  assert.equal(await page.locator('mark').count(), 0)
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await page.getByRole('log').press('Home')
  await until(async () => (await firstSeen(page))?.id === 'L1')
  await page.keyboard.press('e')
  await page.locator('.ln.found .tx').getByText('Error: rating file not found').waitFor()
  await page.keyboard.press('e')
  await page.getByText('No further error.').waitFor()

  // Its text alone: 991 and 990, number and text of another line, make a 1990 as well.
  const numberOf = (text: string) => page.locator('.ln', { has: page.locator('.tx').getByText(text, { exact: true }) }).locator('.no')
  await numberOf('1990').click()
  const seq = Number(new URL(page.url()).hash.slice(2))
  await numberOf('1992').click({ modifiers: ['Shift'] })
  assert.equal(new URL(page.url()).hash, `#L${seq}-L${seq + 2}`)
  assert.equal(await page.locator('.ln.picked').count(), 3)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy 3 lines' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), '1990\n1991\n1992\n')
}

/** The first line in sight of the log, and where it stands. */
function firstSeen(page: Page): Promise<{ id: string; top: number } | undefined> {
  return page.getByRole('log').evaluate((scroller) => {
    const edge = scroller.getBoundingClientRect().top
    const line = [...scroller.querySelectorAll('.ln')].find((each) => each.getBoundingClientRect().top >= edge)
    return line && { id: line.id, top: Math.round(line.getBoundingClientRect().top - edge) }
  })
}
