// What a job's function is given, wherever it runs: in a process of its own, in the runner's, or in a test. Knows no files and no store.
import type { Json } from '../core/job.ts'

/** How much of the work is done. Unknown amounts are left out. */
export interface ProgressReport {
  done: number
  total?: number
  unit?: string
  message?: string
}

/** What a job's function gets. */
export interface JobContext<Input = Json> {
  readonly id: number
  /** From 1. */
  readonly attempt: number
  readonly input: Input
  /** Aborted when the job is asked to stop; it then has the definition's `stopGraceMs`. Throw its reason. */
  readonly signal: AbortSignal
  /** Writes a line to the log (stdout). In a module `console.log` does the same, and `console.error` goes to stderr. */
  log(text: string): void
  /** Enters a named stage: `phase('Embed', { index: 2, of: 5 })`. */
  phase(name: string, place?: { index: number; of: number }): void
  /** Says how far the current phase is. At most ten a second are passed on; the last one always is. */
  progress(report: ProgressReport): void
  /** A sign of life without progress. */
  heartbeat(): void
  /** What an earlier attempt saved, when this one goes on from there (`resume`); else null. */
  readonly checkpoint: Json
  /** Remembers where the work is, for an attempt that goes on from there. The newest one counts. */
  save(checkpoint: Json): void
  /** The folder to write an artifact into; it is published whole when the job succeeds. @throws Error for a name the kind does not declare */
  output(artifact: string): string
}

/** Where a function runs, and where what it says and writes goes. */
export interface Surroundings {
  id: number
  attempt: number
  input: Json
  checkpoint: Json
  signal: AbortSignal
  write(stream: 'stdout' | 'stderr', text: string): void
  /** One event, as in `$HOLDFAST_EVENTS`. */
  say(event: object): void
  /** @throws Error for a name the kind does not declare */
  output(artifact: string): string
}

export interface OpenedContext {
  job: JobContext
  /** Passes on what was held back. */
  flush(): void
}

export function jobContext({ write, say, ...given }: Surroundings): OpenedContext {
  const progress = throttled((report: ProgressReport) => say({ progress: report }), progressEveryMs)
  const job: JobContext = {
    ...given,
    log: (text) => write('stdout', `${text}\n`),
    phase(name, place) {
      progress.flush()
      say({ phase: { name, ...place } })
    },
    progress: progress.report,
    heartbeat: () => say({ heartbeat: {} }),
    save: (checkpoint) => say({ checkpoint }),
  }
  return { job, flush: progress.flush }
}

export function notDeclared(artifact: string): Error {
  return new Error(`the artifact "${artifact}" is not declared by this kind: add it to artifacts in defineJob`)
}

const progressEveryMs = 100

function throttled<T>(pass: (value: T) => void, everyMs: number): { report(value: T): void; flush(): void } {
  let passedAt = Number.NEGATIVE_INFINITY
  let held: { value: T } | null = null
  return {
    report(value) {
      if (performance.now() - passedAt < everyMs) {
        held = { value }
        return
      }
      held = null
      passedAt = performance.now()
      pass(value)
    },
    flush() {
      if (held) pass(held.value)
      held = null
    },
  }
}
