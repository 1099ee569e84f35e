// What the log of a job costs in a real browser: from the address to the newest of a million lines, frames while 500 lines a second come, memory after
// ten minutes' worth of them, and the way back through 100,000. Real jobs, a real server, Chromium as it comes.
// Usage: npm run bench:dashboard-log -- [--lines=1000000] [--rounds=10] [--seconds=20] [--more=300000] [--only=paint,frames,memory,back,search]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { z } from 'zod'
import { createHandler, listen } from '../src/http/index.ts'
import { defineJob, openHoldfast } from '../src/index.ts'
import { launchChromium } from '../tools/chromium.ts'
import { ensureDashboard } from '../tools/dashboard.ts'
import { scrollBack, startFrames, whenPainted } from './dashboard-log/in-page.ts'
import { machineLine } from './machine.ts'
import { fixed, judged, median, quantile, table } from './report.ts'

const targets = { paintMs: 1_000, framesPerSecond: 30, linesInPage: 20_000, heapMb: 100 }
const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '20' },
    /** Lines that come while the page follows, for its memory: 500 a second for ten minutes. */
    more: { type: 'string', default: '300000' },
    only: { type: 'string', default: 'paint,frames,memory,back,search' },
  },
})
const parts = values.only.split(',')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-dashboard-'))
const prelude = `gate() { until [ -e "$GATES/$1" ]; do sleep 0.1; done; }`
const script = defineJob({
  kind: 'script',
  input: z.object({ lines: z.string() }),
  command: ({ lines }) => ['sh', '-c', `${prelude}\n${lines}`],
  environment: { GATES: folder },
  stopGraceMs: 200,
})
const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const desktop: BrowserContextOptions = { viewport: { width: 1_280, height: 900 } }

/** By the clock, so that a machine that is late catches up. */
const fiveHundredASecond = `
  const began = Date.now()
  let printed = 0
  setInterval(() => {
    const lines = []
    while (printed < (Date.now() - began) / 2) lines.push("frame " + ++printed + " of a film that goes on for long, 12 faces, 41.2 frames/s")
    console.log(lines.join("\\n"))
  }, 50)`

let million: Promise<number> | null = null

ensureDashboard()
const holdfast = await openHoldfast({ kinds: [script], data: join(folder, 'data'), runner: true })
const server = await listen(createHandler(holdfast).fetch, { port: 0 })
const browser = await launchChromium()
try {
  console.log(`${machineLine(folder)} · Chromium ${browser.version()}\n`)
  const rows: string[][] = []
  if (parts.includes('paint')) rows.push(await paint(browser))
  if (parts.includes('search')) rows.push(await search(browser))
  if (parts.includes('frames')) for (const way of ['plain', 'wrap', 'phone'] as const) rows.push(await frames(browser, way))
  if (parts.includes('memory')) rows.push(await memory(browser))
  if (parts.includes('back')) rows.push(await back(browser))
  console.log(table(['', 'seen', ''], rows))
} finally {
  await browser.close()
  for (const { id } of (await holdfast.list({ state: ['queued', 'running', 'stopping'] })).jobs) {
    await holdfast.cancel(id)
    await holdfast.wait(id)
  }
  await server.close()
  await holdfast.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Resolves when so many lines of it are stored, and it still runs. */
async function printing(lines: string, least: number): Promise<number> {
  const { job } = await holdfast.submit(script, { lines })
  for await (const { logLines } of holdfast.watch(job.id)) if (logLines >= least) break
  return job.id
}

/** A running job that has printed as many as asked. */
function longJob(): Promise<number> {
  const total = Number(values.lines)
  million ??= printing(`seq -f 'line %.0f of a job that has a lot to say' 1 ${total}; echo a needle; gate never`, total + 2)
  return million
}

async function linesOf(id: number): Promise<number> {
  return (await holdfast.get(id))?.logLines ?? 0
}

/** From the start of the navigation to the frame that has the newest line; a warm server, a browser that has never been here. */
async function paint(browser: Browser): Promise<string[]> {
  const id = await longJob()
  const newest = await linesOf(id)
  const times: number[] = []
  const busy: number[] = []
  for (let round = 0; round <= Number(values.rounds); round++) {
    const context = await browser.newContext(desktop)
    const page = await context.newPage()
    await page.addInitScript(whenPainted(newest))
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    await page.goto(`${server.url}/jobs/${id}`)
    const ms = await page.evaluate('painted')
    const { metrics } = await session.send('Performance.getMetrics')
    busy.push(1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0))
    // The first warms the server.
    if (round > 0) times.push(Number(ms))
    await context.close()
  }
  const seen = `p50 ${fixed(median(times), 0)} ms, longest ${fixed(Math.max(...times), 0)} ms (${times.length} times); processor time of the page's thread p50 ${fixed(median(busy), 0)} ms`
  const what = `address to newest of ${Number(values.lines).toLocaleString('en')} lines of a running job`
  return [what, seen, judged(quantile(times, 0.95), targets.paintMs, 'at most')]
}

/** From Enter to the end of the search for what is nowhere. */
async function search(browser: Browser): Promise<string[]> {
  const id = await longJob()
  const page = await (await browser.newContext(desktop)).newPage()
  await page.goto(`${server.url}/jobs/${id}`)
  await page.locator('.ln').first().waitFor()
  const times: Record<string, number> = {}
  for (const [text, words] of [
    ['nowhere to be found', 'none'],
    ['LINE 77', 'of'],
  ] as const) {
    await page.keyboard.press('/')
    await page.getByLabel('Find in log').fill(text)
    const from = performance.now()
    await page.keyboard.press('Enter')
    await page.locator('.found:not(:has-text("searched"))').getByText(words).waitFor()
    times[text] = performance.now() - from
    await page.keyboard.press('Escape')
  }
  await page.context().close()
  const seen = Object.entries(times).map(([text, ms]) => `“${text}” ${fixed(ms, 0)} ms`)
  return ['search of the whole of it', seen.join(', '), '']
}

async function frames(browser: Browser, way: 'plain' | 'wrap' | 'phone'): Promise<string[]> {
  const id = await printing(`exec "${process.execPath}" -e '${fiveHundredASecond}'`, 1)
  const page = await (await browser.newContext(way === 'phone' ? phone : desktop)).newPage()
  if (way === 'phone') await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.goto(`${server.url}/jobs/${id}`)
  await page.locator('.ln').nth(20).waitFor()
  if (way === 'wrap') await page.keyboard.press('w')
  await page.locator('.scroller').scrollIntoViewIfNeeded()
  const session = await page.context().newCDPSession(page)
  // Processor time of the page's thread, which a busy machine stretches little; frames are what is left to see.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busySeconds = async () =>
    (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
  const [before, busyBefore] = [await linesOf(id), await busySeconds()]
  const { frames, longestMs, longTasks } = await startFrames(page, Number(values.seconds) * 1_000)
  const busy = ((await busySeconds()) - busyBefore) / Number(values.seconds)
  const after = await linesOf(id)
  const isFollowing = (await page.locator('.toggle[aria-pressed="true"]').getByText('Follow').count()) === 1
  await page.context().close()
  await holdfast.cancel(id)
  const rate = (after - before) / Number(values.seconds)
  const perSecond = frames / Number(values.seconds)
  const words = { plain: 'following, 1280 wide', wrap: 'the same with wrap', phone: 'the same at 390, 4 × slower processor' }[way]
  const seen = `${fixed(perSecond, 1)} frames/s at ${fixed(rate, 0)} lines/s; longest ${fixed(longestMs, 0)} ms, ${longTasks} tasks of more than 50 ms; its thread ${fixed(100 * busy, 0)} % of a core${isFollowing ? '' : '; **it did not follow**'}`
  return [words, seen, way === 'phone' ? 'for information' : judged(perSecond, targets.framesPerSecond, 'at least')]
}

/** As many lines as come in ten minutes, in one. */
async function memory(browser: Browser): Promise<string[]> {
  const total = Number(values.more)
  const id = await printing(
    `seq 1 2000; gate flood; for n in $(seq 1 ${total / 250}); do seq -f 'line %.0f of a job that goes on' 1 250; sleep 0.04; done; gate never`,
    2_000,
  )
  const page = await (await browser.newContext(desktop)).newPage()
  await page.goto(`${server.url}/jobs/${id}`)
  await page.locator('.ln').nth(500).waitFor()
  const before = await heapMb(page)
  writeFileSync(join(folder, 'flood'), '')
  for await (const { logLines } of holdfast.watch(id)) if (logLines >= total + 2_000) break
  const last = await linesOf(id)
  await page.locator(`#L${last}`).waitFor({ state: 'attached' })
  const after = await heapMb(page)
  const lines = await page.locator('.scroller .ln').count()
  await page.context().close()
  const seen = `${fixed(before, 1)} MB before, ${fixed(after, 1)} after; ${lines.toLocaleString('en')} lines in the page`
  const isBounded = lines <= targets.linesInPage && after - before <= targets.heapMb
  return [`the page after ${total.toLocaleString('en')} more lines that it followed`, seen, isBounded ? 'met' : '**missed**']
}

async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 1e6
}

async function back(browser: Browser): Promise<string[]> {
  const total = 100_000
  const id = await printing(`seq 1 ${total}`, total)
  await holdfast.wait(id)
  const page = await (await browser.newContext(desktop)).newPage()
  await page.goto(`${server.url}/jobs/${id}`)
  await page.locator('.ln').nth(500).waitFor()
  const from = performance.now()
  const { looks, faults, first, most } = await scrollBack(page)
  const seen = `${looks.toLocaleString('en')} looks in ${fixed((performance.now() - from) / 1_000, 1)} s, to line ${first}; at most ${most.toLocaleString('en')} lines in the page; faults: ${faults.length === 0 ? 'none' : faults.join('; ')}`
  await page.context().close()
  return [
    `back through ${total.toLocaleString('en')} lines, none lost, none twice`,
    seen,
    faults.length === 0 && first === 1 ? 'met' : '**missed**',
  ]
}
