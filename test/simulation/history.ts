// What happened, one line each, and a hash of it: the same seed must give the same one.
import { createHash } from 'node:crypto'

export interface History {
  add(line: string): void
  /** The last lines, oldest first. */
  tail(count: number): string[]
  readonly events: number
  hash(): string
}

/** Keeps the last lines for whoever looks into a failure, and hashes all. */
export function openHistory(print: ((line: string) => void) | null): History {
  const hash = createHash('sha256')
  const kept: string[] = []
  let events = 0
  return {
    add(line) {
      events++
      hash.update(line).update('\n')
      if (idle.test(line)) return
      kept.push(line)
      if (kept.length > 2 * linesKept) kept.splice(0, linesKept)
      print?.(line)
    },
    tail: (count) => kept.slice(-count),
    get events() {
      return events
    },
    hash: () => hash.copy().digest('hex').slice(0, 16),
  }
}

const linesKept = 2_000

/** Looks that found nothing: counted and hashed, not shown. */
const idle = /→ (\[\]|\{"claimed":\[\],"again":false\})$|claims\.promote .*"again":false/

/** A value in few characters, without what differs from run to run. */
export function brief(value: unknown): string {
  const text = JSON.stringify(value, shortened) ?? 'nothing'
  return text.length > 240 ? `${text.slice(0, 240)}…` : text
}

function shortened(key: string, value: unknown): unknown {
  if (longFields.has(key) || (key === 'pid' && value === process.pid)) return undefined
  if (isJob(value))
    return `#${value.id} ${value.state} ${value.hold} attempt ${value.attempts} token ${value.leaseToken} of ${value.runnerId}`
  return value
}

const longFields: ReadonlySet<string> = new Set([
  ...['spec', 'input', 'transaction', 'body', 'hostId', 'protocol', 'fingerprint', 'submittedBy', 'now', 'leaseUntil', 'environmentFile'],
  ...['startedAt', 'priority', 'availableAt', 'at', 'line', 'schedule', 'kinds'],
])

interface JobLike {
  id: number
  state: string
  hold: string
  attempts: number
  leaseToken: number
  runnerId: string | null
}

function isJob(value: unknown): value is JobLike {
  return typeof value === 'object' && value !== null && 'leaseToken' in value && 'state' in value
}
