// What people ask of one job: stop it, try it again, go on waiting for it, look at it.
import { createRoute } from '@hono/zod-openapi'
import { checkedSchema, jobSchema } from '../../contract/job.ts'
import { askBody, jobParams } from '../../contract/requests.ts'
import { byOf } from '../access/asked-by.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const request = { params: jobParams, body: { content: { 'application/json': { schema: askBody } } } }
const refusals = ['job_not_found', 'invalid_request', 'forbidden', 'payload_too_large'] as const
const theJob = { 200: { description: 'The job', content: { 'application/json': { schema: jobSchema } } } }

const cancel = createRoute({
  method: 'post',
  path: '/api/v1/jobs/{id}/cancel',
  operationId: 'cancelJob',
  summary: 'Ask a job to stop',
  description: 'A settled job is answered unchanged. A running one is `stopping` until its whole process tree is gone.',
  tags: ['jobs'],
  request,
  responses: { ...theJob, ...problemAnswers(...refusals) },
})

const retry = createRoute({
  method: 'post',
  path: '/api/v1/jobs/{id}/retry',
  operationId: 'retryJob',
  summary: 'Another attempt from the start',
  description: 'Of a failed, cancelled, interrupted or expired job.',
  tags: ['jobs'],
  request,
  responses: { ...theJob, ...problemAnswers(...refusals, 'wrong_state', 'active_exists') },
})

const resume = createRoute({
  method: 'post',
  path: '/api/v1/jobs/{id}/resume',
  operationId: 'resumeJob',
  summary: 'Another attempt from the last checkpoint',
  description: 'From the start where nothing was saved. A running job is stopped first.',
  tags: ['jobs'],
  request,
  responses: { ...theJob, ...problemAnswers(...refusals, 'wrong_state', 'active_exists') },
})

const keepWaiting = createRoute({
  method: 'post',
  path: '/api/v1/jobs/{id}/keep-waiting',
  operationId: 'keepWaiting',
  summary: 'Count the silence of a running job from now',
  tags: ['jobs'],
  request,
  responses: { ...theJob, ...problemAnswers(...refusals, 'wrong_state') },
})

const check = createRoute({
  method: 'post',
  path: '/api/v1/jobs/{id}/check',
  operationId: 'checkJob',
  summary: 'Look at the processes of a running job now',
  description: 'Takes about a third of a second: the use of the processor is seen between two looks. The log gets a line of it.',
  tags: ['jobs'],
  request,
  responses: {
    200: { description: 'What was seen', content: { 'application/json': { schema: checkedSchema } } },
    ...problemAnswers(...refusals, 'wrong_state'),
  },
})

export function mountJobActions(app: App, { holdfast }: AppContext): void {
  app.openapi(cancel, async (c) => c.json(await holdfast.cancel(c.req.valid('param').id, byOf(c, c.req.valid('json').by)), 200))
  app.openapi(retry, async (c) => c.json(await holdfast.retry(c.req.valid('param').id, byOf(c, c.req.valid('json').by)), 200))
  app.openapi(resume, async (c) => c.json(await holdfast.resume(c.req.valid('param').id, byOf(c, c.req.valid('json').by)), 200))
  app.openapi(keepWaiting, async (c) => c.json(await holdfast.keepWaiting(c.req.valid('param').id, byOf(c, c.req.valid('json').by)), 200))
  app.openapi(check, async (c) => c.json(await holdfast.check(c.req.valid('param').id, byOf(c, c.req.valid('json').by)), 200))
}
