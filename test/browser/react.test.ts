// The React hooks in a real app (React 19, StrictMode, a bundler's build) in a real browser before a real server.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, until } from './dashboard-world.ts'
import { openReactWorld, type ReactWorld } from './react-world.ts'

let browser: Browser
let world: ReactWorld
before(async () => {
  browser = await launchBrowser()
  world = await openReactWorld(browser)
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await browser.close()
})
afterEach(() => assert.deepEqual(world.faults.splice(0), []))

const read = (page: Page, part: string, name: string) => page.locator(`#${part} [data-name=${name}]`).innerText()

/** Waits until what a part of the page shows is this. */
async function shows(page: Page, part: string, values: Record<string, string | RegExp>): Promise<void> {
  const fits = async () => {
    for (const [name, value] of Object.entries(values)) {
      const seen = await read(page, part, name)
      if (typeof value === 'string' ? seen !== value : !value.test(seen)) return false
    }
    return true
  }
  await until(fits).catch(async () => {
    const seen = Object.fromEntries(await Promise.all(Object.keys(values).map(async (name) => [name, await read(page, part, name)])))
    assert.deepEqual(seen, values)
  })
}

/** Somebody comes back to the page. */
const lookAgain = (page: Page) => page.evaluate("dispatchEvent(new Event('focus'))")

const drawnOf = (page: Page, part: string) =>
  page.evaluate((name) => (globalThis as unknown as { drawn: Record<string, number> }).drawn[name] ?? 0, part)

test('a job is started, found again after a refresh and in another tab, followed, cancelled, failed and tried again', async () => {
  const lines = encodeURIComponent(
    `tell '{"phase":{"name":"Load","index":1,"of":2}}'; tell '{"progress":{"done":3,"total":7}}'; gate go; tell '{"progress":{"done":6,"total":7}}'; gate fail; echo out of sea >&2; exit 3`,
  )
  const address = `/?parts=card&lines=${lines}`
  const context = await world.browser()
  const page = await world.visit(context, address)
  await shows(page, 'card', {
    isLoading: 'false',
    title: 'Game server',
    condition: 'idle',
    reason: '–',
    state: '–',
    isLive: 'true',
    error: '–',
  })
  await page.click('#start')
  await shows(page, 'card', {
    said: /^new \d+$/,
    condition: 'active',
    state: 'running',
    phase: 'Load',
    done: '3',
    reasonCode: 'active',
    starting: 'false',
  })
  const [, id] = (await read(page, 'card', 'said')).split(' ')
  assert.equal(await read(page, 'card', 'reason'), `Job #${id} runs already.`)
  assert.equal(await page.isDisabled('#start'), true)
  await page.click('#start-anyway')
  await shows(page, 'card', { said: `there ${id}`, error: '–' })

  await page.reload()
  const other = await world.visit(context, address)
  for (const each of [page, other]) await shows(each, 'card', { job: id!, done: '3', total: '7', condition: 'active' })
  await world.open('go')
  for (const each of [page, other]) await shows(each, 'card', { done: '6' })

  await other.click('#cancel')
  for (const each of [page, other]) await shows(each, 'card', { state: 'cancelled', condition: 'idle', job: id!, reason: '–', asking: '–' })
  assert.equal((await world.holdfast.get(Number(id)))?.stopAskedBy, 'ana')
  await world.open('fail')
  await page.click('#retry')
  for (const each of [page, other]) await shows(each, 'card', { state: 'failed', failure: 'out of sea', condition: 'failed', at: '2' })
  await context.close()
})

test('a page says when the server is not heard, and goes on when it is back', async () => {
  const pad = "$(head -c 5000 /dev/zero | tr '\\0' x)"
  const id = await world.submit(`gate again; tell "{\\"result\\":{\\"rows\\":7,\\"pad\\":\\"${pad}\\"}}"`)
  const page = await world.visit(await world.browser(), `/?parts=ticking,going&job=${id}`)
  await shows(page, 'ticking', { state: 'running', heartbeatAgoMs: /\d/ })
  await shows(page, 'going', { active: String(id), running: '1', isLive: 'true' })
  const connect = await world.disconnect()
  await shows(page, 'going', { isLive: 'false', active: String(id) })
  await world.open('again')
  await world.holdfast.wait(id)
  await connect()
  await lookAgain(page)
  await shows(page, 'going', { isLive: 'true', active: '', running: '0' })
  await shows(page, 'ticking', { state: 'succeeded', heartbeatAgoMs: '–', remaining: '–' })
  // Too long for a list: it is fetched by itself.
  assert.deepEqual((await world.holdfast.activity({ job: [id] })).jobs[0]?.omitted, ['result'])
  await shows(page, 'ticking', { rows: '7' })
  await page.context().close()
})

test('nothing is drawn again that has not changed; seconds are counted while the page is seen, by one timer', async () => {
  const watched = await world.submit('gate one')
  const tell = (done: number) => `tell '{"progress":{"done":${done},"total":6}}'; gate after-${done}`
  const other = await world.submit([1, 2, 3].map(tell).join('; '))
  const context = await world.browser()
  const page = await world.visit(context, `/?parts=card,ticking,going,list,index&job=${watched}`)
  await shows(page, 'ticking', { state: 'running' })
  await shows(page, 'list', { isLoading: 'false', jobs: new RegExp(`^${other} running,${watched} running`) })
  await until(async () => (await world.holdfast.get(other))?.progress?.done === 1)
  const parts = ['card', 'index', 'going'] as const
  const before = await Promise.all(parts.map((part) => drawnOf(page, part)))
  await world.open('after-1')
  await until(async () => (await drawnOf(page, 'going')) > (before[2] ?? 0))
  await world.open('after-2')
  await until(async () => (await world.holdfast.get(other))?.progress?.done === 3)
  const [card, index, going] = await Promise.all(parts.map((part) => drawnOf(page, part)))
  assert.deepEqual([card, index], [before[0], before[1]], 'progress of another job draws neither')
  assert.ok((going ?? 0) > (before[2] ?? 0), 'and draws what shows it')

  // A second passes, and the seconds do.
  const elapsed = Number(await read(page, 'ticking', 'elapsedMs'))
  await until(async () => Number(await read(page, 'ticking', 'elapsedMs')) > elapsed + 900)
  assert.equal(await drawnOf(page, 'card'), card)
  await world.open('one')
  await world.open('after-3')
  await shows(page, 'ticking', { state: 'succeeded' })
  await shows(page, 'list', { jobs: new RegExp(`^${other} succeeded,${watched} succeeded`) })
  await until(async () => (await world.holdfast.summary()).active === 0)
  await context.close()
})

test('nothing is asked for while nothing is active', async () => {
  const context = await world.browser()
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(`${world.url}/?parts=card,going,list,index,log&job=1`)
  await shows(page, 'going', { isLoading: 'false', isLive: 'true' })
  await shows(page, 'log', { isFollowing: 'false' })
  await shows(page, 'list', { isLoading: 'false' })
  const drawn = await drawnOf(page, 'card')
  const quiet = world.asked.length
  await page.clock.runFor(600_000)
  assert.deepEqual(world.asked.slice(quiet), [], 'ten minutes pass')
  assert.equal(await drawnOf(page, 'card'), drawn)
  // It is found out that somebody else has started something when somebody looks again.
  const id = await world.submit('gate seen')
  await lookAgain(page)
  await shows(page, 'going', { active: String(id) })

  await page.goto(`${world.url}/?parts=ticking&job=${id}`)
  await shows(page, 'ticking', { state: 'running' })
  const elapsed = async () => Number(await read(page, 'ticking', 'elapsedMs'))
  const atFirst = await elapsed()
  await page.clock.runFor(5_000)
  await until(async () => (await elapsed()) >= atFirst + 5_000)
  await page.evaluate(
    "Object.defineProperty(document, 'hidden', { configurable: true, value: true }); document.dispatchEvent(new Event('visibilitychange'))",
  )
  const [unseen, ticks] = [await elapsed(), await drawnOf(page, 'ticking')]
  await page.clock.runFor(20_000)
  assert.deepEqual([await elapsed(), await drawnOf(page, 'ticking')], [unseen, ticks], 'nobody sees the seconds of a hidden page')
  await page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
  await until(async () => (await elapsed()) >= unseen + 20_000)
  await world.open('seen')
  await world.holdfast.wait(id)
  await context.close()
})

test('a log is held within a bound, forwards and backwards, and goes on with another attempt', async () => {
  const id = await world.submit('seq 1 100; gate more; seq 101 140; printf "half a"; gate rest; echo " line"; echo not this >&2; exit 1')
  await until(async () => ((await world.holdfast.get(id))?.logLines ?? 0) > 100)
  const page = await world.visit(await world.browser(), `/?parts=log&job=${id}&most=60`)
  await shows(page, 'log', { lines: '20', first: '81', last: '100', hasEarlier: 'true', isFollowing: 'true', dropped: '0' })
  await page.click('#earlier')
  await shows(page, 'log', { lines: '40', first: '61' })
  await world.open('more')
  await shows(page, 'log', { lines: '60', first: '81', last: '140', dropped: '20', unfinished: 'half a' })
  await page.click('#earlier')
  await shows(page, 'log', { lines: '60', first: '81' })
  await world.open('rest')
  await shows(page, 'log', { last: 'half a line', isFollowing: 'false', unfinished: '–', error: '–' })
  await world.close('more')
  await world.holdfast.retry(id)
  await lookAgain(page)
  await shows(page, 'log', { last: '100', isFollowing: 'true' })
  await world.open('more')
  await world.holdfast.wait(id)
  await page.context().close()
})

test('lists go on page by page and are as things are; an artifact says what is wanted', async () => {
  const built = await world.holdfast.submit('index', { settings: 'v1' })
  await world.holdfast.wait(built.job.id)
  const ids: number[] = []
  for (let n = 0; n < 7; n++) ids.unshift(await world.submit('true'))
  for (const id of ids) await world.holdfast.wait(id)
  const page = await world.visit(await world.browser(), '/?parts=list,index')
  const row = (id: number, state = 'succeeded') => `${id} ${state}`
  await shows(page, 'list', {
    jobs: ids
      .slice(0, 3)
      .map((id) => row(id))
      .join(),
    hasMore: 'true',
  })
  await page.click('#more')
  await shows(page, 'list', {
    jobs: ids
      .slice(0, 6)
      .map((id) => row(id))
      .join(),
  })
  await shows(page, 'index', { name: 'watch-index', condition: 'succeeded', current: '1', required: 'false' })
  await page.click('#want')
  await shows(page, 'index', { condition: 'required', required: 'true', error: '–' })
  await page.click('#back')
  await shows(page, 'index', { error: 'wrong_state' })
  const next = await world.submit('gate listed')
  await lookAgain(page)
  await shows(page, 'list', { jobs: new RegExp(`^${row(next, 'running')},${ids[0]} `) })
  await world.open('listed')
  await shows(page, 'list', { jobs: new RegExp(`^${row(next)},`) })
  await page.context().close()
})

test('a page that a server has drawn shows that nothing is known yet, and comes to life without a word', async () => {
  const context = await world.browser()
  const raw = await (await fetch(`${world.url}/drawn?parts=card,ticking,log,list,going,index&job=1`)).text()
  assert.match(raw, /data-name="isLoading">true</)
  assert.doesNotMatch(raw, /Game server/)
  const page = await world.visit(context, '/drawn?parts=card,ticking,log,list,going,index&job=1')
  await shows(page, 'card', { title: 'Game server', isLoading: 'false' })
  await shows(page, 'list', { isLoading: 'false' })
  await context.close()
})
