// Notifications: whom to tell of jobs, and a test. What is told is written by the store and sent by a runner.
import { createRoute } from '@hono/zod-openapi'
import {
  notificationBody,
  notificationParams,
  notificationTargetSchema,
  notificationTargetsSchema,
  notificationTestSchema,
} from '../../contract/notification.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { NotificationTarget, NotifyOptions } from '../../supervisor/holdfast.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const tags = ['notifications']
const path = '/api/v1/notifications/{name}'
const target = (description: string) => ({ 200: { description, content: { 'application/json': { schema: notificationTargetSchema } } } })

const list = createRoute({
  method: 'get',
  path: '/api/v1/notifications',
  operationId: 'listNotificationTargets',
  summary: 'All targets of notifications, by name',
  tags,
  responses: {
    200: { description: 'The targets', content: { 'application/json': { schema: notificationTargetsSchema } } },
    ...problemAnswers(),
  },
})

const show = createRoute({
  method: 'get',
  path,
  operationId: 'getNotificationTarget',
  summary: 'One target, with how many wait for it and its last trouble',
  tags,
  request: { params: notificationParams },
  responses: { ...target('The target'), ...problemAnswers('notification_not_found') },
})

const put = createRoute({
  method: 'put',
  path,
  operationId: 'putNotificationTarget',
  summary: 'Store a target, or change the one of this name',
  description: 'What is left out gets its default, but the secret stays. A target that was switched off because it was gone is told again.',
  tags,
  request: { params: notificationParams, body: { content: { 'application/json': { schema: notificationBody } }, required: true } },
  responses: { ...target('The target'), ...problemAnswers('invalid_input', 'invalid_request', 'forbidden', 'payload_too_large') },
})

const remove = createRoute({
  method: 'delete',
  path,
  operationId: 'removeNotificationTarget',
  summary: 'Forget a target, and what was still to be told it',
  tags,
  request: { params: notificationParams },
  responses: { ...target('What it was'), ...problemAnswers('notification_not_found', 'forbidden', 'payload_too_large') },
})

const test = createRoute({
  method: 'post',
  path: `${path}/test`,
  operationId: 'testNotificationTarget',
  summary: 'Send a test now, and answer with what the other side said',
  tags,
  request: { params: notificationParams },
  responses: {
    200: { description: 'What came of it, delivered or not', content: { 'application/json': { schema: notificationTestSchema } } },
    ...problemAnswers('notification_not_found', 'forbidden', 'payload_too_large'),
  },
})

export function mountNotifications(app: App, { holdfast: { notifications } }: AppContext): void {
  async function find(name: string): Promise<NotificationTarget> {
    const found = (await notifications.list()).find((one) => one.name === name)
    if (!found) throw new HoldfastError('notification_not_found', `There is no notification target "${name}".`)
    return found
  }

  app.openapi(list, async (c) => c.json({ targets: (await notifications.list()).map(toWire) }, 200))

  app.openapi(show, async (c) => c.json(toWire(await find(c.req.valid('param').name)), 200))

  app.openapi(put, async (c) => {
    const { type, url, secret, events, kinds } = c.req.valid('json')
    const options: NotifyOptions = {
      name: c.req.valid('param').name,
      type,
      url,
      ...(secret !== undefined && { secret }),
      ...(events !== undefined && { events }),
      ...(kinds !== undefined && { kinds }),
    }
    return c.json(toWire(await notifications.put(options)), 200)
  })

  app.openapi(remove, async (c) => {
    const before = await find(c.req.valid('param').name)
    await notifications.remove(before.name)
    return c.json(toWire(before), 200)
  })

  app.openapi(test, async (c) => c.json(await notifications.test(c.req.valid('param').name), 200))
}

function toWire({ events, kinds, ...target }: NotificationTarget) {
  return { ...target, events: [...events], kinds: kinds && [...kinds] }
}
