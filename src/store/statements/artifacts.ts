// SQL about artifacts: the pointer to the current snapshot, and the snapshots themselves.
import sql, { type Sql } from 'sql-template-tag'
import type { NewSnapshot } from '../store.ts'

/** Gives out the next number of the artifact. */
export function nextSnapshotNumber(artifact: string): Sql {
  return sql`insert into artifacts (name, snapshots_made) values (${artifact}, 1) on conflict (name) do update set snapshots_made = artifacts.snapshots_made + 1`
}

export function insertSnapshot(options: { snapshot: NewSnapshot; jobId: number; attempt: number; now: number }): Sql {
  const { snapshot, jobId, attempt, now } = options
  return sql`insert into snapshots (artifact, number, job_id, attempt, folder, fingerprint, files, bytes, published_at)
    values (${snapshot.artifact}, (select snapshots_made from artifacts where name = ${snapshot.artifact}), ${jobId}, ${attempt},
      ${snapshot.folder}, ${snapshot.fingerprint}, ${snapshot.files}, ${snapshot.bytes}, ${now})`
}

/** Moves the pointer to the snapshot just inserted. */
export function pointToNewest(artifact: string): Sql {
  return sql`update artifacts set current_snapshot_id = (select max(id) from snapshots where artifact = ${artifact}), version = version + 1 where name = ${artifact}`
}

export function currentSnapshot(artifact: string): Sql {
  return sql`select snapshots.*, 1 as is_current from snapshots join artifacts on artifacts.current_snapshot_id = snapshots.id where artifacts.name = ${artifact}`
}

export function snapshotsOf(artifact: string): Sql {
  return sql`select snapshots.*, (snapshots.id = artifacts.current_snapshot_id) as is_current
    from snapshots join artifacts on artifacts.name = snapshots.artifact where snapshots.artifact = ${artifact} order by number desc`
}

export function artifactNames(): Sql {
  return sql`select name from artifacts order by name`
}

export function deleteSnapshot(artifact: string, number: number): Sql {
  return sql`delete from snapshots where artifact = ${artifact} and number = ${number}
    and id <> (select current_snapshot_id from artifacts where name = ${artifact})`
}
