// Who asks, where people sign in: by a token, by a proxy that signed them in, or by their browser's session. Knows no route.
import type { BlockList } from 'node:net'
import type { Holdfast } from '../../supervisor/holdfast.ts'
import type { Visitor } from '../../supervisor/roles.ts'
import type { NodeEnv } from '../context.ts'
import type { ForwardAuth } from './forward-auth.ts'
import type { Recognise } from './guard.ts'
import { cameThroughProxy, contains, isLoopback, peerOf } from './peer.ts'
import { sessionOf } from './session-cookie.ts'

export interface SignIn {
  recognise: Recognise
  /** Whether there is any user to sign in as. */
  isSetUp(): Promise<boolean>
}

export interface SignInSettings {
  forwardAuth: ForwardAuth | null
  /** Until there is a user, whoever sits at this machine may do everything. */
  isOpenHereUntilSetUp: boolean
  /** Proxies. */
  trusted: BlockList
}

export function signIn({ access }: Pick<Holdfast, 'access'>, { forwardAuth, isOpenHereUntilSetUp, trusted }: SignInSettings): SignIn {
  const isSetUp = async () => (await access.users()).length > 0
  async function shown(token: string, by: 'password' | 'token'): Promise<Visitor | null> {
    const found = await access.whoShows(token)
    // A session is no token of a program: it does not work outside its cookie, nor a token in one.
    return found && (found.type === 'session') === (by === 'password') ? { name: found.name, role: found.role, by } : null
  }
  async function recognise(request: Request, node: NodeEnv): Promise<Visitor | null> {
    const bearer = bearerOf(request.headers)
    if (bearer !== null) return shown(bearer, 'token')
    const proxied = forwardAuth?.visitor(request.headers, peerOf(node))
    if (proxied) return proxied
    const session = sessionOf(request.headers)
    const visitor = session === null ? null : await shown(session, 'password')
    if (visitor !== null) return visitor
    const isOpen = isOpenHereUntilSetUp && isHere(request.headers, node, trusted) && !(await isSetUp())
    return isOpen ? { name: null, role: 'admin', by: 'loopback' } : null
  }
  return { recognise, isSetUp }
}

/** What begins with `hf_` is ours; anything else (`Basic`, or the token that a proxy in front adds) is somebody else's. */
export function bearerOf(headers: Headers): string | null {
  return /^Bearer +(hf_\S*)$/i.exec(headers.get('authorization')?.trim() ?? '')?.[1] ?? null
}

/** At this machine, and not through a proxy: neither one that says so nor one that was named to us, whatever it adds. */
export function isHere(headers: Headers, node: NodeEnv, trusted: BlockList): boolean {
  const peer = peerOf(node)
  return peer !== null && isLoopback(peer) && !contains(trusted, peer) && !cameThroughProxy(headers, node)
}
