// Rules of snapshots: which one becomes current, where a roll back goes, which may be removed. Pure.
import { limits } from './limits.ts'

/** How long snapshots are kept that are not current: those that were so within `ageMs`, and the newest `count` besides. */
export interface SnapshotKeep {
  /** At least ten minutes: a reader that holds the path of one has that long. */
  ageMs: number
  /** At least two. */
  count: number
}

export const defaultSnapshotKeep: SnapshotKeep = { ageMs: limits.snapshotKeepMs, count: limits.snapshotsKept }

/**
 * Whether what a job built becomes current. One that was asked for earlier than the job of the current snapshot comes too late: what it was built
 * from is older. It is stored, and a person can roll forward to it.
 */
export function becomesCurrent(currentJobId: number | null, jobId: number): boolean {
  return currentJobId === null || jobId >= currentJobId
}

interface Known {
  number: number
  isCurrent: boolean
}

/** Where a roll back goes that names no number: to the newest one that is older than the current one. Null: there is none. */
export function rollBackTarget<S extends Known>(kept: readonly S[]): S | null {
  const current = kept.find(({ isCurrent }) => isCurrent)
  if (!current) return null
  return kept.filter(({ number }) => number < current.number).sort((a, b) => b.number - a.number)[0] ?? null
}

/** Snapshots that may be removed: not current, nobody reads them, more than the kept number, and not current within the kept time. Newest first. */
export function snapshotsToRemove<S extends Known & { publishedAt: number; replacedAt: number | null; isPinned: boolean }>(
  newestFirst: readonly S[],
  keep: SnapshotKeep,
  now: number,
): S[] {
  const target = rollBackTarget(newestFirst)
  const others = newestFirst.filter(({ isCurrent }) => !isCurrent)
  return others.filter((snapshot, index) => {
    const wasUsedUntil = snapshot.replacedAt ?? snapshot.publishedAt
    return index >= keep.count && now - wasUsedUntil > keep.ageMs && !snapshot.isPinned && snapshot !== target
  })
}

/** Whether a program that reads a snapshot is gone. `lives`: whether its process does, where that can be seen; null: it cannot. */
export function isReaderGone({ isHere, lives, silentMs }: { isHere: boolean; lives: boolean | null; silentMs: number }): boolean {
  if (lives !== null) return !lives
  // This machine was restarted since. Of another one it is only known when it was last heard of.
  return isHere || silentMs > limits.pinLeaseMs
}
