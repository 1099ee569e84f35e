// Jobs: the list, one job, and the list as a stream. What people ask of one is in job-actions.ts.

import type { z } from '@hono/zod-openapi'
import { createRoute } from '@hono/zod-openapi'
import { jobDetailSchema, jobPageSchema } from '../../contract/job.ts'
import { eventsQuery, jobParams, listQuery } from '../../contract/requests.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { Holdfast, ListFilter } from '../../supervisor/holdfast.ts'
import { answerEvents } from '../answer-events.ts'
import type { App, AppContext } from '../context.ts'
import { sendPages } from '../job-events.ts'
import { problemAnswers } from '../problem.ts'
import { pollAfter, pollAfterList } from './summary.ts'

const list = createRoute({
  method: 'get',
  path: '/api/v1/jobs',
  operationId: 'listJobs',
  summary: 'Jobs, newest first',
  tags: ['jobs'],
  request: { query: listQuery },
  responses: {
    200: { description: 'A page of jobs', content: { 'application/json': { schema: jobPageSchema } } },
    ...problemAnswers('invalid_request'),
  },
})

const show = createRoute({
  method: 'get',
  path: '/api/v1/jobs/{id}',
  operationId: 'getJob',
  summary: 'One job with its attempts and events',
  tags: ['jobs'],
  request: { params: jobParams },
  responses: {
    200: { description: 'The job', content: { 'application/json': { schema: jobDetailSchema } } },
    ...problemAnswers('job_not_found', 'invalid_request'),
  },
})

const watch = createRoute({
  method: 'get',
  path: '/api/v1/events',
  operationId: 'watchJobs',
  summary: 'The first page of a list, again after every change',
  description: 'Server-sent events. `jobs` carries a JobsEvent, at once and then at most four times a second. The stream does not end.',
  tags: ['jobs'],
  request: { query: eventsQuery },
  responses: {
    200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    ...problemAnswers('invalid_request'),
  },
})

export function mountJobs(app: App, { holdfast, logger }: AppContext): void {
  app.openapi(list, async (c) => {
    const [page, pollAfterMs] = await Promise.all([holdfast.list(toFilter(c.req.valid('query'))), pollAfterList(holdfast)])
    return c.json({ ...page, pollAfterMs }, 200)
  })

  app.openapi(show, async (c) => {
    const { id } = c.req.valid('param')
    const detail = (await holdfast.detail(id)) ?? notFound(id)
    return c.json({ ...detail, pollAfterMs: pollAfter(detail.state) }, 200)
  })

  app.openapi(watch, (c) => {
    const filter = toFilter(c.req.valid('query'))
    return answerEvents(c, logger, (sink) => sendPages(sink, holdfast, filter))
  })
}

export async function findJob(holdfast: Holdfast, id: number) {
  return (await holdfast.get(id)) ?? notFound(id)
}

function notFound(id: number): never {
  throw new HoldfastError('job_not_found', `There is no job ${id}.`)
}

/** A filter has no field that is undefined; a query may. */
function toFilter({ state, kind, queue, submittedBy, schedule, before, limit }: Partial<z.infer<typeof listQuery>>): ListFilter {
  return {
    ...(state && { state }),
    ...(kind && { kind }),
    ...(queue && { queue }),
    ...(submittedBy && { submittedBy }),
    ...(schedule && { schedule }),
    ...(before !== undefined && { before }),
    ...(limit !== undefined && { limit }),
  }
}
