// A module job in this process: its default export is called with the context it would have in a process of its own.
// The same as runner/module-entry.ts and job-context.ts do there; differs in what only a process can do: environment, working folder, console.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { Json } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import type { JobContext } from '../runner/job-context.ts'
import { saidNextOf } from '../runner/next-attempt.ts'
import type { InlineProgram, InlineWork } from './inline-launcher.ts'

export interface ModuleToRun {
  file: string
  /** Reads the file as a module. */
  load: (file: string) => Promise<unknown>
  /** Told what the job threw. */
  onThrow: (error: unknown) => void
}

export function moduleProgram({ file, load, onThrow }: ModuleToRun): InlineProgram {
  return async (work) => {
    try {
      const result = await (await handlerOf(file, load))(contextOf(work))
      if (work.signal.aborted) return stoppedExitCode
      sayResult(work, result)
      return 0
    } catch (error) {
      return thrown(work, error, onThrow)
    }
  }
}

/** As if the signal itself had ended it. */
const stoppedExitCode = 143

async function handlerOf(file: string, load: ModuleToRun['load']): Promise<(job: JobContext) => unknown> {
  const module = await load(file)
  const handler = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  if (typeof handler !== 'function') throw new Error(`${file} has no default export that is a function`)
  return handler as (job: JobContext) => unknown
}

function contextOf({ command, given, staging, write, say, signal }: InlineWork): JobContext {
  return {
    id: Number(command.environment.HOLDFAST_JOB_ID),
    attempt: Number(command.environment.HOLDFAST_ATTEMPT),
    input: JSON.parse(given.input) as Json,
    signal,
    log: (text) => write('stdout', `${text}\n`),
    phase: (name, place) => say({ phase: { name, ...place } }),
    progress: (report) => say({ progress: report }),
    heartbeat: () => say({ heartbeat: {} }),
    checkpoint: given.checkpoint === null ? null : (JSON.parse(given.checkpoint) as Json),
    save: (checkpoint) => say({ checkpoint }),
    output: (artifact) => declaredFolder(staging, artifact, given.outputs),
  }
}

/** The folder of an output that the kind declares. @throws Error for any other */
export function declaredFolder(staging: string, artifact: string, declared: readonly string[]): string {
  const folder = join(staging, artifact)
  if (declared.includes(artifact) && existsSync(folder)) return folder
  throw new Error(`the artifact "${artifact}" is not declared by this kind: add it to artifacts in defineJob`)
}

function sayResult({ say }: InlineWork, result: unknown): void {
  if (result === undefined) return
  if ((JSON.stringify(result)?.length ?? 0) > limits.inputBytes)
    throw new Error(`the result is larger than ${limits.inputBytes / 1_048_576} MiB: write it into an artifact`)
  say({ result })
}

function thrown({ write, say, signal }: InlineWork, error: unknown, onThrow: (error: unknown) => void): number {
  const next = saidNextOf(error)
  if (next?.next !== 'snooze') {
    write('stderr', `${typeof error === 'string' ? error : inspect(error)}\n`)
    onThrow(error)
  }
  if (signal.aborted) return stoppedExitCode
  if (next?.next === 'snooze') {
    say({ snooze: { ms: next.ms } })
    return 0
  }
  const wish = next?.next === 'never' ? { retry: false } : next ? { retryAfterMs: next.ms } : {}
  say({ error: { message: error instanceof Error ? error.message || error.name : String(error), ...wish } })
  return 1
}
