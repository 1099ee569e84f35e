// Batches about users and tokens. One change at a time, so that there is one first user and always an admin.
import type { Role } from '../../core/access.ts'
import { limits } from '../../core/limits.ts'
import type { AccessChange, AccessRefused, AccessStore, Shown, UserRecord } from '../access-store.ts'
import { number, numberOrNull, string, stringOrNull } from '../rows.ts'
import { type Batch, type Decision, noWrites, type Row, type SqlDatabase, type Step } from '../sql-database.ts'
import * as statements from '../statements/access.ts'

type Answer = 'done' | AccessRefused

export function accessStore(database: SqlDatabase): AccessStore {
  return {
    users: async () => (await database.query(statements.allUsers())).map(toUser),
    tokens: async () => (await database.query(statements.allTokens())).map(toToken),
    async shown({ hash, now }) {
      const [row] = await database.query(statements.shownToken(hash, now))
      return row ? toShown(row) : null
    },
    change: ({ to, now }) => database.batch(changeBatch(to, now), 'caller'),
  }
}

function changeBatch(to: AccessChange, now: number): Batch<Answer> {
  return {
    locks: [statements.accessLock],
    reads: [statements.allUsers(), 'removeToken' in to ? statements.tokenById(to.removeToken) : statements.countTokens()],
    decide: ([users = [], tokens = []]) => decide(to, { users: users.map(toUser), tokens, now }),
  }
}

interface There {
  users: readonly UserRecord[]
  /** How many there are, or the one that is to go. */
  tokens: readonly Row[]
  now: number
}

function decide(to: AccessChange, there: There): Decision<Answer> {
  if ('addUser' in to) return addUser(to, there)
  if ('changeUser' in to) return changeUser(to, there.users)
  if ('removeUser' in to) return removeUser(to.removeUser, there.users)
  if ('addToken' in to) return addToken(to, there)
  if ('removeToken' in to) return there.tokens.length > 0 ? done(statements.deleteToken(to.removeToken)) : noWrites('not there')
  if ('signIn' in to) return signIn(to, there)
  if ('signOut' in to) return done(statements.deleteSession(to.signOut))
  return done(statements.touchToken({ hash: to.used, expiresAt: to.expiresAt, now: there.now }))
}

function addUser({ addUser, isFirst = false }: Extract<AccessChange, { addUser: unknown }>, { users, now }: There): Decision<Answer> {
  if (isFirst ? users.length > 0 : found(users, addUser.name)) return noWrites('there already')
  if (users.length >= limits.users) return noWrites('too many')
  if (addUser.role !== 'admin' && users.every(({ role }) => role !== 'admin')) return noWrites('last admin')
  return done(statements.insertUser(keyOf(addUser.name), addUser, now))
}

function changeUser(to: Extract<AccessChange, { changeUser: unknown }>, users: readonly UserRecord[]): Decision<Answer> {
  const user = found(users, to.changeUser)
  if (!user) return noWrites('not there')
  if (to.role !== undefined && isLastAdmin(users, user, to.role)) return noWrites('last admin')
  const key = keyOf(user.name)
  return done(
    ...(to.role === undefined ? [] : [statements.setRole(key, to.role)]),
    ...(to.password === undefined ? [] : [statements.setPassword(key, to.password), statements.deleteSessionsOf(key)]),
  )
}

function removeUser(name: string, users: readonly UserRecord[]): Decision<Answer> {
  const user = found(users, name)
  if (!user) return noWrites('not there')
  if (isLastAdmin(users, user, null)) return noWrites('last admin')
  return done(statements.deleteSessionsOf(keyOf(name)), statements.deleteUser(keyOf(name)))
}

// The last user of all may go: then nobody has to sign in, as before the first one.
function isLastAdmin(users: readonly UserRecord[], user: UserRecord, becomes: Role | null): boolean {
  if (user.role !== 'admin' || becomes === 'admin' || (becomes === null && users.length === 1)) return false
  return users.every((other) => other === user || other.role !== 'admin')
}

function addToken({ addToken }: Extract<AccessChange, { addToken: unknown }>, { tokens, now }: There): Decision<Answer> {
  if (number(tokens[0]?.tokens) >= limits.users) return noWrites('too many')
  return done(statements.insertToken(addToken, now))
}

function signIn({ signIn }: Extract<AccessChange, { signIn: unknown }>, { users, now }: There): Decision<Answer> {
  if (found(users, signIn.user)?.password !== signIn.password) return noWrites('not there')
  const key = keyOf(signIn.user)
  return done(
    statements.deleteExpiredSessions(now),
    statements.insertSession({ key, hash: signIn.hash, expiresAt: signIn.expiresAt, now }),
    statements.deleteOldSessions(key, limits.sessionsPerUser),
  )
}

// No job waits for it.
function done(...writes: Step[]): Decision<Answer> {
  return { writes, answer: () => 'done', changes: () => false }
}

function found(users: readonly UserRecord[], name: string): UserRecord | undefined {
  return users.find((user) => keyOf(user.name) === keyOf(name))
}

function keyOf(name: string): string {
  return name.toLowerCase()
}

function toUser(row: Row): UserRecord {
  return { name: string(row.name), role: string(row.role) as Role, password: string(row.password), createdAt: number(row.created_at) }
}

function toToken(row: Row) {
  return {
    id: number(row.id),
    name: string(row.name),
    role: string(row.role) as Role,
    createdAt: number(row.created_at),
    createdBy: stringOrNull(row.created_by),
    expiresAt: numberOrNull(row.expires_at),
    usedAt: numberOrNull(row.used_at),
  }
}

function toShown(row: Row): Shown {
  return {
    id: number(row.id),
    type: string(row.type) as Shown['type'],
    name: string(row.name),
    role: string(row.role) as Role,
    expiresAt: numberOrNull(row.expires_at),
    usedAt: numberOrNull(row.used_at),
  }
}
