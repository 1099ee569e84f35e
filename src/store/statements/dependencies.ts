// SQL about jobs that wait for jobs, and about everything else that becomes ready, or too old, by itself.
import sql, { join, type Sql } from 'sql-template-tag'
import { forUpdate, forUpdateSkipLocked } from '../sql-database.ts'
import { roundedUp } from './in-list.ts'

export function insertDependency(jobId: number, needsJobId: number, told: boolean): Sql {
  return sql`insert into dependencies (job_id, needs_job_id, told) values (${jobId}, ${needsJobId}, ${told ? 1 : 0}) on conflict (job_id, needs_job_id) do nothing`
}

export function neededBy(jobId: number): Sql {
  return sql`select needs_job_id from dependencies where job_id = ${jobId} order by needs_job_id`
}

/** The jobs that these still wait for. */
export function stillNeeded(jobIds: readonly number[]): Sql {
  return sql`select job_id, needs_job_id from dependencies where told = 0 and job_id in (${join(roundedUp(jobIds))}) order by job_id, needs_job_id`
}

/** The jobs that one needs, with their state now. */
export function statesNeeded(jobId: number): Sql {
  return sql`select jobs.id, jobs.state from dependencies join jobs on jobs.id = dependencies.needs_job_id where dependencies.job_id = ${jobId} order by jobs.id`
}

/** On Postgres: they stay what they are until the batch is over. */
export function lockNeeded(jobId: number): Sql {
  return sql`select id from jobs where id in (select needs_job_id from dependencies where job_id = ${jobId}) order by id for share`
}

/** Waits for one again that was told before. */
export function untell(jobId: number, needsJobIds: readonly number[]): Sql {
  return sql`update dependencies set told = 0 where job_id = ${jobId} and needs_job_id in (${join(roundedUp(needsJobIds))})`
}

/** It is told of these already. */
export function tellOf(jobId: number, needsJobIds: readonly number[]): Sql {
  return sql`update dependencies set told = 1 where job_id = ${jobId} and needs_job_id in (${join(roundedUp(needsJobIds))})`
}

/** When something is next to be promoted, and whether something is already. */
export function promotable(): Sql {
  return sql`select (select min(available_at) from jobs where hold = 1) as due_at,
    (select min(expire_at) from jobs where expire_at is not null) as expires_at,
    (select min(id) from jobs where promotes = 1) as settled_id`
}

export function promoteDue(now: number, limit: number): Sql {
  return sql`update jobs set hold = 0, version = version + 1, updated_at = ${now} where id in (select id from jobs where hold = 1
    and available_at <= ${now} order by available_at limit ${limit} ${forUpdateSkipLocked}) returning id`
}

export function expiredJobs(now: number, limit: number): Sql {
  return sql`select * from jobs where expire_at is not null and expire_at <= ${now} order by expire_at limit ${limit} ${forUpdateSkipLocked}`
}

/** The first settled job whose dependents have not all been told. */
export function settledToTell(): Sql {
  return sql`select id, state from jobs where promotes = 1 order by id limit 1 ${forUpdateSkipLocked}`
}

/** The first ones that wait for it, kept from changing. */
export function dependentsToTell(needsJobId: number, limit: number): Sql {
  return sql`select id from jobs where id in (select job_id from dependencies where needs_job_id = ${needsJobId} and told = 0 order by job_id limit ${limit})
    order by id ${forUpdate}`
}

export function jobsByNumber(ids: readonly number[]): Sql {
  return sql`select * from jobs where id in (${join(roundedUp(ids))}) order by id`
}

export function tell(needsJobId: number, jobIds: readonly number[]): Sql {
  return sql`update dependencies set told = 1 where needs_job_id = ${needsJobId} and job_id in (${join(roundedUp(jobIds))})`
}

/** One job less to wait for. */
export function needOneLess(jobIds: readonly number[], now: number): Sql {
  return sql`update jobs set needs = needs - 1, hold = case when needs > 1 then 3 when available_at > ${now} then 1 else 0 end,
      expire_at = case when needs > 1 then null when available_at > ${now} then available_at + expire_after else ${now} + expire_after end, version = version + 1, updated_at = ${now}
    where state = 'queued' and hold = 3 and id in (${join(roundedUp(jobIds))})`
}

export function allTold(jobId: number): Sql {
  return sql`update jobs set promotes = 0 where id = ${jobId}`
}
