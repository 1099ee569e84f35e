// SQL about removing what is kept no longer.
import sql, { join, type Sql } from 'sql-template-tag'
import type { SettledState } from '../../core/retention.ts'
import { forUpdateSkipLocked } from '../sql-database.ts'
import { roundedUp } from './in-list.ts'

/** In the order in which jobs settled, and of those that settled in one millisecond by number. */
export interface SettledRank {
  finishedAt: number
  id: number
}

/** The newest job that is too many; no row while there is none. */
export function tooMany(state: SettledState, keep: number): Sql {
  return sql`select finished_at, id from jobs where state = ${state} and finished_at is not null order by finished_at desc, id desc limit 1 offset ${keep}`
}

/** Up to a rank, the oldest first, and not waited for. `promotes` is in the row itself, which Postgres looks at again once it has locked it. */
export function settledUntil(state: SettledState, until: SettledRank, limit: number): Sql {
  return sql`select id, log_lines from jobs where state = ${state} and finished_at is not null and (finished_at, id) <= (${until.finishedAt}, ${until.id})
    and promotes = 0 and not exists (select 1 from dependencies where needs_job_id = jobs.id and told = 0)
    order by finished_at, id limit ${limit} ${forUpdateSkipLocked}`
}

/** With everything that hangs on them. */
export function removeJobs(ids: readonly number[]): Sql {
  return sql`delete from jobs where id in (${join(roundedUp(ids))})`
}
