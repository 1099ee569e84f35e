// Who is recorded as the one who asked. Knows the visitor, not how he was recognised.
import type { Context } from 'hono'
import { wireBounds } from '../../contract/bounds.ts'
import type { AppEnv } from '../context.ts'

/**
 * Who signed in is who he is, whatever the request says. A program with a token may ask in somebody's name, and both are recorded. Where nobody
 * signs in, the request is believed.
 */
export function askedBy(c: Context<AppEnv>, claimed?: string | undefined): string | undefined {
  const { name, by } = c.var.visitor
  if (name === null) return claimed
  if (by !== 'token' || claimed === undefined || claimed === name) return within(wireBounds.name, name)
  const program = within(wireBounds.name / 2, name)
  return `${within(wireBounds.name - program.length - 3, claimed)} (${program})`
}

/** What is recorded has a bound; two names of that length together have not. */
function within(most: number, name: string): string {
  return name.length <= most ? name : `${name.slice(0, most - 1).toWellFormed()}…`
}

/** The same as an option that is absent where nobody is known. */
export function byOf(c: Context<AppEnv>, claimed?: string | undefined): { by?: string } {
  const by = askedBy(c, claimed)
  return by === undefined ? {} : { by }
}
