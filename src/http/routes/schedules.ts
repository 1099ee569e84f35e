// Schedules: all of them, one, storing and removing one, pausing it, and its job now.
import { createRoute, type z } from '@hono/zod-openapi'
import { submittedSchema } from '../../contract/job.ts'
import { askBody } from '../../contract/requests.ts'
import { putScheduleBody, scheduleParams, scheduleSchema, schedulesSchema } from '../../contract/schedule.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { Holdfast, ScheduleOptions, ScheduleView } from '../../supervisor/holdfast.ts'
import { byOf } from '../access/asked-by.ts'
import type { Admit } from '../admission.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'
import { polled } from './summary.ts'

const tags = ['schedules']
const path = '/api/v1/schedules/{name}'
const theSchedule = { 200: { description: 'The schedule', content: { 'application/json': { schema: scheduleSchema } } } }
const refusals = ['schedule_not_found', 'invalid_request', 'forbidden', 'payload_too_large'] as const
const asking = { params: scheduleParams, body: { content: { 'application/json': { schema: askBody } } } }

const list = createRoute({
  method: 'get',
  path: '/api/v1/schedules',
  operationId: 'listSchedules',
  summary: 'All schedules, by name',
  tags,
  responses: { 200: { description: 'The schedules', content: { 'application/json': { schema: schedulesSchema } } }, ...problemAnswers() },
})

const show = createRoute({
  method: 'get',
  path,
  operationId: 'getSchedule',
  summary: 'One schedule',
  tags,
  request: { params: scheduleParams },
  responses: { ...theSchedule, ...problemAnswers('schedule_not_found') },
})

const put = createRoute({
  method: 'put',
  path,
  operationId: 'putSchedule',
  summary: 'Store a schedule, or change what is stored under its name',
  description: 'One whose time is the same keeps its next firing. A kind that the app defines; the input is checked now.',
  tags,
  request: { params: scheduleParams, body: { content: { 'application/json': { schema: putScheduleBody } }, required: true } },
  responses: {
    ...theSchedule,
    ...problemAnswers('unknown_kind', 'invalid_input', 'invalid_request', 'forbidden', 'payload_too_large'),
  },
})

const remove = createRoute({
  method: 'delete',
  path,
  operationId: 'removeSchedule',
  summary: 'Remove a schedule',
  description: 'Answers with what it was. Its jobs stay.',
  tags,
  request: { params: scheduleParams },
  responses: { ...theSchedule, ...problemAnswers(...refusals) },
})

const pause = createRoute({
  method: 'post',
  path: `${path}/pause`,
  operationId: 'pauseSchedule',
  summary: 'Ask for no more jobs',
  tags,
  request: asking,
  responses: { ...theSchedule, ...problemAnswers(...refusals) },
})

const resume = createRoute({
  method: 'post',
  path: `${path}/resume`,
  operationId: 'resumeSchedule',
  summary: 'Go on with the next firing',
  description: 'What would have fired meanwhile was not missed.',
  tags,
  request: asking,
  responses: { ...theSchedule, ...problemAnswers(...refusals, 'invalid_input') },
})

const runNow = createRoute({
  method: 'post',
  path: `${path}/run-now`,
  operationId: 'runScheduleNow',
  summary: 'Submit its job now',
  description: 'Its times stay as they are.',
  tags,
  request: asking,
  responses: {
    201: { description: 'A new job; `Location` names it', content: { 'application/json': { schema: submittedSchema } } },
    200: { description: 'The active job that was there already', content: { 'application/json': { schema: submittedSchema } } },
    ...problemAnswers(...refusals, 'unknown_kind', 'invalid_input', 'active_exists', 'too_many'),
  },
})

export function mountSchedules(app: App, { holdfast }: AppContext, admit: Admit): void {
  app.openapi(list, async (c) => {
    const schedules = await holdfast.schedules.list()
    return c.json({ schedules, pollAfterMs: schedules.some(({ nextAt }) => nextAt.length > 0) ? httpBounds.pollAfterMs : null }, 200)
  })

  app.openapi(show, async (c) => c.json(await findSchedule(holdfast, c.req.valid('param').name), 200))

  app.openapi(put, async (c) => c.json(await holdfast.schedules.put(scheduleOptions(c.req.valid('param').name, c.req.valid('json'))), 200))

  app.openapi(remove, async (c) => {
    const schedule = await findSchedule(holdfast, c.req.valid('param').name)
    await holdfast.schedules.remove(schedule.name)
    return c.json(schedule, 200)
  })

  app.openapi(pause, async (c) => c.json(await holdfast.schedules.pause(c.req.valid('param').name, byOf(c, c.req.valid('json').by)), 200))

  app.openapi(resume, async (c) => c.json(await holdfast.schedules.resume(c.req.valid('param').name, byOf(c, c.req.valid('json').by)), 200))

  app.openapi(runNow, async (c) => {
    const { name, kind } = await findSchedule(holdfast, c.req.valid('param').name)
    await admit(kind)
    const submitted = await holdfast.schedules.runNow(name, byOf(c, c.req.valid('json').by))
    // Relative to /api/v1/schedules/NAME/run-now, so that it is right under any prefix.
    c.header('location', `../../jobs/${submitted.job.id}`)
    return c.json(polled(submitted), submitted.created ? 201 : 200)
  })
}

function scheduleOptions(name: string, { kind, cron, timeZone, input, missed }: z.infer<typeof putScheduleBody>): ScheduleOptions {
  return { name, kind, cron, ...(timeZone !== undefined && { timeZone }), ...(input !== undefined && { input }), ...(missed && { missed }) }
}

async function findSchedule(holdfast: Holdfast, name: string): Promise<ScheduleView> {
  const found = await holdfast.schedules.get(name)
  if (!found) throw new HoldfastError('schedule_not_found', `There is no schedule "${name}".`)
  return found
}
