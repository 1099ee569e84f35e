// Every request passes here on its way to a route: who asks, and may he. Which route it goes to says the router, what that needs the table.
import type { Context, Next } from 'hono'
import { matchedRoutes } from 'hono/route'
import { HoldfastError } from '../../supervisor/errors.ts'
import { reaches, type Visitor } from '../../supervisor/roles.ts'
import { httpBounds } from '../bounds.ts'
import type { AppEnv } from '../context.ts'
import { type Permission, permissions } from './permissions.ts'

/** Who makes this request; null: nobody who is known. @throws HoldfastError that says why nobody can be */
export type Recognise = (request: Request, node: AppEnv['Bindings']) => Promise<Visitor | null>

export function guard(recognise: Recognise) {
  return async (c: Context<AppEnv>, next: Next): Promise<void> => {
    const route = matchedRoutes(c).find(({ method }) => method !== 'ALL')
    // No route: the answer is "not found", to everybody.
    if (!route) return next()
    const needed = permissions[`${route.method} ${route.path}`]
    const { raw } = c.req
    let looks = 0
    c.set('isStillAllowed', async () => {
      if (needed === 'anyone') return true
      const visitor = await recognise(raw, c.env)
      // Whether the proxy would let him in again, the request of then does not tell: he has to come through it.
      if (visitor?.by === 'proxy' && ++looks >= httpBounds.proxiedLooks) return false
      return visitor !== null && needed !== undefined && reaches(visitor.role, needed)
    })
    if (needed !== 'anyone') c.set('visitor', allowed(needed, await recognise(raw, c.env)))
    return next()
  }
}

function allowed(needed: Exclude<Permission, 'anyone'> | undefined, visitor: Visitor | null): Visitor {
  if (visitor === null) throw new HoldfastError('sign_in_required', 'Nobody is signed in.')
  if (needed !== undefined && reaches(visitor.role, needed)) return visitor
  const who = visitor.name ?? 'You'
  throw new HoldfastError('not_allowed', `${who} may not do this: it needs the role ${needed ?? 'of nobody'}, not ${visitor.role}.`)
}
