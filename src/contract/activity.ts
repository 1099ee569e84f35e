// What is going on, on the wire: all that the pages of one browser show together. Knows no server.
import { z } from '@hono/zod-openapi'
import { roleSchema } from './access.ts'
import { artifactSchema } from './artifact.ts'
import { instant, jobSchema, jobStateSchema, optionalText, pollAfterMs, remainingSchema } from './job.ts'
import { standingSchema } from './summary.ts'

// Not by `extend`: described as both together, one that is null would be neither.
const activeJobSchema = z.object({ ...jobSchema.shape, remaining: remainingSchema.nullable() }).openapi('ActiveJob', {
  description:
    'A job as lists carry it, and how long it will still take as told when it last said something of itself; null where that cannot be said',
})

const settledJobSchema = z
  .object({ id: z.number().int(), state: jobStateSchema, startedAt: instant.nullable(), finishedAt: instant.nullable() })
  .openapi('SettledJob')

const kindActivitySchema = z
  .object({
    kind: z.string(),
    key: optionalText.openapi({ description: 'Null: all jobs of the kind' }),
    title: z.string(),
    condition: z.enum(['stalled', 'active', 'required', 'failed', 'succeeded', 'idle']).openapi({
      description:
        'The first that holds: a job of it is active (and silent), what it builds is wanted otherwise, how its last job ended that nobody cancelled (interrupted and expired count as failed), none of it has ended',
    }),
    isDefined: z.boolean().openapi({ description: 'It can be submitted here' }),
    unique: z.boolean().openapi({ description: 'A second submit returns the active job' }),
    pausedAt: instant.nullable().openapi({ description: 'Since when nothing of it is started' }),
    pausedBy: optionalText,
    active: activeJobSchema
      .nullable()
      .openapi({ description: 'Its active job: the stalled one, the one that runs, or else the newest that waits' }),
    last: jobSchema.nullable().openapi({ description: 'Its job that settled last, cancelled ones too' }),
    succeededAt: instant.nullable().openapi({ description: 'When its last success ended' }),
    recent: z.array(settledJobSchema).openapi({ description: 'Its jobs that settled last, oldest end first, at most 30' }),
    nextAt: instant.nullable().openapi({ description: 'When a schedule submits it next; null also where it is about a key' }),
    artifacts: z.array(z.string()).openapi({ description: 'What it builds' }),
    required: z.array(z.string()).openapi({ description: 'Those of them that are not what is wanted and that nobody builds' }),
  })
  .openapi('KindActivity', {
    description:
      'A kind, or one unique key of it, as it stands. What has ended is known as far as a look at its newest jobs goes: 1,000 of a kind, and for a key those among the newest 2,000 of its kind',
  })

export const activitySchema = z
  .object({
    summary: standingSchema,
    active: z.array(activeJobSchema).openapi({
      description:
        'The active jobs, at most 50: the stalled first, then those that run, that stop, that wait (those that are ready first). `summary.active` counts all',
    }),
    settled: z.array(jobSchema).openapi({ description: 'The jobs that settled last, newest end first, at most 20' }),
    jobs: z.array(activeJobSchema).openapi({ description: 'The jobs that were asked for and are there' }),
    kinds: z.array(kindActivitySchema).openapi({ description: 'The kinds that were asked for and are known' }),
    artifacts: z.array(artifactSchema).openapi({ description: 'The artifacts that were asked for and are known' }),
  })
  .openapi('Activity', { description: 'What is going on. Data of the event `activity`' })

export const activityLookSchema = activitySchema
  .extend({
    role: roleSchema.openapi({ description: 'What the one who asks may do' }),
    serverTime: instant.openapi({ description: 'What the server has for now' }),
    pollAfterMs,
  })
  .openapi('ActivityLook')
