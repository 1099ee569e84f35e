// Queues and lock keys on the wire, and what may be set of them. Knows no server.
import { z } from '@hono/zod-openapi'
import { instant, optionalText, pollAfterMs } from './job.ts'

const most = z.number().int().min(1).max(1_000).nullable()

export const queueSchema = z
  .object({
    queue: z.string(),
    concurrency: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'Jobs of it that may run at a time, on all machines together; null: any number' }),
    pausedAt: instant.nullable(),
    pausedBy: optionalText,
    queued: z.number().int(),
    running: z.number().int(),
  })
  .openapi('Queue', { description: 'A named line of jobs' })

export const queuesSchema = z.object({ queues: z.array(queueSchema).openapi({ description: 'By name' }), pollAfterMs }).openapi('Queues')

export const lockKeySchema = z
  .object({
    key: z.string(),
    limit: z.number().int().nullable().openapi({ description: 'At most so many running jobs share it; null: any number' }),
    heldBy: z.array(z.number().int()).openapi({ description: 'Numbers of running jobs, at most ten' }),
    waiting: z.number().int().openapi({ description: 'Jobs in its line' }),
  })
  .openapi('LockKey', { description: 'A name that running jobs hold, shared or alone' })

export const lockKeysSchema = z
  .object({
    lockKeys: z.array(lockKeySchema).openapi({ description: 'Those that are held or waited for first; at most 200' }),
    pollAfterMs,
  })
  .openapi('LockKeys')

export const queueParams = z.object({ queue: z.string().openapi({ description: 'Name of the queue', example: 'default' }) })

export const setConcurrencyBody = z
  .strictObject({ concurrency: most.openapi({ description: 'Jobs of it that may run at a time; null: any number' }) })
  .openapi('SetConcurrency')

export const setLimitBody = z
  .strictObject({
    key: z.string().openapi({ description: 'The lock key' }),
    limit: most.openapi({ description: 'Running jobs that may share it; null: any number' }),
  })
  .openapi('SetLimit')
