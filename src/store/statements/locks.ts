// SQL about lock keys: who is in line, who holds, which keys a claim pass has to look at (LOCKS.md). Locks are never waited for in a read.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { Lock } from '../../core/job.ts'
import { forUpdateSkipLocked } from '../sql-database.ts'
import { roundedUp } from './in-list.ts'

export const stages = { notInLine: 0, inLine: 1, held: 2 } as const

/** Postgres: one claim pass at a time, on all machines; what it decides must stay true until it is written. */
export const claimPassLock: Sql = sql`select pg_advisory_xact_lock(4803951)`

export function ensureKey(key: string): Sql {
  return sql`insert into lock_keys (name) values (${key}) on conflict (name) do nothing`
}

/** The limit that a job's definition names; one that a person has set counts more. */
export function wishLimit(key: string, limit: number, now: number): Sql {
  return sql`update lock_keys set capacity = ${limit}, wake_at = coalesce(wake_at, ${now}) where name = ${key} and is_set = 0 and capacity is distinct from ${limit}`
}

/** What a person sets, until he sets none. */
export function setCapacity(key: string, capacity: number | null, now: number): Sql {
  const isSet = capacity === null ? 0 : 1
  return sql`insert into lock_keys (name, capacity, is_set) values (${key}, ${capacity}, ${isSet})
    on conflict (name) do update set capacity = excluded.capacity, is_set = excluded.is_set, wake_at = coalesce(lock_keys.wake_at, ${now})`
}

/** No row is returned when the key was removed by somebody else since it was made sure of. */
export function wishFor(options: { jobId: number; lock: Lock; priority: number; stage?: 0 | 2 }): Sql {
  const { jobId, lock, priority, stage = 0 } = options
  return sql`insert into job_locks (job_id, key_id, mode, priority, stage)
    select ${jobId}, id, ${lock.mode === 'exclusive' ? 2 : 1}, ${priority}, ${stage} from lock_keys where name = ${lock.key}
    on conflict (job_id, key_id) do nothing returning key_id`
}

/** On Postgres: the rows of the keys that a job will flag, in the order everybody takes them. */
export function lockKeysOf(jobId: number): Sql {
  return sql`select id from lock_keys where id in (select key_id from job_locks where job_id = ${jobId}) order by id for no key update`
}

/** On Postgres: keys that are there are not removed meanwhile. It keeps nobody waiting who only flags them. */
export function lockKeysNamed(names: readonly string[]): Sql {
  return sql`select id from lock_keys where name in (${join(roundedUp(names))}) order by id for key share`
}

/** A claim pass has to look at every key of the job. */
export function flagKeysOf(jobId: number, now: number): Sql {
  return sql`update lock_keys set wake_at = coalesce(wake_at, ${now}) where id in (select key_id from job_locks where job_id = ${jobId})`
}

export function flagKeys(keyIds: readonly number[], now: number): Sql {
  return sql`update lock_keys set wake_at = coalesce(wake_at, ${now}) where id in (${join(roundedUp(keyIds))})`
}

export function removeLocks(jobId: number): Sql {
  return sql`delete from job_locks where job_id = ${jobId}`
}

export function setStage(jobId: number, stage: 0 | 1 | 2): Sql {
  return sql`update job_locks set stage = ${stage} where job_id = ${jobId} and stage <> ${stage}`
}

export function flaggedKeys(): Sql {
  return sql`select id from lock_keys where wake_at is not null limit 1`
}

/** Clears before anybody looks: a flag that is set after this is seen by the next pass. The longest flagged come first. */
export function takeFlagged(limit: number): Sql {
  return sql`update lock_keys set wake_at = null
    where id in (select id from lock_keys where wake_at is not null order by wake_at, id limit ${limit} ${forUpdateSkipLocked}) returning id`
}

/** The first ones parked on each key. */
export function parkedOn(keyIds: readonly number[], each: number): Sql {
  const heads = roundedUp(keyIds).map(
    (keyId) =>
      sql`select * from (select id, parked_key from jobs where hold = 2 and parked_key = ${keyId} order by priority, id limit ${each}) as parked`,
  )
  return join(heads, ' union all ')
}

export function locksOf(jobIds: readonly number[]): Sql {
  return sql`select job_id, key_id, mode from job_locks where job_id in (${join(roundedUp(jobIds))})`
}

/** Per key: holders, and who is first in line. */
export function keyLines(keyIds: readonly number[]): Sql {
  return sql`select id, capacity,
      (select count(*) from job_locks where key_id = lock_keys.id and stage = 2 and mode = 1) as shared_held,
      (select count(*) from job_locks where key_id = lock_keys.id and stage = 2 and mode = 2) as exclusive_held,
      (select job_id from job_locks where key_id = lock_keys.id and stage = 1 order by priority, job_id limit 1) as first_id,
      (select priority from job_locks where key_id = lock_keys.id and stage = 1 order by priority, job_id limit 1) as first_priority,
      (select job_id from job_locks where key_id = lock_keys.id and stage = 1 and mode = 2 order by priority, job_id limit 1) as exclusive_id,
      (select priority from job_locks where key_id = lock_keys.id and stage = 1 and mode = 2 order by priority, job_id limit 1) as exclusive_priority
    from lock_keys where id in (${join(roundedUp(keyIds))})`
}

/** The first ones in line of keys with a limit, as many as the limit. Several statements: SQLite puts at most 500 together. */
export function limitedLines(keys: readonly { keyId: number; capacity: number }[]): Sql[] {
  const statements: Sql[] = []
  for (let at = 0; at < keys.length; at += headsAtOnce) {
    const heads = roundedUp(keys.slice(at, at + headsAtOnce)).map(
      ({ keyId, capacity }) =>
        sql`select * from (select key_id, job_id, priority from job_locks where key_id = ${keyId} and stage = 1 order by priority, job_id limit ${capacity}) as line`,
    )
    statements.push(join(heads, ' union all '))
  }
  return statements
}

const headsAtOnce = 256

/** Names of keys, with the first holders of each. */
export function holdersOf(keyIds: readonly number[], each: number): Sql {
  const keys = roundedUp(keyIds).map(
    (keyId) => sql`select * from (select lock_keys.id, lock_keys.name, lock_keys.capacity, job_locks.job_id, job_locks.mode,
        (select count(*) from job_locks as all_held where all_held.key_id = lock_keys.id and all_held.stage = 2) as held from lock_keys
      left join job_locks on job_locks.key_id = lock_keys.id and job_locks.stage = 2 where lock_keys.id = ${keyId} order by job_locks.job_id limit ${each}) as held`,
  )
  return join(keys, ' union ')
}

/** Keys that somebody wants, or that have a limit; first those that somebody holds or is in line for. */
/** With `key` only that one. */
export function keysInUse(limit: number, key?: string): Sql {
  const only = key === undefined ? empty : sql`name = ${key} and`
  return sql`select id, name, capacity, (select count(*) from job_locks where key_id = lock_keys.id and stage = 1) as waiting from lock_keys
    where ${only} (capacity is not null or exists (select 1 from job_locks where key_id = lock_keys.id))
    order by case when exists (select 1 from job_locks where key_id = lock_keys.id and stage > 0) then 0 else 1 end, name limit ${limit}`
}

export function removeUnusedKeys(limit: number): Sql {
  return sql`delete from lock_keys where id in (select id from lock_keys where is_set = 0 and wake_at is null
    and not exists (select 1 from job_locks where key_id = lock_keys.id) limit ${limit} ${forUpdateSkipLocked})`
}
