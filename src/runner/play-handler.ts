// Runs a job's function to its end and says what it came to. The same for modules, for functions of the runner's own process, and in tests.
import { inspect } from 'node:util'
import { limits } from '../core/limits.ts'
import { type JobContext, jobContext, type Surroundings } from './job-context.ts'
import { saidNextOf } from './next-attempt.ts'

/** As if the signal itself had ended it. */
export const stoppedExitCode = 143

export type Handler = (job: JobContext) => unknown

/** Resolves with the exit code, when the function has settled; never rejects. What `find` throws counts as thrown by the function. */
export async function playHandler(
  find: () => Handler | Promise<Handler>,
  around: Surroundings,
  onThrow: (error: unknown) => void = () => undefined,
): Promise<number> {
  const { job, flush } = jobContext(around)
  try {
    const result = await (await find())(job)
    flush()
    // A handler that returns after it was asked to stop has not done its work: nothing may be published as if it had.
    if (around.signal.aborted) return stoppedExitCode
    sayResult(around, result)
    return 0
  } catch (error) {
    flush()
    return thrown(around, error, onThrow)
  }
}

function sayResult({ say }: Surroundings, result: unknown): void {
  if (result === undefined) return
  if ((JSON.stringify(result)?.length ?? 0) > limits.inputBytes)
    throw new Error(`the result is larger than ${limits.inputBytes / 1_048_576} MiB: write it into an artifact`)
  say({ result })
}

function thrown({ write, say, signal }: Surroundings, error: unknown, onThrow: (error: unknown) => void): number {
  const next = saidNextOf(error)
  // A rest is no failure, and has no place in the log.
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
  return exitCodeOf(error)
}

/** A job that failed because a program failed ends as that did: `exitCode` is what execa and others call it. Any other exception is 1. */
function exitCodeOf(error: unknown): number {
  const code = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined
  return typeof code === 'number' && Number.isInteger(code) && code >= 1 && code <= 255 ? code : 1
}

/** The function that a module's file holds. @throws Error when it holds none */
export function handlerOf(module: unknown, file: string): Handler {
  const handler = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  if (typeof handler !== 'function') throw new Error(`${file} has no default export that is a function`)
  return handler as Handler
}
