// What can be asked about users and tokens. Types only.
import type { AccessToken, Role, User } from '../core/access.ts'
import type { By } from '../core/views.ts'

export type { AccessToken, Role, User } from '../core/access.ts'

export interface Session {
  /** To be shown with every request, as a cookie or as `authorization: Bearer …`; kept nowhere else. */
  token: string
  user: User
}

/** Who may ask over HTTP, where `createHandler` has `signIn`. The library itself asks nobody. */
export interface Access {
  users(): Promise<User[]>
  /** `isFirst`: only where there is no user yet. @throws HoldfastError `invalid_request` that names the field, `wrong_state` when there is one of this name */
  addUser(user: { name: string; password: string; role: Role; isFirst?: boolean }): Promise<User>
  /** A new password signs him out everywhere. @throws HoldfastError `user_not_found`, `wrong_state` for the last admin */
  changeUser(name: string, to: { password?: string; role?: Role }): Promise<User>
  /** @throws HoldfastError `user_not_found`, `wrong_state` for the last admin, unless he is the last user */
  removeUser(name: string): Promise<void>
  /** Newest first; also those that have expired. */
  tokens(): Promise<AccessToken[]>
  /** For a program. `token` is told this once. */
  addToken(token: { name: string; role: Role; expiresAt?: number | null } & By): Promise<AccessToken & { token: string }>
  /** @throws HoldfastError `token_not_found` */
  removeToken(id: number): Promise<void>
  /** `from`: where the try comes from, such as an address. @throws HoldfastError `wrong_password`, `too_many` after several wrong ones */
  signIn(who: { name: string; password: string; from?: string | null }): Promise<Session>
  signOut(token: string): Promise<void>
  /** Null: nobody, or not any more. Revoked by another process it may be believed for ten seconds. */
  whoShows(token: string): Promise<{ name: string; role: Role; type: 'session' | 'token' } | null>
}
