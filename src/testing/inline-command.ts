// A command job in this process: a function of the test plays the program. Starts nothing.
import { inspect } from 'node:util'
import { HoldfastError } from '../core/errors.ts'
import type { Json } from '../core/job.ts'
import { declaredFolder } from '../runner/declared-folder.ts'
import type { InlineProgram, InlineWork } from './inline-launcher.ts'

/** What a command job's program is given. */
export interface CommandRun {
  /** Name of the job's kind. */
  kind: string
  input: Json
  /** From 1. */
  attempt: number
  /** What an earlier attempt saved, when this one goes on from there; else null. */
  checkpoint: Json
  environment: Readonly<Record<string, string>>
  cwd: string
  /** Aborted when the job is asked to stop. */
  signal: AbortSignal
  /** The folder to write an artifact into. @throws Error for a name the kind does not declare */
  output(artifact: string): string
}

/** How a program ended, and what it wrote. */
export interface CommandOutcome {
  /** Default 0. */
  exitCode?: number
  stdout?: string
  stderr?: string
  /** What it says in `$HOLDFAST_EVENTS`, one object each: `{ progress: { done: 1 } }`, `{ result: 42 }`. */
  events?: readonly object[]
}

/** Plays every program that command jobs run. Nothing returned: it exited with 0 and said nothing. */
export type FakeCommands = (argv: string[], run: CommandRun) => CommandOutcome | undefined | Promise<CommandOutcome | undefined>

export interface CommandToPlay {
  jobId: number
  kind: string
  commands: FakeCommands | undefined
  /** Told what is wrong with the test itself. */
  onFault: (error: unknown) => void
}

export function commandProgram({ jobId, kind, commands, onFault }: CommandToPlay): InlineProgram {
  return async (work) => {
    try {
      if (!commands) throw missing(jobId, kind, work.command.argv)
      const { exitCode = 0, stdout, stderr, events = [] } = (await commands([...work.command.argv], runOf(kind, work))) ?? {}
      for (const event of events) work.say(event)
      if (stderr) work.write('stderr', stderr)
      if (stdout) work.write('stdout', stdout)
      return exitCode
    } catch (error) {
      onFault(error)
      work.write('stderr', `${error instanceof Error ? error.message : inspect(error)}\n`)
      return notFoundExitCode
    }
  }
}

/** As a shell has it. */
const notFoundExitCode = 127

function missing(jobId: number, kind: string, argv: readonly string[]): HoldfastError {
  return new HoldfastError(
    'invalid_config',
    `Job ${jobId} (${kind}) runs the command \`${argv.join(' ')}\`, and tests start no processes. Give openTestHoldfast a function that plays it: commands: (argv, { input }) => ({ exitCode: 0, stdout: 'done\\n' }).`,
  )
}

function runOf(kind: string, { command, given, staging, signal }: InlineWork): CommandRun {
  return {
    kind,
    input: JSON.parse(given.input) as Json,
    attempt: Number(command.environment.HOLDFAST_ATTEMPT),
    checkpoint: given.checkpoint === null ? null : (JSON.parse(given.checkpoint) as Json),
    environment: command.environment,
    cwd: command.cwd,
    signal,
    output: (artifact) => declaredFolder(staging, artifact, given.outputs),
  }
}
