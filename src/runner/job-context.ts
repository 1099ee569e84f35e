// What a job's function is given, wherever it runs: in a process of its own, in the runner's, or in a test. Knows no files and no store.
import type { Json } from '../core/job.ts'
import { limits } from '../core/limits.ts'

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
  /**
   * Remembers where the work is, for an attempt that goes on from there. The newest one counts. Resolves when no crash and no power cut takes it
   * away any more; who need not know that need not wait. @throws Error for one larger than 1 MiB
   *
   * @example await job.save({ page: 12 })
   */
  save(checkpoint: Json): Promise<void>
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
  /** Resolves when all that was said is where no crash takes it away. */
  saved(): Promise<void>
}

export interface OpenedContext {
  job: JobContext
  /** Passes on what was held back. */
  flush(): void
}

export function jobContext({ write, say, saved, ...given }: Surroundings): OpenedContext {
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
    save(checkpoint) {
      if ((JSON.stringify(checkpoint)?.length ?? 0) > limits.inputBytes)
        throw new Error(`the checkpoint is larger than ${limits.inputBytes / 1_048_576} MiB: save where the work is, not the work`)
      // What it had done then is told with it.
      progress.flush()
      say({ checkpoint })
      const kept = saved()
      // Who does not wait for it is not to be ended by it.
      kept.catch(() => undefined)
      return kept
    },
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
  const flush = () => {
    if (held === null) return
    const { value } = held
    held = null
    passedAt = performance.now()
    pass(value)
  }
  return {
    report(value) {
      const isFirst = held === null
      held = { value }
      const waitMs = passedAt + everyMs - performance.now()
      if (waitMs <= 0) flush()
      // The last one is passed on also when nothing more is said.
      else if (isFirst) setTimeout(flush, waitMs).unref()
    },
    flush,
  }
}
