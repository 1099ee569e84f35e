// Measures when a command executes its first instruction, the same way whoever started it: the command is a shell whose first act is the
// builtin `echo` into a FIFO, and a thread that does nothing but wait in read(2) on that FIFO takes the time. A thread, because the starter's own
// event loop is busy just then; a builtin, because `date +%s%N` would be a process of its own. Both read CLOCK_MONOTONIC.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

/** Milliseconds on the clock that all threads share. */
export function instant(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export interface FirstInstruction {
  /** What is to be started. */
  argv: [string, ...string[]]
  /** The instant of the next first instruction. Ask before starting. */
  next(): Promise<number>
  /** What this way of looking adds: from a write of our own to the instant taken for it. */
  ownDelay(): Promise<number>
  close(): Promise<void>
}

/** `folder`: where the FIFO goes. */
export async function watchFirstInstruction(folder: string): Promise<FirstInstruction> {
  const fifo = join(folder, 'first-instruction')
  execFileSync('mkfifo', ['-m', '600', fifo])
  const descriptor = openSync(fifo, constants.O_RDWR)
  const watcher = new Worker(new URL('./first-instruction-watcher.ts', import.meta.url), { workerData: { fifo } })
  const said = () => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    watcher.once('message', resolve).once('error', reject)
    return promise.finally(() => watcher.off('error', reject))
  }
  await said()
  return {
    argv: ['/bin/sh', '-c', 'echo > "$0"', fifo],
    next: said,
    async ownDelay() {
      const seen = said()
      const writtenAt = instant()
      writeSync(descriptor, '\n')
      return (await seen) - writtenAt
    },
    async close() {
      const ended = watcher.terminate()
      // A thread that sleeps in read(2) must be woken to see that it is over.
      writeSync(descriptor, '\n')
      await ended
      closeSync(descriptor)
    },
  }
}
