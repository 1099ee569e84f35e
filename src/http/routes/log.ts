// A job's log: pages, the whole as text, and followed live.
import { createRoute, z } from '@hono/zod-openapi'
import type { TypedResponse } from 'hono'
import { logPageSchema } from '../../contract/log.ts'
import { followHeaders, followQuery, jobParams, logQuery } from '../../contract/requests.ts'
import type { LogRange } from '../../supervisor/holdfast.ts'
import { answerEvents } from '../answer-events.ts'
import type { App, AppContext } from '../context.ts'
import { sendJob } from '../job-events.ts'
import { logText } from '../log-text.ts'
import { problemAnswers } from '../problem.ts'
import { findJob } from './jobs.ts'

const page = createRoute({
  method: 'get',
  path: '/api/v1/jobs/{id}/log',
  operationId: 'getLog',
  summary: 'A page of log lines',
  tags: ['log'],
  request: { params: jobParams, query: logQuery },
  responses: {
    200: { description: 'Lines', content: { 'application/json': { schema: logPageSchema } } },
    ...problemAnswers('job_not_found', 'invalid_request'),
  },
})

const text = createRoute({
  method: 'get',
  path: '/api/v1/jobs/{id}/log.txt',
  operationId: 'getLogText',
  summary: 'The whole log so far, as text',
  tags: ['log'],
  request: { params: jobParams },
  responses: {
    200: { description: 'One line each', content: { 'text/plain': { schema: z.string() } } },
    ...problemAnswers('job_not_found', 'invalid_request'),
  },
})

const follow = createRoute({
  method: 'get',
  path: '/api/v1/jobs/{id}/log/stream',
  operationId: 'followLog',
  summary: 'Follow a job and its log',
  description: [
    'Server-sent events. `stdout`, `stderr` and `system` carry a LogLine and its number as `id`; `job` carries a Job, first and after',
    'every change; `unfinished` carries what the job has begun to write and not ended, when it changed; `end` comes when the job is settled and every line was sent, then the server closes. Reconnect with the last `id`',
    'in `Last-Event-ID` or `after` and no line is missed or repeated.',
  ].join(' '),
  tags: ['log'],
  request: { params: jobParams, query: followQuery, headers: followHeaders },
  responses: {
    200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    ...problemAnswers('job_not_found', 'invalid_request'),
  },
})

export function mountLog(app: App, { holdfast, logger }: AppContext): void {
  app.openapi(page, async (c) => {
    const { id } = await findJob(holdfast, c.req.valid('param').id)
    const { after, before, around, q, limit, stream, full } = c.req.valid('query')
    const range: LogRange = {
      full,
      ...(after !== undefined && { after }),
      ...(before !== undefined && { before }),
      ...(around !== undefined && { around }),
      ...(q !== undefined && { q }),
      ...(limit !== undefined && { limit }),
      ...(stream && { stream }),
    }
    return c.json(await holdfast.log(id, range), 200)
  })

  app.openapi(text, async (c) => {
    const { id } = await findJob(holdfast, c.req.valid('param').id)
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-disposition': `inline; filename="job-${id}.log"` }
    // The router's types know text only as a string; this one is written as it is read.
    return new Response(logText(holdfast, id, logger), { headers }) as Response & TypedResponse<string, 200, 'text'>
  })

  app.openapi(follow, async (c) => {
    const job = await findJob(holdfast, c.req.valid('param').id)
    const after = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after ?? 0
    return answerEvents(c, logger, (sink) => sendJob(sink, holdfast, { job, after }))
  })
}
