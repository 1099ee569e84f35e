// Which of the ways to know who asks a handler has, from its options. Knows no route.
import { randomInt } from 'node:crypto'
import type { BlockList } from 'node:net'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { Holdfast } from '../../supervisor/holdfast.ts'
import { type ForwardAuthOptions, forwardAuth } from './forward-auth.ts'
import type { Recognise } from './guard.ts'
import { addressList } from './peer.ts'
import { type Authorize, byApp, byLoopback, byNobody } from './recognise.ts'
import { signIn } from './sign-in.ts'

export interface AccessOptions {
  /** Who may ask, as your app knows it. Without it, `signIn` or `unprotected`: everything to whoever sits at this machine, nothing to others. */
  authorize?: Authorize
  /** True: people sign in with a password, programs with a token. The first visit makes the first user, an admin. */
  signIn?: boolean | SignInOptions
  /** True: everything to everybody who reaches it, because something in front of it looks at who asks. */
  unprotected?: boolean
  /** Addresses and nets of proxies whose `X-Forwarded-…` are believed. Default: none. */
  trustedProxies?: readonly string[]
}

export interface SignInOptions {
  /** People whom a proxy has signed in. Needs `trustedProxies`. */
  forwardAuth?: ForwardAuthOptions
  /** True: until there is a user, whoever sits at this machine may do everything, as without `signIn`. */
  openUntilSetUp?: boolean
}

export interface Doorkeeper {
  /** How it is known who asks. */
  by: 'loopback' | 'app' | 'nobody' | 'sign-in'
  recognise: Recognise
  trusted: BlockList
  /** Null where nobody signs in here. */
  setUp: SetUp | null
}

/** How the first user is made. */
export interface SetUp {
  isDone(): Promise<boolean>
  /** Whoever is not at this machine has to know it: it is told where the program was started. */
  code: string
}

/** @throws HoldfastError `invalid_config` that names the option */
export function doorkeeper(holdfast: Holdfast, options: AccessOptions): Doorkeeper {
  const { authorize, trustedProxies = [], unprotected = false } = options
  const signInOptions = options.signIn === true ? {} : options.signIn || null
  const trusted = addressList(trustedProxies)
  if ([authorize !== undefined, signInOptions !== null, unprotected].filter(Boolean).length > 1)
    throw new HoldfastError('invalid_config', 'authorize, signIn and unprotected: only one of them can say who may ask.')
  if (authorize !== undefined) {
    if (typeof authorize !== 'function') throw new HoldfastError('invalid_config', 'authorize must be a function of the request.')
    return { by: 'app', recognise: byApp(authorize), trusted, setUp: null }
  }
  if (signInOptions !== null) {
    const settings = {
      forwardAuth: signInOptions.forwardAuth ? forwardAuth(trusted, signInOptions.forwardAuth) : null,
      isOpenHereUntilSetUp: signInOptions.openUntilSetUp === true,
      trusted,
    }
    const { recognise, isSetUp } = signIn(holdfast, settings)
    return { by: 'sign-in', recognise, trusted, setUp: { isDone: isSetUp, code: newCode() } }
  }
  return unprotected
    ? { by: 'nobody', recognise: byNobody, trusted, setUp: null }
    : { by: 'loopback', recognise: byLoopback, trusted, setUp: null }
}

/** 50 bits, without letters that look like others: it is read off a terminal, and worth nothing once there is a user. */
function newCode(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  return Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('')
}
