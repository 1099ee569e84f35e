// The part of the client that is about who may ask.
import type { Abortable } from './client.ts'
import type { Line } from './watch-view.ts'
import type { AccessToken, Role, Session, User } from './wire.ts'

export interface AddUser extends Abortable {
  name: string
  /** At least 10 characters. */
  password: string
  role: Role
}

export interface AddToken extends Abortable {
  /** Of the program, as it is recorded for what it asks. */
  name: string
  role: Role
  /** Epoch milliseconds; null or absent: never. */
  expiresAt?: number | null
}

export interface AccessCalls {
  /** Who asks, and how people sign in there. */
  session(call?: Abortable): Promise<Session>
  /** In a page: the browser keeps the cookie. */
  signIn(who: { name: string; password: string } & Abortable): Promise<Session>
  signOut(call?: Abortable): Promise<Session>
  /** Makes the first user, an admin, and signs in as him. `code`: where the session says `needsCode`. */
  makeFirstUser(user: { name: string; password: string; code?: string } & Abortable): Promise<Session>
  /** One's own. Signs out everywhere else. */
  changePassword(to: { password: string; newPassword: string } & Abortable): Promise<Session>
  users(call?: Abortable): Promise<User[]>
  addUser(user: AddUser): Promise<User>
  changeUser(name: string, to: { password?: string; role?: Role } & Abortable): Promise<User>
  /** Who is left. */
  removeUser(name: string, call?: Abortable): Promise<User[]>
  tokens(call?: Abortable): Promise<AccessToken[]>
  /** `token` is told this once. */
  addToken(token: AddToken): Promise<AccessToken & { token: string }>
  /** What is left. */
  removeToken(id: number, call?: Abortable): Promise<AccessToken[]>
}

export function accessCalls({ transport }: Line): AccessCalls {
  const ask = async <Answer>(...call: Parameters<Line['transport']['json']>) => (await transport.json(...call)) as Answer
  const post = <Answer>(path: string, { signal, ...body }: Abortable) => ask<Answer>(`api/v1/${path}`, { method: 'POST', body, signal })
  const get = <Answer>(path: string, { signal }: Abortable = {}) => ask<Answer>(`api/v1/${path}`, { signal })
  const remove = <Answer>(path: string, { signal }: Abortable = {}) => ask<Answer>(`api/v1/${path}`, { method: 'DELETE', signal })
  const userPath = (name: string) => `users/${encodeURIComponent(name)}`
  return {
    session: (call) => get('session', call),
    signIn: (who) => post('session', who),
    signOut: (call) => remove('session', call),
    makeFirstUser: (user) => post('first-user', user),
    changePassword: (to) => post('password', to),
    users: async (call) => (await get<{ users: User[] }>('users', call)).users,
    addUser: (user) => post('users', user),
    changeUser: (name, { signal, ...body }) => ask(`api/v1/${userPath(name)}`, { method: 'PATCH', body, signal }),
    removeUser: async (name, call) => (await remove<{ users: User[] }>(userPath(name), call)).users,
    tokens: async (call) => (await get<{ tokens: AccessToken[] }>('tokens', call)).tokens,
    addToken: (token) => post('tokens', token),
    removeToken: async (id, call) => (await remove<{ tokens: AccessToken[] }>(`tokens/${id}`, call)).tokens,
  }
}
