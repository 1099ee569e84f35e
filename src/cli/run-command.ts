// The command that starts an app, from its first word to Ctrl+C. What it started goes on without it, and it says so.
import { HoldfastError } from '../supervisor/errors.ts'
import type { Holdfast } from '../supervisor/holdfast.ts'
import { exitCodeOf, sentenceOf } from './failure.ts'

/** An app that serves until somebody stops it. */
export interface Serving {
  holdfast: Holdfast
  /** Stops serving. Jobs that run go on and are found by the next start. */
  close(): Promise<void>
  /** What its start still does while it serves already; if that fails, the command ends. */
  ready?: Promise<unknown>
}

/**
 * Runs the command of an app: one that serves goes on until SIGINT or SIGTERM and is closed then. An expected error is one sentence and
 * an exit code: 2 for what was said wrong (`invalid_config`), else the one that `holdfast` has for it. Any other error is thrown.
 * @example await runCommand(async () => start(commandLine({ usage, port: 4747 })))
 */
export async function runCommand(command: () => Promise<Serving | undefined>): Promise<void> {
  try {
    const serving = await command()
    if (serving === undefined) return
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(serving))
    await serving.ready
  } catch (error) {
    end(error)
  }
}

async function stop({ holdfast, close }: Serving): Promise<void> {
  try {
    const { running } = await holdfast.count()
    console.log(running > 0 ? '\nStopped. What runs goes on; the next start finds it.' : '\nStopped.')
    await close()
    process.exit(0)
  } catch (error) {
    end(error)
  }
}

function end(error: unknown): never {
  if (!(error instanceof HoldfastError)) throw error
  console.error(sentenceOf(error))
  process.exit(error.code === 'invalid_config' ? 2 : exitCodeOf(error))
}
