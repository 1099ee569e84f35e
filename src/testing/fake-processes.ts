// The process table of a fake machine: who lives, what each does on the clock, and what signals do to them.
import type { Clock } from '../core/clock.ts'
import type { Command, Measured, ToMeasure } from '../launch/launcher.ts'
import type { FakeFolder } from './fake-machine.ts'
import type { FakeScript } from './fake-script.ts'

export interface FakeProcess {
  pid: number
  startedAt: string
  /** The command with its shim, or somebody it started. */
  role: 'main' | 'child'
  folder: string
  mark: string
}

export interface SentSignal {
  pid: number
  signal: 'TERM' | 'KILL'
  /** The attempt it was meant for. */
  folder: string
  mark: string
}

export type Happening =
  | { what: 'began' | 'ended'; process: FakeProcess }
  | { what: 'signalled'; process: FakeProcess; sent: SentSignal }
  | { what: 'wrote'; process: FakeProcess }

export interface ProcessTable {
  spawn(command: Pick<Command, 'folder' | 'mark'>, script: FakeScript): FakeProcess
  /** Everybody, or those of one attempt. */
  living(folder?: string): FakeProcess[]
  signal(sent: SentSignal): void
  /** Somebody else's `kill -9` of the whole tree, the shim included: no exit record. */
  killTree(folder: string): void
  /** What an attempt's processes use now. */
  measure(attempt: Pick<ToMeasure, 'folder'>): Measured
}

interface Running extends FakeProcess {
  script: FakeScript
  spawnedAt: number
  /** Aborted with the exit code that is written down, or null for none. */
  end: AbortController
  gone: PromiseWithResolvers<void>
}

export interface Surroundings {
  clock: Clock
  folder: (path: string) => FakeFolder
  tell: (happening: Happening) => void
}

export function processTable(around: Surroundings): ProcessTable {
  const { clock, folder, tell } = around
  const processes = new Map<number, Running>()
  let lastPid = 1_000
  const living = (path?: string) => [...processes.values()].filter((process) => path === undefined || process.folder === path)

  function add({ folder, mark }: Pick<Command, 'folder' | 'mark'>, script: FakeScript, role: FakeProcess['role']): Running {
    const pid = ++lastPid
    const life = { script, end: new AbortController(), gone: Promise.withResolvers<void>() }
    const process: Running = { pid, startedAt: `tick ${pid}`, spawnedAt: clock.now(), role, folder, mark, ...life }
    processes.set(pid, process)
    return process
  }

  function remove(process: Running): void {
    if (!processes.delete(process.pid)) return
    process.gone.resolve()
    tell({ what: 'ended', process })
  }

  async function runMain(process: Running): Promise<void> {
    const place = folder(process.folder)
    const { script } = process
    const exitCode = await perform(process, place).catch(() => process.end.signal.reason as number | null)
    if (exitCode !== null && !script.vanishes) Object.assign(place, { exitCode, exitedAt: clock.now() })
    if (script.vanishes && place.began) killTree(process.folder)
    remove(process)
  }

  async function perform(process: Running, place: FakeFolder): Promise<number | null> {
    const { script } = process
    if (script.beginsAfterMs) await clock.sleep(script.beginsAfterMs, process.end.signal)
    // Two starts may both have come so far; the latch lets one go on.
    if (place.began) return null
    place.began = true
    place.starts++
    tell({ what: 'began', process })
    if (script.leavesBehindMs !== undefined) void runChild(add(process, script, 'child'), process)
    await follow(around, process)
    return script.exitCode ?? 0
  }

  async function runChild(child: Running, parent: Running): Promise<void> {
    const ended = Promise.withResolvers<void>()
    child.end.signal.addEventListener('abort', () => ended.resolve())
    await Promise.race([parent.gone.promise, ended.promise])
    await clock.sleep(child.script.leavesBehindMs ?? 0, child.end.signal).catch(() => undefined)
    remove(child)
  }

  function killTree(path: string): void {
    for (const process of living(path)) {
      remove(process)
      process.end.abort(null)
    }
  }

  return {
    spawn(command, script) {
      const process = add(command, script, 'main')
      void runMain(process)
      return process
    },
    living,
    signal(sent) {
      const process = processes.get(sent.pid)
      if (!process) return
      tell({ what: 'signalled', process, sent })
      const { ignoresTermMs = 0, diesAfterKillMs = 0 } = process.script
      if (sent.signal === 'KILL') endLater(clock, process, { afterMs: diesAfterKillMs, exitCode: process.script.diesUnseen ? null : 137 })
      else if (ignoresTermMs !== null) endLater(clock, process, { afterMs: ignoresTermMs, exitCode: 143 })
    },
    killTree,
    measure: ({ folder }) =>
      measured(
        [...processes.values()].filter((process) => process.folder === folder),
        clock.now(),
      ),
  }
}

function measured(processes: readonly Running[], now: number): Measured {
  const main = processes.find(({ role }) => role === 'main')
  const sum = (of: (process: Running) => number) => processes.reduce((total, process) => total + of(process), 0)
  return {
    processes: processes.length,
    processorMs: sum(({ script, spawnedAt }) => ((script.cpuPercent ?? 0) / 100) * (now - spawnedAt)),
    memoryBytes: sum(({ script }) => script.memoryBytes ?? 0),
    doing: main?.script.doing ?? (processes.some(({ script }) => (script.cpuPercent ?? 0) > 0) ? 'running' : 'sleeping'),
    hasShim: main !== undefined,
    ageMs: main ? now - main.spawnedAt : null,
    takenMs: now,
  }
}

async function follow({ clock, folder, tell }: Surroundings, process: Running): Promise<void> {
  const { stdout, stderr, events } = folder(process.folder)
  const { script, end } = process
  for (const step of script.steps ?? []) {
    if (step.afterMs) await clock.sleep(step.afterMs, end.signal)
    if (step.stdout !== undefined) stdout.append(step.stdout)
    if (step.stderr !== undefined) stderr.append(step.stderr)
    if (step.says !== undefined) events.append(`${JSON.stringify(step.says)}\n`)
    tell({ what: 'wrote', process })
  }
  while (script.endsAfterMs === null) await clock.sleep(forEverMs, end.signal)
  await clock.sleep(script.endsAfterMs ?? 0, end.signal)
}

const forEverMs = 365 * 86_400_000

function endLater(clock: Clock, { end }: Running, { afterMs, exitCode }: { afterMs: number; exitCode: number | null }): void {
  if (afterMs === 0) end.abort(exitCode)
  else if (!end.signal.aborted)
    clock.sleep(afterMs, end.signal).then(
      () => end.abort(exitCode),
      () => undefined,
    )
}
