// The one shape of every error (RFC 9457), and the two answers of the probes. The codes and their sentences are in core/errors.ts.
import { z } from '@hono/zod-openapi'

export const problemSchema = z
  .object({
    type: z.string().openapi({ description: '`about:blank`: what happened is named by `code`', example: 'about:blank' }),
    title: z.string().openapi({ description: 'The status in words' }),
    status: z.number().int(),
    code: z.string().openapi({ description: 'Stable; the sentences are not', example: 'job_not_found' }),
    detail: z.string().openapi({ description: 'What went wrong this time' }),
    hint: z.string().openapi({ description: 'What the reader can do' }),
    errors: z
      .array(z.object({ path: z.string().openapi({ description: 'Which value, such as `input.mode`' }), message: z.string() }))
      .optional()
      .openapi({ description: 'Each value that was refused' }),
  })
  .openapi('Problem')

export const aliveSchema = z.object({ ok: z.literal(true) }).openapi('Alive')

export const readySchema = z
  .object({
    ok: z.boolean(),
    checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
  })
  .openapi('Ready')

export type Problem = z.infer<typeof problemSchema>
export type Ready = z.infer<typeof readySchema>
