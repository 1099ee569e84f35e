// In words: what a queued job waits for. Pure; the same sentence in the terminal, the dashboard and the API's messages.
import type { WaitingFor } from './job.ts'

/** "waiting for key `server:3`, held by #41". */
export function waitingWords(waiting: WaitingFor): string {
  switch (waiting.for) {
    case 'time':
      return 'scheduled for later'
    case 'key':
      return waiting.heldBy.length === 0
        ? `waiting for key \`${waiting.key}\`, in line behind an earlier job`
        : `waiting for key \`${waiting.key}\`, held by ${numbers(waiting.heldBy)}`
    case 'unique key':
      return `waiting for ${numbers(waiting.heldBy)}, which has the same unique key`
    case 'job':
      return `waiting for ${numbers(waiting.jobs)} to succeed`
    case 'queue paused':
      return `queue ${waiting.queue} is paused${by(waiting.by)}`
    case 'kind paused':
      return `this job type is paused${by(waiting.by)}`
    case 'queue full':
      return `queue ${waiting.queue} runs ${waiting.concurrency} at a time`
    case 'runner that knows this kind':
      return 'no runner knows this job type'
    case 'slot':
      return 'waiting for a free slot of a runner'
  }
}

function numbers(ids: readonly number[]): string {
  return ids.map((id) => `#${id}`).join(', ')
}

function by(person: string | null): string {
  return person === null ? '' : ` by ${person}`
}
