// The dashboard in a real browser, on a real Holdfast with real processes. Every wait is for a condition.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible, assertAccessibleInBothThemes } from './accessible.ts'
import { launchBrowser, lineWith, openWorld, until } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('dashboard', { concurrency: 3 }, () => {
  test('the list shows a job from its submit to its end, without a reload', async () => {
    await using world = await openWorld(browser)
    const page = await world.visit('/jobs')
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor()
    await world.submit(`tell '{"progress":{"done":42,"total":100}}'; gate end; tell '{"result":{"words":412}}'`, {
      name: 'Letter',
      submittedBy: 'ana',
    })
    const row = page.getByRole('row').filter({ hasText: 'Letter' })
    await row.getByText('Running').waitFor()
    await row.getByText('42 of 100').waitFor()
    await page.getByRole('link', { name: 'Running 1' }).waitFor()
    await until(async () => (await page.title()).startsWith('1 running'))
    await world.open('end')
    await row.getByText('Succeeded').waitFor()
    await row.getByText('412 words').waitFor()
    await page.getByRole('link', { name: 'Failed 0' }).click()
    await page.getByText('No jobs match.').waitFor()
    assert.equal(new URL(page.url()).search, '?state=failed')
    assert.deepEqual(world.faults, [])
  })

  test('older jobs are a page away, and newer ones again; many are chosen and cancelled at once', async () => {
    await using world = await openWorld(browser)
    // They need not run to be listed.
    const availableAt = new Date(Date.now() + 3_600_000)
    for (let place = 0; place < 52; place++) await world.submit('true', { availableAt, submittedBy: place % 10 === 0 ? 'ben' : 'ana' })
    const page = await world.visit('/jobs')
    await page.getByText('Newest 50 of 52').waitFor()
    await page.getByRole('link', { name: 'Older' }).click()
    await page.getByText('#2 to #1').waitFor()
    assert.equal(await page.getByRole('row').count(), 3)
    await page.getByRole('link', { name: 'Newer' }).click()
    await page.getByText('Newest 50 of 52').waitFor()
    await page.goBack()
    await page.getByText('#2 to #1').waitFor()
    await chooseAndCancel(page)
    assert.deepEqual(world.faults, [])
  })

  test('a job page follows its log; a refresh in the middle shows the same and goes on; the end is told', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('seq 1 50; gate more; seq 51 100; gate end')
    const page = await world.visit(`/jobs/${id}`)
    await lineWith(page, '50')
    const before_ = await logOf(page)
    await page.reload()
    await lineWith(page, '50')
    assert.deepEqual(await logOf(page), before_)
    await world.open('more')
    await lineWith(page, '100')
    await world.open('end')
    await page.locator('.job-title').getByText('Succeeded').waitFor()
    await page.getByText('exit 0').first().waitFor()
    const lines = await logOf(page)
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      lines.map((_, place) => place + 1),
      'numbered 1..n, no gap, no repeat',
    )
    assert.deepEqual(
      lines.filter(({ text }) => /^\d+$/.test(text)).map(({ text }) => Number(text)),
      Array.from({ length: 100 }, (_, place) => place + 1),
    )
    await until(async () => (await page.title()).startsWith('Succeeded'))
    assert.deepEqual(world.faults, [])
  })

  test('a lost connection is told with its time, and what came meanwhile is caught up', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('echo early; gate late; echo late; gate end')
    const page = await world.visit(`/jobs/${id}`)
    await page.locator('.page-head').getByText('Live', { exact: true }).waitFor()
    const reconnect = await world.disconnect()
    await page
      .locator('.page-head')
      .getByText(/Connection lost, as of \d\d:\d\d:\d\d/)
      .waitFor()
    const elapsed = page.locator('.strip div').filter({ hasText: 'Elapsed' })
    const frozen = await elapsed.textContent()
    await page
      .locator('.page-head')
      .getByText(/Trying again in/)
      .waitFor()
    assert.equal(await elapsed.textContent(), frozen, 'a clock that ticks without news would lie')
    await world.open('late')
    await reconnect()
    await lineWith(page, 'late')
    await page.locator('.page-head').getByText('Live', { exact: true }).waitFor()
    const seqs = (await logOf(page)).map(({ seq }) => seq)
    assert.deepEqual(
      seqs,
      seqs.map((_, place) => place + 1),
    )
  })

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

  test('cancel asks once; Esc keeps the job running', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('echo here; gate never', { name: 'Rebuild' })
    const page = await world.visit(`/jobs/${id}`)
    await lineWith(page, 'here')
    await page.keyboard.press('c')
    const dialog = page.getByRole('dialog', { name: `Cancel Rebuild #${id}?` })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.locator('.job-title').getByText('Running').waitFor()
    const button = page.getByRole('button', { name: /^Cancel…/ })
    await button.click()
    await dialog.getByRole('button', { name: 'Keep running' }).click()
    await until(() => button.evaluate((element) => element === element.ownerDocument.activeElement))
    await button.click()
    await dialog.getByRole('button', { name: 'Cancel job' }).click()
    await page.locator('.job-title').getByText('Cancelled').waitFor()
    await page.locator('.strip').getByText('by dashboard').waitFor()
    assert.deepEqual(world.faults, [])
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

  test('it lives under a prefix as well as at the root', async () => {
    await using world = await openWorld(browser, '/tools/holdfast')
    const id = await world.submit('echo hello', { name: 'Prefixed' })
    const page = await world.visit('/jobs')
    await page.getByRole('link', { name: 'Prefixed' }).click()
    await lineWith(page, 'hello')
    assert.equal(page.url(), `${world.url}/jobs/${id}`)
    await page.reload()
    await lineWith(page, 'hello')
    const theme = () => page.locator('html').getAttribute('data-theme')
    await page.getByRole('button', { name: 'Theme: System. Change' }).click()
    assert.equal(await theme(), 'light')
    await page.reload()
    assert.equal(await theme(), 'light', 'the choice is remembered')
    await page.getByRole('navigation', { name: 'Where' }).getByRole('link', { name: 'Jobs' }).click()
    await page.getByRole('row').filter({ hasText: 'Prefixed' }).waitFor()
    assert.deepEqual(world.faults, [])
  })

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

  test('both pages are free of axe violations in both themes and on a phone', async () => {
    await using world = await openWorld(browser)
    const running = await world.submit(
      `tell '{"phase":{"name":"Embed","index":2,"of":3}}'; tell '{"progress":{"done":1,"total":4}}'; echo out; echo err >&2; gate end`,
    )
    const failed = await world.submit(`printf '\\033[33mwarning\\033[0m \\033[2mdim\\033[0m\\n'; echo 'Error: no' >&2; exit 1`)
    await world.submit('true')
    const page = await world.visit('/jobs')
    await page.getByRole('row').filter({ hasText: 'Failed' }).waitFor()
    await assertAccessibleInBothThemes(page)
    await page.goto(`${world.url}/jobs/${running}`)
    await lineWith(page, 'err')
    await page.getByText('1 of 4').waitFor()
    await assertAccessibleInBothThemes(page)
    const phone = await world.visit(`/jobs/${failed}`, { colorScheme: 'dark', viewport: { width: 390, height: 844 } })
    await phone.locator('.verdict .ln').first().waitFor()
    for (const tab of ['Log', 'Input', 'Attempts', 'Events']) {
      await phone.getByRole('tab', { name: tab }).click()
      await assertAccessible(phone)
    }
  })
})

/** In a list of 52 jobs that wait, every tenth asked for by ben. */
async function chooseAndCancel(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Newer' }).click()
  const bar = page.getByRole('region', { name: 'Chosen jobs' })
  await page.getByRole('checkbox', { name: '#51 ' }).click()
  await page.getByRole('checkbox', { name: '#48 ' }).click({ modifiers: ['Shift'] })
  await bar.getByText('4 selected').waitFor()
  // The focus is at #48.
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await bar.getByText('5 selected').waitFor()
  await page.getByRole('checkbox', { name: '#49 ' }).click()
  await bar.getByText('4 selected').waitFor()
  await bar.getByRole('button', { name: 'Retry 0' }).and(page.locator('[aria-disabled]')).waitFor()
  await assertAccessibleInBothThemes(page)

  await page.getByLabel('Who').selectOption('ben')
  assert.equal(new URL(page.url()).search, '?by=ben')
  await until(async () => (await page.locator('.jobs tbody tr').count()) === 6)
  assert.equal(await bar.count(), 0, 'another filter, nothing chosen')
  await page.getByRole('checkbox', { name: 'All jobs of this page' }).click()
  await bar.getByRole('button', { name: 'Cancel 6…' }).click()
  await page.getByRole('dialog', { name: 'Cancel 6 jobs?' }).getByRole('button', { name: 'Cancel them' }).click()
  await bar.getByText('6 jobs are being cancelled.').waitFor()
  await page.getByRole('link', { name: 'Clear filters' }).click()
  await page.getByRole('link', { name: 'Cancelled 6' }).waitFor()

  await page.getByRole('checkbox', { name: '#50 ' }).click()
  await bar.getByRole('button', { name: 'Select all 52' }).click()
  await bar.getByRole('button', { name: 'Cancel 46…' }).click()
  await page.getByRole('dialog', { name: 'Cancel 46 jobs?' }).getByRole('button', { name: 'Cancel them' }).click()
  await bar.getByText('46 jobs are being cancelled.').waitFor()
  await page.getByRole('link', { name: 'Cancelled 52' }).waitFor()
}

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

  const first = page.locator('.ln').filter({ hasText: '1990' }).locator('.no')
  await first.click()
  const seq = Number(new URL(page.url()).hash.slice(2))
  await page
    .locator('.ln')
    .filter({ hasText: '1992' })
    .locator('.no')
    .click({ modifiers: ['Shift'] })
  assert.equal(new URL(page.url()).hash, `#L${seq}-L${seq + 2}`)
  assert.equal(await page.locator('.ln.picked').count(), 3)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy 3 lines' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), '1990\n1991\n1992\n')
}

function logOf(page: Page): Promise<{ seq: number; text: string }[]> {
  return page
    .locator('.scroller .ln')
    .evaluateAll((lines) => lines.map((line) => ({ seq: Number(line.id.slice(1)), text: line.querySelector('.tx')?.textContent ?? '' })))
}

/** The first line in sight of the log, and where it stands. */
function firstSeen(page: Page): Promise<{ id: string; top: number } | undefined> {
  return page.getByRole('log').evaluate((scroller) => {
    const edge = scroller.getBoundingClientRect().top
    const line = [...scroller.querySelectorAll('.ln')].find((each) => each.getBoundingClientRect().top >= edge)
    return line && { id: line.id, top: Math.round(line.getBoundingClientRect().top - edge) }
  })
}
