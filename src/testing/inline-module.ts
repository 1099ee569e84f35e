// A module job in this process: its default export is called with the context it would have in a process of its own.
// Differs from there in what only a process can do: environment, working folder, console.
import type { Json } from '../core/job.ts'
import { declaredFolder } from '../runner/declared-folder.ts'
import type { Surroundings } from '../runner/job-context.ts'
import { handlerOf, playHandler } from '../runner/play-handler.ts'
import type { InlineProgram, InlineWork } from './inline-launcher.ts'

export interface ModuleToRun {
  file: string
  /** Reads the file as a module. */
  load: (file: string) => Promise<unknown>
  /** Told what the job threw. */
  onThrow: (error: unknown) => void
}

export function moduleProgram({ file, load, onThrow }: ModuleToRun): InlineProgram {
  return (work) => playHandler(async () => handlerOf(await load(file), file), surroundings(work), onThrow)
}

function surroundings({ command, given, staging, write, say, signal }: InlineWork): Surroundings {
  return {
    id: Number(command.environment.HOLDFAST_JOB_ID),
    attempt: Number(command.environment.HOLDFAST_ATTEMPT),
    input: JSON.parse(given.input) as Json,
    checkpoint: given.checkpoint === null ? null : (JSON.parse(given.checkpoint) as Json),
    signal,
    write,
    say,
    output: (artifact) => declaredFolder(staging, artifact, given.outputs),
    saved: async () => {},
  }
}
