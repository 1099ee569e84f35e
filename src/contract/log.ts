// Log lines on the wire. Knows neither files nor blocks.
import { z } from '@hono/zod-openapi'

export const streamSchema = z.enum(['stdout', 'stderr', 'system'], { error: 'Must be one of stdout, stderr, system' }).openapi('Stream')

export const logLineSchema = z
  .object({
    seq: z.number().int().openapi({ description: 'From 1, one sequence over all attempts and streams of the job' }),
    attempt: z.number().int(),
    stream: streamSchema,
    at: z.number().int().openapi({ description: 'Epoch milliseconds' }),
    text: z.string(),
    cutFromBytes: z.number().int().optional().openapi({ description: 'Whole length in bytes when the text was cut, else absent' }),
  })
  .openapi('LogLine')

export const logPageSchema = z
  .object({
    lines: z.array(logLineSchema).openapi({ description: 'Oldest first' }),
    lastSeq: z.number().int().openapi({ description: 'Number of the newest line the job has' }),
  })
  .openapi('LogPage')

export type LogPageAnswer = z.infer<typeof logPageSchema>
