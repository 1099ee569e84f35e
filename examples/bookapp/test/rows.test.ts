// S2.1 to S2.9 without a browser: what a book's job says while it runs, that it goes on where it was; what gets stuck, dies or is locked, and what the
// app's next start makes of it. The app, its jobs as processes, a writer with faults. What needs other settings has a folder of its own; all at once.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../../../test/contract/temporary.ts'
import { ensurePython } from '../../../tools/python.ts'
import { schemaOf, takeBack } from './earlier-schema.ts'
import { writeWhileLocked } from './locked.ts'
import { gate, idFor, isChapter, isWriting, openWorld, patientMs, type World, within } from './world.ts'

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
/** A launcher's command: the job's own process. */
const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
/** After that a job is marked; it has half an hour before it is given up. */
const silentMs = 2_000
const phases = ['Blueprint', 'Structure & Events', 'Chapter Planning', 'Writing', 'Post-Processing']

describe('S2', { concurrency: 6 }, () => {
  let world: World
  let app: Awaited<ReturnType<World['open']>>
  const chaptersAskedOf = (title: string) => world.asked(title).filter(isChapter)

  before(async () => {
    world = await openWorld('rows', {
      environment: {
        BOOKAPP_PAUSE_SECONDS: '0.05',
        BOOKAPP_WAIT_SECONDS: '1.5',
        BOOKAPP_SILENCE_SECONDS: `${silentMs / 1_000}`,
        BOOKAPP_AT_ONCE: '4',
      },
    })
    app = await world.open()
  })
  after(async () => await world.close())

  describe('a book from its order to its third edition', { concurrency: 1 }, () => {
    const title = 'Salt & <Iron>'
    let job: number
    let book: string

    test('S2.1 S2.3 S2.8: it runs with a heartbeat at once, and one for each chapter that is saved; a busy server, a cut line, a broken one and an error of the server are survived', async () => {
      const [plan, second, third] = [gate(), gate(), gate()]
      const troubles = [{ status: 429, headers: { 'retry-after': '0.3' } }, 'cut', 'broken', { status: 503 }, null] as const
      world.fail(title, (question) => {
        if (!isChapter(question)) return { hold: plan.passed }
        const number = new Set(chaptersAskedOf(title).map(({ prompt }) => prompt)).size
        return number === 1 ? (troubles[question.time - 1] ?? null) : { hold: (number === 2 ? second : third).passed }
      })
      const order = { id: idFor('salt'), title }
      ;({ job, book } = await app.order(order))
      assert.deepEqual(await app.order(order), { job, book, created: false }, 'a form that is sent twice is one book')
      assert.equal((await app.order({ ...order, books: 2 })).book, book, 'and leads to the book that is written, whatever it says now')
      const began = await world.jobWhen(job, 'its first beat', ({ state, heartbeatAt }) => state === 'running' && heartbeatAt !== null)
      assert.ok(began.startedAt !== null && began.heartbeatAt !== null && began.heartbeatAt >= began.startedAt)
      plan.open()
      for (const [index, { open }] of [second, third].entries()) {
        // What it said before this chapter has been read: the next beat is of this chapter.
        const before = await world.jobWhen(
          job,
          `chapter ${index + 2} is being written`,
          (now) => isWriting(now) && now.progress?.done === index + 1 && chaptersAskedOf(title).length === index + 6,
        )
        assert.ok((before.heartbeatAt ?? 0) > (began.heartbeatAt ?? 0))
        assert.equal((await app.get(`/books/${book}/1`)).status, 404, 'nobody reads half a book')
        open()
        await world.jobWhen(job, `the beat of chapter ${index + 2}`, ({ heartbeatAt }) => (heartbeatAt ?? 0) > (before.heartbeatAt ?? 0))
      }
      const done = await world.ended(job)
      assert.deepEqual([done.state, done.attempts], ['succeeded', 1], done.failure?.message)
      assert.equal(world.asked(title)[0]?.headers.authorization, 'Bearer sk-very-secret')
    })

    test('S2.2 S2.8: five phases, each with a line when it starts and one when it ends; a line for each chapter, and one for each trouble', async () => {
      const lines = await world.logOf(job)
      assert.deepEqual(
        lines.map((line) => line.replace(/, \d+\.\d s$/, '')).filter((line) => /: (start|end)$/.test(line)),
        phases.flatMap((name) => [`${name}: start`, `${name}: end`]),
      )
      assert.deepEqual(
        lines.filter((line) => line.startsWith('chapter')).map((line) => line.replace(/: “.*/, '')),
        ['chapter 1 of 3 saved', 'chapter 2 of 3 saved', 'chapter 3 of 3 saved'],
      )
      assert.deepEqual(
        lines.filter((line) => line.startsWith('warning: ')),
        [
          'warning: the writer answered 429 not now; trying again in 0.3 s, 1 of 5',
          'warning: the connection to the writer was cut; trying again in 0.1 s, 2 of 5',
          'warning: the writer broke off: overloaded; trying again in 0.2 s, 3 of 5',
          'warning: the writer answered 503 not now; trying again in 0.4 s, 4 of 5',
        ],
      )
    })

    test('the downloads: Markdown with every chapter once, and an EPUB 3 that others can read, whatever the text has in it', async () => {
      const markdown = await app.text(`/books/${book}/book.md`)
      assert.match(markdown, /^# Salt & \\<Iron\\>\n\nWritten by test-model\.\n\n## 1\. Thing \w+1 & more\n\n“It is/)
      assert.equal(markdown.match(/^## /gm)?.length, 3)
      assert.equal(markdown.match(/Paragraph 1\./g)?.length, 3, 'no piece of a cut answer is in the book')
      const epub = await app.get(`/books/${book}/book.epub`)
      assert.equal(epub.headers.get('content-type'), 'application/epub+zip')
      const path = join(world.data, 'downloaded.epub')
      writeFileSync(path, Buffer.from(await epub.arrayBuffer()))
      const checked = spawnSync(ensurePython(), [pathOf('check-epub.py'), path], { encoding: 'utf8' })
      assert.deepEqual([checked.stderr, checked.stdout], ['', `${title}\n3\n`])
    })

    test('S2.1 I8: the other two kinds: one job at a time changes a book, and it is the old one until the new one is whole', async () => {
      const { holdfast, kinds } = app.app
      assert.deepEqual((await holdfast.kinds()).map(({ kind }) => kind).sort(), [
        'generate-book',
        'regenerate-artifacts',
        'rewrite-chapter',
      ])
      const textsOf = () => Promise.all([1, 2, 3].map((chapter) => app.text(`/books/${book}/${chapter}`)))
      const [go, before] = [gate(), await textsOf()]
      world.fail(title, () => ({ hold: go.passed }))
      const rewrite = await holdfast.submit(kinds.rewrite, { book, chapter: 2, wish: 'more <rain>' })
      await world.jobWhen(rewrite.job.id, 'Writing', isWriting)
      const files = await holdfast.submit(kinds.regenerate, { book })
      const waiting = await world.jobWhen(files.job.id, 'waits for the book', ({ hold }) => hold === 'key')
      assert.deepEqual([waiting.state, waiting.locks], ['queued', [{ key: `book:${book}`, mode: 'exclusive' }]])
      const other = { book, chapter: 3, wish: 'less rain' }
      await assert.rejects(holdfast.submit(kinds.rewrite, other), { code: 'active_exists' }, 'another wish is not dropped in silence')
      const message = 'Input rejected: book: there is no such book, or not yet.'
      await assert.rejects(holdfast.submit(kinds.rewrite, { book: 'not-there', chapter: 1 }), { message })
      await assert.rejects(holdfast.submit(kinds.regenerate, { book: 'not-there' }), { message })
      assert.equal((await app.get('/books/not-there')).status, 404, 'and the shelf has no place for it')
      await assert.rejects(holdfast.submit(kinds.regenerate, { book: '../x' }), /open the form anew\.$/)
      assert.equal(await app.text(`/books/${book}/2`), before[1])
      go.open()
      assert.deepEqual([(await world.ended(rewrite.job.id)).state, (await world.ended(files.job.id)).state], ['succeeded', 'succeeded'])
      const now = await textsOf()
      assert.deepEqual([now[0] === before[0], now[1] === before[1], now[2] === before[2]], [true, false, true])
      assert.equal((await holdfast.artifact(`book-${book}`).current())?.number, 3)
      assert.match(world.asked(title).at(-1)?.prompt ?? '', /This time: more <rain>$/)
    })
  })

  test('S2.5 S2.2 I10: a series that is long and beats is not marked for its length: whenever it is marked, it was silent for so long. It logs its title and where each book starts and ends, and its books are published together', async () => {
    const title = 'Two Tides'
    const gates = Array.from({ length: 6 }, gate)
    // A chapter is known by the book's plan in it, and that by the series' title.
    const chaptersAsked = () => chaptersAskedOf(title).length
    world.fail(title, (question) => (isChapter(question) ? { hold: gates[chaptersAsked() - 1]?.passed ?? Promise.resolve() } : null))
    const { job, book } = await app.order({ id: idFor('tides'), title, books: 2, chapters: gates.length / 2 })
    const silences: number[] = []
    for (const [index, { open }] of gates.entries()) {
      await until(`chapter ${index + 1}`, () => chaptersAsked() > index, patientMs)
      // Shorter each time than its limit, longer in all.
      const waitUntil = performance.now() + 400
      await until('less than a silence', () => performance.now() >= waitUntil)
      const { stalled } = await world.jobWhen(job, 'now', () => true)
      if (stalled !== null) silences.push(stalled.silentMs)
      open()
    }
    const done = await world.ended(job)
    assert.deepEqual([done.state, done.artifacts.length], ['succeeded', 2])
    assert.ok((done.finishedAt ?? 0) - (done.startedAt ?? 0) > silentMs)
    assert.ok(silences.length < gates.length && silences.every((silence) => silence >= silentMs), `marked only for silence: ${silences}`)
    const told = (await world.logOf(job)).filter((line) => /^(Series|Book \d of)/.test(line)).map((line) => line.replace(/, “.*/, ''))
    const books = [1, 2].flatMap((number) => [`Book ${number} of 2: start`, `Book ${number} of 2: end`])
    assert.deepEqual(told, [`Series “${title}”: start, 2 books`, ...books, `Series “${title}”: end`])
    assert.match(await app.text(`/books/${book}`), /Two Tides, book 1 of 2/)
  })

  test('S2.4 S2.8 I9: killed in a chapter it ends by itself; resumed, and then put back by a server that is busy for long, it goes on after the last saved chapter', async () => {
    const title = 'Cut Rope'
    const never = gate()
    world.fail(title, (question) => {
      if (!isChapter(question) || chaptersAskedOf(title).length < 2) return null
      if (question.time === 1) return chaptersAskedOf(title).length === 2 ? { hold: never.passed } : null
      return question.time === 2 ? { status: 429, headers: { 'retry-after': '2' } } : null
    })
    const { job, book } = await app.order({ id: idFor('rope'), title })
    await world.jobWhen(job, 'chapter 2 is being written', (now) => isWriting(now) && chaptersAskedOf(title).length === 2)
    process.kill(-(await world.pidOf(job)), 'SIGKILL')
    const killed = await world.ended(job)
    assert.deepEqual(
      [killed.state, killed.failure?.phase, killed.failure?.message],
      ['interrupted', 'Writing', 'its processes disappeared without an exit code'],
    )
    assert.equal((await app.get(`/books/${book}/1`)).status, 404)
    await app.app.holdfast.resume(job)
    const resting = await world.jobWhen(job, 'put back', ({ state, hold }) => state === 'queued' && hold === 'time')
    assert.equal(resting.failure, null)
    await world.jobWhen(job, 'its end', ({ state }) => state === 'succeeded')
    assert.equal(world.asked(title).length, 3 + 5, 'the plan once, chapters 1 and 3 once, chapter 2 three times')
    const kept = (await world.logOf(job)).filter((line) => /^chapter \d of 3 kept/.test(line)).map((line) => line.slice(0, 9))
    assert.deepEqual(kept, ['chapter 1', 'chapter 1'])
    assert.equal((await app.text(`/books/${book}/book.md`)).match(/Paragraph 4\./g)?.length, 3)
    never.open()
  })

  test('S2.4 S2.5 I10: a worker that hangs in the middle of an answer, and hears no signal, is marked by its silence, killed by itself, and a new start is possible at once', () =>
    within('stuck', { environment: { BOOKAPP_SILENCE_SECONDS: '2', BOOKAPP_GIVE_UP_SECONDS: '6' } }, async (world) => {
      const app = await world.open()
      const order = { id: idFor('deep'), title: 'Deep Silence' }
      world.fail(order.title, (question) => (isChapter(question) ? 'silent' : null))
      const { job } = await app.order(order)
      await world.jobWhen(job, 'a chapter is being written', isWriting)
      for (const pid of childrenOf(await world.pidOf(job))) process.kill(pid, 'SIGSTOP')
      const marked = await world.jobWhen(job, 'stalled', ({ flags }) => flags.includes('stalled'))
      assert.equal(marked.state, 'running', 'a warning first, no verdict')
      assert.ok(marked.heartbeatAt !== null && (marked.stalled?.silentMs ?? 0) >= 2_000)
      const done = await world.ended(job)
      assert.deepEqual([done.state, done.failure?.kind, done.failure?.phase, done.signal], ['failed', 'stall', 'Writing', 'SIGKILL'])
      const words = /^Gave no sign of life: paused by a signal \(SIGSTOP\), no heartbeat for \d+ s; last line: Writing: start$/
      assert.match(done.failure?.message ?? '', words)
      const next = await app.order(order)
      assert.deepEqual([next.created, next.job === job], [true, false])
    }))

  test('S2.5 I10: one that never beat has a limit of its own, longer than that of silence', () => {
    const environment = { BOOKAPP_SILENCE_SECONDS: '1', BOOKAPP_GIVE_UP_SECONDS: '2', BOOKAPP_FIRST_SIGN_SECONDS: '5' }
    return within('never', { environment }, async (world) => {
      const app = await world.open()
      process.env.NODE_OPTIONS = `--import=${pathOf('./stuck.mjs')}`
      const { job } = await app.order({ id: idFor('never'), title: 'Never Begun' })
      const never = await world.ended(job)
      assert.deepEqual([never.state, never.failure?.kind, never.heartbeatAt], ['failed', 'stall', null])
      assert.ok(Number(/no heartbeat for (\d+) s/.exec(never.failure?.message ?? '')?.[1]) >= 5, never.failure?.message)
    }).finally(() => delete process.env.NODE_OPTIONS)
  })

  test('S2.7 I1 I7: a database that is locked until people are told of it, while chapters are saved and the book ends: nothing is lost. S2.5: by default 15 minutes of silence, and two hours before the first sign of life', () =>
    within('locked', {}, async (world) => {
      const { stall } = await writeWhileLocked(world, 0)
      assert.deepEqual(stall, {
        stallAfterMs: 900_000,
        firstHeartbeatWithinMs: 7_200_000,
        heartbeats: 'explicit',
        onStall: 'cancel',
        stallLimitMs: 1_800_000,
      })
    }))

  test('S2.4: a worker that runs out of memory ends by itself, in words that say so; a new start is possible at once', () =>
    within('memory', { writer: 'ngram', environment: { BOOKAPP_MEMORY_MB: '60', BOOKAPP_WORDS_PER_SECOND: '5' } }, async (world) => {
      const app = await world.open()
      const order = { id: idFor('memory'), title: 'Too Much' }
      const { job } = await app.order(order)
      const done = await world.ended(job)
      assert.equal(done.state, 'failed')
      assert.match(`${done.failure?.kind}: ${done.failure?.message}`, /memory/i)
      const next = await app.order(order)
      assert.equal(next.created, true)
      await world.jobWhen(next.job, 'the new start runs', ({ startedAt }) => startedAt !== null)
      assert.match(await app.text('/'), /an n-gram of Moby-Dick/, 'the offline writer is named as such')
    }))

  test('S2.4 S2.6 S2.9 I4 I5: a start of the app on a data folder of an earlier schema migrates it and keeps a copy; it adopts what lives, settles what ended, interrupts what vanished', () =>
    within('repair', { environment: { BOOKAPP_AT_ONCE: '4' } }, async (world) => {
      const [lives, ends, never] = [gate(), gate(), gate()]
      const first = await world.serve()
      const started = async (title: string, { passed }: ReturnType<typeof gate>) => {
        world.fail(title, (question) => (isChapter(question) && question.time === 1 ? { hold: passed } : null))
        const order = { id: idFor(title.toLowerCase().slice(0, 6)), title, chapters: '1' }
        const ordered = await first.order(order)
        await world.jobWhen(ordered.job, 'Writing', isWriting)
        return { ...ordered, order, pid: await world.pidOf(ordered.job) }
      }
      const [living, ending, vanishing] = await Promise.all([started('Lives', lives), started('Ends', ends), started('Vanishes', never)])
      await first.kill()
      ends.open()
      await until('its book is written', () => world.recordOf(ending.job).startsWith('0'), patientMs)
      process.kill(-vanishing.pid, 'SIGKILL')
      await world.letGo()
      await takeBack(world.data, 4)
      writeFileSync(join(world.data, 'bookapp', 'drafts', '.DS_Store'), 'not ours')
      assert.equal(schemaOf(join(world.data, 'holdfast.db')), 4)

      const second = await world.serve()
      const found = 'what was left behind: adopted 1, settled 1, interrupted 1\n'
      await until('what it found', () => second.printed().includes(found), patientMs)
      const [copy, ...more] = readdirSync(world.data).filter((name) => name.startsWith('holdfast-schema-4-'))
      assert.deepEqual([schemaOf(join(world.data, copy ?? '')), more], [4, []])
      assert.ok(schemaOf(join(world.data, 'holdfast.db')) > 4)
      assert.equal((await world.ended(ending.job)).state, 'succeeded')
      assert.equal((await world.ended(vanishing.job)).state, 'interrupted')
      assert.equal((await second.get(`/books/${ending.book}/1`)).status, 200, 'published by the app that came after')
      assert.equal((await second.get(`/books/${vanishing.book}/1`)).status, 404)
      assert.equal(await world.pidOf(living.job), living.pid)
      const again = await second.order(vanishing.order)
      assert.deepEqual([again.created, (await world.ended(again.job)).state], [true, 'succeeded'], 'a new start after the kill')
      lives.open()
      const adopted = await world.ended(living.job)
      assert.deepEqual([adopted.state, adopted.attempts, world.asked('Lives').length], ['succeeded', 1, 4])
      assert.equal((await second.get(`/books/${living.book}/1`)).status, 200)
      never.open()
    }))
})
