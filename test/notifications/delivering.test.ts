// From a job that failed to somebody who knows: by real processes over real HTTP, whatever is killed in between, and however the other side behaves.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { limits } from '../../src/core/limits.ts'
import { defineJob, type Holdfast } from '../../src/index.ts'
import type { House } from '../../src/runner/house.ts'
import { openNotifier } from '../../src/runner/notifier.ts'
import { openApart } from '../../src/supervisor/open-holdfast.ts'
import { closeInstance, openInstance } from '../../src/supervisor/open-instance.ts'
import { openTestHouse } from '../../src/testing/test-house.ts'
import { endOf, submitClaimed } from '../contract/store/stores.ts'
import { temporaryFolder, until } from '../contract/temporary.ts'
import { holdfast as command } from '../crash/command-line.ts'
import { openReceiver, type Receiver, status, well } from './receiver.ts'

const quiet = { info() {}, warn() {}, error() {} }
const dying = fileURLToPath(new URL('dying.ts', import.meta.url))

async function receiverFor(): Promise<Receiver> {
  const receiver = await openReceiver()
  after(() => receiver.close())
  return receiver
}

const eventsOf = ({ received }: Receiver) => received.map(({ body }) => `${body.event} ${(body.job as { id: number } | null)?.id}`)

describe('I1: a notification is told although its process was killed', { concurrency: 3 }, () => {
  for (const [moment, copies] of [
    ['settled, before anybody looked', 1],
    ['claimed, before it is sent', 1],
    ['sent, before that is written down', 2],
  ] as const)
    test(moment, async () => {
      const receiver = await receiverFor()
      const data = temporaryFolder('notify-killed')
      const child = spawn(process.execPath, ['--conditions=holdfast-source', dying, data, receiver.url, moment], { stdio: 'inherit' })
      const [, signal] = await once(child, 'exit')
      assert.equal(signal, 'SIGKILL')
      const instance = await openInstance({ data, kinds: [], logger: quiet, foldersReady: 1 })
      assert.equal((await instance.store.jobs.get({ id: 1 }))?.state, 'failed')
      assert.equal((await instance.store.notifications.get({ name: 'ops' }))?.waiting, 1)
      // Whoever sent it may be at it still, for all that is known here: for a minute nobody else is.
      if (moment !== 'settled, before anybody looked') {
        await openNotifier(instance.house).sendAll()
        assert.equal(receiver.received.length, copies - 1)
      }
      const later: House = { ...instance.house, clock: { ...instance.house.clock, now: () => Date.now() + limits.notifyLeaseMs + 1_000 } }
      await openNotifier(later).sendAll()
      assert.deepEqual(eventsOf(receiver), new Array(copies).fill('failed 1'))
      assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1, 'both copies have one id')
      assert.equal((await instance.store.notifications.get({ name: 'ops' }))?.waiting, 0)
      await closeInstance(instance, null)
    })
})

test('jobs that fail, stall and succeed are told to those who want it, by two processes as one; a test too', async () => {
  const [all, some] = [await receiverFor(), await receiverFor()]
  const data = temporaryFolder('notify-whole')
  const kinds = [
    defineJob({ kind: 'bad', command: ['sh', '-c', 'echo boom >&2; exit 3'] }),
    defineJob({ kind: 'good', command: ['true'] }),
    defineJob({ kind: 'silent', command: ['sh', '-c', 'echo frame 420; exec sleep 60'], stallAfterMs: 1_000, stopGraceMs: 50 }),
  ]
  const notify = [
    { name: 'all', type: 'webhook', url: all.url, events: ['failed', 'stalled', 'interrupted', 'succeeded'] },
    { name: 'some', type: 'webhook', url: some.url, kinds: ['bad'] },
  ] as const
  const options = { data, kinds, notify, runner: true, logger: quiet, publicUrl: 'https://jobs.example.com' }
  const [first, second] = [await openApart(options), await openApart(options)]
  const silent = (await first.submit('silent')).job
  const bad = await Promise.all([first.submit('bad'), second.submit('bad'), first.submit('bad')])
  const good = (await second.submit('good')).job
  for (const { job } of bad) await first.wait(job.id)
  const expected = [`stalled ${silent.id}`, ...bad.map(({ job }) => `failed ${job.id}`), `succeeded ${good.id}`].sort()
  await until('all of them', () => all.received.length >= expected.length)
  await first.cancel(silent.id)
  await first.wait(silent.id)
  assert.deepEqual(await first.notifications.test('some'), { delivered: true, status: 200, answer: 'thanks', error: null })
  await until('nothing waits', async () => (await first.notifications.list()).every(({ waiting }) => waiting === 0))
  await Promise.all([first.close(), second.close()])
  assert.deepEqual(eventsOf(all).sort(), expected, 'each once, and nobody is told that somebody cancelled')
  assert.deepEqual(eventsOf(some).sort(), [...bad.map(({ job }) => `failed ${job.id}`), 'test undefined'].sort())
  const told = all.received.find(({ body }) => body.event === 'stalled')?.body
  assert.match(String(told?.text), /^silent #\d+ is stalled: .*silent for \d+ s/)
  assert.equal((told?.job as { url: string } | undefined)?.url, `https://jobs.example.com/jobs/${silent.id}`)
})

test('`holdfast run` tells of its command before it ends, as if a runner had stayed', async () => {
  const receiver = await receiverFor()
  const data = temporaryFolder('notify-run')
  const added = await command(data, 'notification', 'add', 'ops', receiver.url)
  assert.equal(added.exitCode, 0, added.stderr)
  assert.equal((await command(data, 'run', '--', 'sh', '-c', 'echo no >&2; exit 4')).exitCode, 4)
  assert.deepEqual(
    receiver.received.map(({ body }) => body.text),
    ['sh -c echo no >&2; exit 4 #1 failed: no'],
  )
  receiver.answer(status(410))
  await command(data, 'run', '--', 'false')
  const { stdout, exitCode } = await command(data, 'doctor')
  assert.match(stdout, /ops is told nothing any more: answered 410: this is 410/)
  assert.equal(exitCode, 1)
})

/** A notifier whose clock stands still until it is told to go on, with one target. */
async function onFakeClock(receiver: Receiver) {
  const parts = await openTestHouse({ startAt: 1_000_000, logger: quiet })
  const { house, clock } = parts
  const notifier = openNotifier(house)
  after(async () => {
    await notifier.close()
    await house.store.close()
  })
  const target = { name: 'ops', type: 'webhook', url: receiver.url, secret: null, events: ['failed'], kinds: null } as const
  await house.store.notifications.put({ target, revives: true, now: 1 })
  return {
    get: async () => (await house.store.notifications.get({ name: 'ops' })) ?? assert.fail(),
    async fail() {
      const { fence } = await submitClaimed(house.store)
      await house.store.claims.finish({ fence, end: endOf('badly', { failure: null, now: clock.now() }) })
    },
    /** Milliseconds until something is to be sent; null: nothing waits. */
    async untilNext() {
      const [due] = await house.store.notifications.due()
      return due ? due.nextAt - clock.now() : null
    },
    async after(ms: number) {
      await clock.advance(ms)
      await notifier.sendAll()
    },
  }
}

test('what is not taken is tried again after 5 s, 30 s, 2 min, …, and given up after about a day', async () => {
  const receiver = await receiverFor()
  receiver.answer(status(500))
  const ops = await onFakeClock(receiver)
  await ops.fail()
  await ops.after(0)
  assert.equal(receiver.received.length, 1)
  const waits: number[] = []
  for (let waitMs = await ops.untilNext(); waitMs !== null; waitMs = await ops.untilNext()) {
    waits.push(waitMs)
    await ops.after(waitMs - 1)
    assert.equal(receiver.received.length, waits.length, 'not before its time')
    await ops.after(1)
    assert.equal(receiver.received.length, waits.length + 1)
  }
  const { givenUp, lastError } = await ops.get()
  assert.equal(givenUp, 1)
  assert.match(lastError?.message ?? '', /^given up after 11 tries; the last one: answered 500: this is 500$/)
  const seconds = [5, 30, 120, 600, 3_600, 7_200, 10_800, 14_400, 21_600, 28_800]
  // This clock's random numbers are all at their most.
  assert.deepEqual(
    waits,
    seconds.map((one) => one * 1_100),
  )
  assert.equal(new Set(receiver.received.map(({ body }) => body.id)).size, 1, 'its id stays the same')
})

test('one that is back is told what it missed; what it asks for is heard', async () => {
  const receiver = await receiverFor()
  receiver.answer(status(503, { 'retry-after': '60' }))
  const ops = await onFakeClock(receiver)
  await ops.fail()
  await ops.fail()
  await ops.after(0)
  assert.equal(receiver.received.length, 1, 'it asked to be left alone, and the second one is for it as well')
  receiver.answer(well)
  await ops.after(59_000)
  assert.equal(receiver.received.length, 1)
  await ops.after(2_000)
  assert.deepEqual(eventsOf(receiver).sort(), ['failed 1', 'failed 1', 'failed 2'])
  assert.equal((await ops.get()).waiting, 0)
})

test('410: a target that is gone is told nothing more', async () => {
  const receiver = await receiverFor()
  receiver.answer(status(410))
  const ops = await onFakeClock(receiver)
  await ops.fail()
  await ops.fail()
  await ops.after(0)
  await ops.fail()
  await ops.after(3_600_000)
  assert.equal(receiver.received.length, 1)
  const { waiting, givenUp, disabledWhy } = await ops.get()
  assert.deepEqual({ waiting, givenUp, disabledWhy }, { waiting: 0, givenUp: 2, disabledWhy: 'answered 410: this is 410' })
})

test('a target that hangs keeps no other waiting, and closing does not wait for it', async () => {
  const [hanging, other] = [await receiverFor(), await receiverFor()]
  hanging.answer(() => undefined)
  const bad = defineJob({ kind: 'bad', command: ['false'] })
  const notify = [
    { name: 'hanging', type: 'webhook', url: hanging.url },
    { name: 'other', type: 'webhook', url: other.url },
  ] as const
  const data = temporaryFolder('notify-hangs')
  const holdfast: Holdfast = await openApart({ data, kinds: [bad], notify, runner: true, logger: quiet })
  for (let round = 0; round < 2; round++) await holdfast.wait((await holdfast.submit(bad)).job.id)
  await until('the other one has both', () => other.received.length === 2)
  await until('the hanging one has the first', () => hanging.received.length === 1)
  const began = performance.now()
  await holdfast.close()
  assert.ok(performance.now() - began < limits.closeMs + 5_000, `closing took ${performance.now() - began} ms`)
  const again = await openApart({ data, runner: false, logger: quiet })
  assert.deepEqual(
    (await again.notifications.list()).map(({ name, waiting }) => [name, waiting]),
    [
      ['hanging', 2],
      ['other', 0],
    ],
  )
  await again.close()
})
