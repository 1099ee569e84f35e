// Kinds: what can be submitted, submitting, and pausing a kind.
import { createRoute, type z } from '@hono/zod-openapi'
import { submittedSchema } from '../../contract/job.ts'
import { kindSchema, kindsSchema } from '../../contract/kind.ts'
import { askBody, kindParams, submitBody } from '../../contract/requests.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { Holdfast, KindView, SubmitOptions } from '../../supervisor/holdfast.ts'
import { askedBy, byOf } from '../access/asked-by.ts'
import type { Admit } from '../admission.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'
import { polled } from './summary.ts'

const tags = ['kinds']
const theKind = { 200: { description: 'The kind', content: { 'application/json': { schema: kindSchema } } } }

const list = createRoute({
  method: 'get',
  path: '/api/v1/kinds',
  operationId: 'listKinds',
  summary: 'All kinds of jobs',
  description: 'Those that the app defines, then those that are only known from jobs that are there.',
  tags,
  responses: { 200: { description: 'The kinds', content: { 'application/json': { schema: kindsSchema } } }, ...problemAnswers() },
})

const show = createRoute({
  method: 'get',
  path: '/api/v1/kinds/{kind}',
  operationId: 'getKind',
  summary: 'One kind of jobs',
  tags,
  request: { params: kindParams },
  responses: { ...theKind, ...problemAnswers('unknown_kind') },
})

const submit = createRoute({
  method: 'post',
  path: '/api/v1/kinds/{kind}/jobs',
  operationId: 'submitJob',
  summary: 'Submit a job',
  description: 'Answers with the active job where the kind is unique and one with the same key exists.',
  tags,
  request: { params: kindParams, body: { content: { 'application/json': { schema: submitBody } } } },
  responses: {
    201: { description: 'A new job; `Location` names it', content: { 'application/json': { schema: submittedSchema } } },
    200: { description: 'The active job that was there already', content: { 'application/json': { schema: submittedSchema } } },
    ...problemAnswers('unknown_kind', 'invalid_input', 'invalid_request', 'active_exists', 'forbidden', 'payload_too_large', 'too_many'),
  },
})

const pausing = {
  tags,
  request: { params: kindParams, body: { content: { 'application/json': { schema: askBody } } } },
  responses: { ...theKind, ...problemAnswers('unknown_kind', 'invalid_request', 'forbidden', 'payload_too_large') },
}

const pause = createRoute({
  method: 'post',
  path: '/api/v1/kinds/{kind}/pause',
  operationId: 'pauseKind',
  summary: 'Start nothing more of a kind',
  description: 'What runs goes on.',
  ...pausing,
})

const resume = createRoute({
  method: 'post',
  path: '/api/v1/kinds/{kind}/resume',
  operationId: 'resumeKind',
  summary: 'Start jobs of a kind again',
  ...pausing,
})

export function mountKinds(app: App, { holdfast }: AppContext, admit: Admit): void {
  app.openapi(list, async (c) => c.json({ kinds: await holdfast.kinds() }, 200))

  app.openapi(show, async (c) => c.json(await findKind(holdfast, c.req.valid('param').kind), 200))

  app.openapi(submit, async (c) => {
    const { kind, isDefined } = await findKind(holdfast, c.req.valid('param').kind)
    const { input = {}, submittedBy, ...asked } = c.req.valid('json')
    // What this program cannot submit is refused by name.
    if (isDefined) await admit(kind)
    const submitted = await holdfast.submit(kind, input, submitOptions(asked, askedBy(c, submittedBy)))
    // Relative to /api/v1/kinds/KIND/jobs, so that it is right under any prefix.
    c.header('location', `../../jobs/${submitted.job.id}`)
    return c.json(polled(submitted), submitted.created ? 201 : 200)
  })

  app.openapi(pause, async (c) => {
    const { kind } = await findKind(holdfast, c.req.valid('param').kind)
    await holdfast.pauseKind(kind, byOf(c, c.req.valid('json').by))
    return c.json(await findKind(holdfast, kind), 200)
  })

  app.openapi(resume, async (c) => {
    const { kind } = await findKind(holdfast, c.req.valid('param').kind)
    await holdfast.resumeKind(kind, byOf(c, c.req.valid('json').by))
    return c.json(await findKind(holdfast, kind), 200)
  })
}

/** An option that is not given is absent. */
function submitOptions(asked: Omit<z.infer<typeof submitBody>, 'input' | 'submittedBy'>, submittedBy: string | undefined): SubmitOptions {
  const { name, priority, availableAt, expireAfterMs, after } = asked
  return {
    ...(name && { name }),
    ...(submittedBy && { submittedBy }),
    ...(priority !== undefined && { priority }),
    ...(availableAt !== undefined && { availableAt }),
    ...(expireAfterMs !== undefined && { expireAfterMs }),
    ...(after && { after }),
  }
}

async function findKind(holdfast: Holdfast, name: string): Promise<KindView> {
  const found = (await holdfast.kinds()).find((view) => view.kind === name)
  if (!found) throw new HoldfastError('unknown_kind', `There is no kind "${name}".`)
  return found
}
