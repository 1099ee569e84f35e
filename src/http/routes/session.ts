// Signing in and out, the first user, and one's own password. What sets the cookie lies right under /api/v1: the folder the cookie is for.
import { timingSafeEqual } from 'node:crypto'
import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { firstUserBody, passwordBody, sessionSchema, signInBody } from '../../contract/access.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { Doorkeeper, SetUp } from '../access/doorkeeper.ts'
import { outsideOf } from '../access/outside.ts'
import { endedCookie, sessionCookie, sessionOf } from '../access/session-cookie.ts'
import { isHere } from '../access/sign-in.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext, AppEnv, NodeEnv } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const tags = ['access']
const answer = { description: 'Who asks from now on', content: { 'application/json': { schema: sessionSchema } } }
const refusals = ['invalid_request', 'forbidden', 'payload_too_large', 'wrong_state', 'too_many'] as const

const show = createRoute({
  method: 'get',
  path: '/api/v1/session',
  operationId: 'getSession',
  summary: 'Who asks, and how people sign in here',
  tags,
  responses: { 200: { ...answer, description: 'Who asks' }, ...problemAnswers() },
})

const start = createRoute({
  method: 'post',
  path: '/api/v1/session',
  operationId: 'signIn',
  summary: 'Sign in with a password',
  description: 'Sets a cookie for the folder of this address. Several wrong passwords in a row have to wait (429).',
  tags,
  request: { body: { content: { 'application/json': { schema: signInBody } }, required: true } },
  responses: { 200: answer, ...problemAnswers(...refusals, 'wrong_password') },
})

const end = createRoute({
  method: 'delete',
  path: '/api/v1/session',
  operationId: 'signOut',
  summary: 'Sign out',
  tags,
  responses: { 200: answer, ...problemAnswers('forbidden', 'payload_too_large', 'invalid_request') },
})

const first = createRoute({
  method: 'post',
  path: '/api/v1/first-user',
  operationId: 'makeFirstUser',
  summary: 'Make the first user, an admin, and sign in as him',
  description: 'Only while there is none. Whoever is not at this machine needs the code that was told where Holdfast was started.',
  tags,
  request: { body: { content: { 'application/json': { schema: firstUserBody } }, required: true } },
  responses: { 201: answer, ...problemAnswers(...refusals, 'wrong_password') },
})

const change = createRoute({
  method: 'post',
  path: '/api/v1/password',
  operationId: 'changePassword',
  summary: 'Change your own password',
  description: 'Signs you out everywhere else.',
  tags,
  request: { body: { content: { 'application/json': { schema: passwordBody } }, required: true } },
  responses: { 200: answer, ...problemAnswers(...refusals, 'wrong_password') },
})

export function mountSession(app: App, context: AppContext): void {
  mountShow(app, context)
  mountFirstUser(app, context)
  const { doorkeeper } = context
  const { access } = context.holdfast

  app.openapi(start, async (c) => {
    setUpOf(doorkeeper)
    return c.json(await signIn(c, context, c.req.valid('json')), 200)
  })

  app.openapi(end, async (c) => {
    const token = sessionOf(c.req.raw.headers)
    if (token !== null) await access.signOut(token)
    c.header('set-cookie', endedCookie(c.req.raw.headers))
    const headers = new Headers(c.req.raw.headers)
    headers.delete('cookie')
    return c.json(await sessionView(new Request(c.req.url, { headers }), c.env, doorkeeper), 200)
  })

  app.openapi(change, async (c) => {
    const { password, newPassword } = c.req.valid('json')
    const { name } = ownSession(c)
    // Wrong ones are counted. The session that this makes ends with all others when the password changes.
    await access.signIn({ name, password, from: outsideOf(c.req.raw, c.env, doorkeeper.trusted).from })
    await access.changeUser(name, { password: newPassword })
    return c.json(await signIn(c, context, { name, password: newPassword }), 200)
  })
}

function mountShow(app: App, { doorkeeper, logger }: AppContext): void {
  let isCodeTold = false
  app.openapi(show, async (c) => {
    const session = await sessionView(c.req.raw, c.env, doorkeeper)
    if (session.needsCode && !isCodeTold) {
      isCodeTold = true
      logger.warn(`Somebody wants to make the first user. The code for it is ${doorkeeper.setUp?.code}.`)
    }
    return c.json(session, 200)
  })
}

function mountFirstUser(app: App, context: AppContext): void {
  let wrongCodes = 0
  app.openapi(first, async (c) => {
    const setUp = setUpOf(context.doorkeeper)
    const { name, password, code } = c.req.valid('json')
    if (await setUp.isDone()) throw new HoldfastError('wrong_state', 'There is a user already.')
    if (!isHere(c.req.raw.headers, c.env, context.doorkeeper.trusted)) {
      // The right one too: else it could be guessed on.
      if (wrongCodes >= httpBounds.codeTries) throw tooManyCodes()
      if (!isCode(code, setUp)) {
        wrongCodes += 1
        throw new HoldfastError('wrong_password', 'The code is wrong: it was told where Holdfast was started.')
      }
    }
    await context.holdfast.access.addUser({ name, password, role: 'admin', isFirst: true })
    return c.json(await signIn(c, context, { name, password }), 201)
  })
}

function tooManyCodes(): HoldfastError {
  const message = 'Too many wrong codes: start Holdfast again for another one, or make the first user at its machine.'
  return new HoldfastError('too_many', message, { retryable: false })
}

async function signIn(c: Context<AppEnv>, { holdfast, doorkeeper }: AppContext, who: { name: string; password: string }) {
  const { by, trusted } = doorkeeper
  const outside = outsideOf(c.req.raw, c.env, trusted)
  const { from } = outside
  // The browser knows better than a proxy that says nothing, or is not believed.
  const isSecure = outside.isSecure || c.req.raw.headers.get('origin')?.startsWith('https://') === true
  const { token, user } = await holdfast.access.signIn({ ...who, from })
  c.header('set-cookie', sessionCookie(c.req.raw.headers, token, { maxAgeMs: httpBounds.sessionCookieMs, isSecure }))
  return { user: { name: user.name, role: user.role }, by, signedInBy: 'password' as const, needsFirstUser: false, needsCode: false }
}

async function sessionView(request: Request, node: NodeEnv, { by, recognise, setUp, trusted }: Doorkeeper) {
  const visitor = await recognise(request, node)
  const needsFirstUser = setUp !== null && !(await setUp.isDone())
  return {
    user: visitor && { name: visitor.name, role: visitor.role },
    by,
    signedInBy: visitor?.by ?? null,
    needsFirstUser,
    needsCode: needsFirstUser && !isHere(request.headers, node, trusted),
  }
}

function setUpOf({ setUp }: Doorkeeper): SetUp {
  if (setUp === null) throw new HoldfastError('wrong_state', 'Nobody signs in here: it is known otherwise who asks.')
  return setUp
}

function ownSession(c: Context<AppEnv>): { name: string } {
  const { name, by } = c.var.visitor
  if (by === 'password' && name !== null) return { name }
  throw new HoldfastError('wrong_state', 'Only who signed in with a password can change it.')
}

function isCode(given: string | undefined, { code }: SetUp): boolean {
  const [one, other] = [Buffer.from((given ?? '').trim().toUpperCase()), Buffer.from(code)]
  return one.length === other.length && timingSafeEqual(one, other)
}
