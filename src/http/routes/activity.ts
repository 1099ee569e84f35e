// What is going on, in one view: once, and as a stream. What a page of a browser needs beside it, it asks for by name.
import { createRoute, type z } from '@hono/zod-openapi'
import { activityLookSchema } from '../../contract/activity.ts'
import { activityQuery } from '../../contract/requests.ts'
import type { Activity, ActivityFilter, Holdfast } from '../../supervisor/holdfast.ts'
import { answerEvents } from '../answer-events.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import type { EventSink } from '../event-stream.ts'
import { problemAnswers } from '../problem.ts'
import { sendView } from '../shared-view.ts'
import { toWireArtifact } from '../wire-artifact.ts'
import { lookSoon } from './summary.ts'

const tags = ['server']

const look = createRoute({
  method: 'get',
  path: '/api/v1/activity',
  operationId: 'getActivity',
  summary: 'What is going on, in one view',
  description: 'Counts, active jobs, those that settled last, and what is asked for by name. What is asked for and not there is left out.',
  tags,
  request: { query: activityQuery },
  responses: {
    200: { description: 'What is going on', content: { 'application/json': { schema: activityLookSchema } } },
    ...problemAnswers('invalid_request'),
  },
})

const watch = createRoute({
  method: 'get',
  path: '/api/v1/activity/events',
  operationId: 'watchActivity',
  summary: 'What is going on, again after every change',
  description: 'Server-sent events. `activity` carries an Activity, at once and then at most twice a second. The stream does not end.',
  tags,
  request: { query: activityQuery },
  responses: {
    200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' as const } } } },
    ...problemAnswers('invalid_request'),
  },
})

export function mountActivity(app: App, { holdfast, logger }: AppContext): void {
  app.openapi(look, async (c) => {
    const filter = filterOf(c.req.valid('query'))
    const activity = toWire(await lookSoon(holdfast, () => holdfast.activity(filter)))
    const pollAfterMs = activity.summary.active > 0 ? httpBounds.pollAfterMs : null
    return c.json({ ...activity, role: c.var.visitor.role, serverTime: Date.now(), pollAfterMs }, 200)
  })

  app.openapi(watch, (c) => {
    const filter = filterOf(c.req.valid('query'))
    return answerEvents(c, logger, (sink) => sendActivity(sink, holdfast, filter))
  })
}

function sendActivity(sink: EventSink, holdfast: Holdfast, filter: Required<ActivityFilter>): Promise<void> {
  const seen = async () => toWire(await holdfast.activity(filter, { shared: true }))
  const key = `activity ${JSON.stringify(filter)}`
  return sendView(sink, { holdfast, key, event: 'activity', everyMs: httpBounds.activityEventMs, look: seen })
}

/** In one order, so that whoever wants the same shares a look. */
function filterOf({ job = [], kind = [], artifact = [] }: z.infer<typeof activityQuery>): Required<ActivityFilter> {
  const once = <Item>(items: readonly Item[]) => [...new Set(items)]
  return { job: once(job).sort((a, b) => a - b), kind: once(kind).sort(), artifact: once(artifact).sort() }
}

function toWire({ artifacts, ...activity }: Activity) {
  return { ...activity, artifacts: artifacts.map(toWireArtifact) }
}
