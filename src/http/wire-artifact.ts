// Artifacts as they leave this machine: the same, with the folder inside the data folder in place of an absolute path. Pure.
import { basename } from 'node:path'
import type { ArtifactDetail, ArtifactView, Snapshot, WireArtifact, WireArtifactDetail, WireSnapshot } from '../supervisor/holdfast.ts'

export function toWireSnapshot<S extends Snapshot>({ path, ...snapshot }: S): Omit<S, 'path'> & WireSnapshot {
  return { ...snapshot, folder: `snapshots/${snapshot.artifact}/${basename(path)}` }
}

export function toWireArtifact({ current, ...artifact }: ArtifactView): WireArtifact {
  return { ...artifact, current: current && toWireSnapshot(current) }
}

export function toWireDetail({ current, kept, ...artifact }: ArtifactDetail): WireArtifactDetail {
  return { ...artifact, current: current && toWireSnapshot(current), kept: kept.map((snapshot) => toWireSnapshot(snapshot)) }
}
