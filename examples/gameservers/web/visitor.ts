// Who asks, and may he: sessions are Holdfast's (`holdfast.access`), the cookie and the pages are this app's.
import type { Holdfast } from 'holdfast'
import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { parse } from 'hono/utils/cookie'
import { refuse } from './failures.ts'

/** Players see which servers are up; the crew sees and runs them, with their logs; an admin installs, and writes the blueprint. */
export const roles = { viewer: 'player', operator: 'crew', admin: 'admin' } as const
export type Role = keyof typeof roles

export interface Visitor {
  name: string
  role: Role
}

export type Env = { Variables: { visitor: Visitor | null } }

const cookie = 'gameservers'
const order: Role[] = ['viewer', 'operator', 'admin']

export const reaches = (visitor: Visitor | null, needed: Role): boolean =>
  visitor !== null && order.indexOf(visitor.role) >= order.indexOf(needed)

/** A browser shows the session that its cookie has, a program the token that was made for it (`holdfast token add`). */
export async function visitorOf({ access }: Holdfast, { headers }: Request): Promise<Visitor | null> {
  const bearer = /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1]
  const token = bearer ?? parse(headers.get('cookie') ?? '', cookie)[cookie]
  return token === undefined ? null : await access.whoShows(token)
}

export const recognise =
  (holdfast: Holdfast): MiddlewareHandler<Env> =>
  async (c, next) => {
    c.set('visitor', await visitorOf(holdfast, c.req.raw))
    await next()
  }

/** Before anything of the answer is made: nobody is shown the way in, somebody without the role gets 403. */
export const only =
  (needed: Role): MiddlewareHandler<Env> =>
  async (c, next) => {
    const { visitor } = c.var
    if (visitor === null) return c.redirect(`/sign-in?next=${encodeURIComponent(c.req.method === 'GET' ? c.req.path : '/')}`, 303)
    if (reaches(visitor, needed)) return await next()
    const whose = needed === 'admin' ? 'admins' : 'the crew'
    return refuse(403, `${visitor.name} is signed in as ${roles[visitor.role]}; this is for ${whose}.`)
  }

export async function signIn(c: Context<Env>, { access }: Holdfast, given: { name: string; password: string }): Promise<void> {
  const { token } = await access.signIn(given)
  const isSecure = c.req.header('origin')?.startsWith('https:') ?? false
  setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Lax', path: '/', secure: isSecure, maxAge: 30 * 86_400 })
}

export async function signOut(c: Context<Env>, { access }: Holdfast): Promise<void> {
  const token = getCookie(c, cookie)
  if (token !== undefined) await access.signOut(token)
  deleteCookie(c, cookie, { path: '/' })
}

/** Behind `only`, somebody is. */
export const signedIn = (c: Context<Env>): Visitor => c.var.visitor ?? refuse(403, 'Nobody is signed in.')

/** Only to a page of this app: an address that names another site leads home. */
export function ownPath(to: string, here: string): string {
  const url = URL.parse(to, here)
  return url !== null && url.origin === new URL(here).origin ? `${url.pathname}${url.search}` : '/'
}
