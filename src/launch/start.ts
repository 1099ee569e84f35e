// Starts an attempt's command once, in a session of its own, with everything that will be needed to find, bound and end its tree.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import { machineMemoryKills, writeAttemptRecord } from './attempt-record.ts'
import { limitMemory, makeCgroup, removeCgroup } from './cgroup.ts'
import type { Means, Reaper } from './facilities.ts'
import { findProgram } from './find-program.ts'
import type { Command, Started } from './launcher.ts'
import { shim } from './shim.ts'
import { type ShimFiles, spawnShim } from './spawn-shim.ts'
import type { Starter } from './starter.ts'

export interface StartMeans {
  means: Means
  starter: Starter
  /** Program and arguments of a POSIX shell. */
  shell: readonly string[]
}

/** @throws Error when the system has no room for it now */
export async function startCommand(command: Command, { means, starter, shell }: StartMeans): Promise<Started> {
  // First of all: what has begun has begun, whatever became of its program and folder since.
  if (existsSync(join(command.folder, attemptFiles.latch))) return { started: false, refused: 'already began' }
  const [name = '', ...args] = command.argv
  if (!isFolder(command.cwd)) return refusal('no folder', `the folder ${command.cwd} does not exist`)
  const program = findProgram(name, command.cwd, command.environment.PATH ?? usualPath)
  if ('refused' in program) return refusal(program.refused, `\`${name}\` ${whyRefused[program.refused]}`)
  const ground = prepareGround(command, means)
  const reaper = means.killTier === 'subreaper' ? means.reaper : null
  const argv = shimArgv({ ...command, argv: [program.file, ...args] }, { reaper, shell, cgroup: ground.cgroup })
  const plan = { ...filesOf(command), argv, reaper, cwd: command.cwd, environment: shellEnvironment(command) }
  const spawned = await spawnShim(plan, starter)
  if ('process' in spawned) return { started: true, process: spawned.process, applied: ground.applied }
  if (ground.cgroup !== null && spawned.refused !== 'already began') removeCgroup(ground.cgroup)
  return spawned.refused === 'already began' ? { started: false, refused: spawned.refused } : refusal(spawned.refused, spawned.why)
}

/** What is there before the process is. */
interface Ground {
  cgroup: string | null
  applied: (Started & { started: true })['applied']
}

// Written down before the spawn: whoever comes after a death in between finds the group that the tree is in.
function prepareGround({ folder, mark, limits: { memoryBytes, openFiles } = {} }: Command, means: Means): Ground {
  const cgroup = means.killTier === 'cgroup' ? makeCgroup(means.base, mark) : null
  const isMemoryLimited = cgroup !== null && memoryBytes !== undefined && limitMemory(cgroup, memoryBytes)
  writeAttemptRecord(folder, { cgroup, outlivesOrphans: means.killTier === 'subreaper', memoryKills: machineMemoryKills() })
  return { cgroup, applied: { memoryBytes: isMemoryLimited, openFiles: openFiles !== undefined } }
}

function filesOf({ folder, output }: Command): ShimFiles {
  return {
    stdout: join(folder, attemptFiles.stdout),
    // Merged: both are one open file, so that what is written first stands first.
    stderr: output === 'merged' ? null : join(folder, attemptFiles.stderr),
    exit: join(folder, attemptFiles.exit),
    alive: join(folder, attemptFiles.alive),
    latch: join(folder, attemptFiles.latch),
  }
}

interface ShimMeans extends Pick<StartMeans, 'shell'> {
  reaper: Reaper | null
  cgroup: string | null
}

function shimArgv(command: Command, { reaper, shell, cgroup }: ShimMeans): string[] {
  const { openFiles = null, cpuSeconds = null } = command.limits ?? {}
  const text = shim({ entersCgroup: cgroup !== null, openFiles, cpuSeconds, reaper })
  const paths = [join(command.folder, attemptFiles.latch), cgroup === null ? '' : join(cgroup, 'cgroup.procs')]
  return [...shell, '-c', text, 'holdfast', ...paths, ...throughShell(command)]
}

// A shell drops variables whose names it cannot use, such as `npm_package.name`, and perl heeds its own. `env` sets them again behind both.
function throughShell({ environment, argv }: Command): string[] {
  const dropped = Object.entries(environment).filter(([name]) => !passesShell(name))
  return dropped.length === 0 ? argv : ['/usr/bin/env', ...dropped.map(([name, value]) => `${name}=${value}`), ...argv]
}

function shellEnvironment({ environment, mark }: Command): Record<string, string> {
  return { ...Object.fromEntries(Object.entries(environment).filter(([name]) => passesShell(name))), HOLDFAST_MARK: mark }
}

function passesShell(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !name.startsWith('PERL')
}

/** What a system looks in when nobody set PATH. */
const usualPath = '/usr/local/bin:/usr/bin:/bin'

const whyRefused = { 'not found': 'was not found', 'not executable': 'cannot be executed' }

type Refused = Exclude<(Started & { started: false })['refused'], 'already began'>

function refusal(refused: Refused, why: string): Started {
  return { started: false, refused, exitCode: refused === 'not found' ? 127 : 126, message: `Could not start: ${why}` }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
