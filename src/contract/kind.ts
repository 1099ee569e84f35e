// A kind on the wire: what can be submitted. Knows no definition and no command.
import { z } from '@hono/zod-openapi'
import { instant, jsonSchema, optionalText } from './job.ts'

export const kindSchema = z
  .object({
    kind: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    unique: z.boolean().openapi({ description: 'At most one active job of this kind or key: a second submit returns the first' }),
    artifacts: z.array(z.string()),
    inputSchema: jsonSchema.openapi({ description: 'JSON Schema of the input, or null' }),
    queue: optionalText.openapi({ description: 'Where its jobs wait; null for a kind that is not defined here' }),
    pausedAt: instant.nullable().openapi({ description: 'Since when nothing more of it is started' }),
    pausedBy: optionalText,
    isDefined: z.boolean().openapi({ description: 'It can be submitted here. False: it is only known from jobs that are there' }),
  })
  .openapi('Kind')

export const kindsSchema = z.object({ kinds: z.array(kindSchema) }).openapi('Kinds')
