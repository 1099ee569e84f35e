// One life on a data folder of its own, killed at one point; then everything is brought to its end by another process' worth of Holdfast, and checked.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Holdfast } from '../../../src/index.ts'
import type { House } from '../../../src/runner/house.ts'
import { openRunner } from '../../../src/runner/runner.ts'
import { frontDoor } from '../../../src/supervisor/front-door.ts'
import { closeInstance, openInstance, validatorsOf } from '../../../src/supervisor/open-instance.ts'
import { ended } from '../command-line.ts'
import { checkAfter, checkAtOnce, checkClosed } from './check.ts'
import { type CrashPoint, pointText } from './crash-point.ts'
import type { LiveOptions } from './live.ts'
import { kindsFor, lives } from './lives.ts'

export interface Place {
  folder: string
  data: string
  told: string
}

const program = fileURLToPath(new URL('live.ts', import.meta.url))
const preload = new URL('preload.ts', import.meta.url).href
const ignored = { info() {}, warn() {}, error() {} }
/** Half of a life's time would go into compiling. */
const compiled = join(tmpdir(), 'holdfast-crash-compiled')
/** A life takes a second; one that takes so long hangs. */
const lifeMs = 60_000

/** The points that a life passes, each once. */
export async function recordPoints(root: string, life: string): Promise<CrashPoint[]> {
  const place = await prepared(root, life)
  const record = join(place.folder, 'points')
  const process = await live(place, { life, dies: false }, { CRASH_RECORD: record })
  if (process.exitCode !== 0) throw new Error(`the undisturbed life "${life}" ended with ${process.exitCode ?? process.signalCode}`)
  await seeToItsEnd(place, life)
  const passed = readFileSync(record, 'utf8').trim().split('\n')
  const names = [...new Set(passed)].map((line): Omit<CrashPoint, 'side'> => JSON.parse(line))
  rmSync(place.folder, { recursive: true, force: true })
  return names.filter(isWorthwhile).flatMap((point) => [
    { ...point, side: 'before' as const },
    { ...point, side: 'after' as const },
  ])
}

// What is done again and again on a timer differs from run to run; looking changes nothing.
function isWorthwhile({ name, ordinal }: Omit<CrashPoint, 'side'>): boolean {
  return ordinal <= (name.startsWith('open to read') || name.startsWith('close') ? 1 : 2)
}

/** False when the point was not reached this time. @throws AssertionError naming the broken promise */
export async function playPoint(root: string, life: string, point: CrashPoint): Promise<boolean> {
  const place = await prepared(root, life)
  const process = await live(place, { life, dies: false }, { CRASH_AT: JSON.stringify(point) })
  try {
    checkAtOnce(place, life)
    await seeToItsEnd(place, life)
  } catch (error) {
    throw new Error(`${life}, killed ${pointText(point)} (folder ${place.folder}): ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
  rmSync(place.folder, { recursive: true, force: true })
  return process.signalCode === 'SIGKILL'
}

async function prepared(root: string, life: string): Promise<Place> {
  const folder = mkdtempSync(join(root, 'life-'))
  const place = { folder, data: join(folder, 'data'), told: join(folder, 'told') }
  mkdirSync(place.data)
  const { prepare, before } = lives[life] ?? {}
  if (prepare) {
    const { holdfast } = await openWatched(place.data)
    await prepare(holdfast)
    await holdfast.close()
  }
  if (before) await live(place, { life: before, dies: true }, {})
  return place
}

async function live({ data, told }: Place, options: Pick<LiveOptions, 'life' | 'dies'>, environment: Record<string, string>) {
  const argument: LiveOptions = { ...options, data, told }
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=holdfast-source', '--import', preload, program, JSON.stringify(argument)],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CRASH_DATA: data, NODE_COMPILE_CACHE: compiled, ...environment } },
  )
  const overdue = setTimeout(() => child.kill('SIGKILL'), lifeMs)
  await ended(child)
  clearTimeout(overdue)
  return child
}

// Who comes next: an app that starts, and a user who wants what he wanted.
async function seeToItsEnd(place: Place, life: string): Promise<void> {
  const opened = await openWatched(place.data)
  try {
    const { jobs } = await opened.holdfast.list()
    for (const job of jobs) await lives[life]?.goOn?.(opened.holdfast, job)
    await Promise.all(jobs.map(({ id }) => opened.holdfast.wait(id, { signal: AbortSignal.timeout(lifeMs) })))
    await checkAfter(place, life, opened)
  } finally {
    await opened.holdfast.close()
  }
  checkClosed(place)
}

export interface Opened {
  holdfast: Holdfast
  house: House
}

/** What `openHoldfast` opens, with a look inside. */
async function openWatched(data: string): Promise<Opened> {
  const kinds = kindsFor(data)
  const instance = await openInstance({ data, kinds, logger: ignored, foldersReady: 1 })
  const runner = await openRunner(instance.house, {
    kinds: kinds.map(({ kind }) => kind),
    slots: 4,
    adopts: 'all',
    validatorOf: validatorsOf(instance),
  })
  return { holdfast: frontDoor(instance, () => closeInstance(instance, runner)), house: instance.house }
}

export function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
}
