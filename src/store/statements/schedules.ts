// SQL about schedules. A firing moves next_at on under the version it was read with, so that two runners fire once.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { ScheduleRecord } from '../store.ts'
import { roundedUp } from './in-list.ts'

/** `kinds`, where given, are some. */
export function listSchedules(options: { dueAt?: number; kinds?: readonly string[]; name?: string; limit: number }): Sql {
  const { dueAt, kinds, name, limit } = options
  const conditions = [
    dueAt !== undefined && sql`paused_at is null and next_at is not null and next_at <= ${dueAt}`,
    kinds && sql`kind in (${join(roundedUp(kinds))})`,
    name !== undefined && sql`name = ${name}`,
  ].filter((condition) => condition !== false && condition !== undefined)
  const where = conditions.length === 0 ? empty : sql`where ${join(conditions, ' and ')}`
  return sql`select * from schedules ${where} order by ${dueAt === undefined ? sql`name` : sql`next_at`} limit ${limit}`
}

export function scheduleByName(name: string): Sql {
  return sql`select * from schedules where name = ${name}`
}

export function lockSchedule(name: string): Sql {
  return sql`select name from schedules where name = ${name} for update`
}

type NewSchedule = Pick<ScheduleRecord, 'name' | 'kind' | 'cron' | 'timeZone' | 'input' | 'missed' | 'nextAt'>

/** A changed time begins anew from now, and so does one that fired no more; one that is the same keeps its next firing, which may have been missed. */
export function putSchedule(schedule: NewSchedule, now: number): Sql {
  return sql`insert into schedules (name, kind, cron, time_zone, input, missed, next_at, created_at, updated_at)
    values (${schedule.name}, ${schedule.kind}, ${schedule.cron}, ${schedule.timeZone}, ${JSON.stringify(schedule.input)}, ${schedule.missed}, ${schedule.nextAt}, ${now}, ${now})
    on conflict (name) do update set kind = excluded.kind, input = excluded.input, missed = excluded.missed,
      next_at = case when schedules.cron = excluded.cron and schedules.time_zone = excluded.time_zone and schedules.next_at is not null
        then schedules.next_at else excluded.next_at end,
      trouble = case when schedules.next_at is null then null else schedules.trouble end,
      cron = excluded.cron, time_zone = excluded.time_zone, version = schedules.version + 1, updated_at = ${now} returning *`
}

export interface PausedSchedule {
  name: string
  pausedAt: number | null
  by: string | null
  /** Set when it goes on: what would have fired meanwhile was not missed. */
  nextAt: number | null
  now: number
}

export function pauseSchedule({ name, pausedAt, by, nextAt, now }: PausedSchedule): Sql {
  const next = pausedAt === null ? sql`, next_at = ${nextAt}, trouble = case when next_at is null then null else trouble end` : empty
  return sql`update schedules set paused_at = ${pausedAt}, paused_by = ${by} ${next}, version = version + 1, updated_at = ${now} where name = ${name} returning *`
}

export interface FiredSchedule {
  schedule: ScheduleRecord
  nextAt: number | null
  /** Null: the firing made no job. */
  jobId: number | null
  trouble: string | null
  now: number
}

export function moveOn({ schedule, nextAt, jobId, trouble, now }: FiredSchedule): Sql {
  return sql`update schedules set next_at = ${nextAt}, last_at = ${jobId === null ? schedule.lastAt : now}, last_job_id = ${jobId ?? schedule.lastJobId},
      trouble = ${trouble}, version = version + 1, updated_at = ${now}
    where name = ${schedule.name} and version = ${schedule.version}`
}

export function removeSchedule(name: string): Sql {
  return sql`delete from schedules where name = ${name} returning name`
}
