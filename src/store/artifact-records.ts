// What is asked of storage about artifacts, and what it answers with: nouns of the port, without its verbs.
import type { ArtifactEvent, Build, Reader, Snapshot, Wanted } from '../core/artifact.ts'

export interface NewSnapshot {
  artifact: string
  folder: string
  fingerprint: string | null
  /** Number of the snapshot that it began as a copy of. */
  seededFrom: number | null
  files: number
  bytes: number
}

/** A snapshot with its folder's name under snapshots/<artifact>/. */
export interface SnapshotRecord extends Omit<Snapshot, 'path'> {
  folder: string
}

export interface ArtifactRecord {
  name: string
  current: SnapshotRecord | null
  wanted: Wanted | null
  /** How many snapshots are kept, and their bytes. */
  snapshots: number
  bytes: number
  version: number
  /** The newest jobs for it, newest first, as many as were asked for. */
  builds: Build[]
}

/** One who reads a snapshot, and how it can be known whether he still does. */
export interface PinRecord extends Reader {
  holder: string
  bootId: string
  processStartedAt: string | null
  /** When he last said that he lives. */
  seenAt: number
}

/** The program that reads. */
export type PinHolder = Omit<PinRecord, 'since' | 'seenAt'>

export interface KeptSnapshot extends SnapshotRecord {
  pins: PinRecord[]
}

/** What is kept of an artifact. */
export interface KeptArtifact {
  /** Newest first. */
  snapshots: KeptSnapshot[]
  /** Newest first. */
  events: ArtifactEvent[]
}

/** What a person, or an app, changes about an artifact. */
export type ArtifactChange =
  | { wanted: string | null }
  /** Makes this snapshot the current one. Null: the one before the current one. `together`: and all that its job published with it. */
  | { current: number | null; together?: boolean; reason: string | null }

/** Why the pointer was not moved. */
export type MoveRefused = { refused: 'no such artifact' | 'no such snapshot' | 'none before it' }
