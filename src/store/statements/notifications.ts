// SQL about notifications: targets, and the rows that are still to be told.
import sql, { bulk, empty, type Sql } from 'sql-template-tag'
import { limits } from '../../core/limits.ts'
import type { NotifyEvent } from '../../core/notification.ts'
import type { NewTarget } from '../notification-store.ts'
import { forUpdateSkipLocked } from '../sql-database.ts'

const withWaiting = sql`select notification_targets.*, (select count(*) from notifications where target = notification_targets.name) as waiting
  from notification_targets`

export function listTargets(): Sql {
  return sql`${withWaiting} order by name limit ${limits.notificationTargets}`
}

export function targetByName(name: string): Sql {
  return sql`${withWaiting} where name = ${name}`
}

/** What each wants to be told of, by name. */
export function wishes(): Sql {
  return sql`select name, events, kinds from notification_targets where disabled_at is null order by name limit ${limits.notificationTargets}`
}

/** How many there are besides this one. */
export function countOthers(name: string): Sql {
  return sql`select count(*) as others from notification_targets where name <> ${name}`
}

export function putTarget({ name, type, url, secret, events, kinds }: NewTarget, { revives, now }: { revives: boolean; now: number }): Sql {
  const keepsSecret = secret === undefined ? empty : sql`secret = excluded.secret,`
  const isSame = sql`(notification_targets.type = excluded.type and notification_targets.url = excluded.url and ${revives ? 1 : 0} = 0)`
  return sql`insert into notification_targets (name, type, url, secret, events, kinds, created_at, updated_at)
    values (${name}, ${type}, ${url}, ${secret ?? null}, ${JSON.stringify(events)}, ${kinds && JSON.stringify(kinds)}, ${now}, ${now})
    on conflict (name) do update set type = excluded.type, url = excluded.url, ${keepsSecret} events = excluded.events, kinds = excluded.kinds, updated_at = excluded.updated_at,
      disabled_at = case when ${isSame} then notification_targets.disabled_at end, disabled_why = case when ${isSame} then notification_targets.disabled_why end,
      held_until = case when ${isSame} then notification_targets.held_until else 0 end`
}

export function removeTarget(name: string): Sql {
  return sql`delete from notification_targets where name = ${name} returning name`
}

/** What is to be told a target: all of it. */
export function forgetAll(target: string): Sql {
  return sql`delete from notifications where target = ${target} returning id`
}

export interface NotificationToInsert {
  target: string
  event: NotifyEvent
  at: number
  job: string
  now: number
}

export function insertNotifications(rows: readonly NotificationToInsert[]): Sql {
  return sql`insert into notifications (target, event, at, job, next_at) values ${bulk(rows.map(({ target, event, at, job, now }) => [target, event, at, job, now]))}`
}

/** Those beyond the newest so many. */
export function dropOldest(target: string): Sql {
  return sql`delete from notifications where target = ${target} and id <= (select id from notifications where target = ${target}
    order by id desc limit 1 offset ${limits.notificationsWaiting}) returning id`
}

export function countDropped(target: string, dropped: number): Sql {
  return sql`update notification_targets set dropped = dropped + ${dropped} where name = ${target}`
}

export function markSilenceTold(jobId: number, now: number): Sql {
  return sql`update jobs set stall_told_at = ${now} where id = ${jobId}`
}

export function dueTargets(): Sql {
  return sql`select name, held_until, (select min(next_at) from notifications where target = notification_targets.name) as next_at
    from notification_targets where disabled_at is null limit ${limits.notificationTargets}`
}

/** What has been tried least goes first: a target that is back hears at once of what is new. */
export function nextDue(target: string, now: number): Sql {
  return sql`select * from notifications where target = ${target} and next_at <= ${now} order by tries, next_at, id limit 1 ${forUpdateSkipLocked}`
}

interface Claim {
  id: number
  claim: number
}

export function claimNotification({ id, claim }: Claim, leaseUntil: number): Sql {
  return sql`update notifications set next_at = ${leaseUntil}, claim = claim + 1 where id = ${id} and claim = ${claim} returning id`
}

export function removeNotification({ id, claim }: Claim): Sql {
  return sql`delete from notifications where id = ${id} and claim = ${claim} returning id`
}

export function tryAgain({ id, claim }: Claim, { nextAt, failed }: { nextAt: number; failed: boolean }): Sql {
  return sql`update notifications set next_at = ${nextAt}, tries = tries + ${failed ? 1 : 0} where id = ${id} and claim = ${claim} returning id`
}

export function noteSent(name: string, now: number): Sql {
  return sql`update notification_targets set last_sent_at = ${now}, held_until = 0 where name = ${name}`
}

export interface TargetTrouble {
  name: string
  why: string
  heldUntil?: number
  givenUp?: number
  isGone?: boolean
  now: number
}

export function noteTrouble({ name, why, heldUntil = 0, givenUp = 0, isGone = false, now }: TargetTrouble): Sql {
  const disabled = isGone ? sql`disabled_at = ${now}, disabled_why = ${why},` : empty
  return sql`update notification_targets set ${disabled} last_error = ${why}, last_error_at = ${now}, given_up = given_up + ${givenUp},
      held_until = case when held_until < ${heldUntil} then ${heldUntil} else held_until end where name = ${name}`
}
