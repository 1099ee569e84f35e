// The machine behind fake launchers: its folders, its processes, and which runners live. Knows no job.
import type { Clock } from '../core/clock.ts'
import type { Sighting } from '../core/liveness.ts'
import type { Command, Given, RunnerFolders } from '../launch/launcher.ts'
import { type FakeFile, fakeFile } from './fake-file.ts'
import { type Happening, type ProcessTable, processTable } from './fake-processes.ts'
import type { FakeScript } from './fake-script.ts'

export interface FakeFolder {
  given: Given | null
  stdout: FakeFile
  stderr: FakeFile
  events: FakeFile
  /** Log files that were written anew, by name. */
  rewritten: Map<string, FakeFile>
  /** The start-once latch. */
  began: boolean
  /** How many commands began in it. */
  starts: number
  exitCode: number | null
  exitedAt: number | null
  isCleared: boolean
  /** When something in it last changed. */
  changedAt: number
}

export interface FakeMachine extends ProcessTable {
  /** Says what a command does; null: there is no such program. */
  program(command: Command): FakeScript | null
  /** The attempt's folder, made if it is not there. */
  folder(path: string): FakeFolder
  removeFolder(path: string): void
  folders(): ReadonlyMap<string, FakeFolder>
  look(folder: string): Sighting
  runners: RunnerFolders & { died(runnerId: string): void }
  /** Called after something of that attempt changed. */
  onChange(folder: string, listener: () => void): () => void
  /** Told everything that happens to processes, after it happened. */
  watch(listener: (happening: Happening) => void): void
}

export function fakeMachine({ clock, program }: { clock: Clock; program: (command: Command) => FakeScript | null }): FakeMachine {
  const folders = new Map<string, FakeFolder>()
  const listeners = new Map<string, Set<() => void>>()
  const watchers: ((happening: Happening) => void)[] = []

  function folder(path: string): FakeFolder {
    const known = folders.get(path) ?? emptyFolder(clock.now())
    folders.set(path, known)
    return known
  }

  function tell(happening: Happening): void {
    folder(happening.process.folder).changedAt = clock.now()
    for (const watcher of watchers) watcher(happening)
    for (const listener of [...(listeners.get(happening.process.folder) ?? [])]) listener()
  }

  const processes = processTable({ clock, folder, tell })
  return {
    ...processes,
    program,
    folder,
    removeFolder: (path) => void folders.delete(path),
    folders: () => folders,
    look(path) {
      const { began, exitCode } = folder(path)
      return { alive: processes.living(path).length > 0, exitCode, began }
    },
    runners: runnerFolders(clock),
    onChange(path, listener) {
      const known = listeners.get(path) ?? new Set()
      listeners.set(path, known.add(listener))
      return () => known.delete(listener)
    },
    watch: (listener) => void watchers.push(listener),
  }
}

function emptyFolder(now: number): FakeFolder {
  const files = { stdout: fakeFile(), stderr: fakeFile(), events: fakeFile() }
  return {
    given: null,
    ...files,
    rewritten: new Map(),
    began: false,
    starts: 0,
    exitCode: null,
    exitedAt: null,
    isCleared: false,
    changedAt: now,
  }
}

function runnerFolders(clock: Clock): FakeMachine['runners'] {
  const held = new Set<string>()
  const changedAt = new Map<string, number>()
  const remove = (runnerId: string) => {
    held.delete(runnerId)
    changedAt.delete(runnerId)
  }
  return {
    async hold(runnerId) {
      held.add(runnerId)
      changedAt.set(runnerId, clock.now())
      return () => remove(runnerId)
    },
    isHeld: (runnerId) => held.has(runnerId),
    list: () => [...changedAt].map(([runnerId, at]) => ({ runnerId, changedAt: at })),
    remove,
    died: (runnerId) => void held.delete(runnerId),
  }
}
