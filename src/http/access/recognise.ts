// The ways to know who asks, one of which a handler is given: the app's own, or this machine's loopback. Signing in is in sign-in.ts.
import type { IncomingMessage } from 'node:http'
import { HoldfastError } from '../../supervisor/errors.ts'
import { isRole, type Role, type Visitor } from '../../supervisor/roles.ts'
import type { Recognise } from './guard.ts'
import { cameThroughProxy, isLoopback, peerOf } from './peer.ts'

/** Says who makes a request; null: nobody who may. */
export type Authorize = (
  request: Request,
  /** The request of node:http behind it, with what the app's own middleware put on it; undefined where it is served otherwise. */
  nodeRequest: IncomingMessage | undefined,
) => Authorized | null | Promise<Authorized | null>

export interface Authorized {
  /** Shown and recorded as the one who asked. */
  name: string
  role: Role
}

export function byApp(authorize: Authorize): Recognise {
  return async (request, { incoming }) => {
    const found = await authorize(request, incoming)
    // `user && { … }` of somebody who is not there.
    if (found === null || found === undefined) return null
    if (typeof found?.name === 'string' && found.name !== '' && isRole(found.role)) return { name: found.name, role: found.role, by: 'app' }
    throw new HoldfastError(
      'invalid_config',
      'authorize must return null, or an object with a name and a role of viewer, operator or admin.',
    )
  }
}

const somebodyHere: Visitor = { name: null, role: 'admin', by: 'loopback' }

/** Somebody else looks at who asks, before it comes to us. */
export const byNobody: Recognise = async () => somebodyHere

/** Whoever sits at this machine may do everything; nobody else anything. */
export const byLoopback: Recognise = async ({ headers }, node) => {
  const peer = peerOf(node)
  if (peer === null)
    throw notProtected('it does not know where this request comes from: hand on what the Node adapter passes beside it (`c.env`)')
  if (!isLoopback(peer)) throw notProtected(`this request comes from ${peer}`)
  if (cameThroughProxy(headers, node)) throw notProtected('this request came through a proxy')
  return somebodyHere
}

function notProtected(why: string): HoldfastError {
  return new HoldfastError('not_protected', `Holdfast does not know who may ask, so it answers this machine only, and ${why}.`)
}
