// Runs the real `holdfast` command, as a shell would, on a data folder of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url))

export interface Ran {
  exitCode: number | null
  stdout: string
  stderr: string
}

/** Runs it to its end, on a data folder, or on a server where that is an address. */
export function holdfast(place: string, ...args: string[]): Promise<Ran> {
  // The options of a command stand behind its name, which is two words for `artifact show` and the like.
  const words = nouns.has(args[0] ?? '') ? 2 : 1
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args.slice(0, words), place.startsWith('http:') ? '--url' : '--data', place, ...args.slice(words)],
      { maxBuffer: 64 * 1_048_576 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null
        resolve({ exitCode, stdout, stderr })
      },
    )
  })
}

const nouns = new Set(['artifact', 'notification', 'schedule', 'queue', 'kind'])

/** Starts it and leaves it to the test to end it. */
export function startHoldfast(data: string, ...args: string[]): ChildProcess {
  const [command = '', ...rest] = args
  return spawn(process.execPath, [program, command, '--data', data, ...rest], { stdio: ['ignore', 'pipe', 'pipe'] })
}

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}
