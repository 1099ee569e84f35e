// Host commands of a job: their lines go into its log as they come, and a failure has their exit code. Knows no game.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/** Resolves with what it wrote to stdout. @throws CommandFailed */
export async function runCommand([program = '', ...args]: string[], options: CommandOptions = {}): Promise<string[]> {
  const { cwd, signal, line = (text) => text } = options
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && { cwd }), ...(signal && { signal }) })
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  const [said, complained] = await Promise.all([
    lines(child.stdout, (text) => tell(line(text), console.log)),
    lines(child.stderr, (text) => tell(line(text), console.error)),
    ended,
  ])
  const [code, killedBy] = await ended
  if (code === 0) return said
  // Where a signal ended it, as a shell would say it.
  const last = [...said, ...complained].findLast((text) => text.trim() !== '')
  throw new CommandFailed(program, code ?? 128 + (killedBy === 'SIGKILL' ? 9 : 15), last)
}

async function lines(stream: NodeJS.ReadableStream, each: (text: string) => void): Promise<string[]> {
  const kept: string[] = []
  for await (const text of createInterface({ input: stream })) {
    each(text)
    // Enough to find a reason in.
    if (kept.push(text) > 1_000) kept.shift()
  }
  return kept
}

function tell(text: string | null, write: (text: string) => void): void {
  if (text !== null) write(text)
}
