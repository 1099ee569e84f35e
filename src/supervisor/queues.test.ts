// Queues, kinds and lock keys as people set them, without a runner: what is stored, what a waiting job says of it, and what is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openings } from '../../test/contract/opened.ts'
import { limits } from '../core/limits.ts'
import { defineJob } from './define-job.ts'
import type { OpenOptions } from './open-holdfast.ts'

const { open } = openings('queues')
const any = defineJob({ kind: 'any', command: ['true'] })
const slow = defineJob({ kind: 'slow', command: ['true'], queue: 'slow', locks: ['gpu'] })
const opened = (options: OpenOptions = {}) => open([any, slow], { runner: false, ...options })

test('a queue is there from its first mention, with its limit and its pause, also for the next opening', async () => {
  const holdfast = await opened({ queues: { renders: { concurrency: 2 } } })
  await holdfast.queues.pause('renders', { by: 'ana' })
  const next = await opened({ queues: { renders: { concurrency: 3 } } })
  const [queue] = (await next.queues.list()).filter((one) => one.queue === 'renders')
  assert.deepEqual([queue?.concurrency, queue?.pausedBy, queue?.queued, queue?.running], [3, 'ana', 0, 0])
  assert.equal(typeof queue?.pausedAt, 'number')
  await next.queues.resume('renders')
  await next.queues.setConcurrency('renders', null)
  const [open_] = (await holdfast.queues.list()).filter((one) => one.queue === 'renders')
  assert.deepEqual([open_?.concurrency, open_?.pausedAt, open_?.pausedBy], [null, null, null])
})

test('a waiting job says that its queue, or its kind, is paused, and by whom', async () => {
  const holdfast = await opened()
  const { job } = await holdfast.submit(slow)
  await holdfast.queues.pause('slow', { by: 'ana' })
  assert.deepEqual((await holdfast.get(job.id))?.waitingFor, { for: 'queue paused', queue: 'slow', by: 'ana' })
  await holdfast.queues.resume('slow', { by: 'ana' })
  await holdfast.pauseKind('slow', { by: 'bo' })
  assert.deepEqual((await holdfast.get(job.id))?.waitingFor, { for: 'kind paused', by: 'bo' })
  await holdfast.resumeKind('slow', { by: 'bo' })
  assert.notEqual((await holdfast.get(job.id))?.waitingFor?.for, 'kind paused')
  assert.equal((await holdfast.queues.list()).find(({ queue }) => queue === 'slow')?.queued, 1)
})

test('a lock key with a limit is listed; without one, and without anybody, it is not', async () => {
  const holdfast = await opened()
  await holdfast.locks.setLimit('licence', 2)
  const licence = async () => (await holdfast.locks.list()).find(({ key }) => key === 'licence')
  assert.deepEqual(await licence(), { key: 'licence', limit: 2, heldBy: [], waiting: 0 })
  await holdfast.locks.setLimit('licence', null)
  assert.equal(await licence(), undefined)
})

test('what is wrong is refused by its name', async () => {
  const holdfast = await opened()
  const refused = (field: string) => ({ code: 'invalid_request', details: { field } })
  for (const name of ['', 'a b', 'x'.repeat(201), undefined, 3] as string[]) {
    for (const ask of [holdfast.queues.pause, holdfast.queues.resume]) await assert.rejects(async () => ask(name), refused('queue'))
    await assert.rejects(async () => holdfast.queues.setConcurrency(name, 1), refused('queue'))
    for (const ask of [holdfast.pauseKind, holdfast.resumeKind]) await assert.rejects(async () => ask(name), refused('kind'))
  }
  for (const limit of [0, -1, 1.5, limits.keyLimit + 1, undefined, '2'] as number[]) {
    await assert.rejects(async () => holdfast.queues.setConcurrency('q', limit), refused('concurrency'))
    await assert.rejects(async () => holdfast.locks.setLimit('k', limit), refused('limit'))
  }
  for (const key of ['', 'x'.repeat(201), 'a\0b', 'unique/any', 3] as string[])
    await assert.rejects(async () => holdfast.locks.setLimit(key, 1), refused('key'))
  for (const by of [3, 'x'.repeat(201)] as string[]) await assert.rejects(async () => holdfast.queues.pause('q', { by }), refused('by'))
  await assert.rejects(async () => holdfast.queues.pause('q', { who: 'ana' } as object), refused('who'))
  await assert.rejects(async () => holdfast.pauseKind('q', 'ana' as never), refused('options'))
  assert.equal(
    (await holdfast.queues.list()).find(({ queue }) => queue === 'q'),
    undefined,
  )
})

test('so are options of opening, and nothing stays open', async () => {
  const wrong: [object, string][] = [
    [{ queues: { 'a b': { concurrency: 1 } } }, 'queues'],
    [{ queues: { renders: { concurrency: 0 } } }, 'queues.renders.concurrency'],
    [{ queues: { renders: {} } }, 'queues.renders.concurrency'],
    [{ queues: { renders: { concurrency: 1, limit: 1 } } }, 'queues.renders.limit'],
    [{ queues: { renders: 2 } }, 'queues.renders'],
    [{ queues: { renders: null } }, 'queues.renders'],
    [{ runner: { slots: 0 } }, 'runner.slots'],
    [{ runner: { slot: 2 } }, 'runner.slot'],
    [{ runner: 'off' }, 'runner'],
    [{ runner: null }, 'runner'],
    [{ concurrency: 2 }, 'concurrency'],
    [{ retention: { failed: { day: 3 } } }, 'retention.failed.day'],
    [{ kinds: [any, any] }, 'kinds'],
    [{ kinds: [{ kind: 'any', command: ['true'] }] }, 'kinds'],
    [{ retention: { succeeded: 3 } }, 'retention.succeeded'],
  ]
  for (const [options, field] of wrong) await assert.rejects(opened(options), { code: 'invalid_config', details: { field } }, field)
})
