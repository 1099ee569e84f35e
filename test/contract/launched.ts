// The real launcher on a temporary folder, and looking at processes from outside. Whatever a test leaves running is stopped after it.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import type { ResourceLimits } from '../../src/core/job.ts'
import { type DetachedOptions, detachedLauncher } from '../../src/launch/detached.ts'
import type { Launcher, ProcessIdentity, Started } from '../../src/launch/launcher.ts'
import { send } from '../../src/launch/tree.ts'
import { temporaryFolder, until } from './temporary.ts'

export interface Attempt {
  folder: string
  mark: string
  started: Started
  /** The shim, or null where it was not started. */
  process: ProcessIdentity | null
}

export interface StartOptions {
  cwd?: string
  environment?: Record<string, string>
  output?: 'split' | 'merged'
  limits?: ResourceLimits
}

/** A launcher whose attempts are stopped when the file's tests are over. */
export function openLaunching(name: string, more: Pick<DetachedOptions, 'killTier' | 'shell' | 'usesStarter'> = {}) {
  const attempts: Attempt[] = []
  let count = 0
  // Before the folder is made, so that it is still there when this runs.
  after(async () => {
    for (const attempt of attempts) await stop(launcher, attempt, 0)
    for (const { mark } of attempts) for (const pid of carriersOf(mark)) send(pid, 'SIGKILL')
  })

  const root = temporaryFolder(name)
  const folders = { attempts: join(root, 'attempts'), runners: join(root, 'runners'), pool: join(root, 'pool') }
  const options: DetachedOptions = { ...folders, ready: 4, ...more }
  mkdirSync(options.attempts)
  const launcher = detachedLauncher(options)

  async function start(argv: string[], { cwd = root, environment = {}, ...more }: StartOptions = {}): Promise<Attempt> {
    const number = ++count
    const folder = await launcher.prepare(`${number}-1`)
    const mark = `${root}:${number}`
    const attempt: Attempt = { folder, mark, started: { started: false, refused: 'already began' }, process: null }
    attempts.push(attempt)
    const whole = { PATH: process.env.PATH ?? '', ...environment }
    attempt.started = await launcher.start({ argv, cwd, environment: whole, folder, mark, ...more })
    if (attempt.started.started) attempt.process = attempt.started.process
    return attempt
  }

  return { root, options, launcher, start, sh: (script: string, options?: StartOptions) => start(['sh', '-c', script], options) }
}

export function stop(launcher: Launcher, { folder, mark, process }: Attempt, graceMs: number) {
  return launcher.stop({ folder, mark, process, graceMs, signal: new AbortController().signal })
}

export function ended(launcher: Launcher, { folder }: Attempt) {
  return launcher.ended(folder, AbortSignal.timeout(20_000))
}

export function stdoutOf({ folder }: Attempt): string {
  return readFileSync(join(folder, 'stdout.log'), 'utf8')
}

/** Waits until the attempt has written so many lines to stdout, and returns them. */
export function lines(attempt: Attempt, count: number): Promise<string[]> {
  return until(`${count} lines`, () => {
    const written = stdoutOf(attempt).split('\n').slice(0, -1)
    return written.length >= count ? written : null
  })
}

/** Every living process that carries the mark in its environment. The tests' own look at /proc. */
export function carriersOf(mark: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isLiving(pid) && readProc(pid, 'environ').split('\0').includes(`HOLDFAST_MARK=${mark}`))
}

export function isLiving(pid: number): boolean {
  const state = /\) (\S)/.exec(readProc(pid, 'stat'))?.[1]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}
