// What is to be started for an external command or a module file, with which files and variables around it.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attemptFiles } from '../launch/attempt-files.ts'
import type { Command } from '../launch/launcher.ts'
import type { Claimed } from '../store/store.ts'
import type { House } from './house.ts'

/** The variables that jobs of a kind are given; undefined: it is not known here. */
export type Environments = (kind: string) => Readonly<Record<string, string>> | undefined

/** Lays the attempt's folder out and says what to start. Doing it again changes nothing. */
export async function commandFor(house: House, { job, attempt }: Claimed, folder: string): Promise<Command | 'environment gone'> {
  const checkpoint = job.fromCheckpoint ? await house.store.claims.checkpoint({ jobId: job.id }) : null
  house.launcher.layOut(folder, {
    input: JSON.stringify(job.input),
    checkpoint: checkpoint === null ? null : JSON.stringify(checkpoint),
    outputs: job.spec.artifacts,
  })
  const { run, cwd } = job.spec
  if (run.type === 'inline') throw new Error('an inline handler has no process')
  const argv = run.type === 'command' ? run.argv : [process.execPath, ...inheritedFlags(process.execArgv), moduleEntry, run.file]
  const base = baseEnvironment(house, job)
  if (!base) return 'environment gone'
  return {
    argv,
    cwd,
    environment: { ...base, ...contextVariables(job.id, attempt.attempt, folder), ...pythonVariables(base.PYTHONPATH) },
    folder,
    mark: markOf(house, attempt.folder),
    output: job.spec.output,
    limits: job.spec.limits,
  }
}

/** Carried by every process of the attempt; says of which installation it is. */
export function markOf(house: House, folderName: string): string {
  return `${house.store.installationId}:${folderName}`
}

const moduleEntry = fileURLToPath(
  import.meta.url.endsWith('.ts') ? new URL('./module-entry.ts', import.meta.url) : new URL('./module-entry.js', import.meta.url),
)

// A job of `defineJob` gets an allow-list of the runner's variables, and its kind's as they are by now: a key that was mended is that of the next attempt.
// `holdfast run` passes its caller's own, whole.
function baseEnvironment(house: House, { kind, spec }: Claimed['job']): Record<string, string> | null {
  if (spec.environmentFile !== null) return readEnvironment(join(house.folder.environments, spec.environmentFile))
  const passed = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && isPassed(name, spec) ? [[name, value] as const] : [],
  )
  return { ...Object.fromEntries(passed), ...inItsOwnFolder(house), ...(house.environmentOf?.(kind) ?? spec.environment) }
}

// A job that opens Holdfast itself, to submit another job, finds the folder it is of, and does not become a second runner by that.
function inItsOwnFolder({ folder }: House): Record<string, string> {
  return { HOLDFAST_DATA: folder.root, HOLDFAST_RUNNER: 'off' }
}

const passedNames: ReadonlySet<string> = new Set(['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TZ', 'TMPDIR', 'TEMP', 'TMP'])

// A module is run by the app's own Node, as the app is: with its options, and from the cache of compiled files that it was given.
const passedToModules: ReadonlySet<string> = new Set(['NODE_OPTIONS', 'NODE_COMPILE_CACHE'])

function isPassed(name: string, spec: Claimed['job']['spec']): boolean {
  return passedNames.has(name) || name.startsWith('LC_') || (spec.run.type === 'module' && passedToModules.has(name))
}

function contextVariables(jobId: number, attempt: number, folder: string): Record<string, string> {
  return {
    HOLDFAST_JOB_ID: String(jobId),
    HOLDFAST_ATTEMPT: String(attempt),
    HOLDFAST_DIR: folder,
    HOLDFAST_INPUT: join(folder, attemptFiles.input),
    HOLDFAST_EVENTS: join(folder, attemptFiles.events),
    HOLDFAST_CHECKPOINT: join(folder, attemptFiles.checkpoint),
    HOLDFAST_STAGING: join(folder, attemptFiles.staging),
  }
}

// Python block-buffers what goes to a file: unless told otherwise, its first line comes at the very end. Our module comes after the
// job's own folders, and an empty path would mean the working folder.
function pythonVariables(path: string | undefined): Record<string, string> {
  const folders = path ? path.split(delimiter).filter((folder) => folder !== pythonClient) : []
  return { PYTHONUNBUFFERED: '1', PYTHONPATH: [...folders, pythonClient].join(delimiter) }
}

/** The same place beside src and beside dist. */
const pythonClient = fileURLToPath(new URL('../../clients/python', import.meta.url))

function readEnvironment(file: string): Record<string, string> | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : null
}

// Flags that a module needs to be found and read as the app itself is; not those that inspect, test or evaluate.
function inheritedFlags(flags: readonly string[]): string[] {
  return flags.flatMap((flag, index) => {
    if (!/^(-C|-r|--(conditions|import|require|experimental-[\w-]+|max-[\w-]+|enable-source-maps|no-warnings)(=|$))/.test(flag)) return []
    // "--import x" in two words, as well as "--import=x".
    const takesNext = /^(-C|-r|--conditions|--import|--require)$/.test(flag)
    return takesNext ? [flag, flags[index + 1] ?? ''] : [flag]
  })
}
