// SQL about what is going on: numbers of jobs first, with little more, so that each job's row is read once however often it is named.
import sql, { join, type Sql } from 'sql-template-tag'
import { settledJobStates } from '../../core/retention.ts'
import { roundedUp } from './in-list.ts'

/** What runs, the silent first. */
export function runningNumbers(limit: number): Sql {
  return sql`select id, kind, unique_key from jobs
    where state in ('running', 'stopping') order by case when stalled is null then 1 else 0 end, case when state = 'running' then 0 else 1 end, id limit ${limit}`
}

/** What waits, newest first: from the other end Postgres walks through all that settled before. */
export function queuedNumbers(limit: number): Sql {
  return sql`select id, kind, unique_key, hold, priority, available_at from jobs where state = 'queued' order by id desc limit ${limit}`
}

/** Every kind of every queue. */
export function everyDoor(limit: number): Sql {
  return sql`select queue, kind from queue_kinds order by queue, kind limit ${limit}`
}

/** What waits with one of these keys: each by the index that keeps it unique. */
export function queuedWithKeys(kind: string, keys: readonly string[]): Sql {
  return sql`select id, kind, unique_key from jobs where state = 'queued' and kind = ${kind} and unique_key in (${join(roundedUp(keys))})`
}

/** What settled last, newest end first. */
export function settledNumbers(limit: number): Sql {
  const heads = settledJobStates.map(
    (state) =>
      sql`select * from (select id, finished_at from jobs where state = ${state} and finished_at is not null order by finished_at desc, id desc limit ${limit}) as of_state`,
  )
  return sql`${join(heads, ' union all ')} order by finished_at desc, id desc limit ${limit}`
}

/** The newest jobs of each kind, whatever their state; of a kind that is named twice, twice. */
export function newestOfKinds(kinds: readonly string[], each: number): Sql {
  const heads = roundedUp(kinds).map((kind) => sql`select * from (${newestOf(kind, each)}) as of_kind`)
  return sql`${join(heads, ' union all ')}`
}

/** Those of the kind's newest jobs that have one of these keys: what is settled is in no index by its key. */
export function newestWithKeys(kind: string, keys: readonly string[], looked: number): Sql {
  return sql`select * from (${newestOf(kind, looked)}) as of_kind where unique_key in (${join(roundedUp(keys))})`
}

function newestOf(kind: string, limit: number): Sql {
  return sql`select id, kind, unique_key, state, started_at, finished_at from jobs where kind = ${kind} order by id desc limit ${limit}`
}
