// What the forms of the admin pages may say; anything else is refused with a sentence, and nothing is done.
import type { Context } from 'hono'
import { z } from 'zod'
import { installInput } from '../kinds.ts'
import { Refused } from './refused.ts'
import { type Role, roles } from './visitor.ts'

const name = z
  .string('A name is missing.')
  .trim()
  .min(1, 'A name is missing.')
  .max(40, 'A name has at most 40 characters.')
  .regex(/^\P{Cc}*$/u, 'A name has no line breaks or other control characters.')

const port = 'Port: a whole number from 1024 to 65535.'

const longestTemplate = 20_000

export const forms = {
  install: installInput.partial().transform(({ source = 'debian' }) => ({ source })),
  person: z.object({
    name,
    password: z.string('A password is missing.').min(1, 'A password is missing.'),
    role: z.enum(Object.keys(roles) as Role[], 'A role is player, crew or admin.'),
  }),
  removal: z.object({ name }),
  server: z.object({
    name,
    blueprint: z.coerce.number('A blueprint is missing.').int('A blueprint is missing.'),
    port: z.coerce.number(port).int(port).min(1_024, port).max(65_535, port),
  }),
  blueprint: z.object({ name }),
  template: z.object({
    template: z
      .string('The template is missing.')
      .transform((text) => text.replaceAll('\r\n', '\n'))
      .refine((text) => text.length <= longestTemplate, `A template has at most ${longestTemplate} characters.`),
  }),
}

/** @throws Refused with the first thing that is wrong */
export async function read<Form extends z.ZodType>(c: Context, form: Form): Promise<z.output<Form>> {
  const { data, error } = form.safeParse(await c.req.parseBody())
  if (error !== undefined) throw new Refused(error.issues[0]?.message ?? 'This form cannot be read.')
  return data as z.output<Form>
}
