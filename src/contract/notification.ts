// Notifications on the wire: whom to tell, and what a test came to. A secret goes in and never out.
import { z } from '@hono/zod-openapi'
import { wireBounds } from './bounds.ts'
import { instant, optionalText } from './job.ts'

const targetTypeSchema = z.enum(['webhook', 'ntfy'])
const eventsSchema = z.array(z.enum(['failed', 'stalled', 'interrupted', 'succeeded']))

export const notificationTargetSchema = z
  .object({
    name: z.string(),
    type: targetTypeSchema,
    url: z.string(),
    hasSecret: z.boolean().openapi({ description: 'It is signed, or shown an access token. The secret itself is never told' }),
    events: eventsSchema,
    kinds: z.array(z.string()).nullable().openapi({ description: 'Null: jobs of every kind' }),
    createdAt: instant,
    waiting: z.number().int().openapi({ description: 'How many are still to be told' }),
    lastSentAt: instant.nullable(),
    lastError: z.object({ at: instant, message: z.string() }).nullable(),
    givenUp: z.number().int().openapi({ description: 'How many were never told because a day was over' }),
    dropped: z.number().int().openapi({ description: 'How many were never told because too many waited' }),
    disabledAt: instant.nullable().openapi({ description: 'Nothing more is told it since then; to store it again ends that' }),
    disabledWhy: optionalText,
  })
  .openapi('NotificationTarget', { description: 'Somebody who is told of jobs' })

export const notificationTargetsSchema = z
  .object({ targets: z.array(notificationTargetSchema).openapi({ description: 'By name' }) })
  .openapi('NotificationTargets')

export const notificationTestSchema = z
  .object({
    delivered: z.boolean(),
    status: z.number().int().nullable().openapi({ description: 'HTTP status of the answer; null when there was none' }),
    answer: z.string().openapi({ description: 'The beginning of what the other side said' }),
    error: optionalText.openapi({ description: 'Why it was not delivered' }),
  })
  .openapi('NotificationTest', { description: 'What a test came to' })

export const notificationParams = z.object({
  name: z.string().openapi({ param: { name: 'name', in: 'path' }, description: 'Name of the target' }),
})

export const notificationBody = z
  .object({
    type: targetTypeSchema,
    url: z.string().max(wireBounds.url).openapi({ description: 'Of a webhook, or of a topic of ntfy' }),
    secret: z.string().max(wireBounds.secret).nullable().optional().openapi({
      description: 'What a webhook is signed with (whsec_…), or the access token of ntfy. Absent: the one it has stays; null: none',
    }),
    events: eventsSchema.optional().openapi({ description: 'Default: failed, stalled, interrupted' }),
    kinds: z.array(z.string()).max(wireBounds.listPage).optional().openapi({ description: 'Default: jobs of every kind' }),
  })
  .openapi('PutNotificationTarget')
