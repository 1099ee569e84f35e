// Both writers: the templates with what a company's site really says, and the language model, against one that speaks the same protocol on
// loopback and does what it is told, faults included.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { defineJob } from 'holdfast'
import { openTestHoldfast } from 'holdfast/testing'
import { applicant, postingOf } from '../postings.ts'
import { factsIn } from '../research/facts.ts'
import { readSite } from '../research/site.ts'
import { openModel } from '../test/model.ts'
import { openSites } from '../test/sites.ts'
import { modelWriter, waitMsOf } from './model-writer.ts'
import { templateWriter } from './template-writer.ts'
import { parts, type Writing } from './writer.ts'

let model: Awaited<ReturnType<typeof openModel>>
before(async () => {
  model = await openModel()
})
after(() => model.close())

const facts = [{ topic: 'Team', text: 'The team is 38 people.', source: 'http://x/' }]
const writing = (options: Partial<Writing> = {}): Writing => ({
  posting: postingOf('tidewater-firmware'),
  facts,
  before: ['Dear Aoife,'],
  signal: new AbortController().signal,
  onText: () => {},
  ...options,
})
const write = (options?: Partial<Writing>, url = model.url) =>
  modelWriter({ url, model: 'stand-in', key: '' }).write('opening', writing(options))

test('without a model a letter is put together of what the site says, what the posting wishes and what the applicant has done', async (t) => {
  const sites = await openSites()
  t.after(() => sites.close())
  const posting = postingOf('papermoth-reader')
  const { signal } = new AbortController()
  const pages = await readSite(`${sites.url}/papermoth/`, { signal, pauseMs: 0, onPage: () => {}, log: () => {} })
  const facts = factsIn(pages, posting)
  const text = (await Promise.all(parts.map((part) => templateWriter.write(part, writing({ posting, facts }))))).join('\n\n')
  assert.match(text, /^Dear Joris van Dam,\n\nI am writing about the opening “Front-end engineer, accessibility”/)
  assert.match(text, /stayed with me: “.+?”[\s\S]*\n\nYours sincerely,\nRobin Vale\n/)
  const answered = applicant.evidence.filter((sentence) => text.includes(sentence))
  assert.ok(answered.length > 1, text)
  for (const sentence of answered) {
    const [wish = ''] = /“([^“”]+)” $/.exec(text.slice(0, text.indexOf(sentence)))?.slice(1) ?? []
    assert.ok(posting.text.includes(wish) && wish !== '', sentence)
  }
})

test('a paragraph comes word by word; the model is told what it may use and what was written', async () => {
  const seen: string[] = []
  assert.equal(await write({ onText: (text) => seen.push(text) }), 'Paragraph 1 of the model.')
  assert.ok(seen.includes('Paragraph 1 of'), seen.join('|'))
  assert.match(model.asked[0] ?? '', /The team is 38 people\.[\s\S]*The letter so far:\nDear Aoife,\n\nWrite the opening/)
})

test('what will pass is waited for and asked again: 429 as long as it says, 500', async () => {
  model.deeds.push(429, 500)
  assert.match(await write(), /of the model\.$/)
})

/** What becomes of a job that has it write: `queued` has another try, and without a sentence it was put back. */
async function becomes(options?: Partial<Writing>, url?: string) {
  const kind = defineJob({ kind: 'write', retry: { attempts: 2 }, run: async () => void (await write(options, url)) })
  await using holdfast = await openTestHoldfast({ kinds: [kind] })
  const { state, failure } = await holdfast.perform(kind)
  return `${state}${failure === null ? '' : `: ${failure.message.replace(/:\d+/, '')}`}`
}

test('what trying again may mend is another attempt of the job: cut off in the middle, still down, nobody there', async () => {
  model.deeds.push('cut')
  assert.match(await becomes({ onText: model.go }), /^queued: The writer at 127\.0\.0\.1 stopped: /)
  model.deeds.push(500, 500, 500)
  assert.equal(await becomes(), 'queued: The writer at 127.0.0.1 says 500 said 500')
  assert.equal(await becomes({}, 'http://127.0.0.1:9/v1'), 'queued: The writer at 127.0.0.1 does not answer')
})

test('who is still asked to come again later is put back until then, which is no failure; why stands in the log', async (t) => {
  const logged = t.mock.method(console, 'error', () => {})
  model.deeds.push(429, 429, 429)
  assert.equal(await becomes(), 'queued')
  assert.match(String(logged.mock.calls[0]?.arguments[0]), /says 429 said 429$/)
})

test('what it cannot mend ends the job: a key that is refused, a text without end; and a stop is a stop', async () => {
  const asked = model.asked.length
  model.deeds.push(401, 'long', 'endless')
  assert.equal(await becomes(), 'failed: The writer at 127.0.0.1 says 401 said 401')
  for (const _ of ['long', 'endless'])
    assert.match(
      await becomes(),
      /^failed: The writer at 127\.0\.0\.1 finds no end: a paragraph has at most 3900 characters, or 4000 tokens$/,
    )
  assert.equal(model.asked.length, asked + 3)
  model.deeds.push('wait')
  const stop = new AbortController()
  await assert.rejects(write({ signal: stop.signal, onText: () => stop.abort(new Error('stopped')) }), { message: 'stopped' })
})

test('as long as it asks for is waited, which it says in seconds or as a date', () => {
  assert.deepEqual(['7', '0.5', '86400', null, 'soon'].map(waitMsOf), [7_000, 500, 600_000, 5_000, 5_000])
  const ms = waitMsOf(new Date(Date.now() + 90_000).toUTCString())
  assert.ok(ms > 80_000 && ms <= 90_000, `${ms}`)
  assert.equal(waitMsOf('Wed, 21 Oct 2015 07:28:00 GMT'), 5_000)
})
