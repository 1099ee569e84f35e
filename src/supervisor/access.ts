// Users, their passwords and sessions, and tokens of programs, as people and the HTTP API ask for them. Who may do what is core's.
import { createHash, randomBytes } from 'node:crypto'
import { isRole, roles, wrongPassword, wrongUserName } from '../core/access.ts'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import type { AccessChange, AccessRefused, AccessStore, Shown, UserRecord } from '../store/store.ts'
import type { Access, User } from './access-types.ts'
import { checkBy, checkOptions } from './checks.ts'
import type { Instance } from './instance.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { signInPace } from './sign-in-pace.ts'

export function access({ store, house }: Pick<Instance, 'store' | 'house'>): Access {
  const now = () => house.clock.now()
  const seen = seenTokens(store.access)
  const within: Within = {
    store: store.access,
    now,
    async change(to) {
      const answer = await store.access.change({ to, now: now() })
      seen.clear()
      if (answer !== 'done') throw refusal(to, answer)
    },
  }
  return {
    ...userAccess(within),
    ...tokenAccess(within),
    ...signing(within),
    async whoShows(token) {
      const shown = isToken(token) ? await seen.look(hashOf(token), now()) : null
      return shown && { name: shown.name, role: shown.role, type: shown.type }
    },
  }
}

interface Within {
  store: AccessStore
  now(): number
  change(to: AccessChange): Promise<void>
}

function userAccess({ store, change }: Within): Pick<Access, 'users' | 'addUser' | 'changeUser' | 'removeUser'> {
  async function find(name: string): Promise<User> {
    const user = await recordOf(store, name)
    if (!user) throw userNotFound(name)
    return publicUser(user)
  }
  return {
    users: async () => (await store.users()).map(publicUser),
    async addUser(options) {
      checkOptions({ of: 'a user' }, options, { name: true, password: true, role: true, isFirst: true })
      const { name, password, role, isFirst = false } = options
      check({ name: wrongUserName(name), password: wrongPassword(password), role: wrongRole(role) })
      await change({ addUser: { name, role, password: await hashPassword(password) }, isFirst })
      return find(name)
    },
    async changeUser(name, options) {
      checkOptions({ of: 'a user' }, options, { password: true, role: true })
      const { role, password } = options
      check({ role: role === undefined ? null : wrongRole(role), password: password === undefined ? null : wrongPassword(password) })
      const hashed = password === undefined ? {} : { password: await hashPassword(password) }
      await change({ changeUser: name, ...(role === undefined ? {} : { role }), ...hashed })
      return find(name)
    },
    removeUser: (name) => change({ removeUser: name }),
  }
}

function tokenAccess({ store, change, now }: Within): Pick<Access, 'tokens' | 'addToken' | 'removeToken'> {
  return {
    tokens: () => store.tokens(),
    async addToken(options) {
      checkOptions({ of: 'a token' }, options, { name: true, role: true, expiresAt: true, by: true })
      const { name, role, expiresAt = null, by } = options
      check({ name: wrongUserName(name), role: wrongRole(role), expiresAt: wrongEnd(expiresAt, now()) })
      const token = newToken()
      await change({ addToken: { hash: hashOf(token), name, role, expiresAt, createdBy: checkBy(by === undefined ? {} : { by }) } })
      const id = (await store.shown({ hash: hashOf(token), now: now() }))?.id
      const kept = (await store.tokens()).find((one) => one.id === id)
      if (!kept) throw new HoldfastError('token_not_found', `The token ${name} was removed again.`)
      return { ...kept, token }
    },
    removeToken: (id) => change({ removeToken: id }),
  }
}

function signing({ store, change, now }: Within): Pick<Access, 'signIn' | 'signOut'> {
  const pace = signInPace()
  return {
    async signIn({ name, password, from = null }) {
      const tried = { name: String(name), from }
      const waitMs = pace.wait(tried, now())
      if (waitMs > 0) throw tooManyTries(waitMs)
      pace.failed(tried, now())
      const user = wrongUserName(name) === null ? await recordOf(store, name) : undefined
      // One who is not there takes as long as one who is.
      const isRight = await isPassword(String(password), user?.password ?? null)
      if (!isRight || !user) {
        pace.known(tried, now())
        throw wrongSignIn()
      }
      pace.succeeded(tried)
      const token = newToken()
      await change({ signIn: { user: user.name, password: user.password, hash: hashOf(token), expiresAt: now() + limits.sessionMs } })
      return { token, user: publicUser(user) }
    },
    signOut: (token) => change({ signOut: hashOf(token) }),
  }
}

/** Answers are believed for some seconds: on Postgres each look is a way to another machine. */
function seenTokens(store: AccessStore) {
  let latest = new Map<string, { shown: Shown | null; at: number }>()
  async function look(hash: string, now: number): Promise<Shown | null> {
    // What was looked up before a change is not remembered after it.
    const seen = latest
    const known = seen.get(hash)
    if (known && now >= known.at && now - known.at < limits.tokenSeenMs && !isOver(known.shown, now)) return known.shown
    const shown = await store.shown({ hash, now })
    if (seen.size >= limits.tokensSeen) seen.clear()
    seen.set(hash, { shown, at: now })
    if (shown && now - (shown.usedAt ?? 0) >= limits.tokenUsedMs) {
      const expiresAt = shown.type === 'session' ? now + limits.sessionMs : shown.expiresAt
      // Only a note; whoever asks has not to wait for it, nor to hear that it failed.
      store.change({ to: { used: hash, expiresAt }, now }).catch(() => undefined)
    }
    return shown
  }
  const clear = () => {
    latest = new Map()
  }
  return { look, clear }
}

function isOver(shown: Shown | null, now: number): boolean {
  return shown?.expiresAt != null && shown.expiresAt <= now
}

async function recordOf(store: AccessStore, name: string): Promise<UserRecord | undefined> {
  return (await store.users()).find((user) => user.name.toLowerCase() === String(name).toLowerCase())
}

function publicUser({ name, role, createdAt }: UserRecord): User {
  return { name, role, createdAt }
}

function newToken(): string {
  return `hf_${randomBytes(32).toString('base64url')}`
}

function isToken(text: string): boolean {
  return /^hf_[\w-]{43}$/.test(text)
}

// A random text of 256 bits cannot be guessed, so it needs no salt and no slow hash.
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function wrongRole(role: unknown): string | null {
  return isRole(role) ? null : `must be one of ${roles.join(', ')}`
}

function wrongEnd(expiresAt: unknown, now: number): string | null {
  if (expiresAt === null || (Number.isSafeInteger(expiresAt) && (expiresAt as number) > now)) return null
  return 'must be epoch milliseconds in the future, or null for never'
}

function check(fields: Record<string, string | null>): void {
  const errors = Object.entries(fields).flatMap(([field, message]) => (message === null ? [] : [{ field, message }]))
  const message = errors.map(({ field, message }) => `${field} ${message}`).join('; ')
  if (errors.length > 0) throw new HoldfastError('invalid_request', `${message}.`, { details: { field: errors[0]?.field, errors } })
}

function tooManyTries(waitMs: number): HoldfastError {
  const seconds = Math.ceil(waitMs / 1_000)
  return new HoldfastError('too_many', `Too many wrong passwords: try again in ${seconds} s.`, { details: { retryAfterMs: waitMs } })
}

function wrongSignIn(): HoldfastError {
  return new HoldfastError('wrong_password', 'Name or password is wrong.')
}

function userNotFound(name: string): HoldfastError {
  return new HoldfastError('user_not_found', `There is no user ${JSON.stringify(String(name).slice(0, 50))}.`)
}

function refusal(to: AccessChange, answer: AccessRefused): HoldfastError {
  switch (answer) {
    case 'there already':
      return new HoldfastError(
        'wrong_state',
        'isFirst' in to && to.isFirst ? 'There is a user already.' : 'There is a user of this name already.',
      )
    case 'last admin':
      if ('addUser' in to) return new HoldfastError('wrong_state', 'The first user must be an admin: somebody has to say who may.')
      return new HoldfastError('wrong_state', 'This is the last admin: make somebody else an admin first.')
    case 'too many':
      return new HoldfastError('wrong_state', `There are ${limits.users} already, which is the most.`)
    case 'not there':
      if ('removeToken' in to) return new HoldfastError('token_not_found', `There is no token ${to.removeToken}.`)
      if ('signIn' in to) return wrongSignIn()
      return userNotFound('changeUser' in to ? to.changeUser : 'removeUser' in to ? to.removeUser : '')
  }
}
