// What people ask of one job: stop it, try it again, run it anew, go on waiting for it, look at it.
import { createRoute } from '@hono/zod-openapi'
import { askedJobSchema, checkedSchema, submittedSchema } from '../../contract/job.ts'
import { askBody, jobParams, rerunBody } from '../../contract/requests.ts'
import type { Job } from '../../supervisor/holdfast.ts'
import { byOf } from '../access/asked-by.ts'
import type { Admit } from '../admission.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'
import { findJob } from './jobs.ts'
import { pollAfter, polled } from './summary.ts'

const request = { params: jobParams, body: { content: { 'application/json': { schema: askBody } } } }
const refusals = ['job_not_found', 'invalid_request', 'forbidden', 'payload_too_large'] as const
const theJob = { 200: { description: 'The job', content: { 'application/json': { schema: askedJobSchema } } } }

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

const rerun = createRoute({
  method: 'post',
  path: '/api/v1/jobs/{id}/rerun',
  operationId: 'rerunJob',
  summary: 'A new job of the same kind',
  description: 'With the same input, or another one. The old one stays as it is.',
  tags: ['jobs'],
  request: { params: jobParams, body: { content: { 'application/json': { schema: rerunBody } } } },
  responses: {
    201: { description: 'A new job; `Location` names it', content: { 'application/json': { schema: submittedSchema } } },
    200: { description: 'The active job that was there already', content: { 'application/json': { schema: submittedSchema } } },
    ...problemAnswers(...refusals, 'unknown_kind', 'invalid_input', 'active_exists', 'too_many'),
  },
})

export function mountJobActions(app: App, { holdfast }: AppContext, admit: Admit): void {
  app.openapi(cancel, async (c) => c.json(asked(await holdfast.cancel(c.req.valid('param').id, byOf(c, c.req.valid('json').by))), 200))
  app.openapi(retry, async (c) => c.json(asked(await holdfast.retry(c.req.valid('param').id, byOf(c, c.req.valid('json').by))), 200))
  app.openapi(resume, async (c) => c.json(asked(await holdfast.resume(c.req.valid('param').id, byOf(c, c.req.valid('json').by))), 200))
  app.openapi(keepWaiting, async (c) =>
    c.json(asked(await holdfast.keepWaiting(c.req.valid('param').id, byOf(c, c.req.valid('json').by))), 200),
  )
  app.openapi(check, async (c) => c.json(polled(await holdfast.check(c.req.valid('param').id, byOf(c, c.req.valid('json').by))), 200))

  app.openapi(rerun, async (c) => {
    const { id, kind } = await findJob(holdfast, c.req.valid('param').id)
    const { by, input } = c.req.valid('json')
    await admit(kind)
    const submitted = await holdfast.rerun(id, { ...byOf(c, by), ...(input !== undefined && { input }) })
    // Relative to /api/v1/jobs/ID/rerun, so that it is right under any prefix.
    c.header('location', `../${submitted.job.id}`)
    return c.json(polled(submitted), submitted.created ? 201 : 200)
  })
}

function asked(job: Job): Job & { pollAfterMs: number | null } {
  return { ...job, pollAfterMs: pollAfter(job.state) }
}
