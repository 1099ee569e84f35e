// S2.4 to S2.7 and S2.9: what gets stuck, dies or is locked, and what the app's next start makes of it. Each on a folder of its own.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../../../test/contract/temporary.ts'
import { schemaOf, takeBack } from './earlier-schema.ts'
import { gate, idFor, openWorld, patientMs, type World } from './world.ts'

const isChapter = ({ prompt }: { prompt: string }) => prompt.startsWith('Write the chapter')
const askedOf = ({ chat }: World, title: string) =>
  chat.questions.filter((question) => question.prompt.includes(`“${title}”`) && isChapter(question))

describe('S2', { concurrency: 2 }, () => {
  describe('stuck', { concurrency: 3 }, () => {
    let world: World
    let app: Awaited<ReturnType<World['open']>>
    const silentMs = 3_000
    const order = (title: string, id: string) => app.order({ id: idFor(id), title })

    before(async () => {
      const limits = {
        BOOKAPP_SILENCE_SECONDS: '3',
        BOOKAPP_GIVE_UP_SECONDS: '15',
        BOOKAPP_FIRST_SIGN_SECONDS: '18',
        BOOKAPP_ANSWER_SECONDS: '600',
      }
      world = await openWorld('stuck', { environment: { ...limits, BOOKAPP_AT_ONCE: '4' } })
      process.env.NODE_OPTIONS = `--import=${fileURLToPath(new URL('./stuck.mjs', import.meta.url))}`
      app = await world.open()
      world.chat.failWith((question) => (isChapter(question) && question.prompt.includes('Deep Silence') ? 'silent' : null))
    })
    after(async () => {
      delete process.env.NODE_OPTIONS
      await world.close()
    })

    test('S2.4 S2.5 I10: a worker that hangs in the middle of an answer is marked by its silence, ends by itself, and a new start is possible at once', async () => {
      const { job } = await order('Deep Silence', 'deep')
      const marked = await world.jobWhen(job, 'stalled', ({ flags }) => flags.includes('stalled'))
      assert.equal(marked.state, 'running', 'a warning first, no verdict')
      assert.ok(marked.heartbeatAt !== null && (marked.stalled?.silentMs ?? 0) >= silentMs)
      const done = await world.ended(job)
      assert.deepEqual([done.state, done.failure?.kind, done.failure?.phase], ['failed', 'stall', 'Writing'])
      assert.match(
        done.failure?.message ?? '',
        /^Gave no sign of life: (alive|busy), \d+ % CPU, no heartbeat for \d+ s; last line: Writing: start$/,
      )
      const next = await order('Deep Silence', 'deep')
      assert.notEqual(next.job, job)
      await world.jobWhen(next.job, 'running', ({ state }) => state === 'running')
    })

    test('S2.5 I10: one that never beat has a limit of its own', async () => {
      const { job } = await order('Never Begun', 'never')
      const never = await world.ended(job)
      assert.deepEqual([never.state, never.failure?.kind, never.heartbeatAt], ['failed', 'stall', null])
      assert.ok(Number(/no heartbeat for (\d+) s/.exec(never.failure?.message ?? '')?.[1]) >= 18, never.failure?.message)
    })

    test('S2.4: a worker killed by SIGKILL ends by itself, and a new start is possible at once', async () => {
      const { job } = await order('Deep Silence, Too', 'killed')
      await world.jobWhen(job, 'Writing', ({ progress }) => progress?.phase?.name === 'Writing')
      process.kill(-(await world.pidOf(job)), 'SIGKILL')
      const done = await world.ended(job)
      assert.deepEqual([done.state, done.failure?.message], ['interrupted', 'its processes disappeared without an exit code'])
      assert.equal((await order('Deep Silence, Too', 'killed')).created, true)
    })
  })

  describe('locked, left and old', { concurrency: 4 }, () => {
    test('S2.7 I1 I7: a database that is locked for 20 s while chapters are saved and the book ends: nothing is lost, and it is told', async () => {
      const world = await openWorld('locked')
      try {
        const app = await world.open()
        const go = gate()
        world.chat.failWith((question) => (isChapter(question) ? { hold: go.passed } : null))
        const { job, book } = await app.order({ id: idFor('locked'), title: 'Locked In', chapters: '6' })
        await world.jobWhen(job, 'chapter 1 is being written', () => askedOf(world, 'Locked In').length === 1)
        const other = new DatabaseSync(join(world.data, 'holdfast.db'), { timeout: 10_000 })
        other.exec('begin immediate')
        const lockedAt = performance.now()
        go.open()
        await until('it has ended, while nobody can write that down', () => recordOf(world.data, job).startsWith('0'), patientMs)
        await until(
          'the lock is told',
          async () => /^the database has been locked for \d+ s$/.test(app.app.holdfast.trouble() ?? ''),
          patientMs,
        )
        await until('20 seconds', () => performance.now() - lockedAt >= 20_000, patientMs)
        assert.equal((await app.app.holdfast.get(job))?.state, 'running')
        other.exec('rollback')
        other.close()
        const done = await world.ended(job)
        assert.deepEqual([done.state, done.attempts, done.failure], ['succeeded', 1, null])
        await until('it is over', () => app.app.holdfast.trouble() === null)
        const lines = (await (await world.looker()).log(job, { limit: 5_000 })).lines
        assert.deepEqual(
          lines.map(({ seq }) => seq),
          lines.map((_, index) => index + 1),
        )
        assert.equal(lines.filter(({ text }) => /^chapter \d of 6 saved/.test(text)).length, 6)
        assert.equal((await app.get(`/books/${book}/6`)).status, 200)
        assert.ok(
          world.said.some((line) => /locked/.test(line)),
          `the app's log has it: ${world.said}`,
        )
      } finally {
        await world.close()
      }
    })

    test('S2.4: a worker that runs out of memory ends by itself, in words that say so; a new start is possible at once', async () => {
      const world = await openWorld('memory', { writer: 'ngram', environment: { BOOKAPP_MEMORY_MB: '70', BOOKAPP_WORDS_PER_SECOND: '5' } })
      try {
        const app = await world.open()
        const { job } = await app.order({ id: idFor('memory'), title: 'Too Much' })
        const done = await world.ended(job)
        assert.equal(done.state, 'failed')
        assert.match(`${done.failure?.kind}: ${done.failure?.message}`, /memory/i)
        assert.equal((await app.order({ id: idFor('memory'), title: 'Too Much' })).created, true)
        assert.match(await app.text('/'), /an n-gram of Moby-Dick/, 'the offline writer is named as such')
      } finally {
        await world.close()
      }
    })

    test('S2.5: by default 15 minutes of silence, and two hours before the first sign of life', async () => {
      const world = await openWorld('defaults')
      try {
        const app = await world.open()
        const { job } = await app.order({ id: idFor('limits'), title: 'Limits' })
        const { stall } = await world.jobWhen(job, 'its limits', () => true)
        assert.deepEqual(stall, {
          stallAfterMs: 900_000,
          firstHeartbeatWithinMs: 7_200_000,
          heartbeats: 'explicit',
          onStall: 'cancel',
          stallLimitMs: 1_800_000,
        })
      } finally {
        await world.close()
      }
    })

    test('S2.5 I10: a long one that beats is not marked for its length: whenever it is marked, it was silent for so long', async () => {
      const world = await openWorld('long', { environment: { BOOKAPP_SILENCE_SECONDS: '3', BOOKAPP_GIVE_UP_SECONDS: '600' } })
      try {
        const app = await world.open()
        const gates = Array.from({ length: 12 }, gate)
        world.chat.failWith((question) =>
          isChapter(question) ? { hold: gates[askedOf(world, 'Long Haul').length - 1]?.passed ?? Promise.resolve() } : null,
        )
        const { job } = await app.order({ id: idFor('long'), title: 'Long Haul', chapters: '12' })
        const silences: number[] = []
        for (const [index, { open }] of gates.entries()) {
          await until(`chapter ${index + 1}`, () => askedOf(world, 'Long Haul').length > index, patientMs)
          // Shorter each time than its limit, longer in all.
          const waitUntil = performance.now() + 500
          await until('half a second', () => performance.now() >= waitUntil)
          const { stalled } = await world.jobWhen(job, 'now', () => true)
          if (stalled !== null) silences.push(stalled.silentMs)
          open()
        }
        const done = await world.ended(job)
        assert.equal(done.state, 'succeeded')
        assert.ok((done.finishedAt ?? 0) - (done.startedAt ?? 0) > 6_000)
        assert.ok(silences.length < 12 && silences.every((silence) => silence >= 3_000), `marked only for silence: ${silences}`)
      } finally {
        await world.close()
      }
    })

    test('S2.6 I4 I5: a start of the app adopts what lives, settles what ended, interrupts what vanished', async () => {
      const world = await openWorld('repair', { environment: { BOOKAPP_AT_ONCE: '4' } })
      try {
        const [lives, ends] = [gate(), gate()]
        const never = gate()
        world.chat.failWith((question) => {
          if (!isChapter(question) || question.time > 1) return null
          if (question.prompt.includes('Lives')) return { hold: lives.passed }
          return { hold: question.prompt.includes('Ends') ? ends.passed : never.passed }
        })
        const first = await world.serve()
        const [living, ending, vanishing] = await Promise.all(
          ['Lives', 'Ends', 'Vanishes'].map((title) => first.order({ id: idFor(title.toLowerCase().slice(0, 6)), title, chapters: '1' })),
        )
        for (const { job } of [living!, ending!, vanishing!])
          await world.jobWhen(job, 'Writing', ({ progress }) => progress?.phase?.name === 'Writing')
        const pid = await world.pidOf(vanishing!.job)
        await first.kill()
        ends.open()
        await until('its book is written', () => recordOf(world.data, ending!.job).startsWith('0'), patientMs)
        process.kill(-pid, 'SIGKILL')

        const second = await world.serve()
        await until(
          'what it found',
          () => second.printed().includes('what was left behind: adopted 1, settled 1, interrupted 1\n'),
          patientMs,
        )
        assert.equal((await world.ended(ending!.job)).state, 'succeeded')
        assert.equal((await world.ended(vanishing!.job)).state, 'interrupted')
        assert.equal((await second.get(`/books/${ending!.book}/1`)).status, 200, 'published by the app that came after')
        assert.equal((await second.get(`/books/${vanishing!.book}/1`)).status, 404)
        lives.open()
        const adopted = await world.ended(living!.job)
        assert.deepEqual([adopted.state, adopted.attempts], ['succeeded', 1])
        never.open()
      } finally {
        await world.close()
      }
    })

    test('S2.9: a data folder of an earlier schema, with a job running, is migrated with a copy kept, and the job is adopted', async () => {
      const world = await openWorld('earlier')
      try {
        const go = gate()
        world.chat.failWith((question) =>
          isChapter(question) && askedOf(world, 'Older Than You').length === 2 ? { hold: go.passed } : null,
        )
        const first = await world.serve()
        const { job, book } = await first.order({ id: idFor('older'), title: 'Older Than You' })
        await until('chapter 2 is being written', () => askedOf(world, 'Older Than You').length === 2, patientMs)
        const pid = await world.pidOf(job)
        await world.letGo()
        await first.kill()
        await takeBack(world.data, 4)
        assert.equal(schemaOf(join(world.data, 'holdfast.db')), 4)

        const second = await world.serve()
        await until('adopted', () => second.printed().includes('adopted 1'), patientMs)
        const [copy, ...more] = readdirSync(world.data).filter((name) => name.startsWith('holdfast-schema-4-'))
        assert.deepEqual([schemaOf(join(world.data, copy ?? '')), more], [4, []])
        assert.ok(schemaOf(join(world.data, 'holdfast.db')) > 4)
        assert.deepEqual([await world.pidOf(job), (await world.jobWhen(job, 'it', () => true)).state], [pid, 'running'])
        go.open()
        const done = await world.ended(job)
        assert.deepEqual([done.state, done.attempts, askedOf(world, 'Older Than You').length], ['succeeded', 1, 3])
        assert.equal((await second.get(`/books/${book}/3`)).status, 200)
      } finally {
        await world.close()
      }
    })
  })
})

/** What the launcher wrote down of its end. */
function recordOf(data: string, job: number): string {
  const folder = readdirSync(join(data, 'attempts')).find((name) => name.startsWith(`${job}-`)) ?? ''
  return readFileSync(join(data, 'attempts', folder, 'exit'), 'utf8')
}
