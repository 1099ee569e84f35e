// From staging to snapshot: look at what was written, make it durable, move it whole. The pointer moves in the batch that settles the job.
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { attemptFiles } from '../launch/attempt-files.ts'
import type { Claimed, NewSnapshot } from '../store/store.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { scanOutput } from './scan-output.ts'
import { seededFrom } from './seed-output.ts'
import { StoppedError, validateOutput } from './validate-output.ts'

/** `stopped`: it was asked to stop before all of it was looked at. */
export type Prepared = { snapshots: NewSnapshot[] } | { refused: string } | { stopped: string }

/** Moves every artifact of the job to its snapshot folder. Doing it again after a crash finds what was moved. */
export async function prepareSnapshots(house: House, claimed: Claimed): Promise<Prepared> {
  for (;;) {
    const movedBefore = countMoved(house, claimed)
    const prepared = await tryToPrepare(house, claimed)
    // A runner that has lost the job and does not know it yet may be at the same work, and take away under our hands what we look at. What was moved
    // stays moved, so this ends.
    if ('snapshots' in prepared || countMoved(house, claimed) === movedBefore) return prepared
  }
}

function countMoved({ folder }: House, { job, attempt }: Claimed): number {
  return job.spec.artifacts.filter((artifact) => existsSync(join(folder.snapshots, artifact, attempt.folder))).length
}

async function tryToPrepare(house: House, claimed: Claimed): Promise<Prepared> {
  try {
    return await lookAndMove(house, claimed)
  } catch (error) {
    // What a job left in its staging folder may be anything, also something that cannot be read. Trouble of the disk is not the job's.
    if (error instanceof Error && 'code' in error && troubleOfOurs.has(String(error.code))) throw error
    if (house.closing.aborted || error instanceof LeaseLostError) throw error
    if (error instanceof StoppedError) return { stopped: error.message }
    return { refused: error instanceof Error ? error.message : String(error) }
  }
}

const troubleOfOurs: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE'])

async function lookAndMove(house: House, claimed: Claimed): Promise<Prepared> {
  const { job, attempt } = claimed
  const { folder } = house
  const staging = join(folder.attempts, attempt.folder, attemptFiles.staging)
  const looked = await lookAt(house, claimed)
  if (!('snapshots' in looked)) return looked
  // What was moved was found to be whole before; only then is anything moved.
  const refused = countMoved(house, claimed) > 0 ? null : await validateOutput(house, claimed, staging)
  if (refused !== null) return { refused }
  for (const artifact of job.spec.artifacts)
    await moveWhole(house, { source: join(staging, artifact), into: join(folder.snapshots, artifact), name: attempt.folder })
  return looked
}

async function lookAt({ folder }: House, { job, attempt }: Claimed): Promise<Prepared> {
  const attemptFolder = join(folder.attempts, attempt.folder)
  const seeded = seededFrom(attemptFolder)
  const snapshots: NewSnapshot[] = []
  for (const artifact of job.spec.artifacts) {
    const target = join(folder.snapshots, artifact, attempt.folder)
    const found = await scanOutput(existsSync(target) ? target : join(attemptFolder, attemptFiles.staging, artifact))
    if ('refused' in found) return { refused: `${artifact}: ${found.refused}` }
    snapshots.push({
      artifact,
      folder: attempt.folder,
      fingerprint: job.fingerprint,
      seededFrom: seeded[artifact]?.number ?? null,
      ...found,
    })
  }
  return { snapshots }
}

async function moveWhole({ launcher }: House, { source, into, name }: { source: string; into: string; name: string }): Promise<void> {
  const target = join(into, name)
  if (existsSync(target)) return
  await launcher.syncTree(source)
  await mkdir(into, { recursive: true, mode: 0o700 })
  await rename(source, target)
  await launcher.syncFolder(into)
}
