// Users and tokens, as an admin sets them.
import { createRoute } from '@hono/zod-openapi'
import {
  newTokenSchema,
  tokenBody,
  tokensSchema,
  userBody,
  userChangeBody,
  userParams,
  userSchema,
  usersSchema,
} from '../../contract/access.ts'
import { tokenParams } from '../../contract/requests.ts'
import { byOf } from '../access/asked-by.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const tags = ['access']
const refusals = ['invalid_request', 'forbidden', 'payload_too_large'] as const
const theUser = { description: 'The user', content: { 'application/json': { schema: userSchema } } }
const theUsers = { description: 'The users', content: { 'application/json': { schema: usersSchema } } }
const theTokens = { description: 'The tokens', content: { 'application/json': { schema: tokensSchema } } }

const listUsers = createRoute({
  method: 'get',
  path: '/api/v1/users',
  operationId: 'listUsers',
  summary: 'Who can sign in',
  tags,
  responses: { 200: theUsers, ...problemAnswers() },
})

const addUser = createRoute({
  method: 'post',
  path: '/api/v1/users',
  operationId: 'addUser',
  summary: 'Add a user',
  tags,
  request: { body: { content: { 'application/json': { schema: userBody } }, required: true } },
  responses: { 201: theUser, ...problemAnswers(...refusals, 'wrong_state', 'too_many') },
})

const changeUser = createRoute({
  method: 'patch',
  path: '/api/v1/users/{name}',
  operationId: 'changeUser',
  summary: 'Give a user another role or a new password',
  description: 'A new password signs him out everywhere. There is always an admin.',
  tags,
  request: { params: userParams, body: { content: { 'application/json': { schema: userChangeBody } }, required: true } },
  responses: { 200: theUser, ...problemAnswers(...refusals, 'user_not_found', 'wrong_state', 'too_many') },
})

const removeUser = createRoute({
  method: 'delete',
  path: '/api/v1/users/{name}',
  operationId: 'removeUser',
  summary: 'Remove a user',
  description: 'He is signed out everywhere. Answers with who is left.',
  tags,
  request: { params: userParams },
  responses: { 200: theUsers, ...problemAnswers(...refusals, 'user_not_found', 'wrong_state') },
})

const listTokens = createRoute({
  method: 'get',
  path: '/api/v1/tokens',
  operationId: 'listTokens',
  summary: 'Tokens of programs',
  tags,
  responses: { 200: theTokens, ...problemAnswers() },
})

const addToken = createRoute({
  method: 'post',
  path: '/api/v1/tokens',
  operationId: 'addToken',
  summary: 'Make a token for a program',
  description: 'It is told in this answer and never again. The program sends `authorization: Bearer hf_…`.',
  tags,
  request: { body: { content: { 'application/json': { schema: tokenBody } }, required: true } },
  responses: {
    201: { description: 'The token', content: { 'application/json': { schema: newTokenSchema } } },
    ...problemAnswers(...refusals, 'wrong_state'),
  },
})

const removeToken = createRoute({
  method: 'delete',
  path: '/api/v1/tokens/{id}',
  operationId: 'removeToken',
  summary: 'Revoke a token',
  description: 'What it opened ends within a minute. Answers with what is left.',
  tags,
  request: { params: tokenParams },
  responses: { 200: theTokens, ...problemAnswers(...refusals, 'token_not_found') },
})

export function mountUsers(app: App, { holdfast: { access } }: AppContext): void {
  app.openapi(listUsers, async (c) => c.json({ users: await access.users() }, 200))
  app.openapi(addUser, async (c) => c.json(await access.addUser(c.req.valid('json')), 201))
  app.openapi(changeUser, async (c) => {
    const { role, password } = c.req.valid('json')
    const to = { ...(role !== undefined && { role }), ...(password !== undefined && { password }) }
    return c.json(await access.changeUser(c.req.valid('param').name, to), 200)
  })
  app.openapi(removeUser, async (c) => {
    await access.removeUser(c.req.valid('param').name)
    return c.json({ users: await access.users() }, 200)
  })
  app.openapi(listTokens, async (c) => c.json({ tokens: await access.tokens() }, 200))
  app.openapi(addToken, async (c) => {
    const { name, role, expiresAt } = c.req.valid('json')
    return c.json(await access.addToken({ name, role, ...(expiresAt !== undefined && { expiresAt }), ...byOf(c) }), 201)
  })
  app.openapi(removeToken, async (c) => {
    await access.removeToken(c.req.valid('param').id)
    return c.json({ tokens: await access.tokens() }, 200)
  })
}
