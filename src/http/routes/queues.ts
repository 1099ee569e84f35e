// Queues and lock keys: how they stand, pausing, and how much of them may run at a time.
import { createRoute } from '@hono/zod-openapi'
import {
  lockKeySchema,
  lockKeysSchema,
  queueParams,
  queueSchema,
  queuesSchema,
  setConcurrencyBody,
  setLimitBody,
} from '../../contract/queue.ts'
import { askBody } from '../../contract/requests.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { Holdfast, QueueView } from '../../supervisor/holdfast.ts'
import { byOf } from '../access/asked-by.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const tags = ['queues']
const theQueue = { 200: { description: 'The queue', content: { 'application/json': { schema: queueSchema } } } }
const refusals = ['invalid_request', 'forbidden', 'payload_too_large'] as const

const list = createRoute({
  method: 'get',
  path: '/api/v1/queues',
  operationId: 'listQueues',
  summary: 'All queues, by name',
  tags,
  responses: { 200: { description: 'The queues', content: { 'application/json': { schema: queuesSchema } } }, ...problemAnswers() },
})

const pausing = {
  tags,
  request: { params: queueParams, body: { content: { 'application/json': { schema: askBody } } } },
  responses: { ...theQueue, ...problemAnswers('queue_not_found', ...refusals) },
}

const pause = createRoute({
  method: 'post',
  path: '/api/v1/queues/{queue}/pause',
  operationId: 'pauseQueue',
  summary: 'Start nothing more of a queue',
  description: 'What runs goes on.',
  ...pausing,
})

const resume = createRoute({
  method: 'post',
  path: '/api/v1/queues/{queue}/resume',
  operationId: 'resumeQueue',
  summary: 'Start jobs of a queue again',
  ...pausing,
})

const setConcurrency = createRoute({
  method: 'post',
  path: '/api/v1/queues/{queue}/set-concurrency',
  operationId: 'setConcurrency',
  summary: 'How many jobs of a queue may run at a time, on all machines together',
  tags,
  request: { params: queueParams, body: { content: { 'application/json': { schema: setConcurrencyBody } }, required: true } },
  responses: { ...theQueue, ...problemAnswers('queue_not_found', ...refusals) },
})

const listKeys = createRoute({
  method: 'get',
  path: '/api/v1/lock-keys',
  operationId: 'listLockKeys',
  summary: 'Lock keys that somebody holds or waits for, or that have a limit',
  tags,
  responses: { 200: { description: 'The keys', content: { 'application/json': { schema: lockKeysSchema } } }, ...problemAnswers() },
})

const setLimit = createRoute({
  method: 'post',
  path: '/api/v1/lock-keys/set-limit',
  operationId: 'setLimit',
  summary: 'How many running jobs may share a lock key',
  description: 'What a person sets counts more than what jobs ask for.',
  tags,
  request: { body: { content: { 'application/json': { schema: setLimitBody } }, required: true } },
  responses: {
    200: { description: 'The key', content: { 'application/json': { schema: lockKeySchema } } },
    ...problemAnswers(...refusals),
  },
})

export function mountQueues(app: App, { holdfast }: AppContext): void {
  app.openapi(list, async (c) => {
    const queues = await holdfast.queues.list()
    return c.json({ queues, pollAfterMs: pollAfterAny(queues.map(({ queued, running }) => queued + running)) }, 200)
  })

  app.openapi(pause, async (c) => {
    const { queue } = await findQueue(holdfast, c.req.valid('param').queue)
    await holdfast.queues.pause(queue, byOf(c, c.req.valid('json').by))
    return c.json(await findQueue(holdfast, queue), 200)
  })

  app.openapi(resume, async (c) => {
    const { queue } = await findQueue(holdfast, c.req.valid('param').queue)
    await holdfast.queues.resume(queue, byOf(c, c.req.valid('json').by))
    return c.json(await findQueue(holdfast, queue), 200)
  })

  app.openapi(setConcurrency, async (c) => {
    const { queue } = await findQueue(holdfast, c.req.valid('param').queue)
    await holdfast.queues.setConcurrency(queue, c.req.valid('json').concurrency)
    return c.json(await findQueue(holdfast, queue), 200)
  })

  app.openapi(listKeys, async (c) => {
    const lockKeys = await holdfast.locks.list()
    return c.json({ lockKeys, pollAfterMs: pollAfterAny(lockKeys.map(({ heldBy, waiting }) => heldBy.length + waiting)) }, 200)
  })

  app.openapi(setLimit, async (c) => {
    const { key, limit } = c.req.valid('json')
    return c.json(await holdfast.locks.setLimit(key, limit), 200)
  })
}

function pollAfterAny(active: readonly number[]): number | null {
  return active.some((jobs) => jobs > 0) ? httpBounds.pollAfterMs : null
}

// A queue that a slip of the pen made would be there for ever after.
async function findQueue(holdfast: Holdfast, name: string): Promise<QueueView> {
  const found = (await holdfast.queues.list()).find(({ queue }) => queue === name)
  if (!found) throw new HoldfastError('queue_not_found', `There is no queue "${name}".`)
  return found
}
