// The public testing kit's queue and clock: the real queue in memory, and time that passes when the test says so.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defineJob } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { openTestHoldfast, type TestHoldfast } from 'holdfast/testing'
import { scan, withHoldfast } from './contract/test-holdfast.ts'

describe('the queue is the real one', () => {
  const commands = () => undefined
  const at = (holdfast: TestHoldfast) => holdfast.clock.now()

  test('priority, delay, expiry', async () => {
    await withHoldfast({ kinds: [scan], commands }, async (holdfast) => {
      const submit = async (video: string, options: object = {}) => (await holdfast.submit(scan, { video }, options)).job.id
      const late = await submit('late', { priority: 5 })
      const soon = await submit('soon', { priority: -1 })
      const tomorrow = await submit('tomorrow', { availableAt: at(holdfast) + 86_400_000 })
      const impatient = await submit('impatient', { availableAt: at(holdfast) + 1_000, expireAfterMs: 5_000 })
      assert.deepEqual(
        (await holdfast.drain()).map(({ id }) => id),
        [soon, late],
      )
      await holdfast.clock.advance(6_000)
      assert.deepEqual([(await holdfast.get(impatient))?.state, await holdfast.drain()], ['expired', []])
      await holdfast.clock.advance(86_394_000)
      assert.deepEqual(
        (await holdfast.drain()).map(({ id }) => id),
        [tomorrow],
      )
    })
  })

  test('unique keys, dependencies, lock keys, queues, pauses', async () => {
    const once = defineJob({ kind: 'once', command: ['once'], unique: true })
    const failing = defineJob({ kind: 'failing', command: ['false'] })
    const locked = defineJob({ kind: 'locked', command: ['locked'], locks: ['server:3'] })
    const play = (argv: string[]) => ({ exitCode: argv[0] === 'false' ? 1 : 0 })
    await withHoldfast({ kinds: [once, failing, locked], commands: play, queues: { slow: { concurrency: 1 } } }, async (holdfast) => {
      assert.deepEqual([(await holdfast.submit(once, null)).created, (await holdfast.submit(once, null)).created], [true, false])
      const { job: bad } = await holdfast.submit(failing, null)
      const { job: after } = await holdfast.submit(locked, null, { after: [bad.id] })
      await holdfast.pauseKind('once')
      assert.equal((await holdfast.drain()).length, 1)
      assert.deepEqual([(await holdfast.get(after.id))?.state, (await holdfast.get(after.id))?.failure?.kind], ['cancelled', 'dependency'])
      await assert.rejects(holdfast.runJob(1), { code: 'wrong_state', message: 'Job 1 cannot be run now: this job type is paused.' })
      await holdfast.resumeKind('once')
      assert.equal((await holdfast.runJob(1)).state, 'succeeded')
      assert.equal((await holdfast.perform(locked, null)).state, 'succeeded')
      assert.deepEqual((await holdfast.queues.list()).find(({ queue }) => queue === 'slow')?.concurrency, 1)
    })
  })

  test('a key that a running job holds keeps another drain from its next one', async () => {
    const locked = defineJob({ kind: 'locked', command: ['locked'], locks: ['server:3'] })
    const holding = Promise.withResolvers<void>()
    const running = Promise.withResolvers<undefined>()
    const play = () => {
      holding.resolve()
      return running.promise
    }
    await withHoldfast({ kinds: [locked], commands: play }, async (holdfast) => {
      await holdfast.submitMany([{ kind: locked }, { kind: locked }])
      const first = holdfast.drain()
      await holding.promise
      assert.deepEqual(await holdfast.drain(), [])
      await assert.rejects(holdfast.runJob(2), { message: 'Job 2 cannot be run now: waiting for key `server:3`, held by #1.' })
      running.resolve(undefined)
      assert.deepEqual(
        (await first).map(({ id }) => id),
        [1, 2],
      )
    })
  })

  test('whoever waits for a job or watches it is told', async () => {
    await withHoldfast({ kinds: [scan], commands }, async (holdfast) => {
      const { job } = await holdfast.submit(scan, { video: 'a.mp4' })
      const waiting = holdfast.wait(job.id)
      await holdfast.drain()
      assert.equal((await waiting).state, 'succeeded')
    })
  })

  test('a job that submits the next one is followed', async () => {
    const chain = defineJob<number>({ kind: 'chain', command: (left) => ['next', String(left)] })
    await using holdfast = await openTestHoldfast({
      kinds: [chain],
      async commands(_argv, { input }) {
        if (Number(input) > 0) await holdfast.submit(chain, Number(input) - 1)
        return undefined
      },
    })
    await holdfast.submit(chain, 4)
    assert.equal((await holdfast.drain()).length, 5)
  })

  test('a job that needs another one can have it executed', async () => {
    const parent = defineJob({ kind: 'parent', command: ['parent'] })
    await using holdfast = await openTestHoldfast({
      kinds: [parent, scan],
      async commands([program]) {
        if (program !== 'parent') return { events: [{ result: 'scanned' }] }
        const { job } = await holdfast.submit(scan, { video: 'a.mp4' })
        await holdfast.drain()
        return { events: [{ result: (await holdfast.get(job.id))?.result ?? null }] }
      },
    })
    assert.equal((await holdfast.perform(parent, null)).result, 'scanned')
  })

  test('what comes by HTTP is submitted, and executed by drain', async () => {
    await withHoldfast({ kinds: [scan], commands }, async (holdfast) => {
      const { fetch } = createHandler(holdfast, { unprotected: true })
      const body = JSON.stringify({ input: { video: 'a.mp4' } })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(new Request('http://127.0.0.1/api/v1/kinds/scan/jobs', { method: 'POST', headers, body }))
      assert.equal(answer.status, 201)
      assert.deepEqual(
        (await holdfast.drain()).map(({ kind, state }) => [kind, state]),
        [['scan', 'succeeded']],
      )
    })
  })

  test('a job that always submits another one is told, not followed for ever', async () => {
    const endless = defineJob({ kind: 'endless', command: ['endless'] })
    await using holdfast = await openTestHoldfast({
      kinds: [endless],
      async commands() {
        await holdfast.submit(endless, null)
        return undefined
      },
    })
    await holdfast.submit(endless, null)
    assert.equal((await holdfast.drain({ most: 3 })).length, 3)
    await assert.rejects(holdfast.drain(), /Does a job submit itself/)
  })

  test('submitted() lists the jobs of a kind with their inputs, newest last', async () => {
    const other = defineJob<string>({ kind: 'other', command: (text) => ['echo', String(text.length)] })
    await withHoldfast({ kinds: [scan, other] }, async (holdfast) => {
      for (let number = 1; number <= 201; number++) await holdfast.submit(scan, { video: `${number}.mp4` })
      await holdfast.submit(other, 'x'.repeat(100_000))
      const jobs = await holdfast.submitted(scan)
      assert.equal(jobs.length, 201)
      // Typed by the kind: `video` is known to be a text.
      assert.deepEqual([jobs[0]?.input.video.toUpperCase(), jobs.at(-1)?.input], ['1.MP4', { video: '201.mp4', speed: 1 }])
      assert.equal((await holdfast.submitted(other))[0]?.input.length, 100_000)
      assert.equal((await holdfast.submitted()).length, 202)
      assert.deepEqual(await holdfast.submitted('none'), [])
    })
  })
})

describe('time', () => {
  const nightly = { name: 'nightly', kind: 'nightly', cron: '0 3 * * *', timeZone: 'UTC' }
  const kind = defineJob({ kind: 'nightly', command: ['nightly'] })

  test('stands still, begins where it is told, and passes only when it is told', async () => {
    await withHoldfast({ startAt: new Date('2026-03-29T00:00:00Z') }, async (holdfast) => {
      assert.equal(holdfast.clock.now(), Date.UTC(2026, 2, 29))
      await holdfast.clock.advance(1_500)
      assert.equal(holdfast.clock.now(), Date.UTC(2026, 2, 29) + 1_500)
      await assert.rejects(holdfast.clock.advance(-1), TypeError)
    })
  })

  test('a schedule fires each time it is due, at its own time', async () => {
    await withHoldfast({ kinds: [kind], schedules: [nightly], commands: () => undefined }, async (holdfast) => {
      await holdfast.clock.advance(3 * 3_600_000 - 1)
      assert.deepEqual(await holdfast.submitted(kind), [])
      await holdfast.clock.advance(3 * 86_400_000)
      const day = (number: number) => Date.UTC(2026, 0, number, 3)
      assert.deepEqual(
        (await holdfast.submitted(kind)).map(({ submittedAt }) => submittedAt),
        [day(1), day(2), day(3)],
      )
      assert.equal((await holdfast.drain()).length, 3)
      assert.equal((await holdfast.schedules.list())[0]?.nextAt[0], day(4))
    })
  })

  test('a schedule that fires without end is told, not followed for ever', async () => {
    await withHoldfast({ kinds: [kind], schedules: [{ ...nightly, cron: '* * * * * *' }] }, async (holdfast) => {
      await assert.rejects(holdfast.clock.advance(86_400_000), /schedules fired \d+ times/)
    })
  })

  test('a paused schedule does not, and a month is over at once, also for somebody who waits', async () => {
    await withHoldfast({ kinds: [kind], schedules: [{ ...nightly, cron: '* * * * *' }], commands: () => undefined }, async (holdfast) => {
      await holdfast.schedules.pause('nightly')
      const { job } = await holdfast.submit(kind, null, { availableAt: holdfast.clock.now() + 30 * 86_400_000 })
      const waiting = holdfast.wait(job.id)
      await holdfast.clock.advance(30 * 86_400_000)
      assert.equal((await holdfast.submitted(kind)).length, 1)
      assert.equal((await holdfast.drain()).length, 1)
      assert.equal((await waiting).state, 'succeeded')
    })
  })
})

describe('opening and closing', () => {
  test('two are two: neither sees the jobs of the other', async () => {
    await using one = await openTestHoldfast({ kinds: [scan] })
    await using other = await openTestHoldfast({ kinds: [scan] })
    await one.submit(scan, { video: 'a.mp4' })
    assert.equal((await other.submitted()).length, 0)
  })

  test('a kind that is defined twice, and a schedule of no kind, are refused', async () => {
    await assert.rejects(openTestHoldfast({ kinds: [scan, scan] }), { code: 'invalid_config' })
    await assert.rejects(openTestHoldfast({ schedules: [{ name: 'a', kind: 'b', cron: '* * * * *' }] }), { code: 'unknown_kind' })
  })

  test('a drain that is under way when Holdfast closes ends', async () => {
    const holdfast = await openTestHoldfast({ kinds: [scan], commands: () => new Promise(() => {}) })
    await holdfast.submit(scan, { video: 'a.mp4' })
    const draining = assert.rejects(holdfast.drain(), { code: 'closed' })
    await holdfast.close()
    await draining
  })
})
