// Jobs that save where they are and are killed the moment that is kept; their next attempt says what it found.
import { defineJob } from 'holdfast'
import type { JobContext } from 'holdfast/job'

export default async function saves(job: JobContext): Promise<unknown> {
  if (job.checkpoint !== null) return job.checkpoint
  job.phase('Read')
  job.progress({ done: 12, total: 40, unit: 'pages' })
  await job.save({ page: 12 })
  job.phase('Write')
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}

export const savesInline = defineJob({ kind: 'saves-inline', run: saves })
export const savesModule = defineJob({ kind: 'saves-module', module: import.meta.url })
export const savesTooMuch = defineJob({ kind: 'saves-too-much', run: (job) => job.save('x'.repeat(1_048_577)) })
