// What takes long of S2.2, S2.4, S2.7 and S2.8; the short ones of it are in rows.test.ts. Run by `npm run test:long`.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { writeWhileLocked } from './locked.ts'
import { gate, idFor, isChapter, isWriting, within } from './world.ts'

describe('S2, at length', { concurrency: 3 }, () => {
  test('S2.7 I1 I7: a database that is locked for 20 s while chapters are saved and the book ends: nothing is lost, and it is told', () =>
    within('locked', {}, async (world) => void (await writeWhileLocked(world, 20_000))))

  test('S2.2: an exception is in the log with its type and its phase, and fails the job with its line', () =>
    within('wrong', {}, async (world) => {
      const app = await world.open()
      world.fail('Bad Grammar', (question) => (isChapter(question) ? 'nonsense' : null))
      const { job, book } = await app.order({ id: idFor('bad'), title: 'Bad Grammar' })
      const { state, exitCode, failure } = await world.ended(job)
      assert.deepEqual([state, exitCode, failure?.phase], ['failed', 1, 'Writing'])
      const line = (await world.logOf(job)).find((text) => text.startsWith('SyntaxError in Writing: '))
      assert.ok(line?.endsWith(failure?.message ?? '?'), `${line} | ${failure?.message}`)
      assert.equal((await app.get(`/books/${book}/1`)).status, 404)

      const short = await app.order({ id: idFor('short'), title: 'Short', chapters: 1 })
      await world.ended(short.job)
      const { holdfast, kinds } = app.app
      const beyond = await world.ended((await holdfast.submit(kinds.rewrite, { book: short.book, chapter: 9 })).job.id)
      assert.deepEqual([beyond.state, beyond.failure?.message], ['failed', '“Short” has 1 chapters, and no chapter 9'])
      assert.equal((await holdfast.artifact(`book-${short.book}`).current())?.number, 1)
    }))

  test('S2.4: what was given up for its silence is started anew at once, and is written', () =>
    within('again', { environment: { BOOKAPP_SILENCE_SECONDS: '3', BOOKAPP_GIVE_UP_SECONDS: '20' } }, async (world) => {
      const app = await world.open()
      const order = { id: idFor('deep'), title: 'Deep Silence' }
      let isSilent = true
      world.fail(order.title, (question) => (isChapter(question) && isSilent ? 'silent' : null))
      const { job } = await app.order(order)
      const { failure } = await world.ended(job)
      assert.match(`${failure?.kind}: ${failure?.message}`, /^stall: Gave no sign of life: (alive|busy), \d+ % CPU, no heartbeat for \d+ s/)
      isSilent = false
      const next = await app.order(order)
      assert.notEqual(next.job, job)
      assert.equal((await world.ended(next.job)).state, 'succeeded')
    }))

  test('S2.8 I9: a book that was killed in a chapter and resumed is to the letter that of one that was let alone', () =>
    within('letter', {}, async (world) => {
      const app = await world.open()
      const never = gate()
      const title = 'Cut Rope'
      const chaptersAsked = () => world.asked(title).filter(isChapter).length
      world.fail(title, ({ time }) => (time === 1 && chaptersAsked() === 3 ? { hold: never.passed } : null))
      const { job, book } = await app.order({ id: idFor('rope'), title, chapters: 4 })
      await world.jobWhen(job, 'chapter 3 is being written', (now) => isWriting(now) && chaptersAsked() === 3)
      process.kill(-(await world.pidOf(job)), 'SIGKILL')
      assert.equal((await world.ended(job)).state, 'interrupted')
      await app.app.holdfast.resume(job)
      await world.jobWhen(job, 'its end', ({ state }) => state === 'succeeded')
      const alone = await app.order({ id: idFor('alone'), title, chapters: 4 })
      assert.notEqual(alone.book, book)
      assert.equal((await world.ended(alone.job)).state, 'succeeded')
      assert.equal(await app.text(`/books/${book}/book.md`), await app.text(`/books/${alone.book}/book.md`))
      never.open()
    }))
})
