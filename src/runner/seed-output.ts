// `from: 'current'`: the folders that a job writes into begin as copies of the current snapshots. Which ones is decided once an attempt, and written down first.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { constants, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '../core/errors.ts'
import { attemptFiles } from '../launch/attempt-files.ts'
import type { Claimed } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { pinHolder } from './pin-holder.ts'

/** The snapshot that an artifact's folder began as a copy of. */
interface Seed {
  number: number
  folder: string
}

export type Seeds = Record<string, Seed>

/** How an attempt ended that could not begin. */
export type Unseeded = { end: 'stopped'; message: string } | { end: 'refused'; exitCode: number; message: string }

/**
 * Doing it again goes on where it was cut off. Null: it can begin. `stop` is aborted when it is asked to stop, or its lease is lost.
 * @throws LeaseLostError, the closing's reason; HoldfastError for trouble of the store, which is not the job's
 */
export async function seedOutput(house: House, claimed: Claimed, stop: AbortSignal): Promise<Unseeded | null> {
  const { from, artifacts } = claimed.job.spec
  if (from !== 'current' || artifacts.length === 0) return null
  try {
    await copyCurrent(house, claimed, AbortSignal.any([stop, house.closing]))
    return null
  } catch (error) {
    if (house.closing.aborted || error instanceof LeaseLostError || error instanceof HoldfastError) throw error
    const message = error instanceof Error ? error.message : String(error)
    return stop.aborted ? { end: 'stopped', message } : { end: 'refused', exitCode: 126, message: `Could not start: ${message}` }
  }
}

async function copyCurrent(house: House, { job, attempt }: Claimed, signal: AbortSignal): Promise<void> {
  const attemptFolder = join(house.folder.attempts, attempt.folder)
  const holder = pinHolder(house, `job-${job.id}-${attempt.attempt}`)
  const hold = (names: readonly string[], more: { number?: number; keep?: readonly number[] } = {}) =>
    house.store.artifacts.hold({ holder, names, keep: [], now: house.clock.now(), ...more })
  try {
    // Not removed under our hands while they are copied.
    const seeds = seededFromOrNull(attemptFolder) ?? seedsOf(job.spec.artifacts, await hold(job.spec.artifacts))
    const kept: number[] = []
    for (const [artifact, { number }] of Object.entries(seeds)) {
      const [snapshot] = await hold([artifact], { number, keep: kept })
      if (!snapshot) throw new Error(`snapshot ${number} of ${artifact}, which it was to begin as a copy of, is kept no longer`)
      kept.push(snapshot.id)
    }
    writeSeeds(attemptFolder, seeds)
    for (const artifact of job.spec.artifacts) await copyOnce(house, { artifact, seed: seeds[artifact], attemptFolder, signal })
  } finally {
    await hold([])
  }
}

/** Which snapshots the folders of an attempt began as copies of. */
export function seededFrom(attemptFolder: string): Seeds {
  return seededFromOrNull(attemptFolder) ?? {}
}

/** For the line that tells its start: ", watch-index from snapshot 17". */
export function seedWords(attemptFolder: string): string {
  return Object.entries(seededFrom(attemptFolder))
    .map(([artifact, { number }]) => `, ${artifact} from snapshot ${number}`)
    .join('')
}

function seedsOf(artifacts: readonly string[], current: readonly (Seed | null)[]): Seeds {
  return Object.fromEntries(
    artifacts.flatMap((artifact, index) => {
      const snapshot = current[index]
      return snapshot ? [[artifact, { number: snapshot.number, folder: snapshot.folder }]] : []
    }),
  )
}

interface Copy {
  artifact: string
  seed: Seed | undefined
  attemptFolder: string
  signal: AbortSignal
}

async function copyOnce({ folder, place }: House, { artifact, seed, attemptFolder, signal }: Copy): Promise<void> {
  const staging = join(attemptFolder, attemptFiles.staging)
  const target = join(staging, artifact)
  if (!seed || (await isThere(target))) return
  // Each runner its own: one that was frozen meanwhile, and no longer has the job, removes what it began.
  const draft = join(staging, `.${artifact}.${place.runnerId}`)
  await mkdir(staging, { recursive: true, mode: 0o700 })
  await removeDrafts(staging, artifact)
  try {
    await cp(join(folder.snapshots, artifact, seed.folder), draft, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      // Shares the blocks with the snapshot where the file system can.
      mode: constants.COPYFILE_FICLONE,
      filter() {
        signal.throwIfAborted()
        return true
      },
    })
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    signal.throwIfAborted()
    throw new Error(`snapshot ${seed.number} of ${artifact} cannot be copied: ${error instanceof Error ? error.message : error}`)
  }
  await rename(draft, target)
}

// What a runner began that was killed, or has lost the job and does not know it yet.
async function removeDrafts(staging: string, artifact: string): Promise<void> {
  const drafts = (await readdir(staging)).filter((name) => name.startsWith(`.${artifact}.`))
  for (const draft of drafts) await rm(join(staging, draft), { recursive: true, force: true })
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

function seededFromOrNull(attemptFolder: string): Seeds | null {
  try {
    return JSON.parse(readFileSync(join(attemptFolder, attemptFiles.seed), 'utf8')) as Seeds
  } catch {
    return null
  }
}

// Whole or not at all; the first one counts.
function writeSeeds(attemptFolder: string, seeds: Seeds): void {
  if (seededFromOrNull(attemptFolder) !== null) return
  const file = join(attemptFolder, attemptFiles.seed)
  writeFileSync(`${file}.draft`, JSON.stringify(seeds), { mode: 0o600 })
  renameSync(`${file}.draft`, file)
}
