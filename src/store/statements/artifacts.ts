// SQL about artifacts: the pointer to the current snapshot, the snapshots themselves, who builds them and who reads them.
import sql, { bulk, empty, join, type Sql } from 'sql-template-tag'
import { limits } from '../../core/limits.ts'
import type { NewSnapshot, PinHolder } from '../store.ts'
import { roundedUp } from './in-list.ts'

/** An artifact exists from the first submit on that names it, or the first wish. */
export function ensureArtifact(name: string): Sql {
  return sql`insert into artifacts (name) values (${name}) on conflict (name) do nothing`
}

export function insertBuilds(builds: readonly { artifact: string; jobId: number }[]): Sql {
  return sql`insert into job_artifacts (artifact, job_id) values ${bulk(builds.map(({ artifact, jobId }) => [artifact, jobId]))}`
}

/** On Postgres: nobody moves these pointers now. In one order for everybody. */
export function lockArtifacts(names: readonly string[]): Sql {
  return sql`select name from artifacts where name in (${join(roundedUp(names))}) order by name for update`
}

/** On Postgres: nobody moves these pointers now, of the artifact and of all that was ever published with it. */
export function lockTogether(name: string): Sql {
  return sql`select name from artifacts where name = ${name} or name in (select other.artifact from snapshots own
      join snapshots other on other.job_id = own.job_id and other.attempt = own.attempt where own.artifact = ${name}) order by name for update`
}

/** What an attempt published, with the number that is current of each artifact. */
export function publishedBy({ jobId, attempt }: { jobId: number; attempt: number }): Sql {
  return sql`select snapshots.artifact, snapshots.number, current_one.number as before from snapshots join artifacts on artifacts.name = snapshots.artifact
      left join snapshots current_one on current_one.id = artifacts.current_snapshot_id
    where snapshots.job_id = ${jobId} and snapshots.attempt = ${attempt} order by snapshots.artifact`
}

/** On Postgres: nobody holds or publishes it now. */
export function lockArtifactOf(snapshotId: number): Sql {
  return sql`select name from artifacts where name = (select artifact from snapshots where id = ${snapshotId}) for update`
}

/** Artifacts with the columns of their current snapshot. */
export function artifactsWithCurrent(names?: readonly string[]): Sql {
  const where = names ? sql`where artifacts.name in (${join(roundedUp(names))})` : empty
  return sql`select artifacts.name, artifacts.version, artifacts.snapshots_made, wanted_fingerprint, wanted_at, wanted_by, snapshots.*,
      (select count(*) from snapshots kept where kept.artifact = artifacts.name) as snapshots,
      cast((select coalesce(sum(kept.bytes), 0) from snapshots kept where kept.artifact = artifacts.name) as bigint) as bytes_kept
    from artifacts left join snapshots on snapshots.id = artifacts.current_snapshot_id ${where} order by artifacts.name limit ${limits.artifacts}`
}

/** The newest jobs for each of these artifacts, newest first, so many of each. */
export function newestBuilds(names: readonly string[], count: number): Sql {
  return sql`select builds.artifact, jobs.id, jobs.kind, state, fingerprint, submitted_by, submitted_at, finished_at, failure
    from artifacts join job_artifacts builds on builds.artifact = artifacts.name
      and builds.job_id >= coalesce((select job_id from job_artifacts older where older.artifact = artifacts.name order by job_id desc limit 1 offset ${count - 1}), 0)
    join jobs on jobs.id = builds.job_id where artifacts.name in (${join(roundedUp(names))}) order by jobs.id desc`
}

/** The next number of the artifact is given out with it. */
export function giveNumber(artifact: string): Sql {
  return sql`update artifacts set snapshots_made = snapshots_made + 1 where name = ${artifact}`
}

export interface SnapshotToInsert {
  snapshot: NewSnapshot
  number: number
  job: { id: number; kind: string; submittedBy: string | null }
  attempt: number
  now: number
}

export function insertSnapshot({ snapshot, number, job, attempt, now }: SnapshotToInsert): Sql {
  return sql`insert into snapshots (artifact, number, job_id, attempt, kind, submitted_by, folder, fingerprint, seeded_from, files, bytes, published_at)
    values (${snapshot.artifact}, ${number}, ${job.id}, ${attempt}, ${job.kind}, ${job.submittedBy}, ${snapshot.folder}, ${snapshot.fingerprint}, ${snapshot.seededFrom},
      ${snapshot.files}, ${snapshot.bytes}, ${now})`
}

/** Makes the snapshot with this number the current one, and says of the one before that it was replaced. */
export function movePointer(artifact: string, number: number, now: number): Sql[] {
  return [
    sql`update snapshots set replaced_at = ${now} where id = (select current_snapshot_id from artifacts where name = ${artifact})`,
    sql`update snapshots set replaced_at = null where artifact = ${artifact} and number = ${number}`,
    sql`update artifacts set current_snapshot_id = (select id from snapshots where artifact = ${artifact} and number = ${number}), version = version + 1 where name = ${artifact}`,
  ]
}

export function want(options: { name: string; fingerprint: string | null; by: string | null; now: number }): Sql {
  const { name, fingerprint, by, now } = options
  return sql`update artifacts set wanted_fingerprint = ${fingerprint}, wanted_at = ${now}, wanted_by = ${by}, version = version + 1 where name = ${name}`
}

/** Newest first. */
export function snapshotsOf(artifact: string): Sql {
  return sql`select snapshots.*, case when snapshots.id = artifacts.current_snapshot_id then 1 else 0 end as is_current
    from snapshots join artifacts on artifacts.name = snapshots.artifact where snapshots.artifact = ${artifact} order by number desc`
}

export function pinsOf(artifact: string): Sql {
  return sql`select pins.* from pins join snapshots on snapshots.id = pins.snapshot_id where snapshots.artifact = ${artifact} order by pinned_at, holder`
}

export function eventsOf(artifact: string): Sql {
  return sql`select * from artifact_events where artifact = ${artifact} order by id desc limit ${limits.artifactEvents}`
}

export interface ArtifactEventRow {
  artifact: string
  name: string
  number: number | null
  before: number | null
  by: string | null
  words: string | null
  now: number
}

/** The oldest are forgotten; and of wishes that follow each other, all but the last: settings that are saved again and again leave room for the rest. */
export function recordEvent({ artifact, name, number, before, by, words, now }: ArtifactEventRow): Sql[] {
  const newest = sql`select max(id) from artifact_events where artifact = ${artifact}`
  return [
    ...(name === 'wanted' ? [sql`delete from artifact_events where id = (${newest}) and name = 'wanted'`] : []),
    sql`insert into artifact_events (artifact, at, name, number, before, by_whom, words) values (${artifact}, ${now}, ${name}, ${number}, ${before}, ${by}, ${words})`,
    sql`delete from artifact_events where artifact = ${artifact} and id <= coalesce((select id from artifact_events where artifact = ${artifact} order by id desc limit 1 offset ${limits.artifactEvents}), 0)`,
  ]
}

/** What a holder no longer reads. */
export function unpin(holder: string, keep: readonly number[]): Sql {
  const others = keep.length === 0 ? empty : sql`and snapshot_id not in (${join(roundedUp(keep))})`
  return sql`delete from pins where holder = ${holder} ${others}`
}

export function renewPins(holder: string, now: number): Sql {
  return sql`update pins set seen_at = ${now} where holder = ${holder}`
}

/** Those of these that are there, and are not said to be read yet. */
export function pinKept(ids: readonly number[], { holder, program, hostId, bootId, pid, processStartedAt }: PinHolder, now: number): Sql {
  return sql`insert into pins (snapshot_id, holder, program, host_id, boot_id, pid, process_started_at, pinned_at, seen_at)
    select id, ${holder}, ${program}, ${hostId}, ${bootId}, cast(${pid} as bigint), ${processStartedAt}, cast(${now} as bigint), cast(${now} as bigint)
    from snapshots where id in (${join(roundedUp(ids))}) on conflict (snapshot_id, holder) do nothing`
}

/** Neither the current one nor one that somebody reads. */
export function deleteSnapshot(id: number): Sql {
  return sql`delete from snapshots where id = ${id} and not exists (select 1 from pins where snapshot_id = ${id})
    and not exists (select 1 from artifacts where current_snapshot_id = ${id}) returning id`
}
