// The readers' side of artifacts: which snapshot is current, which are kept.
import { join } from 'node:path'
import type { Snapshot } from '../core/job.ts'
import type { DataFolder } from '../runner/data-folder.ts'
import type { SnapshotRecord, Store } from '../store/store.ts'
import type { ArtifactReader } from './holdfast.ts'

export function artifactReader(store: Store, folder: DataFolder, name: string): ArtifactReader {
  return {
    async current() {
      const record = await store.artifacts.current({ name })
      return record && toSnapshot(folder, record)
    },
    snapshots: async () => (await store.artifacts.list({ name })).map((record) => toSnapshot(folder, record)),
  }
}

function toSnapshot(folder: DataFolder, { folder: name, isCurrent: _isCurrent, ...snapshot }: SnapshotRecord): Snapshot {
  return { ...snapshot, path: join(folder.snapshots, snapshot.artifact, name) }
}
