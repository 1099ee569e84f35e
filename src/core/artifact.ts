// Rules of artifacts: names, snapshot folders, and which snapshots may go. Pure.
import { limits } from './limits.ts'

const namePattern = /^[a-z0-9][a-z0-9._-]{0,99}$/

/** Lower-case letters, digits, `.`, `_`, `-`: safe as a folder name everywhere. */
export function isArtifactName(name: string): boolean {
  return namePattern.test(name) && !name.includes('..')
}

/** Snapshots that may be removed: not current, more than the kept number, and replaced long enough ago. Newest first. */
export function snapshotsToRemove<S extends { publishedAt: number; isCurrent: boolean }>(newestFirst: readonly S[], now: number): S[] {
  return newestFirst.filter((snapshot, index) => {
    const replacedAt = newestFirst[index - 1]?.publishedAt ?? now
    return !snapshot.isCurrent && index > limits.snapshotsKept && now - replacedAt > limits.snapshotKeepMs
  })
}
