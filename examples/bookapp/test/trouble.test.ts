// S2.4 to S2.7 and S2.9: what gets stuck, dies or is locked, and what the app's next start makes of it. Each on a folder of its own, all at once.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../../../test/contract/temporary.ts'
import { schemaOf, takeBack } from './earlier-schema.ts'
import { writeWhileLocked } from './locked.ts'
import { gate, idFor, isChapter, isWriting, patientMs, type WorldOptions, within } from './world.ts'

describe('S2', { concurrency: 5 }, () => {
  const silentFor = (silence: string, giveUp: string): WorldOptions => ({
    environment: { BOOKAPP_SILENCE_SECONDS: silence, BOOKAPP_GIVE_UP_SECONDS: giveUp, BOOKAPP_ANSWER_SECONDS: '600' },
  })

  test('S2.4 S2.5 I10: a worker that hangs in the middle of an answer is marked by its silence, ends by itself, and a new start is possible at once', () =>
    within('stuck', silentFor('2', '6'), async (world) => {
      const app = await world.open()
      const order = { id: idFor('deep'), title: 'Deep Silence' }
      world.fail(order.title, (question) => (isChapter(question) ? 'silent' : null))
      const { job } = await app.order(order)
      const marked = await world.jobWhen(job, 'stalled', ({ flags }) => flags.includes('stalled'))
      assert.equal(marked.state, 'running', 'a warning first, no verdict')
      assert.ok(marked.heartbeatAt !== null && (marked.stalled?.silentMs ?? 0) >= 2_000)
      const done = await world.ended(job)
      assert.deepEqual([done.state, done.failure?.kind, done.failure?.phase], ['failed', 'stall', 'Writing'])
      assert.match(
        done.failure?.message ?? '',
        /^Gave no sign of life: (alive|busy), \d+ % CPU, no heartbeat for \d+ s; last line: Writing: start$/,
      )
      const next = await app.order(order)
      assert.deepEqual([next.created, next.job === job], [true, false])
    }))

  test('S2.5 I10: one that never beat has a limit of its own, longer than that of silence', () =>
    within('never', { environment: { ...silentFor('1', '2').environment, BOOKAPP_FIRST_SIGN_SECONDS: '5' } }, async (world) => {
      const app = await world.open()
      process.env.NODE_OPTIONS = `--import=${fileURLToPath(new URL('./stuck.mjs', import.meta.url))}`
      const { job } = await app.order({ id: idFor('never'), title: 'Never Begun' })
      const never = await world.ended(job)
      assert.deepEqual([never.state, never.failure?.kind, never.heartbeatAt], ['failed', 'stall', null])
      assert.ok(Number(/no heartbeat for (\d+) s/.exec(never.failure?.message ?? '')?.[1]) >= 5, never.failure?.message)
    }).finally(() => delete process.env.NODE_OPTIONS))

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
    within('memory', { writer: 'ngram', environment: { BOOKAPP_MEMORY_MB: '70', BOOKAPP_WORDS_PER_SECOND: '5' } }, async (world) => {
      const app = await world.open()
      const order = { id: idFor('memory'), title: 'Too Much' }
      const { job } = await app.order(order)
      const done = await world.ended(job)
      assert.equal(done.state, 'failed')
      assert.match(`${done.failure?.kind}: ${done.failure?.message}`, /memory/i)
      assert.equal((await app.order(order)).created, true)
      assert.match(await app.text('/'), /an n-gram of Moby-Dick/, 'the offline writer is named as such')
    }))

  test('S2.6 S2.9 I4 I5: a start of the app on a data folder of an earlier schema migrates it and keeps a copy; it adopts what lives, settles what ended, interrupts what vanished', () =>
    within('repair', { environment: { BOOKAPP_AT_ONCE: '4' } }, async (world) => {
      const [lives, ends, never] = [gate(), gate(), gate()]
      const first = await world.serve()
      const started = async (title: string, { passed }: ReturnType<typeof gate>) => {
        world.fail(title, (question) => (isChapter(question) && question.time === 1 ? { hold: passed } : null))
        const order = await first.order({ id: idFor(title.toLowerCase().slice(0, 6)), title, chapters: '1' })
        await world.jobWhen(order.job, 'Writing', isWriting)
        return { ...order, pid: await world.pidOf(order.job) }
      }
      const [living, ending, vanishing] = await Promise.all([started('Lives', lives), started('Ends', ends), started('Vanishes', never)])
      await first.kill()
      ends.open()
      await until('its book is written', () => world.recordOf(ending.job).startsWith('0'), patientMs)
      process.kill(-vanishing.pid, 'SIGKILL')
      await world.letGo()
      await takeBack(world.data, 4)
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
      lives.open()
      const adopted = await world.ended(living.job)
      assert.deepEqual([adopted.state, adopted.attempts, world.asked('Lives').length], ['succeeded', 1, 4])
      assert.equal((await second.get(`/books/${living.book}/1`)).status, 200)
      never.open()
    }))
})
