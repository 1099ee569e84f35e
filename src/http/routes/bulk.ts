// What is asked of many jobs at once: cancel, try again. Bounded for each call, and ended when the caller goes away.
import { createRoute, type z } from '@hono/zod-openapi'
import { bulkAnswerSchema, bulkBody } from '../../contract/bulk.ts'
import type { BulkOptions, JobsFilter } from '../../supervisor/holdfast.ts'
import { byOf } from '../access/asked-by.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const bulk = {
  tags: ['jobs'],
  request: { body: { content: { 'application/json': { schema: bulkBody } }, required: true } },
  responses: {
    200: { description: 'What it came to', content: { 'application/json': { schema: bulkAnswerSchema } } },
    ...problemAnswers('invalid_request', 'forbidden', 'payload_too_large'),
  },
}

const cancel = createRoute({
  method: 'post',
  path: '/api/v1/jobs/cancel',
  operationId: 'cancelJobs',
  summary: 'Ask all jobs that fit to stop',
  description: 'Default: queued and running ones. At most 10,000 for each call; `before` says where to go on.',
  ...bulk,
})

const retry = createRoute({
  method: 'post',
  path: '/api/v1/jobs/retry',
  operationId: 'retryJobs',
  summary: 'Another attempt of all jobs that fit',
  description: 'Default: failed and interrupted ones. At most 10,000 for each call; `before` says where to go on.',
  ...bulk,
})

export function mountBulk(app: App, { holdfast }: AppContext): void {
  app.openapi(cancel, async (c) => {
    const body = c.req.valid('json')
    return c.json(await holdfast.cancelMany(filterOf(body), optionsOf(body, byOf(c, body.by), c.req.raw.signal)), 200)
  })

  app.openapi(retry, async (c) => {
    const body = c.req.valid('json')
    return c.json(await holdfast.retryMany(filterOf(body), optionsOf(body, byOf(c, body.by), c.req.raw.signal)), 200)
  })
}

type Body = z.infer<typeof bulkBody>

function filterOf({ state, kind, queue, submittedBy, schedule, ids }: Body): JobsFilter {
  return {
    ...(state && { state }),
    ...(kind !== undefined && { kind }),
    ...(queue !== undefined && { queue }),
    ...(submittedBy !== undefined && { submittedBy }),
    ...(schedule !== undefined && { schedule }),
    ...(ids && { ids }),
  }
}

function optionsOf({ before }: Body, by: { by?: string }, signal: AbortSignal): BulkOptions {
  return { ...by, ...(before !== undefined && { before }), limit: httpBounds.bulkJobs, signal }
}
