// Hostile strings wherever people and jobs can put a text that the dashboard shows: in a real browser nothing of it runs, asks another host, opens a
// dialog, becomes an element or pushes the page apart. HOSTILE=5000 (npm run test:hostile:browser) shows them all; test:long a slice.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import { createHandler, type Listening, listen } from '../../src/http/index.ts'
import { defineJob, type Holdfast, HoldfastError } from '../../src/index.ts'
import { openApart } from '../../src/supervisor/open-holdfast.ts'
import { hostileStrings } from '../access/hostile-strings.ts'
import { temporaryFolder } from '../contract/temporary.ts'
import { launchBrowser, until } from './dashboard-world.ts'

const everyNth = process.env.HOSTILE === undefined ? 3 : 1
/** Jobs of one page of the list. */
const inBatch = 50
/** In test:long some of every sort. */
const strings = [...hostileStrings(Number(process.env.HOSTILE ?? 270)).filter((_, place) => place % everyNth === 0), ...links()]

let browser: Browser
let holdfast: Holdfast
let server: Listening
let page: Page
const faults: string[] = []

const text = z.string()
/** Says one string in every way, and ends as it is told. */
const sayer = defineJob({
  kind: 'sayer',
  title: strings[0] ?? '',
  input: z.object({ text, ends: z.enum(['well', 'badly']) }),
  // What is longer is refused.
  fingerprint: (input) => input.text.slice(0, 4_000),
  artifacts: ['index'],
  run: async (job) => {
    const { text: said, ends } = job.input
    job.phase(said, { index: 1, of: 2 })
    job.progress({ done: 1, total: 2, unit: said, message: said })
    job.log(said)
    if (ends === 'badly') throw new Error(said)
    return { [said]: said, text: said }
  },
})
/** Says many strings: each a line of both streams, a phase, a part of its result. */
const crowd = defineJob({
  kind: 'crowd',
  title: strings[1] ?? '',
  input: z.object({ texts: z.array(text) }),
  run: async (job) => {
    for (const said of job.input.texts) {
      job.phase(said)
      for (const line of [said, `\u001b[31m${said}\u001b[0m ${said}`, `\u001b]8;;${said}\u0007${said}\u001b]8;;\u0007`]) job.log(line)
    }
    return { texts: job.input.texts, keys: Object.fromEntries(job.input.texts.map((said) => [said, said])) }
  },
})
/** Their titles are what is hostile of them. */
const titled = strings.slice(0, inBatch).flatMap((title, place) => {
  try {
    return [defineJob({ kind: `titled-${place}`, title, input: z.object({}), command: ['true'] })]
  } catch (error) {
    if (error instanceof HoldfastError) return []
    throw error
  }
})

before(async () => {
  browser = await launchBrowser()
  holdfast = await openApart({ data, kinds: [sayer, crowd, ...titled], runner: true })
  server = await listen(createHandler(holdfast).fetch, { port: 0 })
  page = await browser.newPage({ viewport: { width: 1_280, height: 900 }, reducedMotion: 'reduce' })
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => faults.push(`threw ${error.stack}`))
  // The policy says here that markup was taken for markup, though it did not run.
  // What cannot be asked for is refused, and the browser writes that down itself.
  const isFault = (said: string) => !/status of 4\d\d/.test(said)
  page.on('console', (message) => message.type() === 'error' && isFault(message.text()) && faults.push(`said ${message.text()}`))
  page.on('dialog', (dialog) => {
    faults.push(`asked ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => request.url().startsWith(server.url) || faults.push(`asked for ${request.url()}`))
})
after(async () => {
  await browser.close()
  await server.close()
  await holdfast.close()
})
// Gone after all that writes into it.
const data = temporaryFolder('hostile-browser')

test('nothing that people or jobs say runs, asks elsewhere or breaks a page', { timeout: 3_600_000 }, async (t) => {
  const schedules = await put(strings.slice(0, inBatch))
  for (let from = 0; from < strings.length; from += inBatch) {
    const batch = strings.slice(from, from + inBatch)
    const { rows, many } = await submitted(batch, from)
    await look('jobs', `tr[data-id="${rows.at(-1)}"]`)
    await look(`jobs/${many}`, '.scroller .ln')
    for (const tab of ['Input', 'Result', 'Attempts', 'Events']) {
      await page.getByRole('tab', { name: tab }).click()
      await looksWell(`${tab} of job ${many}`)
    }
    await look(`jobs/${rows[0]}`, '.verdict')
    await findAndNarrow(batch[from % inBatch] ?? '')
  }
  await holdfast.artifact('index').want(strings[2] ?? '', { by: strings[3] ?? '' })
  for (const path of ['', 'artifacts', 'artifacts/index', 'job-types', 'job-types/sayer', 'schedules', 'runners']) await look(path, 'h1')
  await page.setViewportSize({ width: 390, height: 844 })
  for (const path of ['', 'jobs', 'schedules', 'job-types']) await look(path, 'h1')
  t.diagnostic(`${strings.length} strings, ${schedules} of them names of schedules, ${titled.length} titles of kinds`)
})

/** What a name may not hold is refused, and goes the ways that are left. */
async function submitted(batch: readonly string[], from: number): Promise<{ rows: number[]; many: number }> {
  const rows = await Promise.all(
    batch.map(async (said, place) => {
      const input = { text: said, ends: (from + place) % 2 === 0 ? ('badly' as const) : ('well' as const) }
      const by = await accepted(
        (options) => holdfast.submit(sayer, input, options),
        [{ name: said, submittedBy: said }, { submittedBy: said }, {}],
      )
      return by.job.id
    }),
  )
  const { job } = await holdfast.submit(crowd, { texts: [...batch] })
  for (const id of [...rows, job.id]) await holdfast.wait(id)
  return { rows: rows.toSorted((a, b) => a - b), many: job.id }
}

async function accepted<Options, Answer>(ask: (options: Options) => Promise<Answer>, ways: readonly Options[]): Promise<Answer> {
  let refusal: unknown
  for (const way of ways) {
    try {
      return await ask(way)
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      refusal = error
    }
  }
  throw refusal
}

async function put(names: readonly string[]): Promise<number> {
  let made = 0
  for (const name of names) {
    const isMade = await holdfast.schedules.put({ name, kind: 'crowd', cron: '@yearly', input: { texts: [name] } }).then(
      () => true,
      (error) => error instanceof HoldfastError || Promise.reject(error),
    )
    if (isMade) made++
  }
  return made
}

async function look(path: string, until_: string): Promise<void> {
  await page.goto(`${server.url}/${path}`)
  await page.locator(until_).first().waitFor({ state: 'attached' })
  await looksWell(path)
}

/** Typed into a log's field, and in the address of the list. */
async function findAndNarrow(said: string): Promise<void> {
  await page.getByRole('tab', { name: 'Log' }).click()
  await page.getByLabel('Find in log').fill(said)
  await page.getByLabel('Find in log').press('Enter')
  await until(() =>
    page
      .locator('.find .looked')
      .count()
      .then((count) => count === 0),
  )
  await looksWell(`found ${JSON.stringify(said)}`)
  const query = new URLSearchParams({ kind: said.toWellFormed(), by: said.toWellFormed() })
  await page.goto(`${server.url}/jobs?${query}`)
  await page.locator('.card').first().waitFor()
  await looksWell(`narrowed by ${JSON.stringify(said)}`)
}

async function looksWell(where: string): Promise<void> {
  assert.deepEqual(await page.evaluate(oddities), [], where)
  assert.deepEqual(faults, [], where)
}

/** Elements that none of our pages has, links to elsewhere, a page that is wider than its window. */
const oddities = `[
  ...[...document.querySelectorAll('body :is(img, script, iframe, object, embed, style, base, meta, form[action], svg [onload], [onerror])')]
    .map((element) => element.outerHTML.slice(0, 200)),
  ...[...document.querySelectorAll('a[href]')].filter(({ protocol, origin }) => origin !== location.origin || !/^https?:$/.test(protocol))
    .map(({ href }) => 'a link to ' + href),
  ...(document.documentElement.scrollWidth > innerWidth + 1 ? ['wider than the window: ' + document.documentElement.scrollWidth] : []),
  ...(document.querySelector('h1')?.getBoundingClientRect().height > 0 ? [] : ['no heading']),
]`

/** What terminals and pages make links of. */
function links(): string[] {
  return [
    'https://evil.example/a.png',
    '//evil.example',
    '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\',
    '\u001b]8;;javascript:alert(1)\u0007click\u001b]8;;\u0007',
    '\u001b[38;2;1;2;3;4;5m'.repeat(50),
    '\u001b['.repeat(200),
    '\u202e\u2066\u2067\u2068 never closed',
    '\u200b\u200c\u200d\u2060\ufeff'.repeat(40),
    'W'.repeat(4_000),
    'ﷺ'.repeat(200),
  ]
}
