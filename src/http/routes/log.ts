// A job's log: pages, the whole as text, and followed live.
import { createRoute, z } from '@hono/zod-openapi'
import type { TypedResponse } from 'hono'
import { logPageSchema } from '../../contract/log.ts'
import { followHeaders, followQuery, jobParams, logQuery, textHeaders, textQuery } from '../../contract/requests.ts'
import type { LogRange } from '../../supervisor/holdfast.ts'
import { answerEvents } from '../answer-events.ts'
import type { App, AppContext } from '../context.ts'
import { sendJob } from '../job-events.ts'
import { answerText } from '../log-text.ts'
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
  description:
    'What the job wrote, byte for byte, and what Holdfast says in lines of their own. `Range` asks for a part: a broken download goes on, `bytes=-65536` is the end of it.',
  tags: ['log'],
  request: { params: jobParams, query: textQuery, headers: textHeaders },
  responses: {
    200: { description: 'All of it', content: { 'text/plain': { schema: z.string() } } },
    206: { description: 'The bytes that `Range` asks for', content: { 'text/plain': { schema: z.string() } } },
    ...problemAnswers('job_not_found', 'invalid_request', 'range_not_satisfiable'),
  },
})

const follow = createRoute({
  method: 'get',
  path: '/api/v1/jobs/{id}/log/stream',
  operationId: 'followLog',
  summary: 'Follow a job and its log',
  description: [
    'Server-sent events. `stdout`, `stderr` and `system` carry a LogLine and its number as `id`; `job` carries a Job, first and after',
    'every change; `skipped` says which lines were left out, where `last` asks for the newest ones only; `unfinished` carries what the job has begun to write and not ended, when it changed; `end` comes when the job is settled and every line was sent, then the server closes. Reconnect with the last `id`',
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
    const { stream } = c.req.valid('query')
    const found = await holdfast.logText(id, { ...(stream && { stream }) })
    // The router's types know text only as a string; this one is written as it is read.
    return answerText({ id, text: found, request: c.req.raw, logger }) as Response & TypedResponse<string, 200, 'text'>
  })

  app.openapi(follow, async (c) => {
    const job = await findJob(holdfast, c.req.valid('param').id)
    const { last, ...query } = c.req.valid('query')
    const after = c.req.valid('header')['last-event-id'] ?? query.after ?? 0
    return answerEvents(c, logger, (sink) => sendJob(sink, holdfast, { job, after, ...(last !== undefined && { last }) }))
  })
}
