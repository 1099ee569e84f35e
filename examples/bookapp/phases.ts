// The phases of a book as the log tells them: each has a line when it starts and one when it ends, and what breaks one is named with it.
import { type JobContext, snooze } from 'holdfast/job'
import { Trouble } from './writer/writer.ts'

export const phaseNames = ['Blueprint', 'Structure & Events', 'Chapter Planning', 'Writing', 'Post-Processing'] as const
export type PhaseName = (typeof phaseNames)[number]

/** Enters `phases`, all that the job has, of one book, the first of how many: `await phase('Writing', () => …)`. */
export function phasesOf(job: JobContext<unknown>, phases: readonly PhaseName[], book = { number: 1, of: 1 }) {
  return async <T>(name: PhaseName, work: () => Promise<T> | T): Promise<T> => {
    job.signal.throwIfAborted()
    const label = book.of === 1 ? name : `Book ${book.number}: ${name}`
    job.phase(label, { index: (book.number - 1) * phases.length + phases.indexOf(name) + 1, of: phases.length * book.of })
    job.log(`${label}: start`)
    const began = performance.now()
    try {
      const result = await work()
      job.log(`${label}: end, ${((performance.now() - began) / 1000).toFixed(1)} s`)
      return result
    } catch (error) {
      throw failureOf(job, label, error)
    }
  }
}

function failureOf(job: JobContext<unknown>, phase: string, error: unknown): unknown {
  if (job.signal.aborted) return error
  if (error instanceof Trouble && error.isBusy) {
    const { message, waitMs = 60_000 } = error
    job.log(`${phase}: ${message}; the job is put back for ${Math.ceil(waitMs / 1_000)} s`)
    return snooze(waitMs)
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  console.error(`${name} in ${phase}: ${message}`)
  return error
}
