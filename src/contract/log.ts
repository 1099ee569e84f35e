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
    lines: z
      .number()
      .int()
      .optional()
      .openapi({ description: 'It stands for so many numbered lines that were taken out, and seq is the last of them; else absent' }),
  })
  .openapi('LogLine')

export const unfinishedLineSchema = z
  .object({ stream: streamSchema, text: z.string().openapi({ description: 'After the last carriage return' }) })
  .openapi('UnfinishedLine', { description: 'What stands behind the last newline of a stream. It has no number yet' })

export const logPageSchema = z
  .object({
    lines: z.array(logLineSchema).openapi({ description: 'Oldest first' }),
    lastSeq: z.number().int().openapi({ description: 'Number of the newest line the job has' }),
    unfinished: z
      .array(unfinishedLineSchema)
      .openapi({ description: 'What a running job has begun to write and not ended, at most one line of each stream' }),
    searched: z
      .number()
      .int()
      .nullable()
      .optional()
      .openapi({ description: 'With q: how far it was searched; go on after (or before) this number. Null: to the end' }),
  })
  .openapi('LogPage')

export type LogPageAnswer = z.infer<typeof logPageSchema>
