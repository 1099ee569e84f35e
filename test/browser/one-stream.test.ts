// One stream for all tabs of a browser, in a real one: which connections there are is what the browser itself says.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext, Request } from 'playwright-core'
import { launchBrowser, lineWith, openWorld, until } from './dashboard-world.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

describe('tabs of one browser', () => {
  test('three that show the same job have one connection for it and one for what is going on; when its tab is closed another one has it, and no line is lost', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('seq 1 200; gate more; seq 201 400; gate end')
    await using context = await browser.newContext()
    const streams = watchStreams(context)
    const pages = [await context.newPage(), await context.newPage(), await context.newPage()]
    for (const page of pages) {
      await page.goto(`${world.url}/jobs/${id}`)
      await lineWith(page, '200')
    }
    await until(async () => streams().length === 2)
    const [owner] = streams()
      .filter((request) => request.url().includes(`/jobs/${id}/`))
      .map((request) => request.frame().page())
    const readers = pages.filter((page) => page !== owner)
    await owner?.close()
    await world.open('more')
    for (const page of readers) await lineWith(page, '400')
    await until(async () => streams().length === 2)
    await world.open('end')
    for (const page of readers) {
      await page.locator('.job-title').getByText('Succeeded').waitFor()
      const seqs = await page.locator('.scroller .ln').evaluateAll((lines) => lines.map(({ id }) => Number(id.slice(1))))
      assert.deepEqual(
        seqs,
        seqs.map((_, place) => place + 1),
      )
    }
    await until(async () => streams().length === 0)
    assert.deepEqual(world.faults, [])
  })

  test('where nothing is active nothing is asked for a minute; what another tab starts is told all the same', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('echo done')
    await world.settled(id)
    await using context = await browser.newContext()
    await context.clock.install()
    const asked: string[] = []
    const [job, settings] = [await context.newPage(), await context.newPage()]
    await job.goto(`${world.url}/jobs/${id}`)
    await lineWith(job, 'done')
    await settings.goto(`${world.url}/settings`)
    await settings.getByRole('heading', { name: 'Settings' }).waitFor()
    await settings.waitForLoadState('networkidle')
    await job.waitForLoadState('networkidle')
    context.on('request', (request) => asked.push(request.url()))
    for (const page of [job, settings]) await page.clock.runFor(60_000)
    assert.deepEqual(asked, [])
    const gated = await world.submit('gate end')
    await job.bringToFront()
    await job.evaluate(`dispatchEvent(new Event('focus'))`)
    await settings.getByRole('link', { name: '1 running' }).waitFor()
    await world.open('end')
    assert.equal(await world.settled(gated), 'succeeded')
    assert.deepEqual(world.faults, [])
  })
})

/** The event streams that are open now. A page that is closed says nothing of its own any more. */
function watchStreams(context: BrowserContext): () => Request[] {
  const open = new Set<Request>()
  context.on('request', (request) => request.headers().accept === 'text/event-stream' && open.add(request))
  context.on('requestfinished', (request) => open.delete(request))
  context.on('requestfailed', (request) => open.delete(request))
  return () => [...open].filter((request) => !request.frame().page().isClosed())
}
