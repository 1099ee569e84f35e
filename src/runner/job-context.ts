// What a module job is given. It talks to its runner through files alone (DESIGN §6 "Talking to a job"), so that no runner need be alive.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { saidNextOf } from './next-attempt.ts'

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
  /** Writes a line to the log (stdout). `console.log` does the same, `console.error` goes to stderr. */
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

export interface OpenedContext {
  job: JobContext
  succeed(result: unknown): void
  fail(error: unknown): void
  end(exitCode: number): void
}

export function openJobContext(environment: NodeJS.ProcessEnv): OpenedContext {
  const need = (name: string): string => {
    const value = environment[name]
    if (value === undefined) throw new Error(`${name} is not set: this program is started by Holdfast, not by hand`)
    return value
  }
  const events = need('HOLDFAST_EVENTS')
  const staging = need('HOLDFAST_STAGING')
  const say = (event: Record<string, unknown>) => appendFileSync(events, `${JSON.stringify({ ...event, at: Date.now() })}\n`)
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort(new Error('the job was asked to stop')))
  const progress = throttled((report: ProgressReport) => say({ progress: report }), progressEveryMs)

  const end = (exitCode: number) => {
    progress.flush()
    process.exit(exitCode)
  }
  return {
    job: {
      id: Number(need('HOLDFAST_JOB_ID')),
      attempt: Number(need('HOLDFAST_ATTEMPT')),
      input: JSON.parse(readFileSync(need('HOLDFAST_INPUT'), 'utf8')) as Json,
      signal: stop.signal,
      log: (text) => process.stdout.write(`${text}\n`),
      phase(name, place) {
        progress.flush()
        say({ phase: { name, ...place } })
      },
      progress: progress.report,
      heartbeat: () => say({ heartbeat: {} }),
      checkpoint: readCheckpoint(need('HOLDFAST_CHECKPOINT')),
      save: (checkpoint) => say({ checkpoint }),
      output: (artifact) => declaredFolder(staging, artifact),
    },
    succeed(result) {
      if (result !== undefined) {
        if ((JSON.stringify(result)?.length ?? 0) > limits.inputBytes) throw new Error(tooLarge)
        say({ result })
      }
      end(0)
    },
    fail(error) {
      const next = saidNextOf(error)
      if (next?.next === 'snooze') {
        say({ snooze: { ms: next.ms } })
        return end(0)
      }
      const wish = next?.next === 'never' ? { retry: false } : next ? { retryAfterMs: next.ms } : {}
      say({ error: { message: error instanceof Error ? error.message || error.name : String(error), ...wish } })
      end(1)
    },
    end,
  }
}

// There only when this attempt is to go on from it.
function readCheckpoint(file: string): Json {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Json) : null
}

const tooLarge = `the result is larger than ${limits.inputBytes / 1_048_576} MiB: write it into an artifact`

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

// The runner made one folder for each artifact that the kind declares, so making it again must find it there.
function declaredFolder(staging: string, artifact: string): string {
  const folder = join(staging, artifact)
  if (artifact.includes('/') || mkdirSync(folder, { recursive: true }) !== undefined) {
    throw new Error(`the artifact "${artifact}" is not declared by this kind: add it to artifacts in defineJob`)
  }
  return folder
}
