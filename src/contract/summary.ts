// How everything stands on the wire: flat, with a stable name for each value, as start pages read it. Knows no server.
import { z } from '@hono/zod-openapi'
import { instant, jobStateSchema, optionalText, pollAfterMs } from './job.ts'

const amount = z.number().int()

export const standingSchema = z
  .object({
    queued: amount,
    running: amount,
    stopping: amount,
    succeeded: amount.openapi({
      description: 'Of those that are kept. Where there are very many, retries and removals of older ones show some seconds late',
    }),
    failed: amount,
    cancelled: amount,
    interrupted: amount,
    expired: amount,
    active: amount.openapi({ description: 'Queued, running and stopping together' }),
    stalled: amount.openapi({ description: 'Running jobs that have given no sign of life for longer than they may' }),
    required: amount.openapi({ description: 'Artifacts whose current snapshot is not what is wanted, and that nobody builds' }),
    failed24h: amount.openapi({ description: 'Jobs that failed in the last 24 hours; counted as far as 100,000' }),
    succeeded24h: amount.openapi({ description: 'Jobs that succeeded in the last 24 hours; counted as far as 100,000' }),
    lastJobId: amount.nullable().openapi({ description: 'The job that settled last; null: none has' }),
    lastKind: optionalText,
    lastState: jobStateSchema.nullable(),
    lastFinishedAt: instant.nullable(),
    oldestQueuedAt: instant.nullable().openapi({
      description: 'Since when the ready job waits that has waited longest, of those that are first in their line; null: none is ready',
    }),
    nextKind: optionalText.openapi({ description: 'What a schedule submits next; null: none will' }),
    nextAt: instant.nullable(),
    degraded: optionalText.openapi({
      description:
        'What keeps Holdfast from writing down what happens, in words; null when nothing does. Jobs run on meanwhile, and all is recorded when it is over',
    }),
  })
  .openapi('Standing')

export const summarySchema = z
  .object({
    ...standingSchema.shape,
    version: z.string().openapi({ description: 'Version of Holdfast' }),
    serverTime: instant.openapi({ description: 'What the server has for now' }),
    pollAfterMs,
  })
  .openapi('Summary')

export type SummaryAnswer = z.infer<typeof summarySchema>
