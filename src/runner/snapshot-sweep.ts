// Removes snapshots that are kept no longer, and what a crash left of ones that never were. Nobody's whom somebody reads.
import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isReaderGone, type SnapshotKeep, snapshotsToRemove } from '../core/snapshots.ts'
import type { PinRecord } from '../store/store.ts'
import type { House } from './house.ts'
import { readerHost } from './pin-holder.ts'

export async function sweepSnapshots(house: House, keep: SnapshotKeep): Promise<void> {
  // Before the rows are read: what is moved here meanwhile is not looked at.
  const there = new Map(foldersOf(house.folder.snapshots).map((name) => [name, foldersOf(join(house.folder.snapshots, name))]))
  const working = new Set((await house.store.jobs.unsettled()).map(({ attempt }) => attempt.folder))
  // A list has an end; what is on the disk is swept all the same.
  const names = new Set([...(await house.store.artifacts.list()).map(({ name }) => name), ...there.keys()])
  for (const name of names) {
    const known = await sweepArtifact(house, name, keep)
    const left = (there.get(name) ?? []).filter((folder) => !known.has(folder) && !working.has(folder))
    for (const folder of left) await rm(join(house.folder.snapshots, name, folder), { recursive: true, force: true })
  }
}

/** Returns the folders of all snapshots that were there. */
async function sweepArtifact(house: House, name: string, keep: SnapshotKeep): Promise<Set<string>> {
  const now = house.clock.now()
  const { snapshots } = await house.store.artifacts.kept({ name })
  const readers = new Map(snapshots.flatMap(({ pins }) => pins).map((pin) => [pin.holder, pin]))
  const gone = new Map([...readers].filter(([, pin]) => isGone(house, pin)))
  for (const holder of gone.values()) await house.store.artifacts.hold({ holder, names: [], keep: [], now })
  const known = snapshots.map((snapshot) => ({ ...snapshot, isPinned: snapshot.pins.some(({ holder }) => !gone.has(holder)) }))
  for (const { id, folder } of snapshotsToRemove(known, keep, now)) {
    // The row first: whoever is killed in between leaves a folder that the next sweep finds.
    if (await house.store.artifacts.forget({ id })) await rm(join(house.folder.snapshots, name, folder), { recursive: true, force: true })
  }
  return new Set(snapshots.map(({ folder }) => folder))
}

function isGone(house: House, { hostId, bootId, pid, processStartedAt, seenAt }: PinRecord): boolean {
  const { place, launcher, clock } = house
  const isHere = hostId === readerHost(house)
  const lives = isHere && bootId === place.bootId ? launcher.lives({ pid, startedAt: processStartedAt }) : null
  return isReaderGone({ isHere, lives, silentMs: clock.now() - seenAt })
}

/** Names of the folders in one; none where it cannot be read. */
export function foldersOf(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  } catch {
    return []
  }
}
