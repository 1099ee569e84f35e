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
  test('three that show the same job have one connection; when its tab is closed another one has it, and no line is lost', async () => {
    await using world = await openWorld(browser)
    const id = await world.submit('seq 1 200; gate more; seq 201 400; gate end')
    await using context = await browser.newContext()
    const streams = watchStreams(context)
    const pages = [await context.newPage(), await context.newPage(), await context.newPage()]
    for (const page of pages) {
      await page.goto(`${world.url}/jobs/${id}`)
      await lineWith(page, '200')
    }
    await until(async () => streams().length === 1)
    const [owner] = streams().map((request) => request.frame().page())
    const readers = pages.filter((page) => page !== owner)
    await owner?.close()
    await world.open('more')
    for (const page of readers) await lineWith(page, '400')
    await until(async () => streams().length === 1)
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
})

/** The event streams that are open now. A page that is closed says nothing of its own any more. */
function watchStreams(context: BrowserContext): () => Request[] {
  const open = new Set<Request>()
  context.on('request', (request) => request.headers().accept === 'text/event-stream' && open.add(request))
  context.on('requestfinished', (request) => open.delete(request))
  context.on('requestfailed', (request) => open.delete(request))
  return () => [...open].filter((request) => !request.frame().page().isClosed())
}
