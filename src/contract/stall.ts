// Silence on the wire: when it is too long, and the facts of a job that is silent. Knows no server.
import { z } from '@hono/zod-openapi'

const instant = z.number().int().openapi({ description: 'Epoch milliseconds' })

export const stallPolicySchema = z
  .object({
    stallAfterMs: z.number(),
    firstHeartbeatWithinMs: z.number().nullable().openapi({ description: 'The same before the first sign of life; null: stallAfterMs' }),
    heartbeats: z.enum(['any', 'explicit']),
    onStall: z.enum(['warn', 'cancel', 'retry']),
    stallLimitMs: z.number().openapi({ description: 'Silence after which cancel or retry is carried out' }),
  })
  .openapi('StallPolicy', { description: 'When silence is too long, and what is done about it' })

export const processFactsSchema = z
  .object({
    processes: z.number().int(),
    cpuPercent: z.number().nullable().openapi({ description: '100 is one processor fully used; null: not measured' }),
    memoryBytes: z.number(),
    doing: z.enum(['running', 'sleeping', 'waiting for the disk', 'paused']).openapi({ description: 'What the liveliest of them does' }),
  })
  .openapi('ProcessFacts', { description: 'What was seen of the processes of a running job at one moment' })

export const stalledSchema = z
  .object({
    since: instant,
    lookedAt: instant,
    silentMs: z.number(),
    heartbeats: z.enum(['any', 'explicit']).openapi({ description: 'What would have been a sign of life' }),
    process: processFactsSchema.nullable(),
    lastLine: z.string().nullable(),
  })
  .openapi('Stalled', { description: 'Facts of a job that has gone silent: a warning, no verdict' })
