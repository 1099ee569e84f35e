// Starts an attempt's command once, in a session of its own, with everything that will be needed to find, bound and end its tree.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import { machineMemoryKills, writeAttemptRecord } from './attempt-record.ts'
import { limitMemory, makeCgroup, removeCgroup } from './cgroup.ts'
import type { Means } from './facilities.ts'
import { holdFifo } from './fifo.ts'
import { findProgram } from './find-program.ts'
import { identify } from './identity.ts'
import type { Command, Started } from './launcher.ts'
import { asSubreaper, shim } from './shim.ts'

export interface StartMeans {
  means: Means
  /** Program and arguments of a POSIX shell. */
  shell: readonly string[]
}

/** @throws Error when the system has no room for it now */
export async function startCommand(command: Command, { means, shell }: StartMeans): Promise<Started> {
  // First of all: what has begun has begun, whatever became of its program and folder since.
  if (existsSync(join(command.folder, attemptFiles.latch))) return { started: false, refused: 'already began' }
  const [name = '', ...args] = command.argv
  if (!isFolder(command.cwd)) return refusal('no folder', `the folder ${command.cwd} does not exist`)
  const program = findProgram(name, command.cwd, command.environment.PATH ?? usualPath)
  if ('refused' in program) return refusal(program.refused, `\`${name}\` ${whyRefused[program.refused]}`)
  const ground = prepareGround(command, means)
  const started = await spawnShim({ ...command, argv: [program.file, ...args] }, { means, shell, ground })
  if (!started.started && ground.cgroup !== null) removeCgroup(ground.cgroup)
  return started
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
  writeAttemptRecord(folder, { cgroup, memoryKills: machineMemoryKills() })
  return { cgroup, applied: { memoryBytes: isMemoryLimited, openFiles: openFiles !== undefined } }
}

function spawnShim(command: Command, { means, shell, ground }: StartMeans & { ground: Ground }): Promise<Started> {
  const { promise, resolve, reject } = Promise.withResolvers<Started>()
  const descriptors = openDescriptors(command)
  const { stdout, stderr, exit, fifo } = descriptors
  try {
    const [program = '', ...args] = shimArgv(command, { means, shell, ground })
    // The descriptors are the child's from the fork on: there is no moment when it is spawned and not provably alive.
    const child = spawn(program, args, {
      cwd: command.cwd,
      detached: true,
      env: shellEnvironment(command),
      stdio: ['ignore', stdout, 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', stderr ?? stdout, exit, fifo],
    })
    child.on('error', reject)
    child.unref()
    const { pid } = child
    if (pid !== undefined) resolve({ started: true, process: identify(pid) ?? { pid, startedAt: null }, applied: ground.applied })
  } catch (error) {
    if (isImpossible(error)) resolve(refusal('not executable', error.message))
    else if (isTooLong(error)) resolve(refusal('too long', 'the arguments and the environment are too long for this system'))
    else reject(error)
  } finally {
    for (const descriptor of Object.values(descriptors)) if (descriptor !== null) closeSync(descriptor)
  }
  return promise
}

function openDescriptors({ folder, output }: Command) {
  return {
    stdout: openSync(join(folder, attemptFiles.stdout), 'a'),
    // Merged: both are one open file, so that what is written first stands first.
    stderr: output === 'merged' ? null : openSync(join(folder, attemptFiles.stderr), 'a'),
    exit: openSync(join(folder, attemptFiles.exit), 'r+'),
    fifo: holdFifo(join(folder, attemptFiles.alive)),
  }
}

function shimArgv(command: Command, { means, shell, ground: { cgroup } }: StartMeans & { ground: Ground }): string[] {
  const { openFiles = null, cpuSeconds = null } = command.limits ?? {}
  const reaper = means.killTier === 'subreaper' ? means.reaper : null
  const program = reaper === null ? shell : asSubreaper(reaper, shell)
  const text = shim({ entersCgroup: cgroup !== null, openFiles, cpuSeconds, reaper })
  const paths = [join(command.folder, attemptFiles.latch), cgroup === null ? '' : join(cgroup, 'cgroup.procs')]
  return [...program, '-c', text, 'holdfast', ...paths, ...throughShell(command)]
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

// A NUL in a variable or an argument: no system can start that, now or later.
function isImpossible(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG_VALUE'
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'E2BIG'
}
