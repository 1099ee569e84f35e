// The rows of S1 in the acceptance list, one after the other on one data folder: the app as a process, terminals beside it, a browser before it, real kills.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import type { RebuildState } from '../state.ts'
import { childrenOf, openWorld, rebuildersOf, treeOf, type World, wakesOf } from './world.ts'

type Web = Awaited<ReturnType<World['serve']>>

const settings = { results: '12', variety: '35', minVotes: '30000', neighbours: '20' }

describe('S1', { timeout: 600_000 }, () => {
  let world: World
  let web: Web
  let page: Page
  /** All that the pages said in any state. */
  const said: string[] = []
  const card = async () => {
    const text = await page.locator('#rebuild').innerText()
    said.push(await page.locator('body').innerText())
    return text
  }
  const shows = (text: string | RegExp, where = '#rebuild') => page.locator(where).getByText(text).first().waitFor()
  const save = async (change: Record<string, string>) => {
    await page.goto(`${web.url}/settings`)
    for (const [name, value] of Object.entries(change)) await page.fill(`#${name}`, value)
    await page.getByRole('button', { name: 'Save settings' }).click()
    await page.waitForLoadState()
  }
  const trees = () => ['watch-index', 'taste-profile'].map((artifact) => treeOf(world.data, artifact))
  const films = async () => [...(await (await web.get('/')).text()).matchAll(/class="ti[^>]*>([^<]+)/g)].map(([, title]) => title)

  before(async () => {
    world = await openWorld()
  })
  after(async () => await world.close())

  test('S1.1 S1.9 a terminal sets up and rebuilds with no web server; profile keeps the index to the byte; the web app finds what is there', async () => {
    const first = await world.terminal(['setup'])
    assert.match(first.printed, /^Rebuild 1: profile and data\.\n[\s\S]*succeeded, index 1 is in use, \d+ films/)
    const index = treeOf(world.data, 'watch-index')
    const second = await world.terminal(['setup', '--refresh-profile'])
    assert.match(second.printed, /^Rebuild 2: profile only\.\n[\s\S]*succeeded, index 2 is in use/)
    const kept = treeOf(world.data, 'watch-index')
    assert.deepEqual(kept.files, index.files)
    assert.notEqual(kept.root, index.root)
    assert.deepEqual([first.code, second.code], [0, 0])

    web = await world.serve()
    page = await world.visit(web.url)
    assert.equal(await page.locator('.posters h2').count(), 12)
    assert.match(web.printed(), /Index 2 is in use, \d+ films\. Nothing to rebuild\.\n$/)
    assert.equal((await web.state()).rebuild?.id, 2)
  })

  test('S1.2 runtime settings apply at once, others make a rebuild required, and saving starts none', async () => {
    await save({ results: '8' })
    assert.match(await card(), /Succeeded[\s\S]*Index 2 is in use/)
    assert.equal((await films()).length, 8)
    await save({ results: '12', minVotes: '30000', neighbours: '20' })
    await shows('Saved as settings 3; nothing was started', 'main')
    assert.match(await card(), /Rebuild required[\s\S]*Settings 3 are not in the index yet[\s\S]*minimum votes 200 → 30,000/)
    assert.equal((await web.state()).rebuild?.id, 2)
    assert.equal((await web.post('/settings', { ...settings, minVotes: '-4', neighbours: '' })).status, 422)
    assert.equal((await web.state()).settings, 3)
  })

  test('S1.3 fifty requests and a terminal at once: one rebuild, one process, not the web process', async () => {
    world.closeGate()
    const answers = await Promise.all(Array.from({ length: 50 }, () => web.post('/rebuild', { mode: 'data' })))
    assert.equal(answers.filter(({ status }) => status === 201).length, 1)
    assert.deepEqual(
      new Set(await Promise.all(answers.map(async (answer) => ((await answer.json()) as { rebuild: number }).rebuild))),
      new Set([3]),
    )
    const { rebuild } = await web.until('its process', ({ rebuild }) => rebuild?.pid && rebuild.progress?.phase)
    assert.notEqual(rebuild?.pid, web.pid)
    assert.equal(new Set(rebuildersOf(world.data).map(({ folder }) => folder)).size, 1)
    const terminal = world.command(['setup', '--refresh-profile'])
    await web.until('the terminal', () =>
      /Rebuild 3 \(profile and data\) is running already, asked for at \d\d:\d\d by the settings page; following it/.test(
        terminal.printed(),
      ),
    )
    terminal.child.kill('SIGINT')
    await terminal.ended
    assert.equal((await web.state()).condition, 'rebuilding', 'Ctrl+C ends the command only')
  })

  test('S1.5 S1.7 while it runs the old films are shown, and settings saved meanwhile will require another rebuild', async () => {
    const before = await films()
    await save({ neighbours: '30' })
    assert.match(await card(), /Rebuilding[\s\S]*Another rebuild will be required when this one finishes/)
    assert.deepEqual(await films(), before)
    assert.equal((await web.state()).index, 2)
  })

  test('S1.4 the state survives refresh, navigation and kill -9 of the web process', async () => {
    const lasting = ({ condition, another, index, settings, rebuild }: RebuildState) => {
      const { status, mode, pid, askedAt, startedAt, finishedAt, exitCode, logPath, failure, settings: requested } = rebuild!
      return {
        condition,
        another,
        index,
        settings,
        requested,
        status,
        mode,
        pid,
        askedAt,
        startedAt,
        finishedAt,
        exitCode,
        logPath,
        failure,
      }
    }
    const before = lasting(await web.state())
    assert.deepEqual(
      { ...before, pid: 0, askedAt: 0, startedAt: 0, logPath: '' },
      {
        ...{ condition: 'rebuilding', another: true, index: 2, settings: 4, requested: 3, status: 'running', mode: 'data', pid: 0 },
        ...{ askedAt: 0, startedAt: 0, finishedAt: null, exitCode: null, logPath: '', failure: null },
      },
    )
    const button = page.getByRole('button', { name: 'Rebuilding…' })
    const look = async () => {
      assert.equal(await button.getAttribute('aria-disabled'), 'true')
      assert.match((await page.locator(`#${await button.getAttribute('aria-describedby')}`).textContent()) ?? '', /One rebuild at a time/)
      assert.match(
        await card(),
        new RegExp(`Read films\\s*1 of 5[\\s\\S]*pid ${before.pid}|pid ${before.pid}[\\s\\S]*Read films\\s*1 of 5`),
      )
    }
    await look()
    await page.reload()
    await look()
    await page.getByRole('link', { name: 'For you' }).click()
    await shows('Rebuilding: Read films', 'main')
    await page.getByRole('link', { name: 'Settings' }).first().click()
    await look()

    const { port } = new URL(web.url)
    await web.kill()
    await page.getByText('No connection to the app since').waitFor()
    web = await world.serve(Number(port))
    assert.deepEqual(lasting(await web.state()), before)
    await page.locator('#offline').waitFor({ state: 'hidden' })
    await look()
  })

  test('S1.4 S1.6 the page shows phase and per cent; success is active on the next request, with the settings of when it was asked for', async () => {
    assert.equal(await web.loads(), 1)
    world.openGate(world.many)
    const { rebuild } = await web.until('an amount', ({ rebuild }) => rebuild?.progress?.done)
    process.kill(-rebuild!.pid!, 'SIGSTOP')
    await shows(/^\d+ %$/)
    assert.match(await card(), /(Content vectors|Nearest neighbours)\s*[23] of 5\s*\d+ %[\s\S]*\d+ of \d+ (passes|films)/)
    process.kill(-rebuild!.pid!, 'SIGCONT')
    await web.until('the end', ({ rebuild }) => rebuild?.finishedAt)
    const shown = await films()
    await Promise.all(Array.from({ length: 10 }, films))
    assert.equal(await web.loads(), 2, 'once a snapshot')
    assert.equal(shown.length, 12)
    const { settings } = JSON.parse(readFileSync(`${world.data}/current/watch-index/films.json`, 'utf8')) as { settings: object }
    assert.deepEqual(settings, { minVotes: 30_000, neighbours: 20 })
    await shows('Rebuild required')
    assert.match(await card(), /Settings 4 are not in the index yet[\s\S]*neighbours kept 20 → 30/)
  })

  test('S1.6 S1.8 a failure shows its line, keeps the old index to the byte, and its log is one click and one file away', async () => {
    const [tree, loads] = [trees(), await web.loads()]
    world.write([...world.rows.slice(0, 60), { ...world.rows[60], Title: 'Darling Lili', 'IMDB Rating': '6,1' }])
    await page.getByRole('button', { name: 'Rebuild', exact: true }).click()
    const line = 'Rating of “Darling Lili” is not a number: “6,1” (films.json, row 61)'
    await shows(line)
    assert.match(await card(), /Failed[\s\S]*Failed in Read films\. Index 3 is unchanged and still in use/)
    const { rebuild } = await web.state()
    assert.deepEqual({ exit: rebuild?.exitCode, message: rebuild?.failure?.message }, { exit: 1, message: line })
    assert.ok(readFileSync(rebuild?.logPath ?? '', 'utf8').includes(`Error: ${line}`))
    await page.getByText('Details', { exact: true }).click()
    await shows(rebuild?.logPath ?? '')
    await page.getByRole('link', { name: /^Log, at line/ }).click()
    await page.locator('.scroller .ln .tx').getByText(line).first().waitFor()
    await films()
    assert.deepEqual(trees(), tree)
    assert.equal(await web.loads(), loads)
    world.write(world.rows)
  })

  test('S1.6 S1.7 a rebuild that is killed leaves the old index to the byte, and every tab and the next start say the same', async () => {
    const [tree, loads] = [trees(), await web.loads()]
    await page.goto(`${web.url}/settings`)
    const tab = await world.visit(`${web.url}/settings`)
    world.closeGate()
    await page.getByRole('button', { name: 'Rebuild again' }).click()
    const { rebuild } = await web.until('its process', ({ rebuild }) => rebuild?.id === 5 && rebuild.pid && rebuild.logPath)
    await tab.getByRole('button', { name: 'Rebuilding…' }).waitFor()
    for (const child of childrenOf(rebuild!.pid!)) process.kill(child, 'SIGKILL')
    await shows('Rebuild again')
    const text = await card()
    assert.match(text, /Failed[\s\S]*SIGKILL[\s\S]*Index 3 is unchanged and still in use/)
    await tab.getByRole('button', { name: 'Rebuild again' }).waitFor()
    assert.deepEqual(trees(), tree)
    await films()
    assert.equal(await web.loads(), loads)
    const { port } = new URL(web.url)
    await web.kill()
    world.write(world.rows)
    web = await world.serve(Number(port))
    await page.reload()
    assert.equal(await card(), text)
  })

  test('S1.9 profile keeps the films, rolling back says what it does and that it was done, and forward again', async () => {
    await page.locator('input[value=profile]').check()
    await page.getByRole('button', { name: 'Rebuild again' }).click()
    await web.until('index 4', ({ index }) => index === 4)
    await shows('Rebuild required')
    await page.getByText('Roll back to 3…').click()
    await shows('The next request is answered from it. The index in use now is kept, and nothing is built.')
    await page.getByRole('button', { name: 'Roll back to index 3' }).click()
    await shows(/^Rolled back from index 4 to index 3 at \d\d:\d\d by the settings page\.$/)
    assert.match(await (await web.get('/')).text(), /From index 3, built/)
    said.push(await card())
    await page.getByText('Other indexes…').click()
    await page.getByRole('button', { name: 'Go forward to index 4' }).click()
    await shows(/^Gone forward from index 3 to index 4/)
    await page.goto(web.url)
    await shows('From index 4, built', 'main')
    said.push(await page.locator('body').innerText())
  })

  test('S1.11 idle it sleeps, in one process and one folder, and its pages use no queue words', async () => {
    await world.closePages()
    // Processor time depends on what else the machine does, and is what `npm run bench:idle` measures. How often it wakes does not: about once a second.
    const wakes = async () => {
      const before = wakesOf(web.pid)
      await delay(2_000)
      return wakesOf(web.pid) - before
    }
    await until('two seconds with four wakes at most', async () => (await wakes()) <= 4, 20_000)
    assert.deepEqual(childrenOf(web.pid), [])
    assert.ok(existsSync(`${world.data}/recommend/settings.json`))
    assert.ok(said.length > 8)
    for (const text of said) assert.doesNotMatch(text, /\b(queued?|jobs?|attempts?|runners?|workers?|leases?|claim(ed)?|enqueued?)\b/i)
  })

  test('another site cannot start a rebuild, save or roll back, and the pages have no inline script or style', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }] as Record<
      string,
      string
    >[])
      for (const path of ['/rebuild', '/settings', '/roll-back']) assert.equal((await web.post(path, settings, headers)).status, 403)
    for (const path of ['/', '/settings']) {
      const answer = await web.get(path)
      assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'; style-src 'self'/)
      assert.doesNotMatch(await answer.text(), / style=| on\w+=|<style|<script>/)
    }
    assert.equal((await web.post('/roll-back', { to: '99' })).status, 409)
    assert.deepEqual(world.faults, [])
  })
})
