// SQL about artifacts: the pointer to the current snapshot, and the snapshots themselves.
import sql, { type Sql } from 'sql-template-tag'
import type { NewSnapshot } from '../store.ts'

export function insertSnapshot(options: { snapshot: NewSnapshot; jobId: number; attempt: number; now: number }): Sql {
  const { snapshot, jobId, attempt, now } = options
  return sql`insert into snapshots (artifact, number, job_id, attempt, folder, fingerprint, files, bytes, published_at)
    values (${snapshot.artifact}, (select coalesce(max(number), 0) + 1 from snapshots where artifact = ${snapshot.artifact}), ${jobId}, ${attempt},
      ${snapshot.folder}, ${snapshot.fingerprint}, ${snapshot.files}, ${snapshot.bytes}, ${now})`
}

/** Moves the pointer to the snapshot just inserted. */
export function pointToNewest(artifact: string): Sql {
  return sql`insert into artifacts (name, current_snapshot_id) values (${artifact}, (select max(id) from snapshots where artifact = ${artifact}))
    on conflict (name) do update set current_snapshot_id = excluded.current_snapshot_id, version = artifacts.version + 1`
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
