// What is asked of many jobs at once, and what it came to. A filter that says nothing is refused: a lost body must not cancel everything.
import { z } from '@hono/zod-openapi'
import { wireBounds } from './bounds.ts'
import { jobStateSchema } from './job.ts'
import { personName } from './requests.ts'

const filters = ['state', 'kind', 'queue', 'submittedBy', 'schedule', 'ids'] as const
const text = z.string().min(1).max(wireBounds.name)

export const bulkBody = z
  .strictObject({
    state: z
      .array(jobStateSchema)
      .min(1)
      .optional()
      .openapi({ description: 'Only jobs in one of these states. Default: those that it can be done to' }),
    kind: text.optional(),
    queue: text.optional(),
    submittedBy: text.optional(),
    schedule: text.optional().openapi({ description: 'Only jobs that this schedule asked for' }),
    ids: z
      .array(z.number().int().min(1).max(Number.MAX_SAFE_INTEGER))
      .min(1)
      .max(wireBounds.bulkIds)
      .optional()
      .openapi({ description: 'Only these, in whatever state' }),
    all: z.literal(true).optional().openapi({ description: 'Needed where no filter is given: all of them are meant' }),
    before: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().openapi({ description: 'Where the last call stopped' }),
    by: personName.optional().openapi({ description: 'Who asks; shown and recorded' }),
  })
  .refine((body) => body.all === true || filters.some((filter) => body[filter] !== undefined), {
    path: ['all'],
    message: `Must be true where none of ${filters.join(', ')} is given: all jobs are meant`,
  })
  .openapi('Bulk')

export const bulkAnswerSchema = z
  .object({
    done: z.array(z.number().int()).openapi({ description: 'Numbers of the jobs that it was done to' }),
    refused: z.array(z.object({ id: z.number().int(), reason: z.string() })).openapi({ description: 'Those it could not be done to' }),
    before: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'It stopped at its bound: ask again with this as `before`. Null: no job is left' }),
  })
  .openapi('BulkAnswer')
