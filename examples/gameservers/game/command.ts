// Host commands of a job: their lines go into its log as they come, and a failure has their exit code. Knows no game.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'

export interface CommandOptions {
  cwd?: string
  signal?: AbortSignal
  /** What becomes of a line in the log; null: it stays out. */
  line?: (text: string) => string | null
}

/** The exit code becomes that of the job. */
export class CommandFailed extends Error {
  readonly exitCode: number
  constructor(program: string, exitCode: number, said: string | undefined) {
    super(`${said ?? 'It said nothing'} (${program} ended with exit code ${exitCode})`)
    this.name = 'CommandFailed'
    this.exitCode = exitCode
    // Where in this app it was called says nothing to who reads the log.
    this.stack = `${this.name}: ${this.message}`
  }
}

/** Resolves when it has ended, also after a stop. @throws CommandFailed */
export async function runCommand([program = '', ...args]: string[], options: CommandOptions = {}): Promise<void> {
  const { cwd, signal, line = (text) => text } = options
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && { cwd }), ...(signal && { signal }) })
  let broken: Error | null = null
  child.on('error', (error) => {
    broken = error
  })
  /** Its last words, as they were told. */
  const told = async (stream: NodeJS.ReadableStream, write: (text: string) => void) => {
    let last: string | undefined
    for await (const raw of createInterface({ input: stream })) {
      const text = line(raw)
      if (text !== null) write(text)
      last = text?.trim() ? text : last
    }
    return last
  }
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => child.on('close', (...how) => resolve(how)))
  const [said, complained, [code, killedBy]] = await Promise.all([
    told(child.stdout, console.log),
    told(child.stderr, console.error),
    ended,
  ])
  if (broken !== null) throw broken
  // Where a signal ended it, as a shell would say it.
  const exitCode = code ?? 128 + constants.signals[killedBy ?? 'SIGKILL']
  if (exitCode !== 0) throw new CommandFailed(program, exitCode, complained ?? said)
}
