// The rows of S5, one after the other on one folder: real processes, real kills, a real browser.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { killQuietly, processesOf } from '../../hour/running-app.ts'
import { openResults } from '../results.ts'
import { openWorld, type Web, type World } from './world.ts'

/** No request at all for so long; `npm run test:examples` looks for a minute. */
const quietMs = Number(process.env.JOBHUNT_QUIET_SECONDS ?? 3) * 1_000

const settled = ({ state }: { state: string }) => ['succeeded', 'failed', 'interrupted', 'cancelled'].includes(state)

describe('S5', () => {
  let world: World
  let web: Web
  let page: Page
  const rows = (sql: string) => {
    const database = new DatabaseSync(join(world.data, 'jobhunt/results.db'), { readOnly: true })
    const found = database.prepare(sql).all() as Record<string, unknown>[]
    database.close()
    return found
  }
  const shows = (text: string | RegExp, within = 'main') => page.locator(within).getByText(text).first().waitFor()

  before(async () => {
    world = await openWorld()
    web = await world.serve(0)
  })
  after(() => world.close())
  // What failed behind it is no reason for the next one to wait.
  afterEach(() => world.sites.openGate())

  test('S5.1 I2 one of a kind for a posting while it is active, and a new one afterwards; other kinds and postings run beside it', async () => {
    world.sites.closeGate()
    const first = await web.submit('company-research', 'harbourline-backend')
    const others = await Promise.all(Array.from({ length: 20 }, () => web.submit('company-research', 'harbourline-backend')))
    assert.deepEqual(new Set(others.map(({ job, created }) => `${job.id} ${created}`)), new Set([`${first.job.id} false`]))
    const beside = [await web.submit('company-research', 'harbourline-support'), await web.submit('company-research', 'kestrel-data')]
    await until('three visits at a time', () => world.sites.waiting() === 3, 60_000)
    const letter = await web.submit('cover-letter', 'harbourline-backend')
    await web.until(letter.job.id, 'a letter beside the research', ({ state }) => state === 'succeeded')
    assert.equal((await web.client.summary()).running, 3)
    world.sites.openGate()
    for (const { job } of [first, ...beside]) await web.until(job.id, 'its end', ({ state }) => state === 'succeeded')
    await assert.rejects(web.client.submit('cover-letter', { posting: 'nobody' }), { code: 'invalid_input' })
    const again = await web.submit('company-research', 'harbourline-backend')
    assert.deepEqual([again.created, again.job.id > first.job.id, again.job.name], [true, true, 'Harbourline'])
    await web.until(again.job.id, 'its end', settled)
  })

  test('S5.2 what is asked for on a page that is left lands in the app’s own tables, once, under the job’s number', async () => {
    page = await world.visit(web.at('/postings/tidewater-firmware'))
    world.sites.closeGate()
    await page.getByRole('button', { name: 'Research' }).click()
    await page.getByRole('button', { name: 'Researching…' }).waitFor()
    await page.close()
    world.sites.openGate()
    const job = await until('the job', async () => (await web.client.list({ kind: 'company-research', limit: 1 })).jobs[0], 60_000)
    const done = await web.until(job.id, 'its end', settled)
    const kept = rows(`select topic, text, source from fact where job = ${job.id} order by place`)
    assert.deepEqual([done.state, done.result], ['succeeded', { facts: kept.length, pages: 4 }])
    const said = Object.fromEntries(kept.map(({ topic, text, source }) => [topic, `${text} ${new URL(String(source)).pathname}`]))
    assert.equal(said['What they do'], 'Tidewater Instruments makes tide gauges that run for ten years on one battery. /tidewater/')
    assert.equal(said.Pay, 'A firmware engineer earns between €60,000 and €72,000 a year. /tidewater/careers.html')
    assert.match(said.Since ?? '', /founded in 1994/)
    assert.deepEqual(rows('select topic, text, count(*) as n from fact group by job, topic, text having n > 1'), [])
  })

  test('S5.4 the button says why it is disabled, and the result appears by itself', async () => {
    page = await world.visit(web.at('/postings/papermoth-reader'))
    world.sites.closeGate()
    await page.getByRole('button', { name: 'Research' }).click()
    const button = page.locator('#research').getByRole('button', { name: 'Researching…' })
    await button.waitFor()
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await page.locator('#research').getByText('Visit the site').first().waitFor()
    await page.reload()
    await button.waitFor()
    world.sites.openGate()
    await shows('Papermoth was founded in 2007 in Leiden', '#research-result')
    await page.locator('#research').getByRole('button', { name: 'Refresh' }).waitFor()
    await page.getByRole('button', { name: 'Write a letter' }).click()
    const text = page.getByRole('textbox', { name: 'The letter' })
    await text.waitFor()
    assert.match(
      await text.inputValue(),
      /^Dear Joris van Dam,\n\nI am writing about the opening “Front-end engineer, accessibility”[\s\S]*Robin Vale/,
    )
  })

  test('S5.3 every page has the indicator: how many run and a line each while they do, and no request at all while nothing does', async () => {
    const indicator = page.locator('holdfast-indicator')
    for (const path of ['/', '/companies', '/outbox', '/postings/kestrel-data']) {
      await page.goto(web.at(path))
      assert.equal(await indicator.count(), 1, path)
    }
    await until('the indicator without work', async () => (await indicator.getAttribute('state')) === 'idle', 30_000)
    world.sites.closeGate()
    await page.getByRole('button', { name: /^(Research|Refresh)$/ }).click()
    await indicator.getByText('1 task running').waitFor()
    const { job } = await web.submit('company-research', 'papermoth-recognition')
    await indicator.getByText('2 tasks running').waitFor()
    assert.deepEqual((await indicator.locator('[part=line]').allInnerTexts()).map((line) => line.replace(/\s+/g, ' ').trim()).sort(), [
      'Kestrel & Meadow Company research',
      'Papermoth Company research',
    ])
    world.sites.openGate()
    await web.until(job.id, 'its end', settled)
    await until('the indicator without work', async () => (await indicator.getAttribute('state')) === 'idle', 30_000)
    await shows('23 people', '#research-result')
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await delay(quietMs)
    assert.deepEqual(requests, [])
  })

  test('S5.4 a failure shows its line, and the button is back', async () => {
    world.sites.silent.add('tidewater')
    await page.goto(web.at('/postings/tidewater-firmware'))
    await page.getByRole('button', { name: 'Refresh' }).click()
    await shows('The site of Tidewater Instruments says nothing that could be used', '#research')
    const button = page.locator('#research').getByRole('button', { name: 'Refresh' })
    await button.waitFor()
    assert.notEqual(await button.getAttribute('aria-disabled'), 'true')
    await shows('founded in 1994', '#research-result')
    world.sites.silent.clear()
  })

  test('what is typed is not taken away by a newer letter; approving puts the letter as it is shown into the outbox, once', async () => {
    await page.goto(web.at('/postings/papermoth-reader'))
    const text = page.getByRole('textbox', { name: 'The letter' })
    await text.fill('Dear Joris,\n\nmay I come by on Friday?\n\nRobin')
    const { job } = await web.submit('cover-letter', 'papermoth-reader')
    await page.evaluate(`window.dispatchEvent(new Event('focus'))`)
    await web.until(job.id, 'its end', ({ state }) => state === 'succeeded')
    await shows('There is a newer letter.', '#letter')
    assert.match(await text.inputValue(), /^Dear Joris,\n/)
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.goto(web.at('/outbox'))
    await shows('Application: Front-end engineer, accessibility')
    const [file = ''] = readdirSync(join(world.data, 'jobhunt/outbox'))
    const mail = readFileSync(join(world.data, 'jobhunt/outbox', file), 'utf8')
    assert.match(
      mail,
      /^From: Robin Vale <[^>]+>\r\nTo: joris@papermoth\.example\r\nSubject: Application: Front-end[\s\S]*may I come by on Friday\?/,
    )
    const letter = Number(/letter-(\d+)-/.exec(file)?.[1])
    const again = await Promise.all(Array.from({ length: 5 }, () => web.change(letter, { text: 'Something else', verdict: 'approve' })))
    assert.deepEqual(new Set(again.map(({ status }) => status)), new Set([303]))
    assert.equal(readFileSync(join(world.data, 'jobhunt/outbox', file), 'utf8'), mail)
    assert.equal((await web.change(letter, { text: 'x', verdict: 'save' }, { origin: 'https://evil.example' })).status, 403)
    assert.equal((await web.change(letter, { text: ' ', verdict: 'save' })).status, 422)
    assert.equal((await web.change(letter, { text: 'x'.repeat(20_001), verdict: 'save' })).status, 422)
    // 20,000 as a textarea counts them.
    assert.equal((await web.change(letter, { text: `${'x\r\n'.repeat(9_999)}xx`, verdict: 'save' })).status, 303)
  })

  test('S5.5 a letter in the middle of a kill -9 of the app goes on; killed itself it goes on from its last paragraph, in one row', async () => {
    const { port } = new URL(web.url)
    const model = { LLM_URL: world.model.url, LLM_MODEL: 'stand-in', LLM_KEY: 'sk-secret-of-the-test' }
    const earlier = rows('select * from letter order by job')
    await web.kill()
    // As if it had been killed when a letter was approved and its mail was not written yet.
    const outbox = join(world.data, 'jobhunt/outbox')
    const mails = readdirSync(outbox)
    for (const name of mails) rmSync(join(outbox, name))
    web = await world.serve(Number(port), model)
    assert.deepEqual(readdirSync(outbox), mails)
    assert.deepEqual(rows('select * from letter order by job'), earlier, 'a result that was written survives')
    world.model.deeds.push('write', 429, 'write', 'wait')
    const { job } = await web.submit('cover-letter', 'kestrel-data')
    await until('the third paragraph', () => world.model.asked.length === 4, 60_000)
    await web.kill()
    web = await world.serve(Number(port), model)
    const found = await web.client.get(job.id)
    assert.deepEqual([found.state, found.attempts], ['running', 1])
    world.model.deeds.push('wait')
    for (const pid of processesOf(world.data, job.id)) killQuietly(pid)
    await until('the third paragraph again', () => world.model.asked.length === 5, 60_000)
    world.model.go()
    const done = await web.until(job.id, 'its end', settled)
    assert.deepEqual([done.state, done.attempts], ['succeeded', 2])
    const parts = ['only the greeting', 'the opening', 'the opening', 'the paragraph on experience', 'the paragraph on experience']
    const asked = world.model.asked.map((text) => text.slice(text.lastIndexOf('\n\nWrite ') + 8))
    assert.equal(asked.length, 7)
    for (const [place, part] of [...parts, 'the paragraph on why', 'the closing'].entries())
      assert.ok(asked[place]?.startsWith(part), asked[place])
    const written = rows(`select attempt, writer, text from letter where job = ${job.id}`)
    assert.deepEqual(
      written.map(({ attempt, writer }) => [attempt, writer]),
      [[2, 'stand-in']],
    )
    assert.equal((await web.client.summary()).active, 0)
    assert.deepEqual(processesOf(world.data), [])
    assert.ok(!JSON.stringify(await web.client.get(job.id)).includes(model.LLM_KEY))
    assert.deepEqual(world.faults, [])
  })
})

test('S5.2 I6 a second attempt replaces what the first one wrote, an earlier one replaces nothing, and an approved letter stays', () => {
  const results = openResults(':memory:')
  const made = { job: 7, attempt: 1, posting: 'kestrel-data' }
  const fact = (text: string) => ({ topic: 'Team', text, source: 'http://x/' })
  results.keepResearch(made, { pages: 2, facts: [fact('a'), fact('b'), fact('c')] })
  results.keepResearch({ ...made, attempt: 2 }, { pages: 3, facts: [fact('d')] })
  results.keepResearch(made, { pages: 9, facts: [fact('late'), fact('late')] })
  const { pages, facts } = results.lastResearch('kestrel-data')!
  assert.deepEqual([pages, facts.map(({ text }) => text)], [3, ['d']])
  const letter = { writer: 'templates', recipient: null, text: 'one' }
  results.keepLetter(made, letter)
  results.keepLetter({ ...made, attempt: 2 }, { ...letter, text: 'two' })
  results.keepLetter(made, { ...letter, text: 'late' })
  assert.equal(results.lastLetter('kestrel-data')?.text, 'two')
  results.edit(7, 'two, changed')
  results.approve(7, 'two, approved')
  results.keepLetter({ ...made, attempt: 3 }, { ...letter, text: 'three' })
  results.edit(7, 'later')
  assert.deepEqual(
    results.approved().map(({ text }) => text),
    ['two, approved'],
  )
  results.close()
})
