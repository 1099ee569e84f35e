// The rows of S5, one after the other on one folder: real processes, real kills, a real browser. Each goes on with what the one before has made.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Page, Request } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { killQuietly, processesOf } from '../../hour/running-app.ts'
import { openWorld, type Web, type World } from './world.ts'

const settled = ({ state }: { state: string }) => ['succeeded', 'failed', 'interrupted', 'cancelled'].includes(state)
const succeeded = ({ state }: { state: string }) => state === 'succeeded'

describe('S5', () => {
  let world: World
  let web: Web
  let page: Page
  /** Research that was first, and the letter beside it. */
  const made = { research: 0, letter: 0 }
  const tables = () => new DatabaseSync(join(world.data, 'jobhunt/results.db'))
  const rows = (sql: string) => {
    const database = tables()
    const found = database.prepare(sql).all() as Record<string, unknown>[]
    database.close()
    return found
  }
  const mails = () => readdirSync(join(world.data, 'jobhunt/outbox'))
  const shows = (text: string | RegExp, within = 'main', on = page) => on.locator(within).getByText(text).first().waitFor()
  const letterOn = (on: Page) => on.getByRole('textbox', { name: 'The letter' })
  const press = (name: string, on = page) => on.getByRole('button', { name, exact: true }).click()
  /** What Chromium says of pages that were not done. */
  const refused = (...statuses: number[]) => {
    const said = world.faults.splice(0).map((text) => Number(/status of (\d+)/.exec(text)?.[1] ?? Number.NaN) || text)
    assert.deepEqual(said, statuses)
  }

  before(async () => {
    world = await openWorld()
    web = await world.serve(0)
  })
  after(() => world.close())
  // What failed behind it is no reason for the next one to wait.
  afterEach(() => world.sites.openGate())

  test('S5.1 S5.3 S5.4 I2 one of a kind for a posting, others beside it; the button and the sidebar say so, the result appears by itself; and then ten minutes without a request', async () => {
    page = await world.visit(web.at('/outbox'), { isClockOurs: true })
    const { begun, open } = requestsOf(page)
    const indicator = page.locator('holdfast-indicator')
    const isIdle = async () => (await indicator.getAttribute('state')) === 'idle' && open.size === 0
    for (const path of ['/', '/companies', '/outbox', '/postings/harbourline-backend']) {
      await page.goto(web.at(path))
      assert.equal(await indicator.count(), 1, path)
    }
    await until('the indicator without work', isIdle, 60_000)
    world.sites.closeGate()
    await press('Research')
    const button = page.locator('#research').getByRole('button', { name: 'Researching…' })
    await button.waitFor()
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await indicator.getByText('1 task running').waitFor()
    const asked = await Promise.all(Array.from({ length: 20 }, () => web.submit('company-research', 'harbourline-backend')))
    const { id, name } = asked[0]!.job
    assert.deepEqual(new Set(asked.map(({ job, created }) => `${job.id} ${created}`)), new Set([`${id} false`]))
    const beside = await web.submit('company-research', 'kestrel-data')
    const letter = await web.submit('cover-letter', 'harbourline-backend')
    await until('two visits at a time', () => world.sites.waiting() === 2, 60_000)
    await web.until(letter.job.id, 'a letter beside the research', succeeded)
    await assert.rejects(web.client.submit('cover-letter', { posting: 'nobody' }), { code: 'invalid_input' })
    assert.equal(name, 'Harbourline')
    await until('two tasks, and a line for each', async () => {
      const lines = (await indicator.locator('[part=line]').allInnerTexts()).map((line) => line.replace(/\s+/g, ' ').trim())
      const wanted = 'Harbourline Company research, Kestrel & Meadow Company research'
      return lines.sort().join(', ') === wanted && (await indicator.getByText('2 tasks running').isVisible())
    })
    await page.reload()
    await button.waitFor()
    await shows('Visit the site', '#research')
    world.sites.openGate()
    await shows('Harbourline was founded in 2011', '#research')
    await page.locator('#research').getByRole('button', { name: 'Refresh' }).waitFor()
    await web.until(beside.job.id, 'its end', succeeded)
    // The last news: the page is drawn anew at most once a second.
    await until('the indicator without work', isIdle, 60_000)
    await page.clock.runFor(2_000)
    await until('the indicator without work, and no request that waits for its answer', isIdle, 60_000)
    assert.ok(begun.length > 10)
    begun.length = 0
    await page.clock.runFor('10:00')
    assert.deepEqual(begun, [])
    // As soon as somebody looks at it again it asks: it was awake, and so were we.
    await page.evaluate(`window.dispatchEvent(new Event('focus'))`)
    await until('a request', () => begun.length > 0, 60_000)
    await page.context().close()
    assert.equal((await web.client.get(id)).state, 'succeeded')
    Object.assign(made, { research: id, letter: letter.job.id })
    refused()
  })

  test('S5.1 S5.2 S5.4 Refresh makes a new one; what was asked for on a page that is left lands in the app’s own tables, once; a failure says its line, and the button is back', async () => {
    page = await world.visit(web.at('/postings/harbourline-backend'))
    await press('Refresh')
    await page.getByRole('button', { name: 'Researching…' }).waitFor()
    world.sites.silent.add('kestrel-meadow')
    await page.goto(web.at('/postings/kestrel-data'))
    await press('Refresh')
    await shows('The site of Kestrel & Meadow says nothing that could be used', '#research')
    const button = page.locator('#research').getByRole('button', { name: 'Refresh' })
    await button.waitFor()
    assert.notEqual(await button.getAttribute('aria-disabled'), 'true')
    await shows('What they do', '#research')
    world.sites.silent.clear()

    const [, job] = (await web.client.list({ kind: 'company-research', limit: 2 })).jobs
    assert.ok(job !== undefined && job.id > made.letter)
    const done = await web.until(job.id, 'its end', settled)
    const kept = rows(`select topic, text, source from fact where job = ${job.id} order by place`)
    assert.deepEqual([done.state, done.result], ['succeeded', { facts: kept.length, pages: 6 }])
    const said = Object.fromEntries(kept.map(({ topic, text, source }) => [topic, `${text} ${new URL(String(source)).pathname}`]))
    assert.equal(said['What they do'], 'Harbourline plans the timetables of 40 ferry lines in eleven countries. /harbourline/')
    assert.match(said.Pay ?? '', /^We pay between €62,000 and €78,000 a year.* \/harbourline\/work\.html$/)
    assert.match(said.Since ?? '', /founded in 2011/)
    assert.deepEqual(rows('select topic, text, count(*) as n from fact group by job, topic, text having n > 1'), [])
    assert.deepEqual(rows(`select topic, text, source from fact where job = ${made.research} order by place`), kept)
  })

  test('what is typed is taken away by no newer letter and by no other tab: who saves what he saw differently gets both texts', async () => {
    await page.goto(web.at('/postings/harbourline-backend'))
    const old = await world.visit(web.at('/postings/harbourline-backend'))
    await letterOn(page).fill('Dear Ines,\n\nmay I come by on Friday?\n\nRobin')
    await press('Save changes')
    await page.waitForURL(/#letter$/)
    await letterOn(old).fill('Dear Ines,\n\nI typed this in the other tab.')
    await press('Approve', old)
    await old.getByRole('heading', { name: 'Changed in the meantime' }).waitFor()
    assert.equal(await letterOn(old).inputValue(), 'Dear Ines,\n\nI typed this in the other tab.')
    await shows('may I come by on Friday?', '#saved', old)
    assert.deepEqual(mails(), [])
    await press('Save changes', old)
    await old.waitForURL(/\/postings\/harbourline-backend#letter$/)

    // The first tab shows what it saved; there it is typed on, when a newer letter comes.
    await letterOn(page).fill('Dear Ines,\n\nand this in the first one.')
    await press('Write another')
    await shows('There is a newer letter.', '#letter')
    assert.equal(await letterOn(page).inputValue(), 'Dear Ines,\n\nand this in the first one.')
    // The other one typed nothing on, so it has the newer letter, by itself.
    await until('the new letter', async () => /^Paragraph 6 of the model/.test(await letterOn(old).inputValue()), 60_000)
    await press('Approve')
    await shows('I typed this in the other tab.', '#saved')
    await press('Approve')
    await page.goto(web.at('/outbox'))
    await shows('Application: Backend engineer, timetables')
    refused(409, 409)
  })

  test('an approved letter is one mail, as it was shown, and does not change any more; what cannot be done is a page that says so', async () => {
    const [file = ''] = mails()
    assert.equal(file, `letter-${made.letter}-harbourline-backend.eml`)
    const mail = readFileSync(join(world.data, 'jobhunt/outbox', file), 'utf8')
    assert.match(mail, /^From: Robin Vale <[^>]+>\r\nSubject: Application: Backend engineer[\s\S]*and this in the first one\.\r\n$/)
    const change = async (form: Record<string, string>, headers?: Record<string, string>) => {
      const answer = await web.change(made.letter, { verdict: 'save', ...form }, headers)
      return [answer.status, await answer.text()] as const
    }
    for (const verdict of ['approve', 'save']) {
      const [status, text] = await change({ text: 'Something <else>', verdict })
      assert.deepEqual([status, /Approved in the meantime[\s\S]*Something &lt;else&gt;<\/textarea>/.test(text)], [409, true])
    }
    // Pressed twice, it is approved once.
    assert.equal((await change({ text: 'Dear Ines,\r\n\r\nand this in the first one.', verdict: 'approve' }))[0], 303)
    assert.equal(readFileSync(join(world.data, 'jobhunt/outbox', file), 'utf8'), mail)
    const faults = [
      await change({ text: 'x' }, { origin: 'https://evil.example' }),
      await change({ text: ' ' }),
      await change({ text: `${'x\r\n'.repeat(10_000)}y` }),
      ...(await Promise.all(['/postings/nobody', '/outbox/0', '/nowhere'].map((path) => web.page(path)))),
    ]
    assert.deepEqual(
      faults.map(([status]) => status),
      [403, 422, 422, 404, 404, 404],
    )
    for (const [status, text] of faults)
      assert.match(text, /<nav[\s\S]*<main>[\s\S]*<a href="\/">[\s\S]*<p class="lead">[^<]+\./, `${status}`)
    const database = tables()
    database.exec('alter table letter rename to gone')
    const broken = await web.page('/')
    database.exec('alter table gone rename to letter')
    database.close()
    assert.deepEqual([broken[0], /<main>[\s\S]*<a href="\/">[\s\S]*Something broke/.test(broken[1])], [500, true])
    // A textarea counts one character for the end of a line, and a form sends two: 19,999 of them.
    const [status] = await change({ text: `${'x\r\n'.repeat(9_999)}y` })
    assert.equal(status, 409)
  })

  test('S5.5 a letter in the middle of a kill -9 of the app goes on; killed itself it goes on from its last paragraph; held tables hold up nobody, and it is there once', async () => {
    const { port } = new URL(web.url)
    const paragraphs = world.model.asked.length
    const said = (more: number) => () => world.model.asked.length === paragraphs + more
    await page.goto(web.at('/postings/kestrel-data'))
    world.model.deeds.push('write', 429, 'write', 'wait')
    await press('Write a letter')
    await until('the third paragraph', said(4), 60_000)
    const job = await until('the job', async () => (await web.client.list({ kind: 'cover-letter', limit: 1 })).jobs[0], 60_000)
    const earlier = rows('select * from letter order by job')
    await web.kill()
    // As if it had been killed when a letter was approved and its mail was not written yet.
    const before = mails()
    for (const name of before) rmSync(join(world.data, 'jobhunt/outbox', name))
    web = await world.serve(Number(port))
    assert.deepEqual(mails(), before)
    assert.deepEqual(rows('select * from letter order by job'), earlier, 'a result that was written survives')
    const found = await web.client.get(job.id)
    assert.deepEqual([found.state, found.attempts], ['running', 1])
    world.model.deeds.push('wait')
    for (const pid of processesOf(world.data, job.id)) killQuietly(pid)
    await until('the third paragraph again', said(5), 60_000)

    const holder = tables()
    holder.exec('begin immediate')
    world.model.go()
    const typed = await world.visit(web.at('/postings/harbourline-backend'))
    await letterOn(typed).fill('Dear Ines,\n\ntyped while it was held.')
    await typed.getByRole('button', { name: 'Save changes' }).click({ noWaitAfter: true })
    const isSaid = typed.getByRole('heading', { name: 'Not saved yet' }).waitFor()
    const others = Promise.all(['/', '/companies', '/outbox', '/style.css'].map((path) => web.page(path)))
    assert.equal(await Promise.race([isSaid.then(() => 'the page that waits'), others.then(() => 'the others')]), 'the others')
    assert.deepEqual(new Set((await others).map(([status]) => status)), new Set([200]))
    await isSaid
    assert.equal(await letterOn(typed).inputValue(), 'Dear Ines,\n\ntyped while it was held.')
    await web.until(job.id, 'its rest', ({ state }) => state === 'queued')
    assert.deepEqual(rows(`select job from letter where job = ${job.id}`), [])
    holder.exec('rollback')
    holder.close()
    await press('Save changes', typed)
    await typed.waitForURL(/#letter$/)
    assert.match(await letterOn(typed).inputValue(), /typed while it was held\.$/)

    const done = await web.until(job.id, 'its end', settled)
    assert.equal(done.state, 'succeeded')
    const parts = ['only the greeting', 'the opening', 'the opening', 'the paragraph on experience', 'the paragraph on experience']
    const asked = world.model.asked.slice(paragraphs).map((text) => text.slice(text.lastIndexOf('\n\nWrite ') + 8))
    assert.equal(asked.length, 7)
    for (const [place, part] of [...parts, 'the paragraph on why', 'the closing'].entries())
      assert.ok(asked[place]?.startsWith(part), asked[place])
    const written = rows(`select attempt, writer from letter where job = ${job.id}`)
    assert.deepEqual(
      written.map(({ attempt, writer }) => [attempt, writer]),
      [[done.attempts, 'stand-in']],
    )
    // On the page that was there all the time, by itself.
    await until(
      'the letter',
      async () => new RegExp(`Paragraph ${paragraphs + 7} of the model\\.$`).test(await letterOn(page).inputValue()),
      60_000,
    )
    assert.equal((await web.client.summary()).active, 0)
    assert.deepEqual(processesOf(world.data), [])
    assert.ok(!JSON.stringify(await web.client.get(job.id)).includes(world.secret))
    assert.deepEqual(
      world.faults.filter((text) => !/net::ERR_|status of 503/.test(text)),
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
