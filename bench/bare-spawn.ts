// The other arm of start-overhead: a detached spawn that writes to files and is waited for, and nothing else.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { instant } from './first-instruction.ts'

/** Answers with the instants of the call and of the end. The files are opened before the call and closed after the end: they are not counted. */
export async function bareSpawn(argv: readonly [string, ...string[]], folder: string): Promise<{ calledAt: number; endedAt: number }> {
  const [program, ...args] = argv
  const stdout = openSync(join(folder, 'bare.stdout'), 'a')
  const stderr = openSync(join(folder, 'bare.stderr'), 'a')
  try {
    const calledAt = instant()
    const child = spawn(program, args, { detached: true, stdio: ['ignore', stdout, stderr] })
    await once(child, 'exit')
    return { calledAt, endedAt: instant() }
  } finally {
    closeSync(stdout)
    closeSync(stderr)
  }
}
