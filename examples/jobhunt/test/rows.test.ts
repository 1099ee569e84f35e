// The rows of S5, one after the other on one folder: real processes, real kills, a real browser. Each goes on with what the one before has made.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Page, Request } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { killQuietly, processesOf } from '../../hour/running-app.ts'
import { openWorld, type Web, type World } from './world.ts'

const succeeded = ({ state }: { state: string }) => state === 'succeeded'
const settled = ({ finishedAt }: { finishedAt: number | null }) => finishedAt !== null

describe('S5', () => {
  let world: World
  let web: Web
  let page: Page
  let requests: ReturnType<typeof requestsOf>
  /** The first of each, by number. */
  const made = { research: 0, beside: 0, letter: 0 }
  const indicator = () => page.locator('holdfast-indicator')
  const research = (name: string, on = page) => on.locator('#research').getByRole('button', { name })
  const shows = (text: string) => page.locator('#research').getByText(text).first().waitFor()
  const factsOf = (job: number) =>
    world.rows(
      `select value ->> 'topic' as topic, value ->> 'text' as text, value ->> 'source' as source from research, json_each(facts) where job = ${job}`,
    )

  before(async () => {
    world = await openWorld()
    web = world.web
    const window = await world.window()
    await window.clock.install()
    page = await window.newPage()
    requests = requestsOf(page)
  })
  after(() => world.close())
  // What failed behind it is no reason for the next one to wait.
  afterEach(() => world.sites.openGate())

  test('S5.1 S5.2 S5.3 S5.4 I2 one of a kind for a posting, others beside it; button and sidebar say so; the result appears by itself, and lands in the app’s tables when its page was left', async () => {
    for (const path of ['/', '/outbox', '/postings/papermoth-reader', '/nowhere'])
      assert.equal((await web.page(path))[1].split('<holdfast-indicator').length, 2, path)
    world.sites.closeGate()
    const asked = await Promise.all(Array.from({ length: 20 }, () => web.submit('company-research', 'harbourline-backend')))
    const { id, name } = asked[0]!.job
    assert.deepEqual([new Set(asked.map(({ job }) => job.id)), asked.filter(({ created }) => created).length], [new Set([id]), 1])
    assert.equal(name, 'Harbourline')
    await page.goto(web.at('/postings/harbourline-backend'))
    await research('Researching…').waitFor()
    assert.equal(await research('Researching…').getAttribute('aria-disabled'), 'true')
    await indicator().getByText('1 task running').waitFor()
    await shows('Visit the site')

    // Asked for on a page that is left at once.
    const other = await page.context().newPage()
    await other.goto(web.at('/postings/kestrel-data'))
    await research('Research', other).click()
    await research('Researching…', other).waitFor()
    await other.close()
    const letter = await web.submit('cover-letter', 'harbourline-backend')
    await web.until(letter.job.id, 'a letter beside the research', succeeded)
    await until('two visits at a time', () => world.sites.waiting() === 2, 60_000)
    await assert.rejects(web.client.submit('cover-letter', { posting: 'nobody' }), { code: 'invalid_input' })
    await until('two tasks, and a line for each', async () => {
      const lines = (await indicator().locator('[part=line]').allInnerTexts()).map((line) => line.replace(/\s+/g, ' ').trim())
      const wanted = 'Harbourline Company research, Kestrel & Meadow Company research'
      return lines.sort().join(', ') === wanted && (await indicator().getByText('2 tasks running').isVisible())
    })

    world.sites.openGate()
    await shows('Harbourline was founded in 2011')
    await research('Refresh').waitFor()
    const beside = (await web.client.list({ kind: 'company-research', limit: 1 })).jobs[0]!.id
    const done = await web.until(beside, 'its end', succeeded)
    await page.locator('#research holdfast-job').getByText('Succeeded', { exact: true }).waitFor()
    const kept = factsOf(beside)
    assert.deepEqual(done.result, { facts: kept.length, pages: 4 })
    assert.deepEqual([kept.length, new Set(kept.map(({ text }) => text)).size], [10, 10])
    assert.deepEqual(
      world.rows('select job, posting from research order by job'),
      [id, beside].map((job, index) => ({ job, posting: ['harbourline-backend', 'kestrel-data'][index] })),
    )
    Object.assign(made, { research: id, beside, letter: letter.job.id })
  })

  test('S5.1 S5.4 Refresh makes a new one, whose facts replace those on the page; a failure says its line, the button is back, and what was known stays', async () => {
    world.sites.instead.set('2011', '2012')
    await research('Refresh').click()
    await shows('Harbourline was founded in 2012')
    assert.equal(await page.getByText('Harbourline was founded in 2011').count(), 0)
    assert.equal(await page.locator('#research dt').count(), 10)
    await research('Refresh').waitFor()
    world.sites.silent.add('harbourline')
    await research('Refresh').click()
    await shows('The site of Harbourline says nothing that could be used')
    await research('Refresh').waitFor()
    assert.notEqual(await research('Refresh').getAttribute('aria-disabled'), 'true')
    const [job] = (await web.client.list({ kind: 'company-research', limit: 1 })).jobs
    assert.ok(job !== undefined && job.id > made.letter && job.state === 'failed')
    const said = Object.fromEntries(factsOf(made.research).map(({ topic, text, source }) => [topic, `${text} ${source}`]))
    assert.equal(
      said['What they do'],
      `Harbourline plans the timetables of 40 ferry lines in eleven countries. ${world.sites.url}/harbourline/`,
    )
    assert.match(said.Pay ?? '', /^We pay between €62,000 and €78,000 a year.*\/harbourline\/work\.html$/)
    assert.equal(await page.getByText('Harbourline was founded in 2012').count(), 1)
  })

  test('S5.3 while nothing runs there is no request: none in ten minutes of the browser’s clock, none left open', async () => {
    // It says what failed last, until somebody has seen to it.
    const isIdle = async () => (await indicator().getAttribute('state')) === 'failed' && requests.open.size === 0
    await until('the indicator without work', isIdle, 60_000)
    // The last news: the page is drawn anew at most once a second.
    await page.clock.runFor(2_000)
    await until('the indicator without work, and no request that waits for its answer', isIdle, 60_000)
    assert.ok(requests.begun.length > 10)
    requests.begun.length = 0
    await page.clock.runFor('10:00')
    assert.deepEqual(requests.begun, [])
    // As soon as somebody looks at it again it asks: it was awake, and so were we.
    await page.evaluate(`window.dispatchEvent(new Event('focus'))`)
    await until('a request', () => requests.begun.length > 0, 60_000)
    assert.deepEqual(world.faults, [])
  })

  test('a letter that was changed meanwhile is not overwritten: both texts are shown; approved it is one mail, and does not change any more; what cannot be done is a page that says so', async () => {
    const version = async () => Number(/name="version" value="(\d+)"/.exec((await web.page('/postings/harbourline-backend'))[1])?.[1])
    const seen = await version()
    const change = (text: string, verdict: 'save' | 'approve', version = seen) =>
      web.change(made.letter, { text, verdict, version: `${version}` })
    assert.equal((await change('Dear Ines,\r\n\r\nmay I come?', 'save'))[0], 303)
    const [status, both] = await change('typed in <another> tab', 'approve')
    assert.deepEqual(
      [status, /typed in &lt;another&gt; tab<\/textarea>[\s\S]*<pre[^>]*>Dear Ines,\n\nmay I come\?</.test(both)],
      [409, true],
    )
    assert.equal((await web.page(`/outbox/${made.letter}`))[0], 404)
    assert.equal((await change('Dear Ines,\n\nmay I come?', 'approve', await version()))[0], 303)
    const mail = await web.page(`/outbox/${made.letter}`)
    assert.match(mail[1], /^From: Robin Vale <[^>]+>\r\nSubject: Application: Backend engineer[\s\S]*Dear Ines,\r\n\r\nmay I come\?\r\n$/)
    for (const verdict of ['approve', 'save'] as const) {
      const [status, text] = await change('Something else', verdict, seen + 1)
      assert.deepEqual([status, /Approved in the meantime[\s\S]*Something else<\/textarea>/.test(text)], [409, true])
    }
    // Pressed twice, it is approved once.
    assert.equal((await change('Dear Ines,\n\nmay I come?', 'approve'))[0], 303)
    assert.deepEqual(await web.page(`/outbox/${made.letter}`), mail)

    assert.equal((await web.change(made.letter, { text: 'x' }, 'https://evil.example'))[0], 403)
    const faults = [
      await change(' ', 'save'),
      await change(`${'x\r\n'.repeat(10_000)}y`, 'save'),
      ...(await Promise.all(['/postings/nobody', '/outbox/0', '/letters/0'].map((path) => web.page(path)))),
    ]
    assert.deepEqual(
      faults.map(([status]) => status),
      [422, 422, 404, 404, 404],
    )
    for (const [status, text] of faults)
      assert.match(text, /<nav[\s\S]*<main>[\s\S]*<a href="\/(?:letters\/\d+#letter)?">[\s\S]*<p class="lead">[^<]+\./, `${status}`)
    // A textarea counts one character for the end of a line, and a form sends two: 19,999 of them.
    assert.equal((await change(`${'x\r\n'.repeat(9_999)}y`, 'save'))[0], 409)
  })

  test('S5.5 a letter in the middle of a kill -9 of the app goes on; killed itself it goes on from its last paragraph, in one row; and what was written survives', async () => {
    const { model } = world
    const before = model.asked.length
    model.deeds.push('write', 'wait', 'wait')
    await page.getByRole('button', { name: 'Write another' }).click()
    await until('the second paragraph', () => model.asked.length === before + 2, 60_000)
    const job = (await web.client.list({ kind: 'cover-letter', limit: 1 })).jobs[0]!
    const earlier = world.rows('select * from letter')
    await web.kill()
    model.go()
    await until('the third paragraph, with nobody to look after it', () => model.asked.length === before + 3, 60_000)
    web = await world.serveAgain()
    assert.deepEqual(world.rows('select * from letter'), earlier, 'a result that was written survives')
    const found = await web.client.get(job.id)
    assert.deepEqual([found.state, found.attempts], ['running', 1])
    for (const pid of processesOf(world.data, job.id)) killQuietly(pid)

    const done = await web.until(job.id, 'its end', settled)
    assert.deepEqual([done.state, done.attempts], ['succeeded', 2])
    const asked = model.asked.slice(before).map((text) => text.slice(text.lastIndexOf('\n\nWrite ') + 8))
    const experience = 'the paragraph on experience'
    const parts = ['only the greeting', 'the opening', experience, experience, 'the paragraph on why', 'the closing']
    assert.equal(asked.length, parts.length)
    for (const [place, part] of parts.entries()) assert.ok(asked[place]?.startsWith(part), asked[place])
    assert.deepEqual(world.rows(`select attempt, writer from letter where job = ${job.id}`), [{ attempt: 2, writer: 'stand-in' }])
    // On the page that was there all the time, by itself.
    const sheet = page.getByRole('textbox', { name: 'The letter' })
    await until('the letter', async () => (await sheet.inputValue()).endsWith(`Paragraph ${before + 6} of the model.`), 60_000)
    assert.equal((await web.client.summary()).active, 0)
    assert.deepEqual(processesOf(world.data), [])
    assert.ok(!JSON.stringify(done).includes(world.secret))
    assert.deepEqual(
      world.faults.filter((text) => !/net::ERR_/.test(text)),
      [],
    )
  })
})

/** What a page has begun to ask for, and what of it has no end yet. */
function requestsOf(page: Page) {
  const begun: string[] = []
  const open = new Set<Request>()
  page.on('request', (request) => {
    begun.push(request.url())
    open.add(request)
  })
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
  page.on('websocket', (socket) => begun.push(socket.url()))
  return { begun, open }
}
