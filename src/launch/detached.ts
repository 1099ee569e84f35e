// The real launcher: a shim in a session of its own, writing to files, so that it needs nobody to live on.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, statSync, watch } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import type { Sighting } from '../core/liveness.ts'
import { attemptFiles } from './attempt-files.ts'
import { exitRecordAt, readExitRecord } from './exit-record.ts'
import { holdFifo, isHeld, onLetGo } from './fifo.ts'
import { findProgram } from './find-program.ts'
import { openFolderPool } from './folder-pool.ts'
import { followAttempt, readBack } from './follow.ts'
import { identify } from './identity.ts'
import type { Command, Launcher, Started } from './launcher.ts'
import { clear, layOut } from './lay-out.ts'
import { foldersOf, runnerFolders } from './runner-folders.ts'
import { shim } from './shim.ts'
import { stopTree } from './stop.ts'
import { findLeader } from './tree.ts'

export interface DetachedOptions {
  /** Folder of the attempts' folders. */
  attempts: string
  /** Folder of the runners' folders. */
  runners: string
  /** Folder of this runner alone, on the same disk. */
  pool: string
  /** How many folders to keep ready. */
  ready: number
}

export function detachedLauncher({ attempts, runners, pool, ready }: DetachedOptions): Launcher {
  const folders = openFolderPool(pool, ready)
  return {
    async prepare(folderName) {
      const folder = join(attempts, folderName)
      await folders.take(folder)
      return folder
    },
    layOut,
    start,
    bar,
    find: (folder, mark) => findLeader({ folder, mark, leader: null }),
    look,
    ended,
    exitedAt: exitRecordAt,
    follow: followAttempt,
    readBack,
    clear,
    stop: stopTree,
    list: () => foldersOf(attempts),
    strip: (folderName) => strip(join(attempts, folderName)),
    remove: (folderName) => rm(join(attempts, folderName), { recursive: true, force: true }),
    runners: runnerFolders(runners),
    close: folders.idle,
  }
}

/** What can be seen of an attempt. The FIFO is looked at first: a process that ends in between has left its record. */
export function look(folder: string): Sighting {
  const alive = isHeld(join(folder, attemptFiles.alive))
  return { alive, exitCode: readExitRecord(folder), began: existsSync(join(folder, attemptFiles.latch)) }
}

async function start(command: Command): Promise<Started> {
  // First of all: what has begun has begun, whatever became of its program and folder since.
  if (existsSync(join(command.folder, attemptFiles.latch))) return { started: false, refused: 'already began' }
  const [name = '', ...args] = command.argv
  if (!isFolder(command.cwd))
    return { started: false, refused: 'no folder', exitCode: 126, message: `Could not start: the folder ${command.cwd} does not exist` }
  const program = findProgram(name, command.cwd, command.environment.PATH ?? usualPath)
  if ('refused' in program) return refusal(program.refused, name)
  return spawnShim(command, [program.file, ...args])
}

async function strip(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  if (names.length === 0) return
  bar(folder)
  for (const name of names) if (name !== attemptFiles.latch) await rm(join(folder, name), { recursive: true, force: true })
}

// A NUL in a variable or an argument: no system can start that, now or later.
function isImpossible(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG_VALUE'
}

function impossible({ message }: Error): Started {
  return { started: false, refused: 'not executable', exitCode: 126, message: `Could not start: ${message}` }
}

function bar(folder: string): boolean {
  try {
    closeSync(openSync(join(folder, attemptFiles.latch), 'wx', 0o600))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function spawnShim(command: Command, argv: string[]): Promise<Started> {
  const { promise, resolve, reject } = Promise.withResolvers<Started>()
  const descriptors = openDescriptors(command.folder)
  const { stdout, stderr, exit, fifo } = descriptors
  try {
    // The descriptors are the child's from the fork on: there is no moment when it is spawned and not provably alive.
    const child = spawn('/bin/sh', ['-c', shim, 'holdfast', ...throughShell(command.environment, argv)], {
      cwd: command.cwd,
      detached: true,
      env: { ...command.environment, HOLDFAST_LATCH: join(command.folder, attemptFiles.latch), HOLDFAST_MARK: command.mark },
      stdio: ['ignore', stdout, stderr, 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', exit, fifo],
    })
    child.on('error', reject)
    child.unref()
    if (child.pid !== undefined) resolve({ started: true, process: identify(child.pid) ?? { pid: child.pid, startedAt: null } })
  } catch (error) {
    if (isImpossible(error)) resolve(impossible(error))
    else if (isTooLong(error)) resolve({ started: false, refused: 'too long', exitCode: 126, message: tooLong })
    else reject(error)
  } finally {
    for (const descriptor of Object.values(descriptors)) closeSync(descriptor)
  }
  return promise
}

// A shell drops variables whose names it cannot use, such as `npm_package.name`. `env` sets them again behind it.
function throughShell(environment: Record<string, string>, argv: string[]): string[] {
  const dropped = Object.entries(environment).filter(([name]) => !/^[A-Za-z_]\w*$/.test(name))
  return dropped.length === 0 ? argv : ['/usr/bin/env', ...dropped.map(([name, value]) => `${name}=${value}`), ...argv]
}

function openDescriptors(folder: string) {
  return {
    stdout: openSync(join(folder, attemptFiles.stdout), 'a'),
    stderr: openSync(join(folder, attemptFiles.stderr), 'a'),
    exit: openSync(join(folder, attemptFiles.exit), 'r+'),
    fifo: holdFifo(join(folder, attemptFiles.alive)),
  }
}

function ended(folder: string, signal: AbortSignal): Promise<Sighting> {
  return new Promise((resolve, reject) => {
    const stopWatching: (() => void)[] = []
    const finish = (act: () => void) => {
      for (const stop of stopWatching.splice(0)) stop()
      act()
    }
    let recordSeen = false
    const check = () => {
      const seen = tryToLook(folder)
      if (!seen) return
      if (!seen.alive) return finish(() => resolve(seen))
      if (seen.exitCode === null || recordSeen) return
      // The shim itself lets go a moment after it has written the record; whoever still holds on then was left behind.
      recordSeen = true
      const timer = setTimeout(() => finish(() => resolve(tryToLook(folder) ?? seen)), letGoMs)
      stopWatching.push(() => clearTimeout(timer))
    }
    if (signal.aborted) return reject(signal.reason)
    const onAbort = () => finish(() => reject(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    stopWatching.push(() => signal.removeEventListener('abort', onAbort))
    stopWatching.push(onLetGo(join(folder, attemptFiles.alive), check))
    stopWatching.push(onWritten(join(folder, attemptFiles.exit), check))
    check()
  })
}

// Out of descriptors for a moment: the next look tells.
function tryToLook(folder: string): Sighting | null {
  try {
    return look(folder)
  } catch {
    return null
  }
}

/** Between the exit record and the shim's own end. */
const letGoMs = 300

// A command that leaves a process behind keeps the FIFO held; only its exit record tells that it has ended.
function onWritten(file: string, listener: () => void): () => void {
  const backstop = setInterval(listener, limits.pollMs)
  let close = () => {}
  try {
    const watcher = watch(file, { persistent: false }, listener)
    watcher.on('error', () => watcher.close())
    close = () => watcher.close()
  } catch {
    // The backstop sees it.
  }
  return () => {
    clearInterval(backstop)
    close()
  }
}

/** What a system looks in when nobody set PATH. */
const usualPath = '/usr/local/bin:/usr/bin:/bin'

function refusal(refused: 'not found' | 'not executable', name: string): Started {
  return refused === 'not found'
    ? { started: false, refused, exitCode: 127, message: `Could not start: \`${name}\` was not found` }
    : { started: false, refused, exitCode: 126, message: `Could not start: \`${name}\` cannot be executed` }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

const tooLong = 'Could not start: the arguments and the environment are too long for this system'

function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'E2BIG'
}
