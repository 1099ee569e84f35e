// S2.1 to S2.3 and S2.8: what a book's job says while it runs, and that it goes on where it was. The app, its jobs as processes, a writer with faults.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../../../test/contract/temporary.ts'
import { ensurePython } from '../../../tools/python.ts'
import { gate, idFor, openWorld, patientMs, type World } from './world.ts'

const python = ensurePython()
const checkEpub = fileURLToPath(new URL('./check-epub.py', import.meta.url))

describe('S2, with a language model', { concurrency: 4 }, () => {
  let world: World
  let app: Awaited<ReturnType<World['open']>>
  /** What is to go wrong, by the title of the book. */
  const faults = new Map<string, (question: World['chat']['questions'][number]) => ReturnType<Parameters<World['chat']['failWith']>[0]>>()
  const fail = (title: string, fault: Parameters<World['chat']['failWith']>[0]) => faults.set(title, fault)
  const questionsOf = (title: string) => world.chat.questions.filter(({ prompt }) => prompt.includes(`“${title}”`))
  const chaptersAskedOf = (title: string) => questionsOf(title).filter(({ prompt }) => prompt.startsWith('Write the chapter'))
  const started = async (title: string, more: Record<string, string | number> = {}) => {
    const { job, book } = await app.order({ id: idFor(title.replace(/\W/g, '').toLowerCase().slice(0, 6)), title, ...more })
    return { job, book }
  }

  before(async () => {
    world = await openWorld('rows', { environment: { BOOKAPP_WAIT_SECONDS: '1.5', BOOKAPP_ANSWER_SECONDS: '30', BOOKAPP_AT_ONCE: '4' } })
    app = await world.open()
    world.chat.failWith((question) => [...faults].find(([title]) => question.prompt.includes(`“${title}”`))?.[1](question) ?? null)
  })
  after(async () => await world.close())

  test('S2.1 I8: three kinds; a book is queued, runs, succeeds, and is read only when it is whole; one job at a time changes it', async () => {
    const { holdfast, kinds } = app.app
    assert.deepEqual((await holdfast.kinds()).map(({ kind }) => kind).sort(), ['generate-book', 'regenerate-artifacts', 'rewrite-chapter'])
    const go = gate()
    fail('First Light', ({ prompt }) => (prompt.startsWith('Write the chapter') ? { hold: go.passed } : null))
    const { job, book } = await started('First Light')
    assert.deepEqual(await started('First Light'), { job, book }, 'a form that is sent twice is one book')
    await world.jobWhen(job, 'Writing', ({ state, progress }) => state === 'running' && progress?.phase?.name === 'Writing')
    assert.equal((await app.get(`/books/${book}/1`)).status, 404, 'nobody reads half a book')
    go.open()
    assert.equal((await world.ended(job)).state, 'succeeded')
    const before = await Promise.all([1, 2, 3].map((chapter) => app.text(`/books/${book}/${chapter}`)))

    const again = gate()
    fail('First Light', () => ({ hold: again.passed }))
    const rewrite = await holdfast.submit(kinds.rewrite, { book, chapter: 2, wish: 'more <rain>' })
    await world.jobWhen(rewrite.job.id, 'Writing', ({ progress }) => progress?.phase?.name === 'Writing')
    const files = await holdfast.submit(kinds.regenerate, { book })
    const waiting = await world.jobWhen(files.job.id, 'waits for the book', ({ hold }) => hold === 'key')
    assert.deepEqual(waiting.locks, [{ key: `book:${book}`, mode: 'exclusive' }])
    assert.equal(await app.text(`/books/${book}/2`), before[1], 'the old chapter, until the new one is whole')
    again.open()
    assert.deepEqual([(await world.ended(rewrite.job.id)).state, (await world.ended(files.job.id)).state], ['succeeded', 'succeeded'])
    const now = await Promise.all([1, 2, 3].map((chapter) => app.text(`/books/${book}/${chapter}`)))
    assert.deepEqual([now[0] === before[0], now[1] === before[1], now[2] === before[2]], [true, false, true])
    assert.equal((await holdfast.artifact(`book-${book}`).current())?.number, 3)
    assert.match(questionsOf('First Light').at(-1)?.prompt ?? '', /This time: more <rain>$/)

    const wrong = await holdfast.submit(kinds.rewrite, { book, chapter: 9 })
    const failed = await world.ended(wrong.job.id)
    assert.deepEqual([failed.state, failed.failure?.message], ['failed', '“First Light” has 3 chapters, and no chapter 9'])
    assert.equal(await app.text(`/books/${book}/2`), now[1])
  })

  test('the downloads: Markdown with every chapter, and an EPUB 3 that others can read, whatever the text has in it', async () => {
    const { job, book } = await started('Salt & <Iron>', { chapters: 2 })
    assert.equal((await world.ended(job)).state, 'succeeded')
    const markdown = await app.text(`/books/${book}/book.md`)
    assert.match(markdown, /^# Salt & \\<Iron\\>\n\nWritten by test-model\.\n\n## 1\. Thing \w+1 & more\n\n“It is/)
    assert.equal(markdown.match(/^## /gm)?.length, 2)
    const epub = await app.get(`/books/${book}/book.epub`)
    assert.equal(epub.headers.get('content-type'), 'application/epub+zip')
    const path = join(world.data, 'downloaded.epub')
    writeFileSync(path, Buffer.from(await epub.arrayBuffer()))
    const checked = spawnSync(python, [checkEpub, path], { encoding: 'utf8' })
    assert.deepEqual([checked.stderr, checked.stdout], ['', 'Salt & <Iron>\n2\n'])
  })

  test('S2.2: five phases, each with a line when it starts and one when it ends, then each chapter', async () => {
    const { job } = await started('Plain Sailing', { chapters: 2 })
    assert.equal((await world.ended(job)).state, 'succeeded')
    const lines = (await world.logOf(job)).map((line) => line.replace(/, \d+\.\d s$/, ''))
    const phases = ['Blueprint', 'Structure & Events', 'Chapter Planning', 'Writing', 'Post-Processing']
    assert.deepEqual(
      lines.filter((line) => /: (start|end)$/.test(line)),
      phases.flatMap((name) => [`${name}: start`, `${name}: end`]),
    )
    assert.deepEqual(
      lines.filter((line) => line.startsWith('chapter')).map((line) => line.replace(/“.*/, '')),
      ['chapter 1 of 2 saved: ', 'chapter 2 of 2 saved: '],
    )
    assert.deepEqual(
      (await world.jobWhen(job, 'its phases', () => true)).progress?.phases?.map(({ name }) => name),
      phases,
    )
  })

  test('S2.2: a series logs its title and where each book starts and ends; its books are published together', async () => {
    const { job, book } = await started('Three Tides', { books: 3, chapters: 1 })
    const done = await world.ended(job)
    assert.deepEqual([done.state, done.artifacts.length], ['succeeded', 3])
    const told = (await world.logOf(job)).filter((line) => /^(Series|Book \d of)/.test(line)).map((line) => line.replace(/, “.*/, ''))
    const books = [1, 2, 3].flatMap((number) => [`Book ${number} of 3: start`, `Book ${number} of 3: end`])
    assert.deepEqual(told, ['Series “Three Tides”: start, 3 books', ...books, 'Series “Three Tides”: end'])
    assert.match(await app.text(`/books/${book}`), /Three Tides, book 1 of 3/)
  })

  test('S2.2: an exception is in the log with its type and its phase, and fails the job with its line', async () => {
    fail('Bad Grammar', ({ prompt }) => (prompt.startsWith('Write the chapter') ? 'nonsense' : null))
    const { job } = await started('Bad Grammar')
    const { state, exitCode, failure } = await world.ended(job)
    assert.deepEqual([state, exitCode, failure?.phase], ['failed', 1, 'Writing'])
    const line = (await world.logOf(job)).find((text) => text.startsWith('SyntaxError in Writing: '))
    assert.ok(line?.endsWith(failure?.message ?? '?'), `${line} | ${failure?.message}`)
    fail('No Key', () => ({ status: 401, message: 'Incorrect API key provided: sk-very-secret' }))
    const refused = await world.ended((await started('No Key')).job)
    assert.match(refused.failure?.message ?? '', /^the writer answered 401: Incorrect API key provided: •••$/)
    assert.equal(questionsOf('No Key').length, 1, 'what will not pass is not asked again')
  })

  test('S2.3: start and heartbeat are set when it begins to run; every chapter that is saved is a heartbeat', async () => {
    const gates = [gate(), gate(), gate()]
    fail('Slow and Steady', ({ prompt }) => {
      const place = chaptersAskedOf('Slow and Steady').length - 1
      return prompt.startsWith('Write the chapter') ? { hold: gates[place]?.passed ?? Promise.resolve() } : null
    })
    const { job } = await started('Slow and Steady')
    const first = await world.jobWhen(
      job,
      'chapter 1 is being written',
      ({ heartbeatAt }) => heartbeatAt !== null && chaptersAskedOf('Slow and Steady').length === 1,
    )
    assert.ok(first.startedAt !== null && first.heartbeatAt !== null && first.heartbeatAt >= first.startedAt)
    for (const [index, { open }] of gates.entries()) {
      // What it said before this chapter has been read: the next beat is of this chapter.
      const before = await world.jobWhen(job, `chapter ${index + 1} is being written`, ({ progress }) => {
        const isThere = progress?.phase?.name === 'Writing' && (progress.done ?? 0) >= index
        return isThere && chaptersAskedOf('Slow and Steady').length === index + 1
      })
      open()
      await world.jobWhen(job, `the beat of chapter ${index + 1}`, ({ heartbeatAt }) => (heartbeatAt ?? 0) > (before.heartbeatAt ?? 0))
      const isSaved = (line: string) => line.startsWith(`chapter ${index + 1} of 3 saved`)
      await until(`the line of chapter ${index + 1}`, async () => (await world.logOf(job)).some(isSaved), patientMs)
    }
    assert.equal((await world.ended(job)).state, 'succeeded')
  })

  test('S2.8: a busy server, a cut line, a broken one and an error of the server are survived within the attempt', async () => {
    const troubles = [{ status: 429, headers: { 'retry-after': '1' } }, 'cut', 'broken', { status: 503 }, null] as const
    fail('Rough Weather', ({ prompt, time }) => (prompt.startsWith('Write the chapter') ? (troubles[time - 1] ?? null) : null))
    const { job, book } = await started('Rough Weather', { chapters: 1 })
    const done = await world.ended(job)
    assert.deepEqual([done.state, done.attempts, chaptersAskedOf('Rough Weather').length], ['succeeded', 1, 5], done.failure?.message)
    const told = (await world.logOf(job)).filter((line) => line.startsWith('warning: ')).map((line) => line.replace(/; trying.*/, ''))
    assert.deepEqual(
      told.map((line) => line.slice('warning: the '.length)),
      ['writer answered 429: not now', 'connection to the writer was cut', 'writer broke off: overloaded', 'writer answered 503: not now'],
    )
    assert.match((await world.logOf(job)).join('\n'), /429: not now; trying again in 1 s, 1 of 5/)
    assert.equal((await app.text(`/books/${book}/book.md`)).match(/Paragraph 1\./g)?.length, 1, 'no piece of a cut answer is in the book')
    assert.deepEqual(questionsOf('Rough Weather')[0]?.headers.authorization, 'Bearer sk-very-secret')
  })

  test('S2.8: asked to wait for long it is put back, its place is free, no try is used, and it goes on with the next chapter', async () => {
    fail('Long Calm', ({ prompt, time }) =>
      time === 1 && prompt.startsWith('Write the chapter') && chaptersAskedOf('Long Calm').length === 2
        ? { status: 429, headers: { 'retry-after': '4' } }
        : null,
    )
    const { job } = await started('Long Calm')
    const resting = await world.jobWhen(job, 'put back', ({ state, hold }) => state === 'queued' && hold === 'time')
    assert.equal(resting.failure, null)
    const done = await world.ended(job)
    assert.deepEqual([done.state, chaptersAskedOf('Long Calm').length], ['succeeded', 4], 'three chapters, one of them asked for twice')
    assert.equal((await world.logOf(job)).filter((line) => line.startsWith('chapter 1 of 3 kept')).length, 1)
  })

  test('S2.8 I9: killed in a chapter and resumed it goes on after the last saved one; the book is that of one that was let alone', async () => {
    const hold = gate()
    fail('Cut Rope', ({ prompt, time }) =>
      time === 1 && prompt.startsWith('Write the chapter') && chaptersAskedOf('Cut Rope').length === 3 ? { hold: hold.passed } : null,
    )
    const { job, book } = await started('Cut Rope', { chapters: 4 })
    await world.jobWhen(job, 'chapter 3 is being written', () => chaptersAskedOf('Cut Rope').length === 3)
    process.kill(-(await world.pidOf(job)), 'SIGKILL')
    const interrupted = await world.ended(job)
    assert.deepEqual([interrupted.state, interrupted.failure?.phase], ['interrupted', 'Writing'])
    assert.equal((await app.get(`/books/${book}/1`)).status, 404)
    await app.app.holdfast.resume(job)
    const done = await world.jobWhen(job, 'its end', ({ state }) => state === 'succeeded')
    assert.equal(done.attempts, 2)
    assert.equal(questionsOf('Cut Rope').length, 3 + 5, 'the plan once, chapters 1, 2 and 4 once, chapter 3 twice')
    const lines = await world.logOf(job)
    assert.deepEqual(
      lines.filter((line) => /^chapter \d of 4 kept/.test(line)).map((line) => line.slice(0, 9)),
      ['chapter 1', 'chapter 2'],
    )
    const alone = await started('Cut Rope', { id: 'order-alone1', chapters: 4 })
    assert.notEqual(alone.book, book)
    assert.equal((await world.ended(alone.job)).state, 'succeeded')
    assert.equal(await app.text(`/books/${book}/book.md`), await app.text(`/books/${alone.book}/book.md`))
    hold.open()
  })
})
