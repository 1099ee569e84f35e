// SQL about queues and kinds: limits, pauses, and which of them a claim has to look through.
import sql, { join, type Sql } from 'sql-template-tag'
import { roundedUp } from './in-list.ts'

export function ensureQueue(queue: string): Sql {
  return sql`insert into queues (name) values (${queue}) on conflict (name) do nothing`
}

export function ensureKind(kind: string): Sql {
  return sql`insert into kinds (name) values (${kind}) on conflict (name) do nothing`
}

export function ensureQueueKind(queue: string, kind: string): Sql {
  return sql`insert into queue_kinds (queue, kind) values (${queue}, ${kind}) on conflict (queue, kind) do nothing`
}

/** Every kind of every queue, with what keeps it closed. Running jobs are counted where the queue has a limit. */
export function doors(): Sql {
  return sql`select ${doorColumns} ${fromDoors}`
}

/** Whether any job is ready at all. Door by door: asked for all at once, SQLite walks every queued job by its state. */
export function anyReady(): Sql {
  return sql`select 1 as found from queue_kinds where exists (select 1 ${readyThere}) limit 1`
}

/** The same with the first ready job behind each: two looks into the ready index for a door. */
export function doorsWithHeads(): Sql {
  return sql`select ${doorColumns}, (select id ${readyThere}) as head_id, (select priority ${readyThere}) as head_priority ${fromDoors}`
}

/** Since when the first ready job behind any door waits that has waited longest. */
export function longestWait(): Sql {
  return sql`select min(head) as available_at from (select (select available_at ${readyThere}) as head from queue_kinds) as heads`
}

const doorColumns = sql`queue_kinds.queue, queue_kinds.kind, queues.concurrency, queues.paused_at as queue_paused_at, queues.paused_by as queue_paused_by,
      kinds.paused_at as kind_paused_at, kinds.paused_by as kind_paused_by,
      case when queues.concurrency is null then 0 else
        (select count(*) from jobs where jobs.queue = queues.name and jobs.state in ('running', 'stopping')) end as running`

const fromDoors = sql`from queue_kinds join queues on queues.name = queue_kinds.queue join kinds on kinds.name = queue_kinds.kind`

const readyThere = sql`from jobs where state = 'queued' and hold = 0 and jobs.queue = queue_kinds.queue and jobs.kind = queue_kinds.kind and runs_on = '' order by priority, id limit 1`

/** The first ready ones of each door, by number alone. */
export function readyBehind(doors: readonly { queue: string; kind: string }[], each: number): Sql {
  const heads = roundedUp(doors).map(
    ({ queue, kind }) =>
      sql`select * from (select id, priority from jobs where state = 'queued' and hold = 0 and queue = ${queue} and kind = ${kind} and runs_on = '' order by priority, id limit ${each}) as ready`,
  )
  return sql`${join(heads, ' union all ')} order by priority, id limit ${each}`
}

export function allQueues(): Sql {
  return sql`with counted as (select queue, state, count(*) as jobs from jobs where state in ('queued', 'running', 'stopping') group by queue, state)
    select name, concurrency, paused_at, paused_by,
      coalesce((select sum(jobs) from counted where counted.queue = queues.name and counted.state <> 'queued'), 0) as running,
      coalesce((select sum(jobs) from counted where counted.queue = queues.name and counted.state = 'queued'), 0) as queued
    from queues order by name`
}

export function allKinds(): Sql {
  return sql`select name, paused_at, paused_by from kinds order by name`
}

export function setConcurrency(queue: string, concurrency: number | null): Sql {
  return sql`update queues set concurrency = ${concurrency} where name = ${queue}`
}

export function pauseQueue(queue: string, pausedAt: number | null, by: string | null): Sql {
  return sql`update queues set paused_at = ${pausedAt}, paused_by = ${by} where name = ${queue}`
}

export function pauseKind(kind: string, pausedAt: number | null, by: string | null): Sql {
  return sql`update kinds set paused_at = ${pausedAt}, paused_by = ${by} where name = ${kind}`
}

/** A kind that nobody knows any more: those of its jobs that would be looked at next leave their lines, because nobody will look. */
export function leaveLinesUnknown(kind: string, now: number): Sql[] {
  return leave(sql`kind = ${kind} and hold = 0`, now)
}

/** What is paused leaves its lines: a job that may not start must not keep others waiting. */
export function leaveLines(closed: { queue: string } | { kind: string }, now: number): Sql[] {
  const ofClosed = 'queue' in closed ? sql`queue = ${closed.queue}` : sql`kind = ${closed.kind}`
  return [
    ...leave(ofClosed, now),
    sql`update jobs set hold = 0, parked_key = null, version = version + 1, updated_at = ${now} where hold = 2 and ${ofClosed}`,
  ]
}

// From those in line, who are fewer than all that wait.
function leave(who: Sql, now: number): Sql[] {
  const inLine = sql`stage = 1 and exists (select 1 from jobs where jobs.id = job_locks.job_id and state = 'queued' and ${who})`
  return [
    sql`update lock_keys set wake_at = coalesce(wake_at, ${now}) where id in (select key_id from job_locks where ${inLine})`,
    sql`update job_locks set stage = 0 where ${inLine}`,
  ]
}
