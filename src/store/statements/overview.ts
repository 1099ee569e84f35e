// SQL that looks over all jobs at once: counts, and pages of filters that no index has as a whole.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import { limits } from '../../core/limits.ts'
import { settledJobStates } from '../../core/retention.ts'
import { activeStates } from '../../core/transitions.ts'
import type { PageFilter } from '../overview.ts'

const settled = sql`state in (${join([...settledJobStates])})`

export function countActive(): Sql {
  return sql`select state, count(*) as jobs from jobs where state in (${join([...activeStates])}) group by state`
}

export function countSettledUntil(until: number): Sql {
  return sql`select state, count(*) as jobs from jobs where ${settled} and finished_at <= ${until} group by state`
}

export function countSettledAfter(after: number): Sql {
  return sql`select state, count(*) as jobs from jobs where ${settled} and finished_at > ${after} group by state`
}

/** Silent jobs, and those that ended lately, as far as they are counted. */
export function countStanding(since: number): Sql {
  const ended = (state: string) =>
    sql`(select count(*) from (select 1 as one from jobs where state = ${state} and finished_at > ${since} limit ${limits.dayCounted}) as counted)`
  return sql`select (select count(*) from jobs where state in ('running', 'stopping') and stalled is not null) as stalled, ${ended('failed')} as failed, ${ended('succeeded')} as succeeded`
}

/** The newest of each settled state: the first of them is the newest of all. */
export function lastSettled(): Sql {
  const heads = settledJobStates.map(
    (state) =>
      sql`select * from (select id, kind, state, finished_at from jobs where state = ${state} and finished_at is not null order by finished_at desc, id desc limit 1) as of_state`,
  )
  return sql`${join(heads, ' union all ')} order by finished_at desc, id desc limit 1`
}

export function countQueued(kind: string, atMost: number): Sql {
  return sql`select count(*) as jobs from (select 1 as one from jobs where state = 'queued' and kind = ${kind} limit ${atMost}) as counted`
}

/** What an index leads along, newest first: one of these filters, or nothing for all jobs. */
export type Lead = Pick<PageFilter, 'state'> | Pick<PageFilter, 'kind'> | Pick<PageFilter, 'queue'>

export interface Reach {
  lead: Lead
  before: number
}

/** How many jobs are looked at along this lead, and the last of them. */
export function reachOf(reach: Reach): Sql {
  return sql`select count(*) as jobs, min(id) as least from (${numbersAlong(reach)}) as reached`
}

/** Of those looked at the ones that fit the rest of the filter. Row by row, in this order: left to choose, SQLite goes along the longest way, and Postgres reads the whole table to join it. */
export function pageAlong(reach: Reach, filter: PageFilter): Sql {
  const { state, kind, queue, submittedBy, schedule } = filter
  const conditions = [
    state && !('state' in reach.lead) && sql`one.state in (${join([...new Set(state)])})`,
    kind !== undefined && !('kind' in reach.lead) && sql`one.kind = ${kind}`,
    queue !== undefined && !('queue' in reach.lead) && sql`one.queue = ${queue}`,
    submittedBy !== undefined && sql`one.submitted_by = ${submittedBy}`,
    schedule !== undefined && sql`one.schedule = ${schedule}`,
  ].filter((condition) => condition !== false && condition !== undefined)
  return sql`select * from jobs where id in (
      select id from (${numbersAlong(reach)}) as reached
      where (select 1 from jobs as one where one.id = reached.id and ${join(conditions, ' and ')}) = 1 order by id desc limit ${filter.limit}
    ) order by id desc`
}

function numbersAlong({ lead, before }: Reach): Sql {
  const head = (condition: Sql) => sql`select id from jobs where ${condition} id < ${before} order by id desc limit ${limits.listLooked}`
  if ('kind' in lead && lead.kind !== undefined) return head(sql`kind = ${lead.kind} and`)
  if ('queue' in lead && lead.queue !== undefined) return head(sql`queue = ${lead.queue} and`)
  if (!('state' in lead) || lead.state === undefined) return head(empty)
  const heads = [...new Set(lead.state)].map((state) => sql`select * from (${head(sql`state = ${state} and`)}) as of_state`)
  return sql`${join(heads, ' union all ')} order by id desc limit ${limits.listLooked}`
}
