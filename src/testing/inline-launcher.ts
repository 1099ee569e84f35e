// A launcher whose command is a function of this process: it writes to files in memory and ends with an exit code. Made for one attempt.
// Knows no job; everything that it does not do otherwise is the fake launcher's.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { attemptFiles } from '../launch/attempt-files.ts'
import type { Command, Given, Launcher, StopPlan, StopReport } from '../launch/launcher.ts'
import type { FakeMachine } from './fake-machine.ts'

/** What an inline program works with. After its end, whatever it writes is lost. */
export interface InlineWork {
  command: Command
  given: Given
  /** Folder of the outputs, one subfolder each. Only there when there are any. */
  staging: string
  write(stream: 'stdout' | 'stderr', text: string): void
  /** A line of the events file. */
  say(event: object): void
  /** Aborted when it is asked to stop. */
  signal: AbortSignal
}

/** Resolves with the exit code; must not throw. */
export type InlineProgram = (work: InlineWork) => Promise<number>

export interface InlineLauncherOptions {
  machine: FakeMachine
  /** The fake one on that machine. */
  launcher: Launcher
  clock: Clock
  program: InlineProgram
  /** Called before the first output's folder is made. */
  needDisk: () => void
}

export function inlineLauncher({ machine, launcher, clock, program, needDisk }: InlineLauncherOptions): Launcher {
  let onGrowth = () => {}
  const asked = new AbortController()
  const over = Promise.withResolvers<void>()
  let isOver = false

  function end(folder: string, exitCode: number): void {
    if (isOver) return
    isOver = true
    Object.assign(machine.folder(folder), { exitCode, exitedAt: clock.now() })
    over.resolve()
  }

  function append(folder: string, file: 'stdout' | 'stderr' | 'events', text: string): void {
    if (isOver) return
    machine.folder(folder)[file].append(text)
    onGrowth()
  }

  return {
    ...launcher,
    layOut(folder, given) {
      launcher.layOut(folder, given)
      if (given.outputs.length > 0) needDisk()
      for (const output of given.outputs) mkdirSync(join(folder, attemptFiles.staging, output), { recursive: true })
    },
    async start(command) {
      const { folder } = command
      const place = machine.folder(folder)
      if (place.began || place.given === null) return { started: false, refused: 'already began' }
      place.began = true
      const work: InlineWork = {
        command,
        given: place.given,
        staging: join(folder, attemptFiles.staging),
        write: (stream, text) => append(folder, stream, text),
        say: (event) => append(folder, 'events', `${JSON.stringify({ ...event, at: clock.now() })}\n`),
        signal: asked.signal,
      }
      void program(work).then((exitCode) => end(folder, exitCode))
      return { started: true, process: { pid: process.pid, startedAt: null }, applied: { memoryBytes: false, openFiles: false } }
    },
    async ended(folder, signal) {
      await orAborted(over.promise, signal)
      return machine.look(folder)
    },
    follow(folder, listener) {
      onGrowth = listener
      return launcher.follow(folder, listener)
    },
    clear(folder) {
      launcher.clear(folder)
      rmSync(join(folder, attemptFiles.staging), { recursive: true, force: true })
    },
    stop,
  }

  // A function cannot be killed: one that goes on after its grace is ended here, and what it still does is not looked at.
  async function stop({ folder, graceMs, signal }: StopPlan): Promise<StopReport> {
    if (isOver) return { found: false, gone: true, killed: false, survivors: 0 }
    asked.abort(new Error('the job was asked to stop'))
    const graceOver = new AbortController()
    await Promise.race([over.promise, clock.sleep(graceMs, AbortSignal.any([signal, graceOver.signal]))])
    const killed = !isOver
    graceOver.abort()
    end(folder, killedExitCode)
    return { found: true, gone: true, killed, survivors: 0 }
  }
}

/** As the shim writes it down after SIGKILL. */
const killedExitCode = 137

/** @throws the signal's reason when it is aborted first */
function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason)
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
