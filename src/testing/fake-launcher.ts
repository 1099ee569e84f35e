// A launcher without processes: what a command does is a script on a clock, what it writes stays in memory. For tests of apps and the simulator.
// It keeps the attempt protocol: one start per folder, the exit record, the proof of life, and a tree that may outlive its command.
import { basename, join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { limits } from '../core/limits.ts'
import { writingOf } from '../launch/attempt-files.ts'
import type { AttemptTree, Command, Launcher, Started, StopPlan, StopReport } from '../launch/launcher.ts'
import { type FakeFile, fakeFile } from './fake-file.ts'
import type { FakeFolder, FakeMachine } from './fake-machine.ts'
import type { FakeProcess } from './fake-processes.ts'

export interface FakeLauncherOptions {
  machine: FakeMachine
  /** Of the program that the launcher is a part of: its waits end with it. */
  clock: Clock
  /** Folder of the attempts' folders; only a name. */
  attempts: string
  /** Passes on what the system would tell the program. Default: at once; a simulator may be late, or lose it. */
  hint?: (listener: () => void) => void
}

export function fakeLauncher({ machine, clock, attempts, hint = (listener) => listener() }: FakeLauncherOptions): Launcher {
  const onChange = (folder: string, listener: () => void) => machine.onChange(folder, () => hint(listener))
  return {
    async prepare(folderName) {
      const folder = join(attempts, folderName)
      machine.folder(folder)
      return folder
    },
    layOut(folder, given) {
      machine.folder(folder).given ??= given
    },
    start: async (command) => start(machine, command),
    bar(folder) {
      const place = machine.folder(folder)
      const isFirst = !place.began
      place.began = true
      return isFirst
    },
    async find(folder, mark) {
      const shim = machine.living(folder).find((process) => process.role === 'main' && process.mark === mark)
      return shim ? { pid: shim.pid, startedAt: shim.startedAt } : null
    },
    look: (folder) => machine.look(folder),
    ended: (folder, signal) => ended({ machine, clock, onChange }, folder, signal),
    measure: async (attempts) => attempts.map((attempt) => machine.measure(attempt)),
    exitedAt: (folder) => machine.folder(folder).exitedAt,
    follow(folder, onGrowth) {
      const { stdout, stderr, events } = machine.folder(folder)
      return { stdout, stderr, events, close: onChange(folder, onGrowth) }
    },
    ...writtenFiles(machine),
    clear(folder) {
      machine.folder(folder).isCleared = true
    },
    outOfMemory: () => 'no',
    syncTree: async () => {},
    syncFolder: async () => {},
    self: () => ({ pid: process.pid, startedAt: null, numbering: '' }),
    // Whoever reads snapshots in a world without processes is a part of this one.
    lives: () => true,
    left: async (tree) => treeOf(machine, tree).filter(({ role }) => role === 'child').length,
    stop: (plan) => stop(machine, clock, plan),
    // Nobody of a fake machine gets out of sight.
    provesEnd: () => true,
    facilities: async () => ({ killTier: 'marks', limitsMemory: false, punchesHoles: true }),
    list: () => [...machine.folders()].map(([folder, { changedAt }]) => ({ folderName: basename(folder), changedAt })),
    async strip(folderName) {
      const folder = machine.folders().get(join(attempts, folderName))
      if (folder) Object.assign(folder, { began: true, changedAt: clock.now() })
    },
    async remove(folderName) {
      machine.removeFolder(join(attempts, folderName))
    },
    runners: machine.runners,
    close: async () => {},
  }
}

function writtenFiles(machine: FakeMachine): Pick<Launcher, 'readBack' | 'tail' | 'punch' | 'rewriteLog' | 'removeOtherWritings'> {
  return {
    readBack(folder, stream, { byteOffset, byteLength, sealed }) {
      if (!machine.folders().has(folder)) return null
      return writing(machine.folder(folder), stream, sealed)?.readAt(byteOffset, byteLength) ?? null
    },
    tail(folder, stream, from) {
      const file = machine.folder(folder)[stream]
      const bytes = file.readAt(from, file.size())
      return bytes.subarray(bytes.lastIndexOf(10) + 1)
    },
    async punch({ folder, file, sealed }, { from, to }) {
      const place = machine.folder(folder)
      const punched = file === 'events' ? place.events : writing(place, file, sealed)
      punched?.punch(from, to)
      return punched !== null
    },
    async rewriteLog(folder, stream, { after, leaveOut, bytes }) {
      const place = machine.folder(folder)
      const source = writing(place, stream, after)
      if (!source) return false
      const target = fakeFile()
      for (const [from, to] of [[0, leaveOut.from] as const, [leaveOut.to, bytes] as const])
        target.append(new TextDecoder().decode(source.readAt(from, to - from)))
      place.rewritten.set(writingOf(stream, after + 1), target)
      return true
    },
    async removeOtherWritings(folder, kept) {
      const { rewritten } = machine.folder(folder)
      const keep = [writingOf('stdout', kept), writingOf('stderr', kept)]
      for (const name of rewritten.keys()) if (!keep.includes(name)) rewritten.delete(name)
    },
  }
}

function writing(place: FakeFolder, stream: 'stdout' | 'stderr', sealed: number): FakeFile | null {
  return sealed === 0 ? place[stream] : (place.rewritten.get(writingOf(stream, sealed)) ?? null)
}

async function start(machine: FakeMachine, command: Command): Promise<Started> {
  const folder = machine.folder(command.folder)
  if (folder.began) return { started: false, refused: 'already began' }
  const script = machine.program(command)
  if (script === null) {
    const message = `Could not start: \`${command.argv[0] ?? ''}\` was not found`
    return { started: false, refused: 'not found', exitCode: 127, message }
  }
  const shim = machine.spawn(command, script)
  return { started: true, process: { pid: shim.pid, startedAt: shim.startedAt }, applied: { memoryBytes: false, openFiles: false } }
}

interface Watched {
  machine: FakeMachine
  clock: Clock
  onChange: (folder: string, listener: () => void) => () => void
}

async function ended({ machine, clock, onChange }: Watched, folder: string, signal: AbortSignal) {
  for (;;) {
    signal.throwIfAborted()
    const seen = machine.look(folder)
    if (!seen.alive) return seen
    if (seen.exitCode !== null) {
      await clock.sleep(letGoMs, signal)
      return machine.look(folder)
    }
    const changed = new AbortController()
    const unsubscribe = onChange(folder, () => changed.abort())
    await clock.sleep(limits.pollMs, AbortSignal.any([signal, changed.signal])).catch(() => undefined)
    unsubscribe()
  }
}

/** Between the exit record and the shim's own end. */
const letGoMs = 300

async function stop(machine: FakeMachine, clock: Clock, plan: StopPlan): Promise<StopReport> {
  const tree = () => treeOf(machine, plan)
  if (tree().length === 0) return { found: false, gone: true, killed: false, survivors: 0 }
  const signalAll = (signal: 'TERM' | 'KILL') => signalTree(machine, tree(), { signal, plan })
  signalAll('TERM')
  if (await goneWithin(plan.graceMs)) return { found: true, gone: true, killed: false, survivors: 0 }
  for (let round = 0; round < limits.killRounds; round++) {
    signalAll('KILL')
    if (await goneWithin(Math.min(20 * (round + 1), 500))) return { found: true, gone: true, killed: true, survivors: 0 }
  }
  return { found: true, gone: false, killed: true, survivors: tree().length }

  async function goneWithin(ms: number): Promise<boolean> {
    let leftMs = ms
    for (let pauseMs = 5; tree().length > 0; pauseMs = Math.min(pauseMs * 2, 100)) {
      if (leftMs <= 0) return false
      await clock.sleep(Math.min(pauseMs, leftMs), plan.signal)
      leftMs -= pauseMs
    }
    return true
  }
}

function treeOf(machine: FakeMachine, tree: AttemptTree): FakeProcess[] {
  return machine.living().filter(({ mark, folder }) => mark === tree.mark || folder === tree.folder)
}

// The shim is spared while anybody else lives, as the real one is.
function signalTree(
  machine: FakeMachine,
  tree: readonly FakeProcess[],
  { signal, plan }: { signal: 'TERM' | 'KILL'; plan: StopPlan },
): void {
  for (const { pid } of tree) machine.signal({ pid, signal, folder: plan.folder, mark: plan.mark })
}
