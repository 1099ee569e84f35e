// The writers without any job: what the n-gram makes of a seed, how a model's lines are read, and how a server in trouble is told.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { settingsFrom } from '../settings.ts'
import { openChatServer } from '../test/chat-server.ts'
import { chatWriter } from './chat.ts'
import { ngramWriter } from './ngram.ts'
import { linesOf, type Order, type Trouble } from './writer.ts'

const prose: Order = { instructions: 'Write.', lines: null, words: 300, seed: 'a' }
const never = new AbortController().signal

test('the n-gram: the same seed gives the same text, another one another; about as long as was asked for; each step is in Moby-Dick', async () => {
  const writer = ngramWriter({ type: 'ngram', wordsPerSecond: 1e9 })
  const [first, again, other] = await Promise.all(['a', 'a', 'b'].map((seed) => writer.write({ ...prose, seed }, { signal: never })))
  assert.equal(first, again)
  assert.notEqual(first, other)
  const words = first?.split(/\s+/).length ?? 0
  assert.ok(words >= 300 && words < 380, `${words} words`)
  assert.match(first ?? '', /^[A-Z][\s\S]+[.!?]$/)
  assert.doesNotMatch(first ?? '', /\s[.,!?]|[.,!?]{2}/)
  const titles = linesOf(await writer.write({ ...prose, lines: 40, words: 5 }, { signal: never }))
  assert.equal(titles.length, 40)
  for (const title of titles) assert.match(title, /^[\p{L}’'-]+( [\p{L}’'-]+){1,4}$/u)
})

test('lines as models give them: numbered, bulleted, quoted, with empty ones between', () => {
  assert.deepEqual(linesOf('1. One\n\n2) “Two”\n- *Three*\n(4) Four\n\nFive'), ['One', 'Two', 'Three', 'Four', 'Five'])
  assert.deepEqual(linesOf('1984 was a year\n12 Men'), ['1984 was a year', '12 Men'])
})

test('what the environment may not say is told by the name of its variable', () => {
  for (const [name, value, wanted] of [
    ['BOOKAPP_GIVE_UP_SECONDS', '900', 'more than BOOKAPP_SILENCE_SECONDS'],
    ['BOOKAPP_ANSWER_SECONDS', '2200000', 'a number of seconds, more than 0 and at most 2,147,483'],
  ])
    assert.throws(() => settingsFrom({ [name ?? '']: value }), { message: `${name} is “${value}”, and has to be ${wanted}.` })
})

describe('a server in trouble', () => {
  let server: Awaited<ReturnType<typeof openChatServer>>
  before(async () => {
    server = await openChatServer()
  })
  after(() => server.close())
  const writerOf = (url: string, more = {}) =>
    chatWriter({ type: 'chat', url, model: 'm', key: '', answerMs: 10_000, firstPauseMs: 1, longestWaitMs: 1_000, ...more })

  test('gives up after six tries, in words that say why; waits as it is told, or says that it was asked to wait for long', async () => {
    const { url, questions, failWith } = server
    const told: string[] = []
    const listening = { signal: never, onTrouble: (line: string) => void told.push(line) }
    failWith(() => 'cut')
    await assert.rejects(writerOf(url).write(prose, listening), { message: 'the connection to the writer was cut' })
    assert.deepEqual([questions.length, told.length], [6, 5])
    failWith(() => 'ended')
    await assert.rejects(writerOf(url).write(prose, { signal: never }), { message: 'the connection to the writer was cut' })
    failWith(() => 'silent')
    await assert.rejects(writerOf(url, { answerMs: 30 }).write(prose, { signal: never }), { message: 'the writer gave no sign for 0.1 s' })
    failWith(() => ({ status: 429, headers: { 'retry-after': new Date(Date.now() + 90_000).toUTCString() } }))
    await assert.rejects(writerOf(url).write(prose, { signal: never }), (error: Trouble) => error.isBusy && (error.waitMs ?? 0) > 80_000)
    // Whoever is busy is asked again later, also when all tries are used up, and when only the last of them is told to wait for long.
    let time = 0
    failWith(() => ({ status: 429, headers: { 'retry-after': ++time % 6 === 0 ? '600' : '0' } }))
    await assert.rejects(writerOf(url).write(prose, { signal: never }), (error: Trouble) => error.isBusy && error.waitMs === 600_000)
    failWith(() => ({ status: 429 }))
    await assert.rejects(writerOf(url).write(prose, { signal: never }), (error: Trouble) => error.isBusy)
    for (const [fault, reason] of [['length', 'length'] as const, ['filter', 'content_filter'] as const]) {
      failWith(() => fault)
      const before = questions.length
      const message = `the writer stopped in the middle of its answer: ${reason}`
      await assert.rejects(writerOf(url).write(prose, { signal: never }), { message, constructor: Error })
      assert.equal(questions.length, before + 1, 'it would stop there again')
    }
    failWith(() => 'nonsense')
    const asked = questions.length
    await assert.rejects(writerOf(url).write(prose, listening), { name: 'SyntaxError' })
    assert.deepEqual([questions.length, told.length], [asked + 1, 5], 'what another try would not mend is not tried again')
    await assert.rejects(writerOf('http://127.0.0.1:9/v1').write(prose, { signal: never }), /the writer cannot be reached: \w+/)
  })

  test('a slow answer is no silence: the clock runs from one piece to the next', async () => {
    const { url, failWith } = server
    failWith(() => 'slow')
    const [told, began]: [string[], number] = [[], performance.now()]
    await writerOf(url, { answerMs: 1_000 }).write(prose, { signal: never, onTrouble: (line) => void told.push(line) })
    assert.deepEqual([told, performance.now() - began > 1_000], [[], true])
  })

  test('who is asked to stop stops at once, also while he waits', async () => {
    const { url, failWith } = server
    failWith(() => 'silent')
    const stop = new AbortController()
    const written = writerOf(url).write(prose, { signal: stop.signal, onText: () => stop.abort(new Error('enough')) })
    await assert.rejects(written, { message: 'enough' })
  })

  test('what it says of itself is what people read: the key goes along only where there is one, and the seed is a number', async () => {
    const { url, questions, failWith } = server
    failWith(() => null)
    const text = await writerOf(url).write(prose, { signal: never })
    assert.match(text, /Paragraph 4\. .+had been\.$/)
    const last = questions.at(-1)
    assert.deepEqual(
      [last?.headers.authorization, last?.body.stream, last?.body.model, typeof last?.body.seed],
      [undefined, true, 'm', 'number'],
    )
  })
})
