// Kinds: what can be submitted, and submitting.
import { createRoute } from '@hono/zod-openapi'
import { submittedSchema } from '../../contract/job.ts'
import { kindSchema, kindsSchema } from '../../contract/kind.ts'
import { kindParams, submitBody } from '../../contract/requests.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { KindView } from '../../supervisor/holdfast.ts'
import { askedBy } from '../access/asked-by.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const list = createRoute({
  method: 'get',
  path: '/api/v1/kinds',
  operationId: 'listKinds',
  summary: 'All kinds of jobs',
  tags: ['kinds'],
  responses: { 200: { description: 'The kinds', content: { 'application/json': { schema: kindsSchema } } }, ...problemAnswers() },
})

const show = createRoute({
  method: 'get',
  path: '/api/v1/kinds/{kind}',
  operationId: 'getKind',
  summary: 'One kind of jobs',
  tags: ['kinds'],
  request: { params: kindParams },
  responses: {
    200: { description: 'The kind', content: { 'application/json': { schema: kindSchema } } },
    ...problemAnswers('unknown_kind'),
  },
})

const submit = createRoute({
  method: 'post',
  path: '/api/v1/kinds/{kind}/jobs',
  operationId: 'submitJob',
  summary: 'Submit a job',
  description: 'Answers with the active job where the kind is unique and one with the same key exists.',
  tags: ['kinds'],
  request: { params: kindParams, body: { content: { 'application/json': { schema: submitBody } } } },
  responses: {
    201: { description: 'A new job; `Location` names it', content: { 'application/json': { schema: submittedSchema } } },
    200: { description: 'The active job that was there already', content: { 'application/json': { schema: submittedSchema } } },
    ...problemAnswers('unknown_kind', 'invalid_input', 'invalid_request', 'active_exists', 'forbidden', 'payload_too_large'),
  },
})

export function mountKinds(app: App, { holdfast }: AppContext): void {
  app.openapi(list, (c) => c.json({ kinds: holdfast.kinds() }, 200))

  app.openapi(show, (c) => c.json(findKind(holdfast.kinds(), c.req.valid('param').kind), 200))

  app.openapi(submit, async (c) => {
    const { kind } = findKind(holdfast.kinds(), c.req.valid('param').kind)
    const { input = {}, name, submittedBy: claimed } = c.req.valid('json')
    const submittedBy = askedBy(c, claimed)
    const submitted = await holdfast.submit(kind, input, { ...(name && { name }), ...(submittedBy && { submittedBy }) })
    // Relative to /api/v1/kinds/KIND/jobs, so that it is right under any prefix.
    c.header('location', `../../jobs/${submitted.job.id}`)
    return c.json(submitted, submitted.created ? 201 : 200)
  })
}

function findKind(kinds: readonly KindView[], name: string): KindView {
  const found = kinds.find((view) => view.kind === name)
  if (!found) throw new HoldfastError('unknown_kind', `There is no kind "${name}".`)
  return found
}
