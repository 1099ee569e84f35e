// Row ↔ noun, of artifacts: every column is read once, here.
import type { ArtifactEvent, Build } from '../core/artifact.ts'
import type { JobState } from '../core/job.ts'
import { number, numberOrNull, parse, string, stringOrNull } from './rows.ts'
import type { Row } from './sql-database.ts'
import type { ArtifactRecord, PinRecord, SnapshotRecord } from './store.ts'

export function toSnapshot(row: Row): SnapshotRecord {
  return {
    id: number(row.id),
    artifact: string(row.artifact),
    number: number(row.number),
    jobId: number(row.job_id),
    attempt: number(row.attempt),
    kind: stringOrNull(row.kind),
    submittedBy: stringOrNull(row.submitted_by),
    folder: string(row.folder),
    fingerprint: stringOrNull(row.fingerprint),
    seededFrom: numberOrNull(row.seeded_from),
    files: number(row.files),
    bytes: number(row.bytes),
    publishedAt: number(row.published_at),
    isCurrent: number(row.is_current) === 1,
    replacedAt: numberOrNull(row.replaced_at),
  }
}

/** An artifact's row with the columns of its current snapshot, null where there is none, and what is kept of it. */
export function toArtifact(row: Row, builds: readonly Row[]): ArtifactRecord {
  const name = string(row.name)
  const fingerprint = stringOrNull(row.wanted_fingerprint)
  return {
    name,
    current: row.id === null ? null : toSnapshot({ ...row, is_current: 1 }),
    wanted: fingerprint === null ? null : { fingerprint, at: number(row.wanted_at), by: stringOrNull(row.wanted_by) },
    snapshots: number(row.snapshots),
    bytes: number(row.bytes_kept),
    version: number(row.version),
    builds: builds.filter((build) => build.artifact === name).map(toBuild),
  }
}

function toBuild(row: Row): Build {
  return {
    jobId: number(row.id),
    kind: string(row.kind),
    state: string(row.state) as JobState,
    fingerprint: stringOrNull(row.fingerprint),
    submittedBy: stringOrNull(row.submitted_by),
    submittedAt: number(row.submitted_at),
    finishedAt: numberOrNull(row.finished_at),
    failure: parse(row.failure) as unknown as Build['failure'],
  }
}

export function toArtifactEvent(row: Row): ArtifactEvent {
  return {
    at: number(row.at),
    name: string(row.name) as ArtifactEvent['name'],
    number: numberOrNull(row.number),
    before: numberOrNull(row.before),
    by: stringOrNull(row.by_whom),
    text: stringOrNull(row.words),
  }
}

export function toPin(row: Row): PinRecord {
  return {
    holder: string(row.holder),
    program: string(row.program),
    hostId: string(row.host_id),
    bootId: string(row.boot_id),
    pid: number(row.pid),
    processStartedAt: stringOrNull(row.process_started_at),
    since: number(row.pinned_at),
    seenAt: number(row.seen_at),
  }
}
