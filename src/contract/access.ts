// Users, tokens and the session on the wire. A password comes in and never goes out; a token goes out once.
import { z } from '@hono/zod-openapi'
import { wireBounds } from './bounds.ts'
import { instant, optionalText } from './job.ts'

const roleWords = ['viewer', 'operator', 'admin'] as const

export const roleSchema = z
  .enum(roleWords, { error: `Must be one of ${roleWords.join(', ')}` })
  .openapi('Role', { description: 'viewer sees, operator also starts and stops, admin also says who may and how much' })

const ways = ['loopback', 'app', 'nobody', 'sign-in'] as const

export const sessionSchema = z
  .object({
    user: z
      .object({ name: optionalText, role: roleSchema })
      .nullable()
      .openapi({ description: 'Who asks; null: nobody is signed in. His name is null where nobody signs in' }),
    by: z.enum(ways).openapi({
      description:
        'How it is known who asks: loopback (whoever sits at this machine), app (the app says so), nobody (something in front looks), sign-in',
    }),
    signedInBy: z.enum(['password', 'token', 'proxy', 'app', 'loopback']).nullable(),
    needsFirstUser: z.boolean().openapi({ description: 'Nobody can sign in yet: POST /api/v1/first-user makes the first user' }),
    needsCode: z.boolean().openapi({ description: 'And the code that was told where Holdfast was started is needed for it' }),
  })
  .openapi('Session', { description: 'Who asks, and how' })

export const userSchema = z
  .object({ name: z.string(), role: roleSchema, createdAt: instant })
  .openapi('User', { description: 'Somebody who signs in with a password' })

export const usersSchema = z.object({ users: z.array(userSchema).openapi({ description: 'By name' }) }).openapi('Users')

export const tokenSchema = z
  .object({
    id: z.number().int(),
    name: z.string(),
    role: roleSchema,
    createdAt: instant,
    createdBy: optionalText,
    expiresAt: instant.nullable().openapi({ description: 'Null: never' }),
    usedAt: instant.nullable().openapi({ description: 'To about a minute; null: not yet' }),
  })
  .openapi('Token', { description: 'What a program shows instead of a password' })

export const newTokenSchema = tokenSchema
  .extend({ token: z.string().openapi({ description: 'Told this once: it is kept as a hash only' }) })
  .openapi('NewToken')

export const tokensSchema = z.object({ tokens: z.array(tokenSchema).openapi({ description: 'Newest first' }) }).openapi('Tokens')

const name = z.string().max(wireBounds.name)
const password = z.string().max(wireBounds.password).openapi({ format: 'password' })

export const signInBody = z.object({ name, password }).openapi('SignIn')

export const firstUserBody = z
  .object({ name, password, code: z.string().max(wireBounds.name).optional().openapi({ description: 'Where `needsCode`' }) })
  .openapi('FirstUser')

export const passwordBody = z.object({ password, newPassword: password }).openapi('ChangePassword')

export const userBody = z.object({ name, password, role: roleSchema }).openapi('AddUser')

export const userChangeBody = z
  .object({ password: password.optional(), role: roleSchema.optional() })
  .refine((to) => to.password !== undefined || to.role !== undefined, { message: 'Must have a password or a role' })
  .openapi('ChangeUser')

export const tokenBody = z
  .object({
    name,
    role: roleSchema,
    expiresAt: z
      .number()
      .int()
      .max(Number.MAX_SAFE_INTEGER)
      .nullable()
      .optional()
      .openapi({ description: 'Epoch milliseconds; never if absent' }),
  })
  .openapi('AddToken')

export const userParams = z.object({
  name: z.string().min(1).max(wireBounds.name).openapi({ description: 'Name of the user', example: 'ana' }),
})
