// A kind on the wire: what can be submitted. Knows no definition and no command.
import { z } from '@hono/zod-openapi'
import { jsonSchema } from './job.ts'

export const kindSchema = z
  .object({
    kind: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    unique: z.boolean().openapi({ description: 'At most one active job of this kind or key: a second submit returns the first' }),
    artifacts: z.array(z.string()),
    inputSchema: jsonSchema.openapi({ description: 'JSON Schema of the input, or null' }),
  })
  .openapi('Kind')

export const kindsSchema = z.object({ kinds: z.array(kindSchema) }).openapi('Kinds')
