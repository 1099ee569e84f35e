// Artifacts: all of them, one, both as streams, and what people ask of one: go back, say what is wanted. Publishing is the jobs'.
import { createRoute } from '@hono/zod-openapi'
import { artifactDetailSchema, artifactSchema, artifactsSchema, snapshotSchema } from '../../contract/artifact.ts'
import { artifactParams, rollBackBody, wantBody } from '../../contract/requests.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { ArtifactDetail, Holdfast } from '../../supervisor/holdfast.ts'
import { byOf } from '../access/asked-by.ts'
import { answerEvents } from '../answer-events.ts'
import { sendArtifact, sendArtifacts } from '../artifact-events.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'
import { toWireArtifact, toWireDetail, toWireSnapshot } from '../wire-artifact.ts'

const tags = ['artifacts']
const events = { 200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' as const } } } } }
const asked = ['artifact_not_found', 'invalid_request', 'forbidden', 'payload_too_large'] as const

const list = createRoute({
  method: 'get',
  path: '/api/v1/artifacts',
  operationId: 'listArtifacts',
  summary: 'All artifacts, by name',
  description: 'All that a kind declares, that a job was ever to build, or that somebody wants.',
  tags,
  responses: { 200: { description: 'The artifacts', content: { 'application/json': { schema: artifactsSchema } } }, ...problemAnswers() },
})

const watchAll = createRoute({
  method: 'get',
  path: '/api/v1/events/artifacts',
  operationId: 'watchArtifacts',
  summary: 'All artifacts, again after every change',
  description:
    'Server-sent events. `artifacts` carries an ArtifactsEvent, at once and then at most twice a second. The stream does not end.',
  tags,
  responses: { ...events, ...problemAnswers() },
})

const show = createRoute({
  method: 'get',
  path: '/api/v1/artifacts/{name}',
  operationId: 'getArtifact',
  summary: 'One artifact with its snapshots, their readers, and what happened to it',
  tags,
  request: { params: artifactParams },
  responses: {
    200: { description: 'The artifact', content: { 'application/json': { schema: artifactDetailSchema } } },
    ...problemAnswers('artifact_not_found', 'invalid_request'),
  },
})

const watch = createRoute({
  method: 'get',
  path: '/api/v1/artifacts/{name}/events',
  operationId: 'watchArtifact',
  summary: 'One artifact, again after every change',
  description:
    'Server-sent events. `artifact` carries an ArtifactDetail, at once and then at most twice a second. The stream does not end.',
  tags,
  request: { params: artifactParams },
  responses: { ...events, ...problemAnswers('artifact_not_found', 'invalid_request') },
})

const rollBack = createRoute({
  method: 'post',
  path: '/api/v1/artifacts/{name}/roll-back',
  operationId: 'rollBackArtifact',
  summary: 'Make another kept snapshot the current one',
  description: 'Older or newer. Nothing is removed by it, and jobs go on.',
  tags,
  request: { params: artifactParams, body: { content: { 'application/json': { schema: rollBackBody } } } },
  responses: {
    200: { description: 'The snapshot that is current now', content: { 'application/json': { schema: snapshotSchema } } },
    ...problemAnswers(...asked, 'snapshot_not_found', 'wrong_state'),
  },
})

const want = createRoute({
  method: 'post',
  path: '/api/v1/artifacts/{name}/want',
  operationId: 'wantArtifact',
  summary: 'Say what the current snapshot should be built from',
  description: 'Where it was built from something else, the artifact is `required` from now on. Nothing is started by this.',
  tags,
  request: { params: artifactParams, body: { content: { 'application/json': { schema: wantBody } }, required: true } },
  responses: {
    200: { description: 'The artifact', content: { 'application/json': { schema: artifactSchema } } },
    ...problemAnswers(...asked),
  },
})

export function mountArtifacts(app: App, { holdfast, logger }: AppContext): void {
  app.openapi(list, async (c) => {
    const artifacts = (await holdfast.artifacts.list()).map(toWireArtifact)
    return c.json({ artifacts, pollAfterMs: artifacts.some(({ building }) => building) ? httpBounds.pollAfterMs : null }, 200)
  })

  app.openapi(watchAll, (c) => answerEvents(c, logger, (sink) => sendArtifacts(sink, holdfast)))

  app.openapi(show, async (c) => {
    const detail = await findArtifact(holdfast, c.req.valid('param').name)
    return c.json({ ...toWireDetail(detail), pollAfterMs: detail.building ? httpBounds.pollAfterMs : null }, 200)
  })

  app.openapi(watch, async (c) => {
    const { name } = await findArtifact(holdfast, c.req.valid('param').name)
    return answerEvents(c, logger, (sink) => sendArtifact(sink, holdfast, name))
  })

  app.openapi(rollBack, async (c) => {
    const { to, together, reason, by } = c.req.valid('json')
    const options = { ...(to !== undefined && { to }), ...(together && { together }), ...(reason && { reason }), ...byOf(c, by) }
    return c.json(toWireSnapshot(await holdfast.artifact(c.req.valid('param').name).rollBack(options)), 200)
  })

  app.openapi(want, async (c) => {
    const { fingerprint, by } = c.req.valid('json')
    // A wish for what nobody knows would be there for ever after.
    const { name } = await findArtifact(holdfast, c.req.valid('param').name)
    return c.json(toWireArtifact(await holdfast.artifact(name).want(fingerprint, byOf(c, by))), 200)
  })
}

async function findArtifact(holdfast: Holdfast, name: string): Promise<ArtifactDetail> {
  const detail = await holdfast.artifact(name).detail()
  if (!detail) throw new HoldfastError('artifact_not_found', `There is no artifact "${name}".`)
  return detail
}
