// The writers without any job: what the n-gram makes of a seed, how a model's lines are read, and how a server in trouble is told.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openChatServer } from '../test/chat-server.ts'
import { chatWriter } from './chat.ts'
import { ngramWriter } from './ngram.ts'
import { AskedToWait, linesOf, type Order } from './writer.ts'

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
  const titles = linesOf(await writer.write({ ...prose, lines: 40, words: 5 }, { signal: never }), 40)
  assert.equal(titles.length, 40)
  for (const title of titles) assert.match(title, /^[\p{L}’'-]+( [\p{L}’'-]+){1,4}$/u)
})

test('lines as models give them: numbered, bulleted, quoted, with empty ones between; too few are a failure', () => {
  assert.deepEqual(linesOf('1. One\n\n2) “Two”\n- *Three*\n(4) Four\n\nFive', 5), ['One', 'Two', 'Three', 'Four', 'Five'])
  assert.deepEqual(linesOf('1984 was a year\n12 Men', 2), ['1984 was a year', '12 Men'])
  assert.throws(() => linesOf('One\n\n', 2), { message: 'the writer gave 1 of 2 lines' })
})

describe('a server in trouble', () => {
  let opened: Awaited<ReturnType<typeof openChatServer>> | null = null
  after(() => opened?.close())
  const writerOf = (url: string, more = {}) =>
    chatWriter({ type: 'chat', url, model: 'm', key: '', answerMs: 10_000, firstPauseMs: 1, longestWaitMs: 1_000, ...more })

  test('gives up after six tries, in words that say why; waits as it is told, or says that it was asked to wait for long', async () => {
    opened = await openChatServer()
    const { url, questions, failWith } = opened
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
    await assert.rejects(writerOf(url).write(prose, { signal: never }), (error) => error instanceof AskedToWait && error.ms > 80_000)
    failWith(() => 'nonsense')
    const asked = questions.length
    await assert.rejects(writerOf(url).write(prose, listening), { name: 'SyntaxError' })
    assert.deepEqual([questions.length, told.length], [asked + 1, 5], 'what another try would not mend is not tried again')
    await assert.rejects(writerOf('http://127.0.0.1:9/v1').write(prose, { signal: never }), /the writer cannot be reached: \w+/)
  })

  test('a slow answer is no silence: the clock runs from one piece to the next', async () => {
    const { url, failWith } = opened ?? (await openChatServer())
    failWith(() => 'slow')
    const [told, began]: [string[], number] = [[], performance.now()]
    await writerOf(url, { answerMs: 1_000 }).write(prose, { signal: never, onTrouble: (line) => void told.push(line) })
    assert.deepEqual([told, performance.now() - began > 1_000], [[], true])
  })

  test('who is asked to stop stops at once, also while he waits', async () => {
    const { url, failWith } = opened ?? (await openChatServer())
    failWith(() => 'silent')
    const stop = new AbortController()
    const written = writerOf(url).write(prose, { signal: stop.signal, onText: () => stop.abort(new Error('enough')) })
    await assert.rejects(written, { message: 'enough' })
  })

  test('what it says of itself is what people read: the key goes along only where there is one, and the seed is a number', async () => {
    const { url, questions, failWith } = opened ?? (await openChatServer())
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
