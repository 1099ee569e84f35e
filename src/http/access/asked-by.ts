// Who is recorded as the one who asked. Knows the visitor, not how he was recognised.
import type { Context } from 'hono'
import type { AppEnv } from '../context.ts'

/**
 * Who signed in is who he is, whatever the request says. A program with a token may ask in somebody's name, and both are recorded. Where nobody
 * signs in, the request is believed.
 */
export function askedBy(c: Context<AppEnv>, claimed?: string | undefined): string | undefined {
  const { name, by } = c.var.visitor
  if (name === null) return claimed
  return by === 'token' && claimed !== undefined && claimed !== name ? `${claimed} (${name})` : name
}

/** The same as an option that is absent where nobody is known. */
export function byOf(c: Context<AppEnv>, claimed?: string | undefined): { by?: string } {
  const by = askedBy(c, claimed)
  return by === undefined ? {} : { by }
}
