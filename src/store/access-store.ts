// The part of the port that is about who may ask. Knows hashes of passwords and tokens, never one of them.
import type { AccessToken, Role, User } from '../core/access.ts'

export interface UserRecord extends User {
  /** A hash with its salt and costs. */
  password: string
}

/** Whoever shows the token is this one. */
export interface Shown {
  id: number
  type: 'session' | 'token'
  /** Of the user, as it is now, or of the token. */
  name: string
  role: Role
  expiresAt: number | null
  usedAt: number | null
}

export interface NewToken {
  hash: string
  name: string
  role: Role
  createdBy: string | null
  expiresAt: number | null
}

export type AccessChange =
  /** `isFirst`: only where there is no user yet. The first one is an admin. */
  | { addUser: Omit<UserRecord, 'createdAt'>; isFirst?: boolean }
  /** A new password signs the user out everywhere. */
  | { changeUser: string; role?: Role; password?: string }
  | { removeUser: string }
  | { addToken: NewToken }
  | { removeToken: number }
  /** `password`: the hash that was found right. Who has another one by now is not there. */
  | { signIn: { user: string; password: string; hash: string; expiresAt: number } }
  | { signOut: string }
  /** Writes down that it was used; a session lives on from there. */
  | { used: string; expiresAt: number | null }

/** `last admin`: nobody would be left who may say who may. */
export type AccessRefused = 'there already' | 'not there' | 'last admin' | 'too many'

export interface AccessStore {
  /** By name. */
  users(): Promise<UserRecord[]>
  /** Of programs, newest first; also those that have expired. */
  tokens(): Promise<AccessToken[]>
  /** Who shows a token with this hash; null: nobody, any more. */
  shown(options: { hash: string; now: number }): Promise<Shown | null>
  change(options: { to: AccessChange; now: number }): Promise<'done' | AccessRefused>
}
