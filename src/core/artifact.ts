// The nouns of artifacts: a named output, and its immutable versions. Plain data, and what a name may be.
import type { Failure, JobSpec, JobState } from './job.ts'

/** One immutable version of an artifact. Instants are epoch milliseconds. */
export interface Snapshot {
  /** Unique among the snapshots of all artifacts; never reused. */
  id: number
  artifact: string
  /** Number for people: "snapshot 18", per artifact; never reused. */
  number: number
  jobId: number
  attempt: number
  /** The kind that built it; null for one of before that was recorded whose job is gone. */
  kind: string | null
  /** Who asked for the job. */
  submittedBy: string | null
  /** Absolute path of the folder. */
  path: string
  /** What it was built from, as the app spells it. */
  fingerprint: string | null
  /** Number of the snapshot that its folder began as a copy of; null: it began empty. */
  seededFrom: number | null
  files: number
  bytes: number
  publishedAt: number
  isCurrent: boolean
  /** When another one took its place; null while it is current, and when it never was. */
  replacedAt: number | null
}

/** What the current snapshot should have been built from. */
export interface Wanted {
  fingerprint: string
  at: number
  by: string | null
}

/** In one word: `building` while a job makes it anew; else `failed` when the last one did, `required` when the current snapshot is not what is wanted. */
export type ArtifactCondition = 'idle' | 'required' | 'building' | 'succeeded' | 'failed'

/** A job that builds an artifact, or built it, or did not. */
export interface Build {
  jobId: number
  kind: string
  state: JobState
  fingerprint: string | null
  submittedBy: string | null
  submittedAt: number
  finishedAt: number | null
  failure: Failure | null
}

/** An artifact as people see it. */
export interface ArtifactView {
  name: string
  condition: ArtifactCondition
  /** The current snapshot is not what is wanted, or there is none; also while it is being built. */
  required: boolean
  /** Another build will be required when those that are asked for have finished: they are not built from what is wanted now. */
  anotherRequired: boolean
  /** Why it is in this condition, as sentences. */
  reasons: string[]
  /** What readers should use; null before the first. */
  current: Snapshot | null
  wanted: Wanted | null
  /** The job that builds it now, or waits to. */
  building: Build | null
  /** A job that is queued to build it after that. */
  next: Build | null
  /** The last job for it that has ended. */
  last: Build | null
  /** How many snapshots are kept, and what they take on the disk. */
  snapshots: number
  bytes: number
  /** Grows with every change of the pointer and of what is wanted. */
  version: number
}

/** A program that reads a snapshot, or did so not long ago: as long as it is named here, the snapshot is kept. */
export interface Reader {
  /** Name of the program, and its process. */
  program: string
  pid: number
  hostId: string
  since: number
}

/** What happened to an artifact besides its builds. */
export interface ArtifactEvent {
  at: number
  name: 'published' | 'stored' | 'rolled back' | 'rolled forward' | 'wanted'
  /** The snapshot that it is about; null where it is about none. */
  number: number | null
  /** The one that was current before. */
  before: number | null
  by: string | null
  /** The reason that was given, or the fingerprint that is wanted. */
  text: string | null
}

/** An artifact with all that is kept of it. */
export interface ArtifactDetail extends ArtifactView {
  /** Newest first, with who reads each. */
  kept: (Snapshot & { readers: Reader[] })[]
  /** Newest first, at most 100. */
  events: ArtifactEvent[]
  /** The newest 20 jobs for it, newest first. */
  builds: Build[]
}

/** The part of a job's spec that is about artifacts, of one that has none. */
export const noArtifacts: Pick<JobSpec, 'artifacts' | 'from' | 'validates'> = { artifacts: [], from: 'empty', validates: false }

const namePattern = /^[a-z0-9][a-z0-9._-]{0,99}$/

/** Lower-case letters, digits, `.`, `_`, `-`: safe as a folder name everywhere. */
export function isArtifactName(name: string): boolean {
  return namePattern.test(name) && !name.includes('..')
}
