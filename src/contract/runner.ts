// Runners on the wire: the programs that look after jobs. Knows no server.
import { z } from '@hono/zod-openapi'
import { instant, pollAfterMs } from './job.ts'

export const runnerSchema = z
  .object({
    id: z.string(),
    hostId: z.string().openapi({ description: 'The machine' }),
    pid: z.number().int(),
    startedAt: instant,
    leaseUntil: instant.openapi({ description: 'It renews this; another machine takes it for gone when it has passed' }),
    isAlive: z.boolean().openapi({ description: 'Seen to live, where that can be seen from here; else its lease has not run out' }),
    kinds: z.array(z.string()).openapi({ description: 'What it starts; none: it only looks after what runs' }),
    jobs: z.array(z.number().int()).openapi({ description: 'Numbers of the jobs that it looks after now' }),
  })
  .openapi('Runner', { description: 'A program that looks after jobs' })

export const runnersSchema = z
  .object({ runners: z.array(runnerSchema).openapi({ description: 'Oldest first' }), pollAfterMs })
  .openapi('Runners')
