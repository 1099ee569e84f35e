// SQL about users and tokens.
import sql, { type Sql } from 'sql-template-tag'
import type { Role } from '../../core/access.ts'
import type { NewToken, UserRecord } from '../access-store.ts'

/** Postgres: one change of who may ask at a time, so that there is one first user and always an admin. */
export const accessLock: Sql = sql`select pg_advisory_xact_lock(4803952)`

export function allUsers(): Sql {
  return sql`select name_key, name, role, password, created_at from users order by name_key`
}

export function insertUser(key: string, { name, role, password }: Omit<UserRecord, 'createdAt'>, now: number): Sql {
  return sql`insert into users (name_key, name, role, password, created_at) values (${key}, ${name}, ${role}, ${password}, ${now})`
}

export function setRole(key: string, role: Role): Sql {
  return sql`update users set role = ${role} where name_key = ${key}`
}

export function setPassword(key: string, password: string): Sql {
  return sql`update users set password = ${password} where name_key = ${key}`
}

export function deleteUser(key: string): Sql {
  return sql`delete from users where name_key = ${key}`
}

export function allTokens(): Sql {
  return sql`select id, name, role, created_at, created_by, expires_at, used_at from tokens where type = 'token' order by id desc`
}

export function countTokens(): Sql {
  return sql`select count(*) as tokens from tokens where type = 'token'`
}

export function shownToken(hash: string, now: number): Sql {
  return sql`select tokens.id, tokens.type, coalesce(users.name, tokens.name) as name, coalesce(users.role, tokens.role) as role, tokens.expires_at, tokens.used_at
    from tokens left join users on users.name_key = tokens.user_key
    where tokens.hash = ${hash} and (tokens.expires_at is null or tokens.expires_at > ${now})`
}

export function insertToken({ hash, name, role, createdBy, expiresAt }: NewToken, now: number): Sql {
  return sql`insert into tokens (hash, type, name, role, created_at, created_by, expires_at)
    values (${hash}, 'token', ${name}, ${role}, ${now}, ${createdBy}, ${expiresAt})`
}

export function insertSession({ key, hash, expiresAt, now }: { key: string; hash: string; expiresAt: number; now: number }): Sql {
  return sql`insert into tokens (hash, type, user_key, created_at, expires_at, used_at) values (${hash}, 'session', ${key}, ${now}, ${expiresAt}, ${now})`
}

export function tokenById(id: number): Sql {
  return sql`select id from tokens where id = ${id} and type = 'token'`
}

export function deleteToken(id: number): Sql {
  return sql`delete from tokens where id = ${id} and type = 'token'`
}

export function deleteSession(hash: string): Sql {
  return sql`delete from tokens where hash = ${hash} and type = 'session'`
}

export function deleteSessionsOf(key: string): Sql {
  return sql`delete from tokens where user_key = ${key}`
}

/** All but the newest ones. */
export function deleteOldSessions(key: string, keep: number): Sql {
  return sql`delete from tokens where user_key = ${key} and id not in (select id from tokens where user_key = ${key} order by id desc limit ${keep})`
}

/** Sessions nobody came back to. A token of a program stays in the list, where its end is told. */
export function deleteExpiredSessions(now: number): Sql {
  return sql`delete from tokens where type = 'session' and expires_at < ${now}`
}

export function touchToken({ hash, expiresAt, now }: { hash: string; expiresAt: number | null; now: number }): Sql {
  return sql`update tokens set used_at = ${now}, expires_at = case when type = 'session' then ${expiresAt} else expires_at end where hash = ${hash}`
}
