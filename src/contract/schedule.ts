// Schedules on the wire: what is stored, what may be put, when it fires next. Knows no server.
import { z } from '@hono/zod-openapi'
import { instant, jsonSchema, optionalText, pollAfterMs } from './job.ts'

const missed = z.enum(['skip', 'once'], { error: 'Must be skip or once' })

export const scheduleSchema = z
  .object({
    name: z.string(),
    kind: z.string(),
    cron: z.string().openapi({ description: 'Five or six fields, or @daily and the like' }),
    timeZone: z.string(),
    input: jsonSchema,
    missed: missed.openapi({
      description: 'A firing that nobody was there for: wait for the next one, or make up for all of them with one job',
    }),
    pausedAt: instant.nullable(),
    pausedBy: optionalText,
    nextAt: z.array(instant).openapi({ description: 'The next five firings; none while it is paused' }),
    lastAt: instant.nullable(),
    lastJobId: z.number().int().nullable(),
    trouble: optionalText.openapi({ description: 'Why the last firing made no job' }),
  })
  .openapi('Schedule', { description: 'Asks for a job at certain times' })

export const schedulesSchema = z
  .object({ schedules: z.array(scheduleSchema).openapi({ description: 'By name' }), pollAfterMs })
  .openapi('Schedules')

export const scheduleParams = z.object({ name: z.string().openapi({ description: 'Name of the schedule', example: 'nightly' }) })

export const putScheduleBody = z
  .strictObject({
    kind: z.string().openapi({ description: 'A kind that the app defines' }),
    cron: z.string().max(200).openapi({ description: 'Five or six fields, or @daily and the like', example: '0 3 * * *' }),
    timeZone: z.string().max(100).optional().openapi({ description: "Default: the server's own", example: 'Europe/Berlin' }),
    input: jsonSchema.optional().openapi({ description: 'Of the jobs; must fit the input schema of the kind' }),
    missed: missed.optional().openapi({ description: 'Default: skip' }),
  })
  .openapi('PutSchedule')
